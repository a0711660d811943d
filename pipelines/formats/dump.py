"""A plain-text PostgreSQL dump to rows of text: the COPY section of one table in PostgreSQL's text format."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from pipelines.formats.layout import Layout, fitted
from pipelines.formats.rows import Rows, malformed, refuse_file
from pipelines.formats.text import lines_of
from schemas.feed import Dump

_COPY = re.compile(r"^COPY (?:\w+\.)?(\w+) \((.+)\) FROM stdin;$")
_ESCAPES = (("\\t", "\t"), ("\\n", "\n"), ("\\r", "\r"), ("\\b", "\b"), ("\\f", "\f"), ("\\v", "\v"))
_BACKSLASH = "\x00"


def read_dump(file: Path, form: Dump, layout: Layout) -> Rows:
    """Read the COPY section of `form.table`.

    Raises Refusal where the table is not in the dump, the section has no end mark, or the columns differ.
    """
    lines, notices = lines_of(file, "utf-8")
    start, columns = _section(file, lines, form.table)
    fitted(file, columns, layout)
    ends = lines.slice(start).eq("\\.").arg_true()
    if ends.is_empty():
        raise refuse_file(file, "truncated", "no end mark \\. after the rows", "the end mark of the COPY section")
    body = pl.DataFrame({"line": lines.slice(start, ends[0])}).with_row_index("row", offset=1)
    body = body.with_columns(pl.col("row").cast(pl.Int64), pl.col("line").str.split("\t").alias("fields"))
    if body.is_empty():
        raise refuse_file(file, "no_rows", "a COPY section without rows", "at least one row")
    fits = pl.col("fields").list.len() == len(columns)
    bad = body.filter(~fits)
    found = pl.format("{} fields", pl.col("fields").list.len())
    good = body.filter(fits).select("row", *(_field(place, name) for place, name in enumerate(columns)))
    return Rows(good, malformed(bad, pl.lit("fields"), found, f"{len(columns)} fields between tabs"), notices)


def _section(file: Path, lines: pl.Series, table: str) -> tuple[int, list[str]]:
    for at in lines.str.starts_with("COPY ").arg_true():
        match = _COPY.match(lines[at])
        if match and match[1] == table:
            return at + 1, [name.strip().strip('"') for name in match[2].split(",")]
    raise refuse_file(file, "missing_table", "no COPY section for it", f"COPY {table} (…) FROM stdin;")


def _field(place: int, name: str) -> pl.Expr:
    """One field with PostgreSQL's escapes undone; `\\N` is null."""
    text = pl.col("fields").list.get(place)
    value = text.str.replace_all("\\\\", _BACKSLASH, literal=True)
    for written, meant in _ESCAPES:
        value = value.str.replace_all(written, meant, literal=True)
    value = value.str.replace_all(_BACKSLASH, "\\", literal=True)
    return pl.when(text != "\\N").then(value).alias(name)
