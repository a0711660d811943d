"""CSV files of mappings/ read as text and judged by their declaration. Which files there are is not said here."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import polars as pl

from pipelines.rules import Asked, all_held, failures, schema_of
from schemas.mapping import Table
from schemas.mendable import Mendable

_DAYS = ("since", "known")
_HEADER_LINE = 1
# The line of a table's first row.
FIRST_ROW = _HEADER_LINE + 1
_ONCE = "once"
# Of tables under one another, which a row is of.
_NUMBER = "number@"


class MappingError(Mendable):
    """A mapping file that cannot be relied on; the message names the file, the line and what to do."""

    opening = "A mapping cannot be relied on: "


class _Fault(Exception):
    """What is wrong in a file, by its number, in words that follow its name."""

    def __init__(self, number: int, words: str, line: int | None = None) -> None:
        super().__init__(words)
        self.number, self.line = number, line


def read_mapping(file: Path, table: Table) -> pl.DataFrame:
    """The rows of a file: `since` and `known` as days, all else as text, an empty cell as an empty text.

    Raises MappingError for the first line at fault, naming file, line, column, what was found and expected.
    A file whose bytes have been judged before is not judged again.
    """
    return read_mappings([file], table)[0]


def read_mappings(files: Sequence[Path], table: Table) -> list[pl.DataFrame]:
    """The same of several files of one declaration: judged together, because a judgement costs more than its rows."""
    missing = next((file for file in files if not file.exists()), None)
    if missing is not None:
        raise MappingError(f"{missing} is missing; restore it from the repository.")
    return _judged(files, tuple(file.read_bytes() for file in files), table)


def judge(file: Path, content: bytes, table: Table) -> None:
    """Raise MappingError where a content that is to stand in a file cannot be relied on."""
    _judged([file], (content,), table)


def _judged(files: Sequence[Path], contents: tuple[bytes, ...], table: Table) -> list[pl.DataFrame]:
    try:
        return list(_read(contents, _Declared(table)))
    except _Fault as fault:
        short = None if fault.line is None else _short(contents[fault.number].decode(), fault.line)
        raise MappingError(f"{files[fault.number]}{short or fault}") from None


class _Declared:
    """A declaration as a key of the cache."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def __hash__(self) -> int:
        return id(self.table)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Declared) and self.table is other.table


@lru_cache(maxsize=64)
def _read(contents: tuple[bytes, ...], declared: _Declared) -> tuple[pl.DataFrame, ...]:
    tables = [_as_text(number, content, declared) for number, content in enumerate(contents)]
    _refuse(tables, declared)
    days = [pl.col(day).str.to_date("%Y-%m-%d") for day in _DAYS if day in declared.table.columns]
    return tuple(rows.with_columns(days) for rows in tables)


def _as_text(number: int, content: bytes, declared: _Declared) -> pl.DataFrame:
    """Every line below the header as a row of text, so that a row's place is its line."""
    try:
        rows = pl.read_csv(BytesIO(content), infer_schema=False).with_columns(pl.all().fill_null(""))
    except pl.exceptions.PolarsError:
        raise _Fault(number, _broken(content)) from None
    columns = list(declared.table.columns)
    if rows.columns != columns:
        found, expected = ",".join(rows.columns), ",".join(columns)
        raise _Fault(number, f" line {_HEADER_LINE}: found columns {found}, expected {expected}.")
    return rows


def _broken(content: bytes) -> str:
    """What is wrong with the first line that is no row of the table."""
    try:
        lines = content.decode().splitlines()
    except UnicodeDecodeError as error:
        return not_utf8(content, error)
    cells = cells_of(lines)
    at = next((at for at, count in enumerate(cells) if count > cells[0]), None)
    if at is None:
        return _unclosed(lines) or " cannot be read as CSV; restore it from the repository and append the row again."
    return _miscounted(at + _HEADER_LINE, cells[at], cells[0], _of_too_many(cells[0], cells[at]))


def _miscounted(line: int, found: int, expected: int, todo: str) -> str:
    return f" line {line}: found {found} cells, expected {expected}: {todo}."


def _of_too_many(expected: int, found: int) -> str:
    """What to do about a line of too many cells: in two rows without a line end between them one cell is of both."""
    if found == 2 * expected - 1:
        return (
            "where two rows stand in this line, put a line end between them, else a text with a comma in double quotes"
        )
    return "put a text that has a comma between double quotes"


