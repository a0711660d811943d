"""Divisions as they stood on a day, and the ways of writing their names. What became of them is not said here."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.mapping_files.last_known import last_known
from pipelines.meaning.counties import ends

_SUFFIX = r"(?:市|区|县|自治县|畲族自治县)$"
# Names that several cities had at the same time.
_SHARED = ["城区", "郊区"]


def counties_on(mappings: Mappings, day: date) -> pl.DataFrame:
    """The map of a day: columns code, name, city; one row a county that stood then, under its name of then."""
    is_over = pl.col("again").is_null() | (pl.col("again") > day)
    ended = ends(mappings).filter(pl.col("since") <= day, is_over)
    last = last_known(mappings.counties.filter(pl.col("since") <= day))
    return last.filter(~pl.col("code").is_in(ended["code"].implode())).select("code", "name", "city")


def short_name() -> pl.Expr:
    """余杭 for 余杭区, where at least two characters are left."""
    short = pl.col("name").str.replace(_SUFFIX, "")
    return pl.when(short.str.len_chars() >= 2).then(short).otherwise(pl.col("name"))


def spellings(divisions: pl.DataFrame) -> pl.DataFrame:
    """Every way of writing each division in `name`: 余杭区, 余杭, 杭州市余杭区, 浙江杭州余杭, 浙江余杭; 景宁县.

    `divisions` has name and city; its other columns are kept.
    """
    short, name = short_name(), pl.col("name")
    everyday = pl.when(name.str.ends_with("自治县")).then(pl.concat_str(short, pl.lit("县")))
    cities = (pl.col("city"), pl.col("city").str.replace(r"(?:市|地区)$", ""))
    provinces = (pl.lit("浙江省"), pl.lit("浙江"))
    written = (name, short, everyday)
    # 浙江丽水 is the city, though a county was called so.
    is_known_alone = ~name.is_in(_SHARED) & ~short.is_in(cities[1].implode())
    forms = [
        *(pl.when(~name.is_in(_SHARED)).then(last) for last in written),
        *(pl.concat_str(city, last) for city in cities for last in written),
        *(pl.concat_str(each, city, last) for each in provinces for city in cities for last in written),
        *(pl.concat_str(pl.lit("浙江省"), last) for last in (name, everyday)),
        *(pl.when(is_known_alone).then(pl.concat_str(each, last)) for each in provinces for last in written),
    ]
    spelt = [divisions.with_columns(form.alias("name")) for form in forms]
    return pl.concat(spelt).drop_nulls("name").unique(maintain_order=True)
