"""How work tells of itself: plain lines with the seconds since the process began. What is told stands elsewhere."""

from __future__ import annotations

import time

_BEGAN = time.monotonic()


def tell(line: str) -> None:
    """Print a line behind the elapsed time."""
    print(f"{elapsed():6.1f} s  {line}", flush=True)


def elapsed() -> float:
    """Seconds since the process began to work."""
    return time.monotonic() - _BEGAN
