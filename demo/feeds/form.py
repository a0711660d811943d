"""What each file of this folder tells of its feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from demo.draws import Dice
from demo.writers import Writer


@dataclass(frozen=True)
class Form:
    """A feed as its department writes it.

    `rows` takes the truth's columns of some enterprises and adds the source's columns, one row for each row
    of the feed, all text. `parts` says for each part that a defect may know which source column plays it.
    """

    feed: str
    rows: Callable[[pl.DataFrame, Dice, date], pl.DataFrame]
    parts: dict[str, str]
    file_name: Callable[[date], str]
    writer: Callable[[Path], Writer]


def words(column: str, told: dict[str, str]) -> pl.Expr:
    """A truth column's keys as the department's words."""
    return pl.col(column).replace_strict(told, return_dtype=pl.String)
