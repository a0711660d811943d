"""Decisions on disk: what is read back has the name of what was kept, however its rows lie in memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipelines.disk.decisions import Decisions, keep, keys_in, last
from pipelines.disk.keys import Kept

NONE = pl.Series("from", dtype=pl.UInt32)
SOME = pl.Series("from", [3, 5, 8], dtype=pl.UInt32)
IN_CHUNKS = pl.concat([SOME[:1], SOME[1:]], rechunk=False)


def decisions(lost: pl.Series, folder: Path) -> Decisions:
    part = Kept(keys_in(folder, "form"), "甲/2026-06/00000", lost)
    return Decisions("ground", (part,), 9, pl.DataFrame({"told": [1]}), pl.DataFrame({"entity": ["甲"]}))


@pytest.mark.parametrize("lost", [NONE, SOME, IN_CHUNKS], ids=["none", "some", "in chunks"])
def test_what_is_read_back_has_the_name_of_what_was_kept(lost: pl.Series, tmp_path: Path) -> None:
    kept = decisions(lost, tmp_path)
    keep(kept, tmp_path)
    read = last(tmp_path, "ground", keys_in(tmp_path, "form"))
    assert read is not None and read.name == kept.name


def test_other_rows_that_do_not_hold_give_another_name(tmp_path: Path) -> None:
    some = decisions(SOME, tmp_path)
    fewer = replace(some, parts=tuple(replace(part, lost=NONE) for part in some.parts))
    assert some.name != fewer.name
