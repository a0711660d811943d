"""How long and how often a pull may try, and the one error that it ends with. No source is known here."""

from __future__ import annotations

import os
import re
import socket
import threading
import time
from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

import tenacity

T = TypeVar("T")


class PullError(Exception):
    """A pull that did not come through; the message says from where, what happened and what to do."""


class Passing(Exception):
    """A fault that may pass by itself; `after` are the seconds that the source asked to wait."""

    def __init__(self, what: str, after: float = 0.0) -> None:
        super().__init__(what)
        self.after = after


@dataclass(frozen=True)
class Budget:
    """`seconds` for the whole pull, `attempts` for each request, `first_wait` seconds before the second attempt."""

    seconds: float = 600.0
    attempts: int = 5
    first_wait: float = 0.5


def patiently(budget: Budget, seconds_left: Callable[[], float], attempt: Callable[[], T]) -> T:
    """Call until it comes through, waiting longer each time; Passing is tried again, anything else is not."""
    growing = tenacity.wait_exponential_jitter(initial=budget.first_wait, max=30, jitter=budget.first_wait)

    def wait(state: tenacity.RetryCallState) -> float:
        fault = state.outcome.exception() if state.outcome else None
        asked = fault.after if isinstance(fault, Passing) else 0.0
        return min(max(growing(state), asked), max(seconds_left(), 0.0))

    retrying = tenacity.Retrying(
        stop=lambda state: state.attempt_number >= budget.attempts or seconds_left() <= 0,
        wait=wait,
        retry=tenacity.retry_if_exception_type(Passing),
        reraise=True,
    )
    return retrying(attempt)


class _Line(Protocol):
    def fileno(self) -> int: ...


@contextmanager
def cut_at(ends: float) -> Generator[Callable[[_Line], None]]:
    """What is told of each connection while the `with` lasts; at a moment of the monotonic clock all of them are cut.

    That a source has fallen silent or trickles no driver learns by itself.
    """
    lines = list[socket.socket]()

    def cut() -> None:
        for each in lines:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def told(line: _Line) -> None:
        lines.append(socket.socket(fileno=os.dup(line.fileno())))
        if time.monotonic() >= ends:
            cut()

    timer = threading.Timer(max(0.0, ends - time.monotonic()), cut)
    timer.start()
    try:
        yield told
    finally:
        timer.cancel()
        for each in lines:
            each.close()


def check_address(feed: str, address: str, schemes: Collection[str], form: str) -> None:
    """Raise PullError where an address is of none of these schemes, with nothing of it: a driver would repeat it."""
    try:
        parts = urlsplit(address)
        is_one = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
        is_one &= parts.netloc.count("@") <= 1 and not re.search(r"%(?![0-9A-Fa-f]{2})", parts.netloc)
    except ValueError:
        is_one = False
    if not is_one:
        todo = "write @ / # % in a password as %40 %2F %23 %25, and run again."
        raise PullError(f"{feed}: its address, which is not repeated here, is not of the form {form}; {todo}")


def without_secrets(address: str) -> str:
    """An address as it may be shown: scheme, host, port and path, no user, password or query."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"
