"""CSV to rows of text: a record a line, or over several in quotes. What is no record is malformed, never mended."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import polars as pl

from pipelines.engine.local import in_order
from pipelines.formats.layout import Layout, fitted
from pipelines.formats.rows import LONGEST_LINE, Rows, malformed, numbered, numbered_through, refuse_file
from pipelines.formats.text import BLOCK, MARK, blocks_of, chosen_lines, notices_of, split
from schemas.feed import Csv

_FIELD = r'(?:"(?:[^"]|"")*"|[^"{separator}]*)'


def read_csv(file: Path, form: Csv, layout: Layout, size: int = BLOCK) -> Iterator[Rows]:
    """Read a CSV delivery in blocks of about `size` bytes.

    Raises Refusal when the file as a whole cannot be taken; lines with another number of fields, stray
    quotes, undecodable characters or more than a million characters become malformed rows.
    """
    blocks = blocks_of(file, form.encoding, size)
    first = next(blocks)
    end = first.index(b"\n") + 1
    header = _header(file, first[:end], form, layout)
    rows, records = 0, _whole_records(chain([first[end:]], blocks), form)
    read = in_order(records, lambda text: _read(text, header, form))
    for each in numbered_through(read, notices_of(file, form.encoding)):
        rows += each.good.height + each.malformed.height
        yield each
    if rows == 0:
        raise refuse_file(file, "no_rows", "a header and nothing below it", "at least one row")


def read_csv_rows(file: Path, form: Csv, layout: Layout, numbers: pl.Series) -> Iterator[Rows]:
    """Read the rows of these numbers, ascending, of a CSV delivery with a record a line; they are judged alike."""
    lines = chosen_lines(file, form.encoding, pl.concat([pl.Series([0], dtype=pl.Int64), numbers.alias("")]))
    here, text = next(lines)
    end = text.index(b"\n") + 1
    header = _header(file, text[:end].removeprefix(MARK), form, layout)
    notices = notices_of(file, form.encoding)
    for places, records in chain([(here[1:], text[end:])], lines):
        read = _read(records, header, form)
        number = pl.lit(places).gather(pl.col("row") - 1).alias("row")
        yield Rows(read.good.with_columns(number), read.malformed.with_columns(number), notices)
        notices = ()


def _header(file: Path, line: bytes, form: Csv, layout: Layout) -> list[str]:
    """The columns by the first line. Raises Refusal where it is none, or none of this feed."""
    header = _fields(line, form)
    _refuse_other_encoding(file, form, header, layout.expected)
    fitted(file, header, layout)
    return header


def _fields(line: bytes, form: Csv) -> list[str]:
    read = pl.read_csv(io.BytesIO(line), has_header=False, infer_schema=False, separator=form.separator)
    return list(next(iter(read.iter_rows()), ()))


def _whole_records(texts: Iterable[bytes], form: Csv) -> Iterator[bytes]:
    """The same texts, each ending with a record; one that a quote leaves open goes on in the next."""
    rest = b""
    for text in texts:
        whole = rest + text
        cut = _last_end(whole) if form.lines_in_quotes else len(whole)
        rest = whole[cut:]
        if cut:
            yield whole[:cut]
    if rest:
        yield rest


def _last_end(text: bytes) -> int:
    """Where the last record ends that no open quote carries on; 0 where none does."""
    if text.count(b'"') % 2 == 0:
        return len(text)
    end = text.rfind(b"\n", 0, text.rfind(b'"'))
    while end >= 0 and text.count(b'"', 0, end) % 2:
        end = text.rfind(b"\n", 0, end)
    return end + 1


def _records(text: bytes, form: Csv) -> pl.Series:
    """The records of a text of whole ones."""
    lines = split(text)
    return _joined(lines) if form.lines_in_quotes else lines


def _joined(lines: pl.Series) -> pl.Series:
    """Lines put together as long as a quote is open at their end."""
    quotes = pl.col("line").str.count_matches('"', literal=True).cum_sum()
    begins = (quotes % 2 == 0).shift(1, fill_value=True)
    told = lines.alias("line").to_frame().with_columns(begins.cum_sum().alias("record"))
    return told.group_by("record", maintain_order=True).agg(pl.col("line").str.join("\n"))["line"]


def _read(text: bytes, header: list[str], form: Csv) -> Rows:
    """The records of a text as rows."""
    field = _FIELD.format(separator=form.separator)
    whole = f"^{field}(?:[{form.separator}]{field}){{{len(header) - 1}}}$"
    judged = numbered(_records(text, form)).with_columns(_rule(whole).alias("rule"))
    bad = judged.filter(pl.col("rule").is_not_null())
    good = judged.filter(pl.col("rule").is_null())
    content = text if bad.is_empty() else good["line"].str.join("\n").item().encode()
    expected = f"one line of {len(header)} fields, quotes doubled inside quoted fields"
    return Rows(_split(content, good["row"], header, form), malformed(bad, pl.col("rule"), _found(form), expected))


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


def _split(content: bytes, rows: pl.Series, header: list[str], form: Csv) -> pl.DataFrame:
    """Records to columns of text beside their row numbers; an empty field is null."""
    if rows.is_empty():
        return pl.DataFrame(schema={"row": pl.Int64} | dict.fromkeys(header, pl.String))
    fields = pl.read_csv(
        io.BytesIO(content), has_header=False, new_columns=header, infer_schema=False,
        separator=form.separator, eol_char="\n", schema=dict.fromkeys(header, pl.String),
    )  # fmt: skip
    return fields.select(rows, *header)


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
