"""A plain-text PostgreSQL dump to rows of text: the COPY section of one table in PostgreSQL's text format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.engine.local import in_order
from pipelines.formats.layout import Layout, fitted
from pipelines.formats.rows import Rows, broken, malformed, numbered, numbered_through, refuse_file
from pipelines.formats.text import BLOCK, blocks_of, notices_of, split
from pipelines.refusal import Refusal
from schemas.feed import Dump

_COPY = b"COPY "
_LINE_FEED = 10
_SCHEMA = r'(?:"(?:[^"]|"")+"|\w+)'
# What stands in quotes may hold all that else ends a list of columns; a quote in it is written twice.
COLUMNS = r'(?:"[^"]*"|[^"\n])+'
_NAME = re.compile(r'"((?:[^"]|"")+)"|([^",]+)')
_END = re.compile(rb"^\\\.\n", re.MULTILINE)
_ESCAPES = (("\\t", "\t"), ("\\n", "\n"), ("\\r", "\r"), ("\\b", "\b"), ("\\f", "\f"), ("\\v", "\v"))
_BACKSLASH = "\x00"


def read_dump(file: Path, form: Dump, layout: Layout, size: int = BLOCK) -> Iterator[Rows]:
    """Read the COPY section of `form.table` in blocks of about `size` bytes.

    Raises Refusal where the dump has not one section of the table, that has no end mark, or the columns differ.
    """
    section = _section(file, blocks_of(file, "utf-8", size), form.table)
    columns = columns_of(next(section).decode())
    fitted(file, columns, layout)
    rows, read = 0, in_order(section, lambda text: _read(text, columns))
    for each in numbered_through(read, notices_of(file, "utf-8")):
        rows += each.good.height + each.malformed.height
        yield each
    if rows == 0:
        raise refuse_file(file, "no_rows", "a COPY section without rows", "at least one row")


def columns_of(told: str) -> list[str]:
    """The columns that a COPY section names, each as it is called."""
    named = ((quoted.replace('""', '"'), plain.strip()) for quoted, plain in _NAME.findall(told))
    return [quoted or plain for quoted, plain in named if quoted or plain]


def _section(file: Path, blocks: Iterator[bytes], table: str) -> Iterator[bytes]:
    """The column names of a table's one COPY section, then its lines in blocks, without the end mark.

    What stands behind it is read all the same: a file that is cut off there is not whole, and the table may come again.
    """
    name, has_ended = b"", False
    for text in blocks:
        rest = text
        if not name:
            if (match := _head(text, table)) is None:
                continue
            name, rest = match["name"], text[match.end() :]
            yield match["columns"]
        if not has_ended:
            end = _END.search(rest)
            yield rest[: end.start()] if end else rest
            has_ended, rest = end is not None, rest[end.end() :] if end else b""
        if other := _head(rest, table):
            raise _twice(file, name, other["name"])
    if not name:
        raise refuse_file(file, "missing_table", "no COPY section for it", f"COPY {table} (…) FROM stdin;")
    if not has_ended:
        raise refuse_file(file, "truncated", "no end mark \\. after the rows", "the end mark of the COPY section")


def _head(text: bytes, table: str) -> re.Match[bytes] | None:
    """Where a COPY section of a table begins, in whichever schema; names may stand in quotes."""
    own = re.escape(table)
    name, columns = rf'(?P<name>(?:{_SCHEMA}\.)?(?:{own}|"{own}"))', rf"(?P<columns>{COLUMNS})"
    head = re.compile(rf"COPY {name} \({columns}\) FROM stdin;\n".encode())
    at = text.find(_COPY)
    while at >= 0:
        if (at == 0 or text[at - 1] == _LINE_FEED) and (match := head.match(text, at)):
            return match
        at = text.find(_COPY, at + 1)
    return None


def _twice(file: Path, one: bytes, other: bytes) -> Refusal:
    found = f"two COPY sections, {one.decode()} and {other.decode()}"
    return refuse_file(file, "table_twice", found, "one section of the table, in one schema")


def _read(text: bytes, columns: list[str]) -> Rows:
    """A section's lines as rows."""
    line, fields = pl.col("line"), pl.col("fields")
    body = numbered(split(text)).with_columns(line.str.split("\t").alias("fields"))
    rule = broken(line).when(fields.list.len() != len(columns)).then(pl.lit("fields"))
    judged = body.with_columns(rule.alias("rule"))
    bad, good = judged.filter(pl.col("rule").is_not_null()), judged.filter(pl.col("rule").is_null())
    told = good.select("row", *(fields.list.get(at).alias(name) for at, name in enumerate(columns)))
    found = pl.format("{} fields in {} characters", fields.list.len(), line.str.len_chars())
    expected = f"{len(columns)} fields between tabs"
    return Rows(_unescaped(told, columns), malformed(bad, pl.col("rule"), found, expected))


def _unescaped(rows: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Rows with PostgreSQL's escapes undone; `\\N` is null. Most columns have no other."""
    told = rows.with_columns(pl.when(pl.col(name) != "\\N").then(name).alias(name) for name in columns)
    escaped = told.select(pl.col(columns).str.contains("\\", literal=True).any())
    return told.with_columns(_field(name) for name in columns if escaped[name].item())


def _field(name: str) -> pl.Expr:
    value = pl.col(name).str.replace_all("\\\\", _BACKSLASH, literal=True)
    for written, meant in _ESCAPES:
        value = value.str.replace_all(written, meant, literal=True)
    return value.str.replace_all(_BACKSLASH, "\\", literal=True)
