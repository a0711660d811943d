"""`python -m pipelines.words.learn_roads HOME FEED`: mappings/places/roads.csv anew, from rows placed without it."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.command import command
from pipelines.dictionary import Mappings, current
from pipelines.gather import gather
from pipelines.meaning.counties import today_counties
from pipelines.places.address import read_address, read_road
from pipelines.places.gazetteer import gazetteer
from schemas.feed import all_feeds

# A road that fewer rows name teaches nothing.
_FEWEST = 3


def learn(rows: pl.DataFrame, mappings: Mappings, on: date) -> pl.DataFrame:
    """Roads by city and county with the number of rows that lie there: columns city, road, county, rows.

    `rows` has address, county and place_evidence. Only rows that a town, a county or a code has placed teach,
    never those that a road has.
    """
    sure = rows.filter(pl.col("county").is_not_null(), ~pl.col("place_evidence").str.contains("road"))
    cities = today_counties(mappings).select(pl.col("code").alias("county"), pl.col("city").str.replace("市$", ""))
    read = (
        read_road(read_address(sure["address"], gazetteer(mappings, on))["behind"])
        .to_frame()
        .with_columns(sure["county"])
    )
    counted = read.drop_nulls().join(cities, on="county").group_by("city", "road", "county").agg(pl.len().alias("rows"))
    enough = counted.filter(pl.col("rows").sum().over("city", "road") >= _FEWEST)
    return enough.select("city", "road", "county", "rows").sort("city", "road", "county")


@command
def main() -> int:
    """Write the table to standard output."""
    home, feed = Path(sys.argv[1]), all_feeds()[sys.argv[2]]
    gathered = gather(feed, home)
    if gathered.current is None:
        print(f"{feed.key} has not been standardised below {home}; run make run FEEDS=... first.", file=sys.stderr)
        return 1
    today, mappings = date.fromisoformat(gathered.used[-1].delivery.as_of), current()
    learnt = learn(gathered.current.rows, mappings, today)
    since, known = mappings.changes["since"].max(), today
    years = [outcome.delivery.as_of[:4] for outcome in gathered.used]
    basis = f"{feed.title}{years[0]}—{years[-1]}年"
    table = learnt.with_columns(
        pl.lit(since).alias("since"), pl.lit(known).alias("known"), pl.lit(basis).alias("basis")
    )
    print(table.write_csv(), end="")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
