"""Whose word wins: the rank of each feed for each column of an entity on a day. Fuses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from pipelines.dictionary import Mappings

# The rank of a feed to which authority.csv gives none.
_LOWEST = 1_000


def ranks(mappings: Mappings, entity: str, on: date) -> dict[tuple[str, str], int]:
    """The rank of each (column, source) of an entity on a day, 1 being the highest authority."""
    held = (
        mappings.authority.filter((pl.col("entity") == entity) & (pl.col("since") <= on))
        .sort("since", "known")
        .group_by("column", "source", maintain_order=True)
        .agg(pl.col("rank").last())
    )
    return {(column, source): rank for column, source, rank in held.iter_rows()}


def rank_of(authority: Mapping[tuple[str, str], int], column: str, source: str) -> int:
    """A feed without a row of its own for a column has the rank that `*` gives it, else the lowest."""
    return authority.get((column, source), authority.get(("*", source), _LOWEST))
