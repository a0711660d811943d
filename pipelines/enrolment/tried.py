"""How far off the expected pupils were in years held out, beside the pupils of the origin carried forward unchanged."""

from __future__ import annotations

import polars as pl

from pipelines.methods.rounded import quotient

# What a try is off by is reckoned in hundredths of a per cent, as whole numbers, so that their sum is exact.
HUNDREDTHS, PER_CENT = 10_000, 100
# A finer error of fewer or smaller towns would give back pupils who are told as fewer than ten.
LEAST_PUPILS, LEAST_TOWNS = 10, 3


def tried(told: pl.DataFrame, schools: pl.DataFrame) -> pl.DataFrame:
    """Mean absolute errors in whole per cent by county, stage and years ahead, and over how many towns and origins.

    Only origins with a full window count, because the newest one has it too; only towns with ten pupils or more at both
    ends; and what is told is told of three towns or more.
    """
    seen = schools.select("county", "town", "stage", "year", seen="pupils")
    both = told.filter("is_full").join(seen, on=["county", "town", "stage", "year"]).drop_nulls(["likely", "seen"])
    held_out = both.filter(pl.min_horizontal("standing", "seen") >= LEAST_PUPILS)
    off = {"error": _off("likely"), "naive_error": _off("standing")}
    means = (quotient(each.sum(), pl.len() * PER_CENT).alias(name) for name, each in off.items())
    towns, tries = pl.col("town").n_unique().alias("towns"), pl.len().cast(pl.Int64).alias("tries")
    told_of = held_out.group_by("county", "stage", "ahead").agg(*means, tries, towns)
    return told_of.filter(pl.col("towns") >= LEAST_TOWNS).drop("towns")


def _off(name: str) -> pl.Expr:
    return quotient((pl.col(name) - pl.col("seen")).abs() * HUNDREDTHS, pl.col("seen"))
