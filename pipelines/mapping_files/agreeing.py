"""Whether counties.csv and changes.csv tell the same of a day: what one tells alone has no effect. Refuses nothing.

Both tables have their days as `pl.Date`.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from schemas.mapping import ENDING

# The first maps, GB 2260-82 and GB 2260-84, tell of no changes.
_FIRST_MAPS = date(1983, 1, 1)
_IS_RENAME = pl.col("kind") == "rename"


def had_ended(changes: pl.DataFrame, counties: pl.DataFrame) -> pl.Series:
    """Which changes are of a code that did not stand on the day before."""
    return ~_stands(changes.select(code="from_code", since=pl.col("since").dt.offset_by("-1d")), changes, counties)


def is_not_there(changes: pl.DataFrame, counties: pl.DataFrame) -> pl.Series:
    """Which changes lead to a code that does not stand on their day."""
    return ~_stands(changes.select("since", code="to_code"), changes, counties)


def names_nothing(changes: pl.DataFrame, counties: pl.DataFrame) -> pl.Series:
    """Which renames are of a code that counties.csv does not name on that day."""
    named = pl.struct(code="from_code", since="since").is_in(_rows(counties))
    return changes.select(_IS_RENAME & ~named).to_series()


def is_untold(counties: pl.DataFrame, changes: pl.DataFrame) -> pl.Series:
    """Which rows give a code, or a name, of which changes.csv has nothing on that day."""
    told = _rows(changes.select("since", code="to_code"))
    return counties.select((pl.col("since") > _FIRST_MAPS) & ~pl.struct("code", "since").is_in(told)).to_series()


def _rows(table: pl.DataFrame) -> pl.Series:
    return table.select(pl.struct("code", "since").implode()).to_series()


def _stands(asked: pl.DataFrame, changes: pl.DataFrame, counties: pl.DataFrame) -> pl.Series:
    """Whether each code stands on a day: it was given, and has not ended since."""
    given = counties.select("code", "since", given="since")
    ended = changes.filter(pl.col("kind").is_in(ENDING)).select("since", code="from_code", ended="since")
    told = asked.with_row_index("at").sort("since")
    for days in (given, ended):
        told = told.join_asof(days.sort("since"), on="since", by="code", check_sortedness=False)
    stands = pl.col("given").is_not_null() & (pl.col("ended").is_null() | (pl.col("given") >= pl.col("ended")))
    return told.sort("at").select(stands.alias("stands")).to_series()
