"""Cells of a sheet that hold no value to rely on: errors, gaps, zero bytes, and numbers longer than it keeps them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.formats.book import sheet_xml
from pipelines.formats.gaps import gaps

_LONG = r"^-?[0-9]{16,}(\.[0-9]+)?$"
# How the XML writes a number of so many digits, with E+17 by Excel and e+17 by Python; a text that a formula gave may
# look like one.
_ANY_LONG = re.compile(rb"<v>-?(?:[0-9]{16}|[0-9.]+[Ee]\+?(?:1[5-9]|[2-9][0-9]|[0-9]{3}))")
_ERROR = re.compile(r"got 'Error\((\w+)\)'")
_NUMBER = re.compile(r"^Expected date but got '(?:Float|Int)\(")
_SIGNS = {"NA": "#N/A", "Div0": "#DIV/0!", "Ref": "#REF!", "Name": "#NAME?", "Value": "#VALUE!", "Num": "#NUM!",
          "Null": "#NULL!"}  # fmt: skip


def unsure(file: Path, book: Any, name: str, cells: pl.DataFrame, faults: list[Any], above: int) -> pl.DataFrame:
    """Such cells of a workbook's sheet of a name: `at` (its row, from 0), `column` and `found`.

    `cells` are all of them as text, with so many rows of layout `above` the data, `faults` what reading them told.
    """
    content = sheet_xml(file, book.sheet_names.index(name))
    told = [*_errors(faults), *_rounded(book, name, cells, content), *_zeros(cells), *gaps(content, cells, above)]
    places = [(at, cells.columns[column], found) for at, column, found in told]
    return pl.DataFrame(places, {"at": pl.Int64, "column": pl.String, "found": pl.String}, orient="row")


def read_cells(book: Any, name: str, dtype: str, columns: list[int] | None = None) -> tuple[pl.DataFrame, list[Any]]:
    """A sheet's cells, and which of them are none of this type."""
    read, faults = book.load_sheet(name, header_row=None, dtypes=dtype, use_columns=columns).to_arrow_with_errors()
    return pl.DataFrame(read), [] if faults is None else faults.errors


def _errors(faults: list[Any]) -> Iterator[tuple[int, int, str]]:
    for each in faults:
        if told := _ERROR.search(each.detail):
            yield *each.position, _SIGNS.get(told[1], told[1])


def _rounded(book: Any, name: str, cells: pl.DataFrame, content: bytes) -> Iterator[tuple[int, int, str]]:
    """Cells that are numbers of more than 15 digits. As days, which none of them is, numbers are told from texts."""
    long = [at for at, column in enumerate(cells.iter_columns()) if column.str.contains(_LONG).any()]
    if long and _ANY_LONG.search(content):
        for each in read_cells(book, name, "date", long)[1]:
            at, column = each.position
            if _NUMBER.match(each.detail) and re.match(_LONG, cells[at, column] or ""):
                yield at, column, f"the number {cells[at, column]}"


def _zeros(cells: pl.DataFrame) -> Iterator[tuple[int, int, str]]:
    """Cells with a zero byte, which XML has no way to write and a workbook writes as `_x0000_`."""
    for at, column in enumerate(cells.iter_columns()):
        for row in column.str.contains("\x00", literal=True).fill_null(value=False).arg_true():
            yield row, at, "a zero byte"
