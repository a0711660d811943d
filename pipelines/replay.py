"""Replay, by row: after an edit to the mappings, which landed rows must be translated again. No other row is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from pipelines.correct import corrected_rows, meets
from pipelines.grounds import DeliveryGrounds, are_kept, kept_places
from pipelines.translate import code_sources, coded_columns, names_of_codes, source_codes
from schemas.feed import Column, Feed
from schemas.kinds import narrowed

Tables = dict[str, pl.DataFrame]

_CODES = ("code", "from_code", "to_code", "county")
_NAMES = ("name", "towns", "road")
# A division or town is written short by leaving out what follows its first characters: 余杭区, 余杭.
_SHORTEST = 2


@dataclass(frozen=True)
class Words:
    """What a touched row's place texts contain: a code, the beginning of a name or a new zone, or a city and its road
    or zone."""

    anywhere: list[str]
    in_city: dict[str, list[str]]


def can_replay(before: DeliveryGrounds, after: DeliveryGrounds, home: Path) -> bool:
    """Whether only mappings have changed, and it is known what places there were; else every row is done again."""
    return before.code == after.code and (before.place == after.place or are_kept(before.place, home))


def looked_at(
    feed: type[Feed], codes: pl.DataFrame, before: DeliveryGrounds, after: DeliveryGrounds
) -> list[str] | None:
    """The landed columns that tell which rows are touched, none where no row is; None where all may."""
    if before.edits or after.edits or (before.place != after.place and _tells_town(feed)):
        return None
    changed = (column for column, words in _changed(feed, codes, before, after).items() if words)
    places = () if before.place == after.place else feed.place_sources()
    return list(dict.fromkeys([*places, *(source for column in changed for source in code_sources(feed, column))]))


def may_only_wait(feed: type[Feed], codes: pl.DataFrame, before: DeliveryGrounds, after: DeliveryGrounds) -> bool:
    """Whether touched rows can lie in quarantine alone: nothing has changed but codes that meant nothing before."""
    if before.edits or after.edits or before.place != after.place:
        return False
    changed = _changed(feed, codes, before, after)
    return all(words.isdisjoint(before.meanings.get(column.name, {})) for column, words in changed.items())


def touched(
    feed: type[Feed], rows: pl.DataFrame, codes: pl.DataFrame,
    before: DeliveryGrounds, after: DeliveryGrounds, home: Path,
) -> pl.Series:  # fmt: skip
    """True for each landed row of a batch that a new dictionary row, correction or place changes; `codes` are all that
    its delivery writes."""
    marks = [
        pl.Series([False], dtype=pl.Boolean).new_from_index(0, rows.height),
        *_by_code(feed, rows, codes, before, after),
        meets(feed, rows, _differing(before.edits_table(), after.edits_table())),
    ]
    if before.place != after.place:
        marks.append(_by_place(feed, rows, _words(before.place, after.place, home)))
    if after.edits and (before.meanings, before.place) != (after.meanings, after.place):
        marks.append(corrected_rows(feed, rows, after.edits_table()))
    table = pl.DataFrame([mark.fill_null(value=False).alias(str(place)) for place, mark in enumerate(marks)])
    return table.select(pl.any_horizontal(pl.all()).alias("touched")).to_series()


def _by_code(
    feed: type[Feed], rows: pl.DataFrame, codes: pl.DataFrame, before: DeliveryGrounds, after: DeliveryGrounds
) -> list[pl.Series]:
    """Rows that write a code which is new, gone, means something else or goes with other names than before."""
    changed = _changed(feed, codes, before, after)
    return [source_codes(feed, rows, column).is_in(sorted(words)) for column, words in changed.items() if words]


def _changed(
    feed: type[Feed], codes: pl.DataFrame, before: DeliveryGrounds, after: DeliveryGrounds
) -> dict[Column, set[str]]:
    """Of each coded column the codes that are written and are new, gone, mean something else or wait for another
    reason than before."""
    written = codes.drop_nulls("code")
    met = {column: set(written.filter(pl.col("column") == column.name)["code"]) for column in coded_columns(feed)}
    meant = {column: (before.meanings.get(column.name, {}), after.meanings[column.name]) for column in met}
    return {
        column: {code for code in (old.keys() | new.keys()) & met[column] if old.get(code) != new.get(code)}
        | (set[str]() if column.named is None else _otherwise_named(met[column] - new.keys(), old, new))
        for column, (old, new) in meant.items()
    }


def _otherwise_named(words: set[str], old: dict[str, str], new: dict[str, str]) -> set[str]:
    """Words without a meaning for whose code the dictionary has other names than before: these are in the reason."""
    before, after = names_of_codes(old), names_of_codes(new)
    codes = {word: word.partition(" ")[0] for word in words}
    return {word for word, code in codes.items() if before.get(code) != after.get(code)}


def _differing(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The rows that one table has and the other lacks."""
    return pl.concat(
        [before.join(after, on=before.columns, how="anti"), after.join(before, on=before.columns, how="anti")]
    )


