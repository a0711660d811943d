"""One at a time: a lock by which processes and threads on one disk wait for one another. Guards nothing itself."""

from __future__ import annotations

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(file: Path) -> Generator[None]:
    """Hold the lock that a file is: whoever comes second waits for the first; a killed one frees it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
