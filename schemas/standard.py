"""What a feed's standard rows have: its columns in their types and what its places give. Nothing is translated."""

from __future__ import annotations

import polars as pl

from schemas.feed import PLACED, Feed


def standard_schema(feed: type[Feed]) -> dict[str, pl.DataType]:
    """The columns and types of a feed's standard rows."""
    placed = dict.fromkeys(placed_columns(feed), pl.String())
    return {
        "row": pl.Int64(),
        "hash": pl.UInt64(),
        **{column.name: column.kind.dtype for column in feed.columns.values()},
        "repairs": pl.List(pl.String),
        **placed,
    }


def placed_columns(feed: type[Feed]) -> list[str]:
    """The standard columns of its places."""
    return [f"{front}{name}" for front in feed.places() for name in PLACED]


def tells(feed: type[Feed], name: str) -> bool:
    """Whether a feed's rows tell of this, by a column or by where they lie."""
    return name in feed.columns or name in placed_columns(feed)
