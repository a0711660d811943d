"""Which counties there are and when their codes ended, and the tables that say what a place is. Locates nothing."""

from __future__ import annotations

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.mapping_files.last_known import last_known
from schemas import mapping

_PLACES = ("counties", "changes", "townships", "zones", "roads")


def ends(mappings: Mappings) -> pl.DataFrame:
    """The days on which codes ended: columns code, since, and `again`, the first day on which it was given once more,
    null where it never was.
    """
    closing = pl.col("kind").is_in(mapping.ENDING) & (pl.col("from_code") != pl.col("to_code"))
    ended = mappings.changes.filter(closing).select("since", code="from_code").unique()
    other = mappings.changes.filter(pl.col("from_code") != pl.col("to_code"))
    given = pl.concat([mappings.counties.select("code", again="since"), other.select(code="to_code", again="since")])
    later = ended.join(given, on="code").filter(pl.col("again") >= pl.col("since"))
    first = later.group_by("code", "since").agg(pl.col("again").min())
    return ended.join(first, on=["code", "since"], how="left").sort("code", "since").select("code", "since", "again")


def today_counties(mappings: Mappings) -> pl.DataFrame:
    """The counties on the newest map: columns code, name, city; those that no change has ended for good."""
    ended = ends(mappings).filter(pl.col("again").is_null())
    standing = ~pl.col("code").is_in(ended["code"].implode())
    return last_known(mappings.counties).filter(standing).select("code", "name", "city")


def place_tables(mappings: Mappings) -> dict[str, pl.DataFrame]:
    """The tables that say what a place is, by name, as text: lists joined by `;`."""
    tables = {name: getattr(mappings, name) for name in _PLACES}
    lists = pl.selectors.list()
    return {name: table.with_columns(lists.list.join(";")).cast(pl.String) for name, table in tables.items()}
