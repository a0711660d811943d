"""Doing to a feed's rows what the list of defects says, and naming it. What a defect is stands in `defects`.

A column suffers at most one made defect a row.
"""

from __future__ import annotations

from functools import reduce

import polars as pl

from demo.defects import DEFECTS, DUPLICATE_ROW, Defect
from demo.draws import Dice


def spoil(frame: pl.DataFrame, feed: str, parts: dict[str, str], dice: Dice) -> pl.DataFrame:
    """Do to a feed's rows what the list says; adds `defects`, the names of those that each row has.

    `parts` says which source column plays which part. The truth's columns stand beside the feed's.
    """
    mine = [defect for defect in DEFECTS if defect.part in parts]
    found = [defect for defect in mine if defect.way is None]
    frame = frame.with_columns(_mark(defect, parts).alias(f"_is {defect.name} {defect.part}") for defect in found)
    columns = sorted({parts[defect.part] for defect in mine})
    frame = frame.with_columns(pl.lit(value=False).alias(f"_touched {column}") for column in columns)
    frame = reduce(lambda rows, defect: _done(rows, feed, defect, parts, dice), [d for d in mine if d.way], frame)
    marks = [pl.when(f"_is {defect.name} {defect.part}").then(pl.lit(defect.name)) for defect in mine]
    return _repeated(frame.with_columns(defects=pl.concat_list(marks).list.drop_nulls()), feed, dice)


def _mark(defect: Defect, parts: dict[str, str]) -> pl.Expr:
    return defect.where(pl.col(parts[defect.part])).fill_null(value=False)


def _done(frame: pl.DataFrame, feed: str, defect: Defect, parts: dict[str, str], dice: Dice) -> pl.DataFrame:
    """One made defect on the rows that the dice and its condition choose and no other has touched."""
    column, mark = parts[defect.part], f"_is {defect.name} {defect.part}"
    touched = f"_touched {column}"
    chosen = dice.chance(f"{feed}/{defect.name}/{defect.part}", defect.rate) & _mark(defect, parts) & ~pl.col(touched)
    frame = frame.with_columns(chosen.alias(mark))
    return frame.with_columns(
        pl.when(mark).then(defect.way(pl.col(column))).otherwise(column).alias(column) if defect.way else column,
        (pl.col(touched) | pl.col(mark)).alias(touched),
    )


def _repeated(frame: pl.DataFrame, feed: str, dice: Dice) -> pl.DataFrame:
    """Some rows stand twice, the second one named a duplicate."""
    twice = frame.filter(dice.chance(f"{feed}/{DUPLICATE_ROW.name}", DUPLICATE_ROW.rate))
    again = twice.with_columns(pl.concat_list("defects", pl.lit(DUPLICATE_ROW.name)).alias("defects"))
    return pl.concat([frame, again]).sort("number", maintain_order=True)
