"""An Excel sheet to rows of text: title, merged headers and footnotes are layout, not data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import fastexcel
import polars as pl

from pipelines.formats.layout import Layout, fitted
from pipelines.formats.rows import Rows, malformed, refuse_file
from schemas.feed import Workbook


def read_workbook(file: Path, form: Workbook, layout: Layout) -> Iterator[Rows]:
    """Read the first sheet of a workbook; a merged header's name is the lowest one that its column has.

    A sheet is one block: it holds 1,048,576 rows at most.

    Raises Refusal for a file that is no workbook, has no rows or another header.
    """
    cells = _cells(file)
    below = form.title_rows + form.header_rows
    header = _header(cells.slice(form.title_rows, form.header_rows))
    fitted(file, [name for name in header if name], layout)
    kept = [column for column, name in zip(cells.columns, header, strict=True) if name]
    body = cells.slice(below).rename(dict(zip(cells.columns, header, strict=True)) if all(header) else {})
    if not all(header):
        body = cells.slice(below).select(kept).rename({c: n for c, n in zip(cells.columns, header, strict=True) if n})
    names = list(body.columns)
    rows = body.with_row_index("row", offset=1).with_columns(pl.col("row").cast(pl.Int64))
    is_note = pl.col(names[0]).fill_null("").str.strip_chars().str.starts_with(form.footnote)
    is_blank = pl.all_horizontal(pl.col(names).is_null())
    data = rows.filter(~is_note & ~is_blank)
    if data.is_empty():
        raise refuse_file(file, "no_rows", "a header and nothing below it", "at least one row")
    yield Rows(data, malformed(data.head(0).select("row", pl.lit("").alias("line")), pl.lit(""), pl.lit(""), ""))


def _cells(file: Path) -> pl.DataFrame:
    try:
        book: Any = fastexcel.read_excel(file)
        sheet = book.load_sheet(0, header_row=None, dtypes="string")
    except Exception as error:
        raise refuse_file(file, "not_a_workbook", str(error).splitlines()[0], "an Excel workbook (.xlsx)") from error
    return cast(pl.DataFrame, sheet.to_polars())


def _header(rows: pl.DataFrame) -> list[str]:
    """One name a column: the lowest that is not empty."""
    lowest = rows.reverse().select(pl.all().str.replace_all(r"\s", "").replace("", None).drop_nulls().first())
    return [str(name or "") for name in lowest.row(0)]
