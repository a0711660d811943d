"""Which row of each grain holds among a delivery's own rows, and why the others do not. Reads no other delivery."""

from __future__ import annotations

import polars as pl

from schemas.feed import Feed


def once_each(feed: type[Feed], standard: pl.DataFrame) -> pl.DataFrame:
    """The rows with `superseded`: null for the one of each grain that holds, else why another one does.

    duplicate: it has the same text; newer_in_delivery: it is newer by the column that the feed names, or by its
    place in the file where the feed names none; unlike_in_delivery: it is as new and says otherwise.
    """
    grain, order = list(feed.grain), [name for name in (feed.newest, "row") if name]
    is_last = pl.col("row") == pl.col("row").last().over(grain)
    is_same = pl.col("hash") == pl.col("hash").last().over(grain)
    is_as_new = pl.lit(value=False) if feed.newest is None else _as_new(feed.newest, grain)
    rule = (
        pl.when(is_last).then(None).when(is_same).then(pl.lit("duplicate"))
        .when(is_as_new).then(pl.lit("unlike_in_delivery")).otherwise(pl.lit("newer_in_delivery"))
    )  # fmt: skip
    ordered = standard.sort(order, nulls_last=False)
    return ordered.with_columns(rule.cast(pl.String).alias("superseded")).sort("row")


def _as_new(newest: str, grain: list[str]) -> pl.Expr:
    return pl.col(newest).eq_missing(pl.col(newest).last().over(grain))
