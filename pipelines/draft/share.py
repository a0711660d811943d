"""How much of a column a test holds for. Nothing is tested here."""

from __future__ import annotations

from typing import cast

import polars as pl


def share(held: pl.Series) -> float:
    """The share of rows, from 0 to 1, where a Boolean series is true; a null is not, and of no rows it is 0."""
    return cast(int, held.sum()) / max(1, held.len())
