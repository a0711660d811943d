"""What the tables of mappings/ look like: columns, the rules that each must hold, and what no two rows share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from schemas.kinds import Rule


@dataclass(frozen=True)
class Table:
    """One kind of CSV file: its columns in order, each with its rules, and the columns that no two rows share."""

    columns: dict[str, tuple[Rule, ...]]
    key: tuple[str, ...]


def _form(pattern: str) -> Callable[[pl.Expr], pl.Expr]:
    return lambda text: text.str.contains(pattern)


def _is_day(text: pl.Expr) -> pl.Expr:
    return text.str.to_date("%Y-%m-%d", strict=False).is_not_null()


DAY = Rule("day", "a day that exists, written yyyy-mm-dd", _is_day)
APPENDED = Rule(
    "append_only",
    "a day not earlier than that of any row above: rows are appended, never put between",
    lambda text: text >= text.cum_max(),
)
FILLED = Rule("filled", "a text that is not empty", lambda text: text.str.strip_chars() != "")
STATED = Rule("stated", "a document that says so", FILLED.holds)
COUNTY = Rule("county", "a six-digit division code that begins with 33", _form(r"^33\d{4}$"))
COUNTIES = Rule("counties", "six-digit division codes joined by ;", _form(r"^33\d{4}(?:;33\d{4})*$"))
TOWN = Rule("town", "a nine-digit town code that begins with 33", _form(r"^33\d{7}$"))
WHOLE = Rule("whole", "a whole number, 1 or more", _form(r"^[1-9]\d*$"))
CHANGE = Rule(
    "change",
    "recode, rename, merge, split, split_rest or partial",
    lambda text: text.is_in(["recode", "rename", "merge", "split", "split_rest", "partial"]),
)
FREE: tuple[Rule, ...] = ()

_SINCE = {"since": (DAY,)}
_KNOWN = {"known": (DAY, APPENDED), "basis": (STATED,)}

LIST = Table(
    {"code": (FILLED,), "name": (FILLED,), "parent": FREE, "level": (WHOLE,), "basis": (STATED,)}, key=("code",)
)
# An empty standard is an answer: the basis says why no code of the list is certain.
DICTIONARY = Table(
    {"source": (FILLED,), "code": (FILLED,), "standard": FREE, **_SINCE, **_KNOWN},
    key=("source", "code", "since", "known"),
)
DIVISIONS = Table(
    {"code": (COUNTY,), "name": (FILLED,), "city": (FILLED,), **_SINCE, **_KNOWN}, key=("code", "since", "known")
)
CHANGES = Table(
    {**_SINCE, "kind": (CHANGE,), "from_code": (COUNTY,), "to_code": (COUNTY,), "towns": FREE, **_KNOWN},
    key=("since", "from_code", "to_code", "known"),
)
TOWNSHIPS = Table(
    {"code": (TOWN,), "name": (FILLED,), "county": (COUNTY,), **_SINCE, **_KNOWN},
    key=("code", "name", "since", "known"),
)
ZONES = Table(
    {"name": (FILLED,), "city": (FILLED,), "county": (COUNTIES,), **_SINCE, **_KNOWN},
    key=("name", "city", "since", "known"),
)
ROADS = Table(
    {"city": (FILLED,), "road": (FILLED,), "county": (COUNTY,), "rows": (WHOLE,), **_SINCE, **_KNOWN},
    key=("city", "road", "county", "known"),
)
AUTHORITY = Table(
    {"entity": (FILLED,), "column": (FILLED,), "source": (FILLED,), "rank": (WHOLE,), **_SINCE, **_KNOWN},
    key=("entity", "column", "source", "since", "known"),
)
CORRECTIONS = Table(
    {"feed": (FILLED,), "key": (FILLED,), "column": (FILLED,), "old": FREE, "new": FREE, **_SINCE, **_KNOWN},
    key=("feed", "key", "column", "since", "known"),
)
ADMISSIONS = Table(
    {"scope": (FILLED,), "subject": (FILLED,), "rule": (FILLED,), "by": (FILLED,), **_KNOWN},
    key=("scope", "subject", "rule"),
)
