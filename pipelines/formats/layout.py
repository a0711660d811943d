"""A delivery's columns beside those that its feed declares: which are there under which name. No row is read here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.refusal import Finding, Refusal
from schemas.feed import Feed

_NUMBER = "row"
_ASK = "Ask the department, or change the declaration in schemas/feeds/ if the change is meant."


@dataclass(frozen=True)
class Layout:
    """The columns to be found, the other headers they may bear, those that may be absent, and what is admitted.

    `may_be_empty` are the columns of which each row may say nothing, where a row writes its columns' names;
    of the `ignored` ones nothing is read.
    """

    expected: tuple[str, ...]
    aliases: dict[str, str]
    may_lack: tuple[str, ...] = ()
    admitted: frozenset[str] = frozenset()
    may_be_empty: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


def layout_of(feed: type[Feed], admitted: frozenset[str] = frozenset()) -> Layout:
    """The layout that a feed declares."""
    return Layout(feed.headers(), feed.aliases, feed.may_lack, admitted, feed.may_be_empty(), feed.ignored)


def fitted(file: Path, found: list[str], layout: Layout) -> dict[str, str | None]:
    """Under which header each expected column stands; None where it may be absent and is.

    The order of columns is free. Raises Refusal unless each expected column is there once and no other,
    but for what is declared as an alias, as one that may be absent, or has been admitted. The finding tells
    of all columns that differ; of renamed ones a lone pair alone can be admitted, since no other is certain.
    """
    _refuse_twice(file, found, layout)
    _refuse_ours(file, found)
    stands = {layout.aliases.get(name, name): name for name in found}
    missing = [name for name in layout.expected if name not in stands]
    extra = [name for declared, name in stands.items() if declared not in layout.expected]
    finding = _difference(file, missing, extra, layout)
    if finding and (finding.rule == "renamed_columns" or finding.rule not in layout.admitted):
        raise Refusal(finding)
    renamed = extra[0] if finding and finding.rule == "renamed_column" else None
    return {name: stands.get(name, renamed) for name in layout.expected}


def conform(rows: pl.DataFrame, file: Path, layout: Layout) -> pl.DataFrame:
    """The rows under the declared headers: renamed, what is admitted as missing empty, what is extra left out."""
    stands = fitted(file, [name for name in rows.columns if name != _NUMBER], layout)
    columns = [
        pl.lit(None, pl.String).alias(name) if found is None else pl.col(found).alias(name)
        for name, found in stands.items()
    ]
    return rows.select(_NUMBER, *columns)


def departures(rows: pl.DataFrame, file: Path, layout: Layout) -> tuple[str, ...]:
    """How a delivery that can be read differs from the declaration, in words."""
    found = [name for name in rows.columns if name != _NUMBER]
    stands = fitted(file, found, layout)
    renamed = [f"'{header}' is read as '{name}'" for name, header in stands.items() if header not in (name, None)]
    absent = [name for name, header in stands.items() if header is None]
    missing = [f"'{name}' is missing" for name in absent if name not in layout.may_lack]
    left_out = [f"'{name}' is left out" for name in found if name not in stands.values()]
    return (*renamed, *missing, *left_out)


def _difference(file: Path, missing: list[str], extra: list[str], layout: Layout) -> Finding | None:
    """How columns that are absent and columns that nobody declared differ from the declaration, in one finding."""
    required = [name for name in missing if name not in layout.may_lack]
    if len(missing) == len(extra) == 1:
        return _renamed(file, missing[0], extra[0])
    if required and extra:
        return _several_renamed(file, missing, extra)
    wanted = f"columns {', '.join(layout.expected)}"
    if required:
        found = "no such column" if len(required) == 1 else f"none of these {len(required)} columns"
        return finding(file, ", ".join(required), "missing_column", found, wanted)
    if extra:
        found = "a column that is not declared" if len(extra) == 1 else f"{len(extra)} columns that are not declared"
        return finding(file, ", ".join(extra), "extra_column", found, wanted)
    return None


def _refuse_twice(file: Path, found: list[str], layout: Layout) -> None:
    twice = [name for name, count in Counter(layout.aliases.get(name, name) for name in found).items() if count > 1]
    if twice:
        raise Refusal(finding(file, twice[0], "duplicate_column", "the column twice", "every column once"))


def _refuse_ours(file: Path, found: list[str]) -> None:
    """A delivery's rows are numbered under this name: no column of a department's may bear it, admitted or not."""
    if _NUMBER in found:
        expected = "any other name: rows are numbered under this one"
        raise Refusal(finding(file, _NUMBER, "reserved_column", f"a column called {_NUMBER}", expected))


def _renamed(file: Path, missing: str, alike: str) -> Finding:
    todo = f"Ask the department; if it is the same column, write aliases = {{'{alike}': '{missing}'}} on the feed."
    found = f"'{alike}' where it should stand"
    return Finding(file.name, 0, missing, "renamed_column", found, f"the column '{missing}'", todo)


def _several_renamed(file: Path, missing: list[str], extra: list[str]) -> Finding:
    found = f"{_quoted(extra)} where {_quoted(missing)} should stand"
    todo = (
        "Ask the department which column is which, and write each that is renamed as "
        "aliases = {'<its header>': '<the declared one>'} on the feed; several are not admitted, as that would guess."
    )
    expected = "each column under its declared name"
    return Finding(file.name, 0, ", ".join(missing), "renamed_columns", found, expected, todo)


def _quoted(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def finding(file: Path, column: str, rule: str, found: str, expected: str) -> Finding:
    """What of a delivery's columns is not as its feed declares: the department knows whether that is meant."""
    return Finding(file.name, 0, column, rule, found, expected, _ASK)
