"""How a delivery's standard rows lie on disk: in parts, read by column. Which of them hold is not known here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.outcome import Outcome
from schemas.feed import Feed


@dataclass(frozen=True)
class Part:
    """A run of a delivery's standard rows, in row order: those of `file` from `start` on."""

    feed: type[Feed]
    outcome: Outcome
    file: Path
    start: int
    rows: int


def standard_parts(feed: type[Feed], outcome: Outcome, home: Path, rows: int) -> list[Part]:
    """An accepted delivery's standard rows in parts of at most `rows` rows."""
    file = home / "standard" / feed.key / outcome.delivery.name / "standard.parquet"
    height = pl.scan_parquet(file).select(pl.len()).collect().item()
    return [Part(feed, outcome, file, start, rows) for start in range(0, max(height, 1), rows)]


def read_part(part: Part, columns: Collection[str] | None = None) -> pl.DataFrame:
    """A part's rows that no later row of the delivery replaced: all columns, or those of `columns` that there are.

    Each row has its `delivery`, its day `as_of`, and `record`, by which the department knows it.
    """
    lazy = pl.scan_parquet(part.file).slice(part.start, part.rows)
    held = lazy.filter(pl.col("superseded").is_null()) if part.outcome.duplicates else lazy
    known = held.drop("superseded").with_columns(
        pl.lit(part.outcome.delivery.name).alias("delivery"),
        pl.lit(part.outcome.delivery.as_of).str.to_date("%Y-%m-%d").alias("as_of"),
        pl.concat_str([pl.col(name).cast(pl.String) for name in part.feed.grain], separator=";").alias("record"),
    )
    if columns is None:
        return known.collect()
    here = known.collect_schema().names()
    return known.select(name for name in here if name in columns).collect()
