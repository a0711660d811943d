"""Golden pairs: each dictionary's `given` codes give `expect` (standard and name) and `refused` (with the reason)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.dictionary import current
from pipelines.meaning.codes import code_names, translation
from pipelines.words.suggest import left_out

HERE = Path(__file__).parent
DICTIONARIES = current().codes["list"].unique().sort().to_list()


@pytest.mark.parametrize("code_list", DICTIONARIES)
def test_given_gives_expect_and_refused(code_list: str) -> None:
    given, expect, refused = (
        pl.read_csv(HERE / code_list / f"{name}.csv", infer_schema=False) for name in ("given", "expect", "refused")
    )
    told = pl.concat([_translated(part, code_list) for part in given.partition_by("source", "on", maintain_order=True)])
    names = code_names(current(), code_list).select(standard="code", name="name")
    meant = given.join(told.join(names, on="standard"), on=["source", "code", "on"], maintain_order="left")
    assert meant.rows() == expect.rows() and meant.height > 0
    rest = given.join(told, on=["source", "code", "on"], how="anti", maintain_order="left")
    assert [(*row, _why(code_list, *row)) for row in rest.iter_rows()] == refused.rows() and rest.height > 0


def _translated(given: pl.DataFrame, code_list: str) -> pl.DataFrame:
    """The codes of one source on one day that have a meaning: source, code, on, standard."""
    source, on = given["source"][0], given["on"][0]
    held = translation(current(), code_list, source, date.fromisoformat(on))
    return given.join(held, on="code", maintain_order="left")


def _why(code_list: str, source: str, code: str, on: str) -> str:
    """Why a code has no meaning on a day."""
    if left_out(code, code_list, source, current(), date.fromisoformat(on)):
        return "left out"
    is_known = code in translation(current(), code_list, source, date.max)["code"]
    return "not yet" if is_known else "unmapped"
