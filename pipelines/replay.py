"""Replay, by row: after an edit to a dictionary, which landed rows must be translated again. No other row is."""

from __future__ import annotations

import polars as pl

from pipelines.translate import Meanings, coded_columns, source_codes
from schemas.feed import Feed


def touched(feed: type[Feed], rows: pl.DataFrame, before: Meanings, after: Meanings) -> pl.Series:
    """True for each landed row that writes a code which is new, gone or means something else than before."""
    marks = [
        source_codes(feed, rows, column).is_in(sorted(_differing(before.get(column.name, {}), after[column.name])))
        for column in coded_columns(feed)
    ]
    if not marks:
        return pl.Series("touched", [False] * rows.height, dtype=pl.Boolean)
    return pl.DataFrame([mark.fill_null(value=False).alias(str(place)) for place, mark in enumerate(marks)]).select(
        pl.any_horizontal(pl.all()).alias("touched")
    )["touched"]


def _differing(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {code for code in before.keys() | after.keys() if before.get(code) != after.get(code)}
