"""How many requests one caller may make: a bucket of tokens each, refilled evenly. In memory, one a process."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass, field

from gateway.refused import Refused

_MOST_CALLERS = 10_000


@dataclass
class Limits:
    """Buckets by caller; `rate` requests a minute, of which all may come at once."""

    rate: int
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, caller: str) -> None:
        """Take one request from a caller's bucket; refused with 429 where it is empty."""
        now = time.monotonic()
        with self._lock:
            left, before = self._left.pop(caller, (float(self.rate), now))
            left = min(self.rate, left + (now - before) * self.rate / 60)
            self._left[caller] = (left - 1 if left >= 1 else left, now)
            if len(self._left) > _MOST_CALLERS:
                del self._left[next(iter(self._left))]
        if left < 1:
            wait = max(1, math.ceil((1 - left) * 60 / self.rate))
            message = f"More than {self.rate} requests a minute. Wait {wait} seconds and ask again."
            raise Refused(429, "RESOURCE_EXHAUSTED", message, {"Retry-After": str(wait)})
