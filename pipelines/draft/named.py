"""Whether a delivery's header names its columns, or is a row already. What the columns mean is not asked here."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.draft.fits import fits, shares
from pipelines.refusal import Finding, Refusal

_LOOKED_AT = 5_000


def refuse_row_as_header(file: Path, rows: pl.DataFrame) -> None:
    """Refuse a header that says in a column what chance does not bring about, as the values below it do.

    Such are days and numbers with a check digit: 2026-06-01 above days is a row's day.
    """
    for name in rows.columns:
        if _sure(pl.Series([name])) & _sure(rows[name].drop_nulls().head(_LOOKED_AT)):
            found = f"'{name}' as a column's name, a value like those below it"
            todo = "Put the columns' names in a line of their own above it, in a copy, and draft that."
            expected = "a header: every delivery of a feed names its columns"
            raise Refusal(Finding(file.name, 0, name, "header", found, expected, todo))


def _sure(values: pl.Series) -> set[str]:
    """The kinds that chance does not bring about, as a declaration writes them."""
    return {fit.declared for fit in fits(shares(values)) if fit.share > 1} if values.len() else set()
