"""Rows that came with an earlier delivery: what they are numbered now, and how a batch of them is read."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.disk.landed import REPEATS, ROWS, batches_in, now_of, put_repeats, read_batch
from pipelines.disk.tables import put_batch

_COLUMNS = {"row": pl.Int64, "delivery": pl.String, "came": pl.Int64}
# Of each earlier delivery which rows come again, in which order.
COMING = st.lists(st.tuples(st.sampled_from(["甲", "乙"]), st.integers(1, 12)), min_size=1, unique=True)


def repeats(coming: list[tuple[str, int]]) -> pl.DataFrame:
    """A delivery that has these rows of earlier ones, in this order and nothing else."""
    return pl.DataFrame([(row, *each) for row, each in enumerate(coming, start=1)], schema=_COLUMNS, orient="row")


def named(row: int, delivery: str, came: int) -> dict[str, object]:
    """A landed row that says where it stood and where it stands."""
    return {"row": row, "hash": came, "名称": f"{delivery}{came}"}


@given(coming=COMING, asked=st.lists(st.integers(1, 20), min_size=1))
def test_a_row_is_numbered_as_the_delivery_that_repeats_it_has_it(
    tmp_path_factory: pytest.TempPathFactory, coming: list[tuple[str, int]], asked: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("landed")
    put_repeats(repeats(coming), folder)
    rows = {each: row for row, each in enumerate(coming, start=1)}
    for delivery in ("甲", "乙", "丙"):
        told = now_of(folder / REPEATS, delivery, pl.Series(asked, dtype=pl.Int64))
        assert told.to_list() == [rows.get((delivery, came)) for came in asked]


def test_another_file_in_its_place_is_read_anew(tmp_path: Path) -> None:
    for second, coming in enumerate(([("甲", 1), ("甲", 2)], [("甲", 2), ("甲", 1)]), start=1):
        put_repeats(repeats(coming), tmp_path)
        os.utime(tmp_path / REPEATS, (second, second))
        assert now_of(tmp_path / REPEATS, "甲", pl.Series([1, 2])).to_list() == [second, 3 - second]


@given(coming=COMING, numbers=st.none() | st.lists(st.integers(1, 20)))
def test_a_repeated_batch_reads_as_if_the_delivery_had_brought_it(
    tmp_path_factory: pytest.TempPathFactory, coming: list[tuple[str, int]], numbers: list[int] | None
) -> None:
    home = tmp_path_factory.mktemp("landed")
    for delivery in ("甲", "乙"):
        brought = pl.DataFrame([named(came, delivery, came) for came in range(1, 13)])
        put_batch(brought.head(5), home / delivery / ROWS, 0)
        put_batch(brought.tail(7), home / delivery / ROWS, 1)
    (home / "丙").mkdir()
    put_repeats(repeats(coming), home / "丙")
    asked = None if numbers is None else pl.Series(numbers, dtype=pl.Int64)
    read = pl.concat(read_batch(each, None, asked) for each in batches_in(home / "丙")).sort("row")
    whole = pl.DataFrame([named(row, *each) for row, each in enumerate(coming, start=1)])
    assert read.equals(whole if numbers is None else whole.filter(pl.col("row").is_in(numbers)))
