"""How far off the expected pupils were in years held out, beside the pupils of the origin carried forward unchanged."""

from __future__ import annotations

import polars as pl

from pipelines.rounded import quotient

# Errors are told in hundredths of a per cent, as whole numbers, so that their sum is exact.
HUNDREDTHS = 10_000


def tried(told: pl.DataFrame, schools: pl.DataFrame) -> pl.DataFrame:
    """Mean absolute percentage errors by county, stage and years ahead, and over how many towns and origins.

    Only origins with a full window count, because the newest one has it too.
    """
    seen = schools.filter(pl.col("pupils") > 0).select("county", "town", "stage", "year", seen="pupils")
    held_out = told.filter("is_full").drop_nulls("likely").join(seen, on=["county", "town", "stage", "year"])
    off = {"error": _off("likely"), "naive_error": _off("standing")}
    means = (quotient(each.sum(), pl.len()).alias(name) for name, each in off.items())
    return held_out.group_by("county", "stage", "ahead").agg(*means, tries=pl.len().cast(pl.Int64))


def _off(name: str) -> pl.Expr:
    return quotient((pl.col(name) - pl.col("seen")).abs() * HUNDREDTHS, pl.col("seen"))