def _short(content: str, line: int) -> str | None:
    """That a line has fewer cells than the header, which reads as if the last ones were empty."""
    lines = content.splitlines()
    head, row = lines[0], lines[line - _HEADER_LINE]
    expected, found = cells_of([head, row])
    if found >= expected:
        return None
    todo = "write , instead of ，" if "，" in row else "write the others, or drop the line"
    return _miscounted(line, found, expected, todo)


def cells_of(lines: Iterable[str]) -> list[int]:
    """How many cells each row has, the header first."""
    return [len(each) for each in csv.reader(lines)]


def not_utf8(content: bytes, error: UnicodeDecodeError) -> str:
    """The line of the first byte that no text in UTF-8 has, in words that follow the file's name."""
    line = content[: error.start].count(b"\n") + _HEADER_LINE
    return f" line {line}: found a byte that is not UTF-8, 0x{content[error.start]:02x}; save the file as UTF-8."


def _unclosed(lines: list[str]) -> str | None:
    """The first line in which a double quote stays open: no cell goes on in a next line."""
    at = next((at for at, line in enumerate(lines) if line.count('"') % 2), None)
    todo = "close it, or take it out"
    return None if at is None else f" line {at + _HEADER_LINE}: found a double quote that stays open; {todo}."


def refuse_unknown(
    file: Path, rows: pl.DataFrame, column: str, known: pl.Series, expected: str, *, joined: bool = False
) -> None:
    """Raise MappingError for the first line whose `column` has a word that is not known; none at all is no fault.

    Where words are `joined` by ; each of them must be.
    """
    words = pl.col(column).str.split(";") if joined else pl.concat_list(column)
    is_known = pl.element().is_in(known.implode()) | (pl.element() == "")
    refuse_first(file, rows, column, rows.select(~words.list.eval(is_known).list.all()).to_series(), expected)


def refuse_first(file: Path, rows: pl.DataFrame, column: str, wrong: pl.Series, expected: str) -> None:
    """Raise MappingError for the first line that is `wrong`, if one is."""
    if wrong.any():
        at = wrong.arg_true()[0]
        raise MappingError(f"{file}{_at(at, column, rows[column][at], expected)}")


def _asked(table: Table) -> dict[str, Asked]:
    """What is asked of each column of tables under one another, and, of the first column, that no key repeats."""
    rules = {name: [(each, holds.over(_NUMBER)) for each, holds in all_held(rules, name)]
             for name, rules in table.columns.items()}  # fmt: skip
    rules[next(iter(rules))].append((_ONCE, pl.struct(_NUMBER, *table.key).is_first_distinct()))
    return {name: Asked(each, pl.String()) for name, each in rules.items()}


def _all_hold(rows: pl.DataFrame, asked: dict[str, Asked]) -> bool:
    """The same in one pass, since every process reads these tables, and pandera takes a second to come and to ask."""
    each = [holds for column in asked.values() for _, holds in column.rules]
    return rows.select(pl.all_horizontal(*each).all()).item()


def _once_before(rows: pl.DataFrame, at: int, line: int, declared: Table) -> str:
    """That a row has the key of one above, and which that is."""
    key = [_NUMBER, *declared.key]
    first = rows.with_row_index("at@").join(rows[[at]].select(key), on=key, how="semi")["at@"][0]
    held = ", ".join(f"{name} '{rows[name][at]}'" for name in declared.key)
    above = line - (at - first) + FIRST_ROW
    return f"no row above with the same {held}, as line {above} has: drop this one or say since when it differs"


def _expected(declared: Table, rule: str) -> str:
    return next(each.expected for rules in declared.columns.values() for each in rules if each.name == rule)


def _refuse(tables: Sequence[pl.DataFrame], declared: _Declared) -> None:
    rows = pl.concat(table.with_columns(pl.lit(number).alias(_NUMBER)) for number, table in enumerate(tables))
    asked = _asked(declared.table)
    if _all_hold(rows, asked):
        return
    cases = failures(schema_of(asked), rows)
    assert cases is not None, "pandera finds what _all_hold does, unless it is switched off"
    at, column, rule = cases.sort("index", maintain_order=True).select("index", "column", "check").row(0)
    number = rows[_NUMBER][at]
    line = at - sum(table.height for table in tables[:number])
    expected = _once_before(rows, at, line, declared.table) if rule == _ONCE else _expected(declared.table, rule)
    raise _Fault(number, _at(line, column, rows[column][at], expected), line + FIRST_ROW)


def _at(at: int, column: str, found: str, expected: str) -> str:
    """A row at fault by its place below the header."""
    return f" line {at + FIRST_ROW}, column {column}: found '{found}', expected {expected}."
