"""Of a table of places what was said last of each code. What it means is not said here."""

from __future__ import annotations

import polars as pl


def last_known(places: pl.DataFrame) -> pl.DataFrame:
    """Of each code's rows the one since the last day; of several such the one that was known last."""
    ordered = places.sort("code", "since", "known", maintain_order=True)
    return ordered.unique("code", keep="last", maintain_order=True)
