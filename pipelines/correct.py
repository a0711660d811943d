"""Corrections, by row: a known slip of a department is mended in the landed text, as long as it still stands there."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.dictionary import Mappings
from schemas.feed import Feed


def correct(feed: type[Feed], rows: pl.DataFrame, mappings: Mappings, on: date) -> pl.DataFrame:
    """The landed rows with the feed's corrections of a day applied.

    A correction names the row by the text of its first grain column, the source column, the `old` text
    that guards it and the `new` one; where the source no longer says `old` it does nothing.
    """
    held = mappings.corrections.filter((pl.col("feed") == feed.key) & (pl.col("since") <= on))
    key = feed.columns[feed.grain[0]].source
    for (column,), edits in sorted(held.partition_by("column", as_dict=True).items()):
        last = edits.sort("since", "known").unique(["key", "old"], keep="last", maintain_order=True)
        meant = rows.select(pl.col(key).alias("key"), pl.col(str(column)).alias("old")).join(
            last.select("key", "old", "new"), on=["key", "old"], how="left", maintain_order="left"
        )
        rows = rows.with_columns(pl.coalesce(meant["new"], pl.col(str(column))).alias(str(column)))
    return rows
