"""Turns: what takes a whole table in memory is made one after the other, and nobody waits long. Makes nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.refused import not_yet

# A province's counties may all ask at once, and each takes its table's size in memory.
_MAKING = threading.Lock()
# So many requests may wait for that, and so long: the others are answered meanwhile.
MOST, _SECONDS = 100, 40
_WAITING = threading.Semaphore(MOST)


@contextmanager
def in_turn(what: str) -> Iterator[None]:
    """While nothing else is made; refused where too many wait for that, or the others take long."""
    if not _WAITING.acquire(blocking=False):
        raise not_yet(what)
    try:
        if not _MAKING.acquire(timeout=_SECONDS):
            raise not_yet(what)
        try:
            yield
        finally:
            _MAKING.release()
    finally:
        _WAITING.release()
