"""A workbook's one sheet to rows of text: title, merged headers and footnotes are layout, not data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import fastexcel
import polars as pl

from pipelines.formats.book import WORKBOOK, refuse_no_workbook, refuse_other_form, refuse_too_large
from pipelines.formats.cells import read_cells, unsure
from pipelines.formats.heading import Candidate, refuse_elsewhere, refuse_values
from pipelines.formats.layout import Layout, fitted
from pipelines.formats.rows import Rows, malformed, refuse_file
from pipelines.refusal import Refusal
from schemas.feed import Workbook

# Rows of title and of header that are tried where names do not stand as declared.
_MOST_TITLES, _MOST_HEADERS = 5, 3


def read_workbook(file: Path, form: Workbook, layout: Layout) -> Iterator[Rows]:
    """Read the one sheet of a workbook; a merged header's name is the lowest one that its column has.

    A sheet is one block: it holds 1,048,576 rows at most. A column that is filled below an empty header is one that
    nobody declared. A note is a row of one cell, which begins with the mark and has a colon soon. A row with a
    formula's error, a gap or a number of more than 15 digits in a column that is read becomes malformed.

    Raises Refusal for a file that is no workbook, is too large, is in the strict form, counts days from 1904, has no
    rows, another header or a further sheet with cells.
    """
    above = form.title_rows + form.header_rows
    cells, odd = _cells(file, above)
    body = cells.with_row_index("at").slice(above).with_columns(pl.col("at").cast(pl.Int64))
    is_empty = pl.all_horizontal(pl.col(cells.columns).is_null()) & ~pl.col("at").is_in(odd["at"].implode())
    data = body.filter(~_is_note(cells.columns, form.footnote) & ~is_empty)
    header = _header(cells.slice(form.title_rows, form.header_rows), data)
    stands = _fitted(file, cells, list(header.values()), form, layout)
    if data.is_empty():
        raise refuse_file(file, "no_rows", "a header and nothing below it", "at least one row")
    read = [name for declared, name in stands.items() if declared not in layout.ignored]
    faults = _faults(odd.with_columns(pl.col("column").replace_strict(header, default=None)), read)
    rows = data.with_columns((pl.col("at") - above + 1).alias("row"))
    good = rows.join(faults, on="at", how="anti", maintain_order="left")
    yield Rows(good.select("row", *(pl.col(at).alias(name) for at, name in header.items())), _malformed(rows, faults))


def _fitted(file: Path, cells: pl.DataFrame, names: list[str], form: Workbook, layout: Layout) -> dict[str, str | None]:
    """Under which header each column stands. Raises Refusal, of names in other rows than are declared with these."""
    try:
        return fitted(file, names, layout)
    except Refusal:
        declared = _rows(form.title_rows, form.header_rows)
        refuse_elsewhere(file, _candidates(cells), declared, layout)
        refuse_values(file, names, declared, layout)
        raise


def _candidates(cells: pl.DataFrame) -> Iterator[Candidate]:
    """Names as they would be with fewer or more rows of title and header, none of which has a lone cell."""
    filled = cells.head(_MOST_TITLES + _MOST_HEADERS).select(_filled(cells.columns)).to_series()
    for titles, headers in product(range(_MOST_TITLES + 1), range(1, _MOST_HEADERS + 1)):
        if (filled.slice(titles, headers) > 1).all():
            named = _header(cells.slice(titles, headers), cells.slice(titles + headers))
            yield _rows(titles, headers), list(named.values())


def _rows(titles: int, headers: int) -> str:
    last = titles + headers
    where = f"row {last}" if headers == 1 else f"rows {titles + 1} to {last}"
    return f"{where} (title_rows={titles}, header_rows={headers})"


def _faults(odd: pl.DataFrame, read: list[str | None]) -> pl.DataFrame:
    """Of the cells that hold no value to rely on those in columns that are read, one line a row: `at` and `found`."""
    told = odd.filter(pl.col("column").is_in(read))
    found = pl.format("{} in the column '{}'", "found", "column").str.join("; ")
    return told.group_by("at", maintain_order=True).agg(found.alias("found"))


def _malformed(rows: pl.DataFrame, faults: pl.DataFrame) -> pl.DataFrame:
    """The rows with such cells, as malformed ones."""
    texts = [pl.col(at).fill_null("") for at in rows.columns if at not in ("at", "row")]
    told = rows.join(faults, on="at", maintain_order="left").with_columns(
        pl.concat_str(texts, separator="\t").alias("line")
    )
    expected = "a value or nothing in each cell, none merged, and more than 15 digits as text"
    return malformed(told, pl.lit("cell"), pl.col("found"), expected)


def _cells(file: Path, above: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cells of the one sheet that has any, or of the first, and those of them that hold no value to rely on."""
    try:
        refuse_no_workbook(file)
        refuse_too_large(file)
        book: Any = fastexcel.read_excel(file)
        refuse_other_form(file)
        sheets = {str(name): _sheet(book, str(name)) for name in book.sheet_names}
        first, *others = [name for name, (cells, _) in sheets.items() if not cells.is_empty()] or [*sheets][:1]
        odd = unsure(file, book, first, *sheets[first], above)
    except Refusal:
        raise
    except Exception as error:
        found = f"a workbook that cannot be read ({str(error).splitlines()[0]})"
        raise refuse_file(file, "not_a_workbook", found, WORKBOOK) from error
    if others:
        found = f"cells in further sheets too: {', '.join(others)}"
        raise refuse_file(file, "several_sheets", found, f"one sheet with cells, the first ('{first}')")
    if sheets[first][0].is_empty():
        raise refuse_file(file, "empty_file", f"no cell in the sheet '{first}'", "a header and rows")
    return sheets[first][0], odd


def _sheet(book: Any, name: str) -> tuple[pl.DataFrame, list[Any]]:
    """A sheet's cells as text, and what reading them told; a sheet of white space has none."""
    cells, faults = read_cells(book, name, "string")
    is_filled = cells.select(pl.any_horizontal(_is_filled(at).any() for at in cells.columns)) if cells.width else cells
    return cells if not is_filled.is_empty() and is_filled.item() else cells.clear(), faults


def _is_filled(column: str) -> pl.Expr:
    return pl.col(column).str.contains(r"\S").fill_null(value=False)


def _filled(columns: list[str]) -> pl.Expr:
    """How many cells of a row are filled."""
    return pl.sum_horizontal(_is_filled(at).cast(pl.Int64) for at in columns)


def _is_note(columns: list[str], mark: str) -> pl.Expr:
    text = pl.concat_str([pl.col(at).fill_null("").str.strip_chars() for at in columns])
    return (_filled(columns) == 1) & text.str.contains(f"^{re.escape(mark)}[^:：]{{0,6}}[:：]")


def _header(rows: pl.DataFrame, data: pl.DataFrame) -> dict[str, str]:
    """The name of each column: the lowest that is not empty, or its place where there is none but cells are filled."""
    lowest = rows.reverse().select(pl.all().str.replace_all(r"\s", "").replace("", None).drop_nulls().first())
    names = {at: str(name or "") for at, name in zip(rows.columns, lowest.row(0), strict=True)}
    told = {at: f"column {place} without a header" for place, at in enumerate(names, 1)
            if not names[at] and data.select(_is_filled(at).any()).item()}  # fmt: skip
    return {at: name for at, name in (names | told).items() if name}
