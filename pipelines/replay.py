"""Replay, by row: after an edit to the mappings, which landed rows must be translated again. No other row is."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.correct import meets
from pipelines.dictionary import Mappings, place_tables
from pipelines.grounds import Grounds, kept_places
from pipelines.translate import coded_columns, source_codes
from schemas.feed import Feed
from schemas.kinds import narrowed

Tables = dict[str, pl.DataFrame]

_CODES = ("code", "from_code", "to_code", "county")
_NAMES = ("name", "towns", "road")
# A division, town, zone or road is written short by leaving out what follows its first characters: 余杭区, 余杭.
_SHORTEST = 2


def can_replay(before: Grounds, after: Grounds) -> bool:
    """Whether only mappings have changed; after a change of code every row is done again."""
    return before.code == after.code


def touched(
    feed: type[Feed], rows: pl.DataFrame, before: Grounds, after: Grounds, mappings: Mappings, home: Path
) -> pl.Series:
    """True for each landed row that a new dictionary row, correction or place can change."""
    marks = [
        *_by_code(feed, rows, before, after),
        meets(feed, rows, _differing(before.edits_table(), after.edits_table())),
    ]
    if before.place != after.place:
        words = place_words(kept_places(before.place, mappings, home), place_tables(mappings))
        marks.append(_by_place(feed, rows, words))
    table = pl.DataFrame([mark.fill_null(value=False).alias(str(place)) for place, mark in enumerate(marks)])
    return table.select(pl.any_horizontal(pl.all()).alias("touched")).to_series()


def _by_code(feed: type[Feed], rows: pl.DataFrame, before: Grounds, after: Grounds) -> list[pl.Series]:
    """Rows that write a code which is new, gone or means something else than before."""
    changed = {
        column: _changed(before.meanings.get(column.name, {}), after.meanings[column.name])
        for column in coded_columns(feed)
    }
    return [source_codes(feed, rows, column).is_in(sorted(codes)) for column, codes in changed.items() if codes]


def _changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {code for code in before.keys() | after.keys() if before.get(code) != after.get(code)}


def _differing(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The rows that one table has and the other lacks."""
    return pl.concat(
        [before.join(after, on=before.columns, how="anti"), after.join(before, on=before.columns, how="anti")]
    )


def _by_place(feed: type[Feed], rows: pl.DataFrame, words: list[str]) -> pl.Series:
    """Rows one of whose place texts contains one of the words."""
    sources = feed.place.sources if feed.place else ()
    texts = [narrowed(pl.col(source)).str.replace_all(r"\s", "").str.contains_any(words) for source in sources]
    return rows.select(pl.any_horizontal(texts).alias("place")).to_series()


def place_words(before: Tables, after: Tables) -> list[str]:
    """Codes and names of the divisions whose meaning may differ between two states of the place tables.

    They are those that a changed row names and all that led to them on the way to today, with the towns that
    lie in them. A text without any of these words means what it meant.
    """
    changed = {name: _differing(before[name], after[name]) for name in after}
    every = {name: pl.concat([before[name], after[name]]).unique(maintain_order=True) for name in after}
    codes = _upstream(_codes([changed["counties"], changed["changes"].select("from_code")]), every["changes"])
    there = [table.filter(_names_one_of(table, codes)) for table in every.values()]
    return sorted(codes | _names([*changed.values(), *there]) | _new_cities(before, after))


def _upstream(codes: set[str], changes: pl.DataFrame) -> set[str]:
    """The codes and all from which a chain of changes leads to them."""
    while True:
        leading = changes.filter(pl.col("to_code").is_in(sorted(codes)))["from_code"]
        if codes >= set(leading):
            return codes
        codes = codes | set(leading)


def _codes(tables: list[pl.DataFrame]) -> set[str]:
    columns = [table[name] for table in tables for name in _CODES if name in table.columns]
    return set(pl.concat(columns).drop_nulls())


def _names_one_of(table: pl.DataFrame, codes: set[str]) -> pl.Expr:
    columns = [pl.col(name).str.split(";") for name in _CODES if name in table.columns]
    return pl.any_horizontal(column.list.eval(pl.element().is_in(sorted(codes))).list.any() for column in columns)


def _names(tables: list[pl.DataFrame]) -> set[str]:
    """The first characters of every division, town, zone and road in the tables: any way of writing it begins so."""
    columns = [table[name] for table in tables for name in _NAMES if name in table.columns]
    names = pl.concat(columns).str.split(";").explode().drop_nulls()
    return set(names.filter(names != "").str.slice(0, _SHORTEST))


def _new_cities(before: Tables, after: Tables) -> set[str]:
    """Cities that only one of the two states knows."""
    old, new = set(before["counties"]["city"]), set(after["counties"]["city"])
    return {city[:_SHORTEST] for city in old ^ new}
