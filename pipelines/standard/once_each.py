"""Which row of each grain holds among a delivery's own rows, and why the others do not. Reads no other delivery."""

from __future__ import annotations

import polars as pl

from schemas.feed import Exchange, Feed


def once_each(feed: type[Feed], standard: pl.DataFrame) -> pl.DataFrame:
    """The rows with `superseded`: null for the one of each grain that holds, else why another one does.

    duplicate: it has the same text; newer_in_delivery: it is newer by the column that the feed names, or by its
    place in the file where the feed names none; unlike_in_delivery: it is as new, or which is newer is not known, and
    says otherwise.
    """
    grain, order = list(feed.grain), [name for name in (feed.newest, "row") if name]
    is_last = pl.col("row") == pl.col("row").last().over(grain)
    is_same = pl.col("hash") == pl.col("hash").last().over(grain)
    rule = (
        pl.when(is_last).then(None).when(is_same).then(pl.lit("duplicate"))
        .when(_is_as_new(feed)).then(pl.lit("unlike_in_delivery")).otherwise(pl.lit("newer_in_delivery"))
    )  # fmt: skip
    ordered = standard.sort(order, nulls_last=False)
    return ordered.with_columns(rule.cast(pl.String).alias("superseded")).sort("row")


def _is_as_new(feed: type[Feed]) -> pl.Expr:
    """Whether a row is no older than the one that holds, as far as can be known: a table's rows have no order."""
    if feed.newest is None:
        return pl.lit(isinstance(feed.source, Exchange))
    return pl.col(feed.newest).eq_missing(pl.col(feed.newest).last().over(list(feed.grain)))
