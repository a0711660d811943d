"""CSV to rows of text: a record a line, or over several in quotes. What is no record is malformed, never mended."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl

from pipelines.formats.layout import Layout, fitted
from pipelines.formats.rows import LONGEST_LINE, Rows, malformed, refuse_file
from pipelines.formats.text import lines_of
from schemas.feed import Csv

_FIELD = r'(?:"(?:[^"]|"")*"|[^"{separator}]*)'


def read_csv(file: Path, form: Csv, layout: Layout) -> Rows:
    """Read a CSV delivery.

    Raises Refusal when the file as a whole cannot be taken; lines with another number of fields, stray
    quotes, undecodable characters or more than a million characters become malformed rows.
    """
    lines, notices = lines_of(file, form.encoding)
    header = next(
        iter(
            pl.read_csv(
                io.BytesIO(lines[0].encode()), has_header=False, infer_schema=False, separator=form.separator
            ).iter_rows()
        ),
        (),
    )
    _refuse_other_encoding(file, form, list(header), layout.expected)
    fitted(file, list(header), layout)
    records = _records(lines[1:]) if form.lines_in_quotes else lines[1:]
    body = pl.DataFrame({"line": records}).with_row_index("row", offset=1).with_columns(pl.col("row").cast(pl.Int64))
    if body.is_empty():
        raise refuse_file(file, "no_rows", "a header and nothing below it", "at least one row")
    field = _FIELD.format(separator=form.separator)
    whole = f"^{field}(?:[{form.separator}]{field}){{{len(header) - 1}}}$"
    judged = body.with_columns(_rule(whole).alias("rule"))
    bad = judged.filter(pl.col("rule").is_not_null())
    good = judged.filter(pl.col("rule").is_null())
    expected = f"one line of {len(header)} fields, quotes doubled inside quoted fields"
    return Rows(_split(good, list(header), form), malformed(bad, pl.col("rule"), _found(form), expected), notices)


def _records(lines: pl.Series) -> pl.Series:
    """Lines put together as long as a quote is open at their end."""
    quotes = pl.col("line").str.count_matches('"', literal=True).cum_sum()
    begins = (quotes % 2 == 0).shift(1, fill_value=True)
    numbered = lines.alias("line").to_frame().with_columns(begins.cum_sum().alias("record"))
    joined = numbered.group_by("record", maintain_order=True).agg(pl.col("line").str.join("\n"))
    return joined["line"]


def _rule(whole: str) -> pl.Expr:
    """Which rule a line breaks, null for a record."""
    line = pl.col("line")
    return (
        pl.when(line.str.len_bytes() > LONGEST_LINE)
        .then(pl.lit("line_too_long"))
        .when(line.str.contains("\ufffd", literal=True))
        .then(pl.lit("encoding"))
        .when(~line.str.contains(whole))
        .then(pl.lit("fields"))
    )


def _found(form: Csv) -> pl.Expr:
    separators = pl.col("line").str.count_matches(form.separator, literal=True)
    return pl.format("{} separators in {} characters", separators, pl.col("line").str.len_chars())


def _split(lines: pl.DataFrame, header: list[str], form: Csv) -> pl.DataFrame:
    """Records to columns of text; an empty field is null."""
    if lines.is_empty():
        return pl.DataFrame(schema={"row": pl.Int64} | dict.fromkeys(header, pl.String))
    content = lines["line"].str.join("\n").item().encode()
    fields = pl.read_csv(
        io.BytesIO(content), has_header=False, new_columns=header, infer_schema=False, separator=form.separator,
        eol_char="\n", schema=dict.fromkeys(header, pl.String),
    )  # fmt: skip
    return fields.select(lines["row"], *header)


def _refuse_other_encoding(file: Path, form: Csv, found: list[str], expected: tuple[str, ...]) -> None:
    """GB18030 decodes nearly any bytes, so a UTF-8 file shows itself only by its header."""
    with file.open("rb") as stream:
        first = stream.readline()
    for other in ("utf-8", "gb18030"):
        if other == form.encoding or set(found) & set(expected):
            continue
        names = first.decode(other, errors="replace").strip().lstrip("\ufeff").split(form.separator)
        if set(names) & set(expected):
            raise refuse_file(file, "encoding", f"a header that reads as {other}", f"text in {form.encoding}")
