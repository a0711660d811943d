"""A delivery's columns beside those that its feed declares: which are there under which name. No row is read here."""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.refusal import Finding, Refusal
from schemas.feed import Feed

_CHANGE = "change the declaration in schemas/feeds/ if the change is meant"


@dataclass(frozen=True)
class Layout:
    """The columns to be found, the other headers they may bear, those that may be absent, and what is admitted."""

    expected: tuple[str, ...]
    aliases: dict[str, str]
    may_lack: tuple[str, ...] = ()
    admitted: frozenset[str] = frozenset()


def layout_of(feed: type[Feed], admitted: frozenset[str] = frozenset()) -> Layout:
    """The layout that a feed declares."""
    return Layout(feed.headers(), feed.aliases, feed.may_lack, admitted)


def fitted(file: Path, found: list[str], layout: Layout) -> dict[str, str | None]:
    """Under which header each expected column stands; None where it may be absent and is.

    The order of columns is free. Raises Refusal unless each expected column is there once and no other,
    but for what is declared as an alias, as one that may be absent, or has been admitted.
    """
    _refuse_twice(file, found, layout)
    stands = {layout.aliases.get(name, name): name for name in found}
    missing = [name for name in layout.expected if name not in stands]
    extra = [name for declared, name in stands.items() if declared not in layout.expected]
    alike = _alike(missing, extra)
    findings = [
        *(_renamed(file, name, other) for name, other in alike.items()),
        *(_missing(file, name, layout) for name in missing if name not in alike and name not in layout.may_lack),
        *(_extra(file, name, layout) for name in extra if name not in alike.values()),
    ]
    for finding in findings:
        if finding.rule not in layout.admitted:
            raise Refusal(finding)
    return {name: stands.get(name, alike.get(name)) for name in layout.expected}


def conform(rows: pl.DataFrame, file: Path, layout: Layout) -> pl.DataFrame:
    """The rows under the declared headers: renamed, what is admitted as missing empty, what is extra left out."""
    stands = fitted(file, [name for name in rows.columns if name != "row"], layout)
    columns = [
        pl.lit(None, pl.String).alias(name) if found is None else pl.col(found).alias(name)
        for name, found in stands.items()
    ]
    return rows.select("row", *columns)


def departures(rows: pl.DataFrame, file: Path, layout: Layout) -> tuple[str, ...]:
    """How a delivery that can be read differs from the declaration, in words."""
    found = [name for name in rows.columns if name != "row"]
    stands = fitted(file, found, layout)
    renamed = [f"'{header}' is read as '{name}'" for name, header in stands.items() if header not in (name, None)]
    absent = [name for name, header in stands.items() if header is None]
    missing = [f"'{name}' is missing" for name in absent if name not in layout.may_lack]
    left_out = [f"'{name}' is left out" for name in found if name not in stands.values()]
    return (*renamed, *missing, *left_out)


def _alike(missing: list[str], extra: list[str]) -> dict[str, str]:
    """For each missing column the extra one whose name is nearest, as a proposal; each extra one once."""
    left, pairs = list(extra), dict[str, str]()
    for name in missing:
        if left:
            pairs[name] = difflib.get_close_matches(name, left, n=1, cutoff=0.0)[0]
            left.remove(pairs[name])
    return pairs


def _refuse_twice(file: Path, found: list[str], layout: Layout) -> None:
    twice = [name for name, count in Counter(layout.aliases.get(name, name) for name in found).items() if count > 1]
    if twice:
        raise Refusal(_finding(file, twice[0], "duplicate_column", "the column twice", "every column once"))


def _renamed(file: Path, missing: str, alike: str) -> Finding:
    todo = f"Ask the department; if it is the same column, write aliases = {{'{alike}': '{missing}'}} on the feed."
    found = f"'{alike}' where it should stand"
    return Finding(file.name, 0, missing, "renamed_column", found, f"the column '{missing}'", todo)


def _missing(file: Path, name: str, layout: Layout) -> Finding:
    return _finding(file, name, "missing_column", "no such column", f"columns {', '.join(layout.expected)}")


def _extra(file: Path, name: str, layout: Layout) -> Finding:
    wanted = f"columns {', '.join(layout.expected)}"
    return _finding(file, name, "extra_column", "a column that is not declared", wanted)


def _finding(file: Path, column: str, rule: str, found: str, expected: str) -> Finding:
    return Finding(file.name, 0, column, rule, found, expected, f"Ask the department, or {_CHANGE}.")
