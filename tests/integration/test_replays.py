"""Days of full files and edits to the mappings, in any order, end as if every file were done whole under the last."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from pipelines import land as landing
from pipelines import standardise as standardising
from pipelines.assemble import gather
from pipelines.dictionary import HOME, load
from pipelines.disk.outcome import Outcome
from pipelines.land import deliveries
from pipelines.standardise import standardise
from tests.repeating import TAX, deliver, files, known, unlike

_STATUS, _INDUSTRY, _CORRECTIONS = "codes/enterprise_status.csv", "codes/gbt4754_2017.csv", "corrections.csv"
_UNTIL = "2026-12-31,测试"


class Edited:
    """Mappings that rows are added to and taken from again."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(shutil.copytree(HOME, folder))
        self.whole = {name: (folder / name).read_text() for name in (_STATUS, _INDUSTRY, _CORRECTIONS)}
        self.added: list[tuple[str, str]] = []

    def add(self, file: str, row: str) -> None:
        """Write a row behind the others, in place of one that says something else of the same."""
        others = [each for each in self.added if _about(*each) != _about(file, row)]
        self.added = [*others, (file, row)]
        self._write()

    def take_back(self, chance: random.Random) -> None:
        """Delete a row that was added, if there is one."""
        if self.added:
            self.added.remove(chance.choice(self.added))
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
            edited.add(_STATUS, f"tax_status,88,{chance.choice('12')},{since},{_UNTIL}")
        case 1:
            edited.add(_INDUSTRY, f"gbt4754_2011,9999,0111,{since},{_UNTIL}")
        case 2 if cells[0] != "残缺的一行" and "," not in cells[0]:
            edited.add(_CORRECTIONS, f"tax_registration,{cells[0]},NSRZT_DM,{cells[4]},05,{since},{_UNTIL}")
        case 3:
            edited.add(_STATUS, f"tax_status,一个没有的,1,{since},{_UNTIL}")
        case _:
            edited.take_back(chance)


@pytest.mark.parametrize("seed", range(3))
def test_days_and_edits_end_as_if_all_were_done_whole(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, edited = random.Random(seed), Edited(tmp_path / "edited")
    days = list(enumerate(files(seed, days=5, rows=80)))
    # One of them comes late.
    days.append(days.pop(2))
    met: set[str] = set()
    for day, lines in days:
        for step in range(3):
            if step:
                another(chance, edited, lines)
            told = deliver(day, lines, load(edited.folder), tmp_path / "new")
            met |= ways(told)
            with monkeypatch.context() as whole:
                whole.setattr(landing, "before", lambda *_: None)
                whole.setattr(standardising, "replayed", lambda *_: None)
                whole.setattr(standardising, "repeated", lambda *_: None)
                deliver(day, lines, load(edited.folder), tmp_path / "whole")
            assert unlike(known(tmp_path / "new"), known(tmp_path / "whole")) == [], (day, step, edited.added)
    assert {"whole", "repeats", "replayed"} <= met


def ways(outcome: Outcome) -> set[str]:
    """How a delivery's result came about."""
    names = [name for name, _ in outcome.stands_on]
    own = {"replayed"} if outcome.delivery.name in names else set[str]()
    others = {"repeats"} if any(name != outcome.delivery.name for name in names) else set[str]()
    same = {"as it was"} if outcome.written != outcome.stamp else set[str]()
    return own | others | same or {"whole"}


def test_an_edit_that_touches_no_row_writes_none(tmp_path: Path) -> None:
    edited = Edited(tmp_path / "edited")
    first, second = files(3, days=2)
    deliver(0, first, load(edited.folder), tmp_path)
    before = deliver(1, second, load(edited.folder), tmp_path)
    edited.add(_STATUS, f"tax_status,一个没有的,1,2020-01-01,{_UNTIL}")
    after = [standardise(TAX, each, load(edited.folder), tmp_path) for each in deliveries(TAX, tmp_path)][-1]
    assert after.stamp != before.stamp and (after.written, after.stands_on) == (before.written, before.stands_on)
    assert after.translated == 0


def test_after_many_edits_all_is_done_once_more(tmp_path: Path) -> None:
    edited = Edited(tmp_path / "edited")
    lines = next(files(4, days=1, rows=40))
    stood = []
    for step in range(19):
        edited.add(_STATUS, f"tax_status,88,{1 + step % 2},2020-01-01,{_UNTIL}")
        stood.append(len(deliver(0, lines, load(edited.folder), tmp_path).stands_on))
    assert max(stood) == 16 and stood.count(0) == 2
    assert {each.name for each in (tmp_path / "standard" / TAX.key).iterdir()} == {
        each.delivery.name for each in gather(TAX, tmp_path).used
    }
