"""Roads as the last evidence: which of several counties the rows on the same road lie in. Learns nothing itself."""

from __future__ import annotations

import polars as pl

# Rows on the road, all in one of the counties still meant, that decide. Held out in turn on the real register,
# 3 are right in 99.8 of 100 rows where a county or a code is named, 10 in 99.3 where only the city is.
_IN_A_COUNTY, _IN_A_CITY = 3, 10


def county_by_road(open_rows: pl.DataFrame, roads: pl.DataFrame) -> pl.DataFrame:
    """The county that a road leaves of several: columns `at` and `by_road`; only rows that are decided.

    `open_rows` has `at`, `city`, `road`, `meant` (the counties still meant) and `named` (whether more than
    the city says so); `roads` has city, road, county, rows.
    """
    met = open_rows.explode("meant").join(
        roads, left_on=["city", "road", "meant"], right_on=["city", "road", "county"], how="inner"
    )
    enough = pl.when("named").then(_IN_A_COUNTY).otherwise(_IN_A_CITY)
    sole = met.filter(pl.len().over("at") == 1, pl.col("rows") >= enough)
    return sole.select("at", pl.col("meant").alias("by_road"))