def _by_place(feed: type[Feed], rows: pl.DataFrame, words: Words) -> pl.Series:
    """Rows whose place texts contain one of the words; all where a town's code is written, which has none in it."""
    if _tells_town(feed):
        return pl.Series([True]).new_from_index(0, rows.height)
    coded = {place.division for place in feed.places().values()}
    apart = {source: r"[\s-]" if source in coded else r"\s" for source in feed.place_sources()}
    texts = [narrowed(pl.col(source)).str.replace_all(no, "").fill_null("") for source, no in apart.items()]
    whole = rows.select(pl.concat_str(texts, separator="\n").alias("whole"))
    text = pl.col("whole").str
    of_city = [text.contains(city, literal=True) & text.contains_any(of) for city, of in words.in_city.items()]
    anywhere = text.contains_any(pl.lit(words.anywhere, pl.List(pl.String)))
    return whole.select(pl.any_horizontal(anywhere, *of_city).alias("place")).to_series()


def _tells_town(feed: type[Feed]) -> bool:
    return any(place.town is not None for place in feed.places().values())


@lru_cache(maxsize=8)
def _words(before: str, after: str, home: Path) -> Words:
    """The words between two states of the places as they were kept; a feed has many deliveries."""
    return place_words(kept_places(before, home), kept_places(after, home))


def place_words(before: Tables, after: Tables) -> Words:
    """Codes and names of the divisions whose meaning may differ between two states of the place tables.

    They are those that a changed row names and all that led to them on the way to today, with the towns, zones
    and roads that lie in them. A text without any of these words means what it meant.
    """
    changed = {name: _differing(before[name], after[name]) for name in after}
    every = {name: pl.concat([before[name], after[name]]).unique(maintain_order=True) for name in after}
    codes = _upstream(_codes([changed["counties"], changed["changes"].select("from_code")]), every["changes"])
    told = [pl.concat([changed[name], table.filter(_names_one_of(table, codes))]) for name, table in every.items()]
    alone = [table for table in told if not _is_of_a_city(table)]
    # Zones are sought together, the longest first: a new one may be read out of another city's address.
    anywhere = codes | _names(alone) | _new_cities(before, after) | set(changed["zones"]["name"])
    return Words(sorted(anywhere), _in_city([table for table in told if _is_of_a_city(table)]))


def _is_of_a_city(table: pl.DataFrame) -> bool:
    """Whether what a table names is known only beside its city: zones and roads, which have no code."""
    return "city" in table.columns and "code" not in table.columns


def _in_city(tables: list[pl.DataFrame]) -> dict[str, list[str]]:
    """The names in full, by the city's first characters."""
    named = [
        table.select(pl.col("city").str.slice(0, _SHORTEST), pl.col(name).alias("name"))
        for table in tables
        for name in _NAMES
        if name in table.columns
    ]
    each = pl.concat([pl.DataFrame(schema={"city": pl.String, "name": pl.String}), *named]).drop_nulls()
    return {city: sorted(set(names)) for city, names in each.group_by("city").agg("name").sort("city").iter_rows()}


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
    """The first characters of every division and town in the tables: any way of writing it begins so."""
    columns = [table[name] for table in tables for name in _NAMES if name in table.columns]
    names = pl.concat(columns).str.split(";").explode().drop_nulls()
    return set(names.filter(names != "").str.slice(0, _SHORTEST))


def _new_cities(before: Tables, after: Tables) -> set[str]:
    """Cities that only one of the two states knows."""
    old, new = set(before["counties"]["city"]), set(after["counties"]["city"])
    return {city[:_SHORTEST] for city in old ^ new}
