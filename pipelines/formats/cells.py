"""Cells of a sheet that hold no value to rely on: a formula's error, or a number longer than a sheet keeps one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import polars as pl

_LONG = r"^-?[0-9]{16,}(\.[0-9]+)?$"
_ERROR = re.compile(r"got 'Error\((\w+)\)'")
_NUMBER = re.compile(r"^Expected date but got '(?:Float|Int)\(")
_SIGNS = {"NA": "#N/A", "Div0": "#DIV/0!", "Ref": "#REF!", "Name": "#NAME?", "Value": "#VALUE!", "Num": "#NUM!",
          "Null": "#NULL!"}  # fmt: skip


def unsure(book: Any, name: str, cells: pl.DataFrame) -> pl.DataFrame:
    """Such cells of a sheet: `at` (its row, from 0), `column` and `found`; `cells` are the sheet's, as text."""
    told = [*_errors(book, name), *_rounded(book, name, cells)]
    places = [(at, cells.columns[column], found) for at, column, found in told]
    return pl.DataFrame(places, {"at": pl.Int64, "column": pl.String, "found": pl.String}, orient="row")


def _errors(book: Any, name: str) -> Iterator[tuple[int, int, str]]:
    for each in _faults(book.load_sheet(name, header_row=None, dtypes="string")):
        if told := _ERROR.search(each.detail):
            yield *each.position, _SIGNS.get(told[1], told[1])


def _rounded(book: Any, name: str, cells: pl.DataFrame) -> Iterator[tuple[int, int, str]]:
    """Cells that are numbers of more than 15 digits. As days, which none of them is, numbers are told from texts."""
    long = [at for at, column in enumerate(cells.iter_columns()) if column.str.contains(_LONG).any()]
    if long:
        for each in _faults(book.load_sheet(name, header_row=None, dtypes="date", use_columns=long)):
            at, column = each.position
            if _NUMBER.match(each.detail) and cells.select(pl.nth(column).gather(at).str.contains(_LONG)).item():
                yield at, column, f"the number {cells[at, column]}"


def _faults(sheet: Any) -> list[Any]:
    _, faults = sheet.to_arrow_with_errors()
    return [] if faults is None else faults.errors
