"""Mappings that rows are added to and taken from again, and days of full files read under each. For tests."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from pipelines import land as landing
from pipelines.dictionary import HOME, load
from pipelines.disk.outcome import Outcome
from pipelines.standard import entered
from schemas.china import today
from tests.repeating import deliver, files, known, unlike

STATUS, _INDUSTRY, _CORRECTIONS = "codes/enterprise_status.csv", "codes/gbt4754_2017.csv", "corrections.csv"
UNTIL = f"{today()},测试"


class Edited:
    """Mappings that rows are added to and taken from again."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(shutil.copytree(HOME, folder))
        self.whole = {name: (folder / name).read_text() for name in (STATUS, _INDUSTRY, _CORRECTIONS)}
        self.added: list[tuple[str, str]] = []

    def add(self, file: str, row: str) -> None:
        """Write a row behind the others, in place of one that says something else of the same."""
        others = [each for each in self.added if _about(*each) != _about(file, row)]
        self.added = [*others, (file, row)]
        self._write()

    def append(self, file: str, row: str) -> None:
        """Write a row behind those of any mapping, for good."""
        with (self.folder / file).open("a") as stream:
            stream.write(f"{row}\n")

    def take_back(self, chance: random.Random) -> None:
        """Delete a row that was added, if there is one."""
        if self.added:
            self.added.remove(chance.choice(self.added))
        self._write()

    def take_back_newest(self, rows: int) -> None:
        """Delete so many of the rows that were added last."""
        self.added = self.added[: len(self.added) - rows]
        self._write()

    def _write(self) -> None:
        for name, text in self.whole.items():
            rows = [f"{row}\n" for file, row in self.added if file == name]
            (self.folder / name).write_text("".join([text, *rows]))


def _about(file: str, row: str) -> tuple[str, ...]:
    cells = row.split(",")
    return file, *(cells[:5] if file == _CORRECTIONS else [cells[0], cells[1], cells[3]])


def another(chance: random.Random, edited: Edited, lines: list[str]) -> None:
    """An edit: a status or an industry is known from some day on, a row is corrected, or an edit is taken back."""
    since = chance.choice(["2020-01-01", "2020-01-01", f"2026-06-0{chance.randint(1, 7)}"])
    cells = chance.choice(lines).split(",")
    match chance.randrange(5):
        case 0:
            edited.add(STATUS, f"tax_status,88,{chance.choice('12')},{since},{UNTIL}")
        case 1:
            edited.add(_INDUSTRY, f"gbt4754_2011,9999,0111,{since},{UNTIL}")
        case 2 if cells[0] != "残缺的一行" and "," not in cells[0]:
            edited.add(_CORRECTIONS, f"tax_registration,{cells[0]},NSRZT_DM,{cells[4]},05,{since},{UNTIL}")
        case 3:
            edited.add(STATUS, f"tax_status,一个没有的,1,{since},{UNTIL}")
        case _:
            edited.take_back(chance)


def go_through(seed: int, days: int, rows: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Deliver so many files, one of them late, with edits between, and hold each state against that of a home that does
    all whole; gives how results came about."""
    chance, edited = random.Random(seed), Edited(folder / "edited")
    order = list(enumerate(files(seed, days, rows)))
    order.append(order.pop(days // 2))
    met: set[str] = set()
    for day, lines in order:
        for step in range(3):
            if step:
                another(chance, edited, lines)
            met |= ways(deliver(day, lines, load(edited.folder), folder / "new"))
            with monkeypatch.context() as whole:
                whole.setattr(landing, "before", lambda *_: None)
                whole.setattr(entered, "replayed", lambda *_: None)
                whole.setattr(entered, "repeated", lambda *_: None)
                deliver(day, lines, load(edited.folder), folder / "whole")
            assert unlike(known(folder / "new"), known(folder / "whole")) == [], (day, step, edited.added)
    return met


def ways(outcome: Outcome) -> set[str]:
    """How a delivery's result came about."""
    names = [name for name, _ in outcome.stands_on]
    own = {"replayed"} if outcome.delivery.name in names else set[str]()
    others = {"repeats"} if any(name != outcome.delivery.name for name in names) else set[str]()
    same = {"as it was"} if outcome.written != outcome.stamp else set[str]()
    return own | others | same or {"whole"}
