"""Where an Excel sheet's title ends, how many rows its header has, and how its footnotes begin. No row is read here."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path
from typing import Any, cast

import fastexcel
import polars as pl

from pipelines.formats.rows import refuse_file
from schemas.feed import Workbook

_MOST_HEADER_ROWS = 3
_NOTES = ("注", "备注", "说明", "数据来源", "来源", "填表", "制表")


def is_workbook(file: Path) -> bool:
    """Whether the bytes begin as a zip archive does, which .xlsx is."""
    with file.open("rb") as stream:
        return stream.read(4) == b"PK\x03\x04"


def sniff_sheet(file: Path) -> tuple[Workbook, list[str], str, str]:
    """The form of a workbook's first sheet, its header, its title and the evidence.

    Raises Refusal for a workbook that cannot be opened or has no row that names every column.
    """
    cells, sheets = read_cells(file)
    rows = cells.rows()
    titles, header = _header_end(file, rows)
    names = _names(rows[titles : titles + header])
    title = next((str(cell).strip() for row in rows[:titles] for cell in row if cell), "")
    mark, notes = _footnote(rows[titles + header :])
    why = f"{titles} title rows, {header} header rows, {notes} footnotes"
    others = f"; the first of {sheets} sheets" if sheets > 1 else ""
    return Workbook(titles, header, mark), [name for name in names if name], title, why + others


def read_cells(file: Path) -> tuple[pl.DataFrame, int]:
    """Every cell of the first sheet as text, and how many sheets there are."""
    try:
        book: Any = fastexcel.read_excel(file)
        sheet = book.load_sheet(0, header_row=None, dtypes="string")
        return cast(pl.DataFrame, sheet.to_polars()), len(book.sheet_names)
    except Exception as error:
        raise refuse_file(file, "not_a_workbook", str(error).splitlines()[0], "an Excel workbook (.xlsx)") from error


def _filled(row: tuple[str | None, ...]) -> int:
    return sum(1 for cell in row if cell and cell.strip())


def _header_end(file: Path, rows: list[tuple[str | None, ...]]) -> tuple[int, int]:
    """How many title and header rows there are: the first row by which every column has a name of its own ends them.

    A lone cell above is a title, unless a column would lose its name: a cell merged downwards is a header. Lone cells
    alone are none, though there be one for every column: a title, and the unit at the right below it.
    """
    lone = len(list(takewhile(lambda row: len(row) > 1 and _filled(row) <= 1, rows)))
    for end in range(lone + 1, min(lone + _MOST_HEADER_ROWS, len(rows) - 1) + 1):
        for titles in range(lone, -1, -1):
            names = _names(rows[titles:end])
            if all(names) and len(set(names)) == len(names):
                return titles, end - titles
    expected = f"a name for every column in the first {_MOST_HEADER_ROWS} rows below the title"
    raise refuse_file(file, "header", "columns without a name, or with the name of another", expected)


def _names(rows: list[tuple[str | None, ...]]) -> list[str]:
    """Each column's lowest name, as the reader takes it."""
    columns = zip(*rows, strict=True)
    lowest = (next((cell for cell in reversed(column) if cell and cell.strip()), "") for column in columns)
    return ["".join(str(cell).split()) for cell in lowest]


def _footnote(rows: list[tuple[str | None, ...]]) -> tuple[str, int]:
    """How the lone first cells at the end begin, and how many there are."""
    last = list(takewhile(lambda row: _filled(row) <= 1, reversed(rows)))
    texts = [str(row[0]).strip() for row in last if row[0]]
    marks = [mark for mark in _NOTES if any(text.startswith(mark) for text in texts)]
    return (marks[0] if marks else Workbook.footnote), len(texts)
