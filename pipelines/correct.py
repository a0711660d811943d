"""Corrections, by row: a known slip of a department is mended in the landed text, as long as it still stands there."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.dictionary import Mappings
from schemas.feed import Feed


def edits(feed: type[Feed], mappings: Mappings, on: date) -> pl.DataFrame:
    """The corrections of a feed that hold on a day: column, key, old, new; the last one of each `old`.

    `key` names the row by the texts of its grain columns, joined by `;`; `old` is the text that guards it,
    empty where the department wrote nothing.
    """
    held = mappings.corrections.filter((pl.col("feed") == feed.key) & (pl.col("since") <= on))
    last = held.sort("since", "known").unique(["column", "key", "old"], keep="last", maintain_order=True)
    return last.select("column", "key", "old", "new").sort("column", "key", "old")


def correct(feed: type[Feed], rows: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """The landed rows with the edits applied; where the source no longer says `old` an edit does nothing."""
    mended = [
        _meant(feed, rows, str(column), mine)
        for (column,), mine in sorted(held.partition_by("column", as_dict=True).items())
    ]
    return rows.with_columns(mended)


def _meant(feed: type[Feed], rows: pl.DataFrame, column: str, mine: pl.DataFrame) -> pl.Series:
    found = _said(feed, rows, column).join(
        mine.select("key", "old", "new"), on=["key", "old"], how="left", maintain_order="left"
    )
    return found.select(pl.coalesce("new", rows[column]).alias(column)).to_series()


def _said(feed: type[Feed], rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Of each landed row its key and what stands in a column, an empty text where nothing does: key, old."""
    return rows.select(row_key(feed), pl.col(column).fill_null("").alias("old"))


def meets(feed: type[Feed], rows: pl.DataFrame, held: pl.DataFrame) -> pl.Series:
    """True for each landed row that one of the edits would mend."""
    marks = [
        _said(feed, rows, str(column)).select(
            pl.struct("key", "old").is_in(mine.select(pl.struct("key", "old")).to_series().implode()).alias(str(column))
        )
        for (column,), mine in sorted(held.partition_by("column", as_dict=True).items())
    ]
    none = pl.Series("meets", [False], dtype=pl.Boolean).new_from_index(0, rows.height)
    return (
        pl.concat(marks, how="horizontal").select(pl.any_horizontal(pl.all()).alias("meets")).to_series()
        if marks
        else none
    )


def corrected(feed: type[Feed], rows: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """The landed rows that an edit is about, whether or not they still say `old`."""
    return rows.head(0) if held.is_empty() else rows.filter(corrected_rows(feed, rows, held))


def corrected_rows(feed: type[Feed], rows: pl.DataFrame, held: pl.DataFrame) -> pl.Series:
    """True for each of them."""
    return rows.select(row_key(feed).is_in(held["key"].implode())).to_series()


def fates(feed: type[Feed], rows: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    """Each edit with its `fate`: applied; spent, as the source has mended itself; absent, as there is no such row."""
    columns = held["column"].unique().sort()
    said = pl.concat(_said(feed, rows, column).select(pl.lit(column).alias("column"), pl.all()) for column in columns)
    told = held.join(
        said.with_columns(pl.lit("applied").alias("here")).unique(), on=["column", "key", "old"], how="left"
    )
    present = pl.col("key").is_in(said["key"].implode())
    fate = pl.coalesce("here", pl.when(present).then(pl.lit("spent")).otherwise(pl.lit("absent"))).alias("fate")
    return told.select("column", "key", "old", "new", fate).sort("column", "key", "old")


def row_key(feed: type[Feed]) -> pl.Expr:
    """How corrections name a landed row: the texts of its grain columns, joined by `;`."""
    return pl.concat_str([pl.col(source).fill_null("") for source in key_sources(feed)], separator=";").alias("key")


def key_sources(feed: type[Feed]) -> list[str]:
    """These columns."""
    told = (feed.columns[name].source for name in feed.grain if name in feed.columns)
    return [source for source in told if source]
