"""Rows of several counties under one another, `at@` saying whose each is, and apart again. Compares nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized

import polars as pl

from pipelines.releasing.fold import AT


def together(tables: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Tables of the same columns under one another."""
    return pl.concat(table.with_columns(pl.lit(at, pl.UInt16).alias(AT)) for at, table in enumerate(tables))


def apart(table: pl.DataFrame, count: int) -> list[pl.DataFrame]:
    """The table of each of so many, in its order."""
    if count == 1:
        return [table.drop(AT)]
    parts = table.partition_by(AT, as_dict=True, maintain_order=True, include_key=False)
    nothing = table.head(0).drop(AT)
    return [parts.get((at,), nothing) for at in range(count)]


def key_of(counties: Sized, key: Sequence[str]) -> tuple[str, ...]:
    """What tells the rows of several counties apart; of one alone its own key does."""
    return tuple(key) if len(counties) == 1 else (AT, *key)
