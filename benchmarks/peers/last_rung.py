"""The last rung, for every peer the same call: Splink with our weights, over the rows that the peer left open."""

from __future__ import annotations

import polars as pl

from pipelines.identity.probable import by_likelihood, known_of, rest
from pipelines.identity.register import Register


def last_rung(
    left: pl.DataFrame, names: pl.DataFrame, codes: pl.DataFrame, seats: pl.DataFrame, cities: pl.DataFrame,
    days: pl.DataFrame,
) -> pl.DataFrame:  # fmt: skip
    """The rows of `left` that are one enterprise's with near certainty: id, entity_id, match.

    `left` has what rows tell (id, the numbers, whole, place, short, branch, county, address, registered); `names`
    has entity_id, name, whole, place, short, branch, is_first; the others are as in `pipelines.identity.register`.
    """
    first = pl.col("is_first")
    known = Register(
        codes=codes, crosswalk=pl.DataFrame(), names=names.filter(first).drop("is_first"),
        other_names=names.filter(~first).drop("is_first"), seats=seats, cities=cities, days=days,
        entities=codes.height,
    )  # fmt: skip
    unnumbered = left.with_columns(pl.lit(None, pl.String).alias("registration_number")).sort("id")
    found = by_likelihood(unnumbered, known_of(known, rest(unnumbered)))
    sole = found.filter(pl.col("doubt").is_null(), pl.col("doubt").is_null().sum().over("id") == 1)
    return sole.select("id", "entity_id", pl.lit("probable").alias("match"))
