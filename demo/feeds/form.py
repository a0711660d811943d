"""What each file of this folder tells of its feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl

from demo.draws import Dice
from demo.writers import Writer


@dataclass(frozen=True, eq=False)
class Daily:
    """What a day brings: rows of those that are `chosen`, and no file on a day on which nobody `is_due`."""

    chosen: pl.Expr = field(default_factory=lambda: pl.lit(value=True))
    is_due: pl.Expr = field(default_factory=lambda: pl.lit(value=True))


@dataclass(frozen=True)
class Form:
    """A feed as its department writes it.

    `rows` takes the truth's columns of some enterprises, of towns or of the one row that is the province, as the feed
    is `of` these, and adds the source's columns, one row for each row of the feed, all text. `parts` says for each
    part that a defect may know which source column plays it. What it `keeps` of its rows stands in
    `truth/<feed>.parquet`. One that is not `daily` brings a period's file when that is over.
    """

    feed: str
    rows: Callable[[pl.DataFrame, Dice, date], pl.DataFrame]
    parts: dict[str, str]
    file_name: Callable[[date], str]
    writer: Callable[[Path], Writer]
    of: Literal["enterprises", "towns", "province"] = "enterprises"
    keeps: tuple[str, ...] = ()
    daily: Daily | None = None


def happened(*events: str) -> pl.Expr:
    """The enterprises that one of a day's events has befallen."""
    return pl.col("event").is_in(events)


def numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of which an enterprise or a town has many, each with a number of its own for the dice and the defects."""
    return frame.with_columns(number=pl.col("number") * 1024 + pl.int_range(pl.len(), dtype=pl.UInt64).over("number"))


def words(column: str, told: dict[str, str]) -> pl.Expr:
    """A truth column's keys as the department's words."""
    return pl.col(column).replace_strict(told, return_dtype=pl.String)
