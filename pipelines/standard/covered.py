"""How much of what a delivery codes has a meaning, column by column. Translates nothing."""

from __future__ import annotations

import polars as pl

from pipelines.translate import Meanings, coded_columns
from schemas.feed import Column, Feed
from schemas.manifest import Coverage


def coverage(feed: type[Feed], codes: pl.DataFrame, held: Meanings) -> tuple[Coverage, ...]:
    """For each coded column: values and distinct codes met, and how many of them the dictionary has."""
    return tuple(_covered(feed, column, codes, held) for column in coded_columns(feed))


def _covered(feed: type[Feed], column: Column, codes: pl.DataFrame, held: Meanings) -> Coverage:
    met = codes.filter(pl.col("column") == column.name).drop_nulls("code").group_by("code").agg(pl.col("rows").sum())
    mapped = met.filter(pl.col("code").is_in(list(held[column.name])))
    return Coverage(feed=feed.key, column=column.name, values=int(met["rows"].sum()), mapped=int(mapped["rows"].sum()),
                    codes=met.height, mapped_codes=mapped.height)  # fmt: skip
