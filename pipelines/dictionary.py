"""The one reader of mappings/: dictionaries, code lists, places, authority and corrections as known on a day."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

HOME = Path(__file__).resolve().parent.parent / "mappings"

_DAYS = ("since", "known")
_DICTIONARY = ("source", "code", "standard", "since", "known", "basis")
_LIST = ("code", "name", "parent", "level", "basis")
_COUNTIES = ("code", "name", "city", "since", "known", "basis")
_CHANGES = ("since", "kind", "from_code", "to_code", "towns", "known", "basis")
_TOWNSHIPS = ("code", "name", "county", "since", "known", "basis")
_ZONES = ("name", "city", "county", "since", "known", "basis")
_ROADS = ("city", "road", "county", "rows", "since", "known", "basis")
_AUTHORITY = ("entity", "column", "source", "rank", "since", "known", "basis")
_CORRECTIONS = ("feed", "key", "column", "old", "new", "since", "known", "basis")
_ADMISSIONS = ("scope", "subject", "rule", "by", "known", "basis")
_PLACES = ("counties", "changes", "townships")
_SHORTEST_SHA256 = 12


class MappingError(Exception):
    """A mapping file that cannot be relied on; the message names the file, the line and what to do."""


@dataclass(frozen=True)
class Mappings:
    """Every table of mappings/ as known on one day, and the sha256 of each family of them.

    Days are `pl.Date`, `rank`, `level` and `rows` integers, `changes.towns` a list of names, `zones.county` a list
    of codes (several where a zone lies in several counties); all else is text.
    `fingerprints` has one entry for each cause of change: dictionary, place, authority, correction;
    and one for admissions, which change nothing by themselves.
    """

    lists: pl.DataFrame
    codes: pl.DataFrame
    counties: pl.DataFrame
    changes: pl.DataFrame
    townships: pl.DataFrame
    zones: pl.DataFrame
    roads: pl.DataFrame
    authority: pl.DataFrame
    corrections: pl.DataFrame
    admissions: pl.DataFrame
    fingerprints: dict[str, str]


def load(home: Path = HOME, known: date | None = None) -> Mappings:
    """Read mappings/ as it was known on `known`, by default all that is known now.

    Raises MappingError naming file and line for a missing column, a day that is none or a row without basis.
    """
    everything = known or date.max
    lists = _folder(home / "lists", _LIST)
    codes = _folder(home / "codes", _DICTIONARY).filter(pl.col("known") <= everything)
    counties = _table(home / "places" / "counties.csv", _COUNTIES).filter(pl.col("known") <= everything)
    changes = _table(home / "places" / "changes.csv", _CHANGES).filter(pl.col("known") <= everything)
    townships = _table(home / "places" / "townships.csv", _TOWNSHIPS).filter(pl.col("known") <= everything)
    zones = _table(home / "places" / "zones.csv", _ZONES).filter(pl.col("known") <= everything)
    roads = _table(home / "places" / "roads.csv", _ROADS).filter(pl.col("known") <= everything)
    authority = _table(home / "authority.csv", _AUTHORITY).filter(pl.col("known") <= everything)
    corrections = _table(home / "corrections.csv", _CORRECTIONS).filter(pl.col("known") <= everything)
    admissions = _table(home / "admissions.csv", _ADMISSIONS).filter(pl.col("known") <= everything)
    return Mappings(
        lists=pl.concat([lists.with_columns(pl.col("level").cast(pl.Int64)), _town_list(townships)]),
        codes=codes,
        counties=counties,
        changes=changes.with_columns(pl.col("towns").str.split(";").list.filter(pl.element() != "")),
        townships=townships,
        zones=zones.with_columns(pl.col("county").str.split(";")),
        roads=roads.with_columns(pl.col("rows").cast(pl.Int64)),
        authority=authority.with_columns(pl.col("rank").cast(pl.Int64)),
        corrections=corrections,
        admissions=admissions,
        fingerprints={
            "dictionary": _fingerprint(lists, codes),
            "place": _fingerprint(counties, changes, townships, zones, roads),
            "authority": _fingerprint(authority),
            "correction": _fingerprint(corrections),
            "admission": _fingerprint(admissions),
        },
    )


@cache
def current() -> Mappings:
    """The project's own mappings, read once a process."""
    return load()


