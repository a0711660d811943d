"""Divisions as they stood on a day, and the ways of writing their names. What became of them is not said here."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.dictionary import Mappings, ends, last_known

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
    """Every way of writing each division in `name`: 余杭区, 余杭, 杭州市余杭区, 杭州余杭, 浙江省杭州市余杭区.

    `divisions` has name and city; its other columns are kept.
    """
    short, name = short_name(), pl.col("name")
    city = pl.col("city").str.replace(r"(?:市|地区)$", "")
    alone = ~name.is_in(_SHARED)
    forms = [
        pl.when(alone).then(name),
        pl.when(alone).then(short),
        *(pl.concat_str(prefix, last) for prefix in ("city", city) for last in (name, short)),
        *(pl.concat_str(pl.lit(province), "city", name) for province in ("浙江省", "浙江")),
        pl.concat_str(pl.lit("浙江省"), name),
    ]
    written = [divisions.with_columns(form.alias("name")) for form in forms]
    return pl.concat(written).drop_nulls("name").unique(maintain_order=True)
