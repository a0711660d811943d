"""Whether the city that a row of places/ names is that of its county. Refuses nothing."""

from __future__ import annotations

import polars as pl

# The digits of a division code that say its prefecture.
_PREFECTURE = 4


def strange_city(counties: pl.DataFrame) -> pl.Series:
    """Whether no other county has the city, though the prefecture of the code has others: a new one has a new code."""
    prefecture = pl.col("code").str.head(_PREFECTURE)
    is_alone, is_of_others = pl.col("code").n_unique().over("city") == 1, pl.col("code").n_unique().over(prefecture) > 1
    return counties.select(is_alone & is_of_others).to_series()


def other_city(rows: pl.DataFrame, counties: pl.DataFrame, ending: str = "") -> pl.Series:
    """Whether the city, with the ending that it lacks there, is none that counties.csv gives to one of the counties."""
    city = pl.col("city") + ending
    named = rows.select(pl.col("county").str.split(";"), city).with_row_index("at").explode("county")
    met = named.join(counties, left_on=["county", "city"], right_on=["code", "city"], how="semi")
    return ~pl.int_range(rows.height, eager=True).is_in(met["at"].implode())