def _folder(folder: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    """Every CSV of a folder under one another, the file's stem in the column `list`."""
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise MappingError(f"{folder} holds no CSV file; restore it from the repository.")
    tables = [_table(file, columns).select(pl.lit(file.stem).alias("list"), pl.all()) for file in files]
    return pl.concat(tables)


def _town_list(townships: pl.DataFrame) -> pl.DataFrame:
    """The towns as a code list, each under its county."""
    newest = townships.sort("code", "since").unique("code", keep="last", maintain_order=True)
    parent, level = pl.col("county").alias("parent"), pl.lit(1, pl.Int64).alias("level")
    return newest.select(pl.lit("town").alias("list"), "code", "name", parent, level, "basis")


def _table(file: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    if not file.exists():
        raise MappingError(f"{file} is missing; restore it from the repository.")
    table = pl.read_csv(file, infer_schema=False).with_columns(pl.all().fill_null(""))
    if tuple(table.columns) != columns:
        found = ",".join(table.columns)
        raise MappingError(f"{file} line 1: found columns {found}, expected {','.join(columns)}.")
    _refuse(file, table, "basis", lambda text: text.str.strip_chars() == "", "a document that says so")
    for column in (each for each in _DAYS if each in columns):
        parsed = pl.col(column).str.to_date("%Y-%m-%d", strict=False)
        _refuse(file, table, column, lambda text: text.str.to_date("%Y-%m-%d", strict=False).is_null(), "yyyy-mm-dd")
        table = table.with_columns(parsed.alias(column))
    return table


def _refuse(file: Path, table: pl.DataFrame, column: str, wrong: Callable[[pl.Expr], pl.Expr], expected: str) -> None:
    """Raise for the first row whose `column` is wrong; line 1 is the header."""
    at = table.with_row_index("line", offset=2).filter(wrong(pl.col(column))).head(1)
    if at.height:
        line, found = at["line"][0], at[column][0]
        raise MappingError(f"{file} line {line}, column {column}: found '{found}', expected {expected}.")


def _fingerprint(*tables: pl.DataFrame) -> str:
    digest = hashlib.sha256()
    for table in tables:
        digest.update(table.write_csv().encode())
    return digest.hexdigest()


def translation(mappings: Mappings, code_list: str, source: str, on: date) -> pl.DataFrame:
    """The dictionary from `source` to `code_list` as it holds on a day: columns code, standard; one row a code.

    A row holds until the next `since` of its code; of rows with the same `since` the one known last holds.
    """
    return (
        mappings.codes.filter((pl.col("list") == code_list) & (pl.col("source") == source) & (pl.col("since") <= on))
        .sort("since", "known")
        .group_by("code", maintain_order=True)
        .agg(pl.col("standard").last())
    )


def code_names(mappings: Mappings, code_list: str) -> pl.DataFrame:
    """The code list's codes and their Chinese names: columns code, name, parent, level."""
    return mappings.lists.filter(pl.col("list") == code_list).select("code", "name", "parent", "level")


def ranks(mappings: Mappings, entity: str, on: date) -> dict[tuple[str, str], int]:
    """The rank of each (column, source) of an entity on a day, 1 being the highest authority."""
    held = (
        mappings.authority.filter((pl.col("entity") == entity) & (pl.col("since") <= on))
        .sort("since", "known")
        .group_by("column", "source", maintain_order=True)
        .agg(pl.col("rank").last())
    )
    return {(column, source): rank for column, source, rank in held.iter_rows()}


def today_counties(mappings: Mappings) -> pl.DataFrame:
    """The counties on the newest map: columns code, name, city; those that no change has ended."""
    ended = mappings.changes.filter(pl.col("kind").is_in(["recode", "merge", "split", "split_rest"]))
    return (
        mappings.counties.sort("code", "since")
        .group_by("code", maintain_order=True)
        .last()
        .filter(~pl.col("code").is_in(ended["from_code"].implode()))
        .select("code", "name", "city")
    )


def place_tables(mappings: Mappings) -> dict[str, pl.DataFrame]:
    """The tables that say what a place is, by name, as text: lists joined by `;`."""
    tables = {name: getattr(mappings, name) for name in _PLACES}
    lists = pl.selectors.list()
    return {name: table.with_columns(lists.list.join(";")).cast(pl.String) for name, table in tables.items()}


def admitted(mappings: Mappings, scope: str, subject: str) -> frozenset[str]:
    """The rules that operators have set aside for a delivery of a feed, or for a county's release of a product.

    A delivery is named by its sha256 or at least the first twelve digits of it, a release by `330110/2026-07-01`.
    """
    mine = mappings.admissions.filter(pl.col("scope") == scope).select("subject", "rule")
    return frozenset(rule for named, rule in mine.iter_rows() if _is_named(subject, named))


def _is_named(subject: str, named: str) -> bool:
    return subject == named or (len(named) >= _SHORTEST_SHA256 and "/" not in named and subject.startswith(named))


def admit(row: dict[str, str], home: Path = HOME) -> str:
    """Append an admission to mappings/admissions.csv; gives the line as it was written."""
    line = pl.DataFrame([row]).select(_ADMISSIONS).write_csv(include_header=False)
    with (home / "admissions.csv").open("a") as file:
        file.write(line)
    load(home)
    return line.rstrip()
