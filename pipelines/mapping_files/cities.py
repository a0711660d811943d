"""Whether the city that a row of places/ names is that of its county. Refuses nothing."""

from __future__ import annotations

import polars as pl

# The digits of a division code that say its prefecture.
_PREFECTURE = 4
# How they end where counties stand under the province itself, though they belong to several cities (GB/T 2260).
_UNDER_THE_PROVINCE = "90"


def strange_city(counties: pl.DataFrame) -> pl.Series:
    """Whether the city is another than the first row of its prefecture has: a new city has a new code.

    Where counties stand under the province: whether no prefecture has it.
    """
    prefecture = pl.col("code").str.head(_PREFECTURE)
    is_under = prefecture.str.ends_with(_UNDER_THE_PROVINCE)
    is_another = pl.col("city") != pl.col("city").first().over(prefecture)
    is_none = ~pl.col("city").is_in(counties.filter(~is_under)["city"].implode())
    return counties.select(pl.when(is_under).then(is_none).otherwise(is_another)).to_series()


def other_city(rows: pl.DataFrame, counties: pl.DataFrame, ending: str = "") -> pl.Series:
    """Whether the city, with the ending that it lacks there, is none that counties.csv gives to one of the counties."""
    city = pl.col("city") + ending
    named = rows.select(pl.col("county").str.split(";"), city).with_row_index("at").explode("county")
    met = named.join(counties, left_on=["county", "city"], right_on=["code", "city"], how="semi")
    return ~pl.int_range(rows.height, eager=True).is_in(met["at"].implode())
