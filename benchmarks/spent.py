"""What work takes, here and in processes that it began and ended: seconds, CPU seconds, peak memory. Knows no verb."""

from __future__ import annotations

import gc
import os
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

_STATUS, _FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Spent:
    """Seconds, CPU seconds of all threads and of processes begun, and this one's most resident memory in megabytes."""

    wall: float
    cpu: float
    peak: float

    def __str__(self) -> str:
        return f"{self.wall:8.2f} s  {self.cpu:8.2f} CPU s  {self.peak:7,.0f} MB"


def together(parts: Iterable[Spent]) -> Spent:
    """What several pieces of work took one after another."""
    told = list(parts)
    return Spent(sum(one.wall for one in told), sum(one.cpu for one in told), max(one.peak for one in told))


def spending(work: Callable[[], object]) -> Spent:
    """Do the work and say what it took; the peak is that of the work alone, with what the process holds already."""
    gc.collect()
    # 5 resets the peak of resident memory (proc(5)).
    _FORGET.write_text("5")
    wall, cpu = time.perf_counter(), _cpu()
    work()
    wall, cpu = time.perf_counter() - wall, _cpu() - cpu
    found = re.search(r"VmHWM:\s+(\d+) kB", _STATUS.read_text())
    return Spent(wall, cpu, int(found[1]) / 1024 if found else 0.0)


def _cpu() -> float:
    """Of this process and of those it has ended, for the program and for the system."""
    return sum(os.times()[:4])
