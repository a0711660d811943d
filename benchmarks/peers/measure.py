"""Seconds, CPU seconds and peak memory of a command with all its children, read from /proc. Knows no peer."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

_EVERY = 0.05
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Spent:
    """What a command took: `wall` and `cpu` in seconds, `peak` the most resident bytes of all its processes at once.

    A process with exactly its parent's address space is not counted: it was just forked, and bears its parent's memory.
    """

    wall: float = 0.0
    peak: int = 0
    failed: str = ""
    by_process: dict[int, float] = field(default_factory=dict)

    @property
    def cpu(self) -> float:
        """CPU seconds of all processes, each as last seen."""
        return sum(self.by_process.values())


def measured(command: list[str], folder: Path, more: dict[str, str] | None = None) -> Spent:
    """Run a command in a folder to its end; what it prints is kept from the screen unless it fails."""
    spent, began = Spent(), time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=os.environ | (more or {}), text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        told = _watched(process, spent)
    spent.wall = time.perf_counter() - began
    spent.failed = told.strip().splitlines()[-1] if process.returncode and told.strip() else ""
    if process.returncode and not spent.failed:
        spent.failed = f"ended with {process.returncode}"
    return spent


def _watched(process: subprocess.Popen[str], spent: Spent) -> str:
    """Look at the processes until the command ends; gives its last words."""
    while True:
        _look(process.pid, spent)
        try:
            return process.communicate(timeout=_EVERY)[1]
        except subprocess.TimeoutExpired:
            continue


def _look(root: int, spent: Spent) -> None:
    table = {pid: stat for pid in _pids() if (stat := _stat(pid)) is not None}
    family = _family(root, {pid: int(stat[1]) for pid, stat in table.items()})
    for pid in family & table.keys():
        spent.by_process[pid] = (int(table[pid][11]) + int(table[pid][12])) / _TICK
    own = [stat for pid in family & table.keys() if not _just_forked(stat := table[pid], table)]
    spent.peak = max(spent.peak, sum(int(stat[21]) * _PAGE for stat in own))


def _just_forked(stat: list[str], table: dict[int, list[str]]) -> bool:
    parent = table.get(int(stat[1]))
    return parent is not None and parent[20] == stat[20]


def _pids() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/<pid>/stat behind the command's name, from its state on; None where it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _family(root: int, parents: dict[int, int]) -> set[int]:
    family, new = {root}, {root}
    while new:
        new = {pid for pid, parent in parents.items() if parent in new} - family
        family |= new
    return family
