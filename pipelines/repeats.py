"""Since when a row stands that increments tell again word for word: the first day of an unbroken run. Masks no row."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

import polars as pl

from pipelines.disk.standard import SINCE, StandardPart, name_of, read_part
from schemas.feed import Feed

# The day that a row is of; a grain may have a column called day.
DAY = "day@"


def repeated(feed: type[Feed], told: pl.DataFrame) -> pl.DataFrame:
    """The rows that tell again what was told of their grain on an earlier day: part, row, since.

    `told` has all rows of some grains, oldest delivery first: the grain, `part`, `row`, `hash` and `day@`.
    """
    day = pl.col(DAY)
    if feed.delivers != "increment":
        return told.select("part", "row", day.alias(SINCE)).head(0)
    turn, is_another = pl.col("turn"), pl.col("hash") != pl.col("hash").last()
    several = told.filter(pl.struct(feed.grain).is_duplicated()).with_row_index("turn")
    run = several.filter((turn > turn.filter(is_another).max().fill_null(-1)).over(feed.grain))
    first = run.group_by(feed.grain).agg(pl.col("part", "row").last(), day.first().alias(SINCE), day.last())
    return first.filter(pl.col(SINCE) < day).select("part", "row", SINCE)


def read_since(
    part: StandardPart, since: pl.DataFrame, columns: Collection[str] | None, numbers: pl.Series | None = None
) -> pl.DataFrame:
    """The same as `read_part`, some of its rows since another day: row, since."""
    if columns is not None and SINCE not in columns:
        return read_part(part, columns, numbers)
    rows = read_part(part, None if columns is None else {*columns, "row"}, numbers)
    told = rows.join(since.rename({SINCE: "first"}), on="row", how="left", maintain_order="left")
    dated = told.with_columns(pl.coalesce("first", SINCE).alias(SINCE)).drop("first")
    return dated.select(name for name in dated.columns if columns is None or name in columns)


def name_since(part: StandardPart, since: pl.DataFrame) -> str:
    """A part's name where some of its rows stand since another day: of equal names these are equal too."""
    return f"{name_of(part)}-{hashlib.sha256(since.write_csv().encode()).hexdigest()[:12]}"
