"""Processes to be killed: each is forked off one that has imported all there is, so that it works at once.

An interpreter's own start costs more than what most of them do before they are killed.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from typing import Any

# Only imported: a process in which Polars, DuckDB or obstore have worked has threads, and must not be forked.
_IMPORTED = ["gateway.__main__", "gateway.app", "pipelines.publishing.publish", "pipelines.shipping.ship", "uvicorn"]

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(_IMPORTED)


def begin(work: Callable[..., object], *given: object, **environment: str) -> ForkServerProcess:
    """`work` in a process of its own that has the environment of this one and what is said besides."""
    process = _SERVER.Process(target=_work, args=(os.environ | environment, work, given))
    process.start()
    return process


def timed(work: Callable[..., object], *given: object) -> float:
    """How many seconds it takes if nobody kills it."""
    process, began = begin(work, *given), time.monotonic()
    process.join()
    assert process.exitcode == 0
    return time.monotonic() - began


def kill_within(seconds: float, dice: random.Random, work: Callable[..., object], *given: object) -> tuple[bool, float]:
    """Begin a work and kill it at a random moment of so many seconds.

    Gives whether that met it at work, and within how many seconds the next is to be killed: one that was over took less
    than was thought, as when it was timed on a busier machine.
    """
    process, after = begin(work, *given), dice.uniform(0, seconds)
    time.sleep(after)
    is_met = kill(process)
    return is_met, seconds if is_met else after


def kill(process: ForkServerProcess) -> bool:
    """Kill one with SIGKILL; whether it was still at work."""
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


def _work(environment: Mapping[str, str], work: Callable[..., object], given: Sequence[Any]) -> None:
    os.environ.update(environment)
    work(*given)
