"""Tables in batches: of the size that is asked, whatever comes in, and one file is one batch."""

from __future__ import annotations

import contextlib
import errno
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.disk import tables
from pipelines.disk.tables import BatchWriter, batches, cut_into_batches, put_batch, read_whole

HEIGHTS = st.lists(st.integers(0, 7), min_size=1, max_size=6)


def rows(heights: list[int]) -> list[pl.DataFrame]:
    """Tables of these heights, whose rows are numbered through."""
    ends = [sum(heights[: place + 1]) for place in range(len(heights))]
    return [
        pl.DataFrame({"n": range(end - height, end)}, schema={"n": pl.Int64})
        for end, height in zip(ends, heights, strict=True)
    ]


@given(HEIGHTS, st.integers(1, 5))
def test_tables_of_any_size_become_batches_of_one(heights: list[int], size: int) -> None:
    cut = list(cut_into_batches(rows(heights), size))
    assert pl.concat(cut).equals(pl.concat(rows(heights)))
    assert all(each.height == size for each in cut[:-1]) and cut[-1].height <= size


def test_what_is_appended_is_read_back_and_nothing_still_has_its_columns(tmp_path: Path) -> None:
    for name, heights in (("some", [3, 0, 4]), ("none", [0])):
        writer = BatchWriter(tmp_path / name, rows([0])[0], rows=3)
        for table in rows(heights):
            writer.append(table)
        writer.close()
        assert read_whole(tmp_path / name).equals(pl.concat(rows(heights)))


@pytest.mark.parametrize("at", ["write_parquet", "copyfile", "replace"])
def test_where_a_disk_is_full_nothing_half_written_is_left(
    at: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source.parquet"
    rows([3])[0].write_parquet(source)

    def full(*told: Any, **_: object) -> None:
        Path(next(each for each in told[::-1] if isinstance(each, Path))).write_bytes(b"PAR1")
        raise OSError(errno.ENOSPC, "No space left on device")

    for room, name in ((pl.DataFrame, "write_parquet"), (tables.shutil, "copyfile"), (tables.os, "replace")):
        if name == at:
            monkeypatch.setattr(room, name, full)
    monkeypatch.setattr(tables.os, "link", full)
    for put in (lambda target: tables.put_whole(rows([3])[0], target), *(
        lambda target, by=by: by(source, target) for by in (tables.copied, tables.linked)
    )):  # fmt: skip
        with contextlib.suppress(OSError):
            put(tmp_path / "target.parquet")
    assert not list(tmp_path.glob(".*.part"))


def test_a_table_that_is_one_file_is_one_batch(tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    rows([3])[0].write_parquet(file)
    assert batches(file) == [file] and read_whole(file).height == 3
    put_batch(rows([2])[0], tmp_path / "folder", 0)
    assert [each.name for each in batches(tmp_path / "folder")] == ["00000.parquet"]
