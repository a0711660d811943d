"""CSV to rows of text: a record a line, or over several in quotes. What is no record is malformed, never mended."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice, product
from pathlib import Path

import polars as pl

from pipelines.engine.local import in_order
from pipelines.formats.heading import Candidate, refuse_elsewhere, refuse_values
from pipelines.formats.layout import Layout, fitted
from pipelines.formats.rows import Rows, broken, malformed, numbered, numbered_through, refuse_file
from pipelines.formats.text import BLOCK, MARK, blocks_of, chosen_lines, notices_of, split
from schemas.feed import Csv

_FIELD = r'(?:"(?:[^"]|"")*"|[^"{separator}]*)'
_SEPARATORS = ",;\t|，；、"
# Lines of a title that may stand above the names.
_MOST_ABOVE = 10


def read_csv(file: Path, form: Csv, layout: Layout, size: int = BLOCK) -> Iterator[Rows]:
    """Read a CSV delivery in blocks of about `size` bytes.

    Raises Refusal when the file as a whole cannot be taken; lines with another number of fields, stray
    quotes, undecodable characters, zero bytes or more than a million characters become malformed rows.
    """
    blocks = blocks_of(file, form.encoding, size)
    first = next(blocks)
    end = first.index(b"\n") + 1
    header = _header(file, first[:end], form, layout)
    texts = chain([first[end:]], blocks)
    rows, records = 0, _whole_records(file, texts) if form.lines_in_quotes else texts
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
    refuse_no_header(file, line.decode(), form)
    header = [name or "" for name in _fields(line, form)]
    known = {*layout.expected, *layout.aliases}
    if not known.intersection(header):
        _refuse_other_encoding(file, form, known)
        _refuse_other_separator(file, form, header, known)
        refuse_elsewhere(file, _below(file, form), "line 1", layout)
        refuse_values(file, header, "line 1", layout)
    if "" in header:
        found = f"no name in field {header.index('') + 1} of {len(header)}"
        raise refuse_file(file, "header", found, "a name in each field, none of them after the last separator")
    fitted(file, header, layout)
    return header


def refuse_no_header(file: Path, line: str, form: Csv) -> None:
    """Refuse a first line that is no record of at least one name."""
    field, expected = (
        _FIELD.format(separator=form.separator),
        f"the columns' names with {_named(form.separator)} between",
    )
    if not line.strip():
        raise refuse_file(file, "header", "an empty first line", f"{expected}, in the first line")
    if not re.fullmatch(f"{field}(?:[{form.separator}]{field})*\n", line):
        what = "a quote that is not closed in the first line" if line.count('"') % 2 else "a quote within a name"
        raise refuse_file(file, "header", f"{what}: '{line[:60].rstrip()}'", f"{expected}, in one line")


def _fields(line: bytes, form: Csv) -> list[str | None]:
    read = pl.read_csv(io.BytesIO(line), has_header=False, infer_schema=False, separator=form.separator)
    return list(read.row(0))


def _whole_records(file: Path, texts: Iterable[bytes]) -> Iterator[bytes]:
    """The same texts, each ending with a record; one that a quote leaves open goes on in the next.

    Raises Refusal where it is not closed: all that follows would be one row.
    """
    rest, line = b"", 2
    for text in texts:
        whole = rest + text
        cut = _last_end(whole)
        rest = whole[cut:]
        if len(rest) > BLOCK:
            break
        if cut:
            yield whole[:cut]
            line += whole.count(b"\n", 0, cut)
    if rest:
        found = f"a quote that is open from line {line} on: '{rest[:60].decode(errors='ignore')}'"
        raise refuse_file(file, "open_quote", found, "each quote closed, quotes doubled inside quoted fields")


def _last_end(text: bytes) -> int:
    """Where the last record ends that no open quote carries on; 0 where none does."""
    if text.count(b'"') % 2 == 0:
        return len(text)
    opens = text.rfind(b'"')
    while opens >= 0:
        closes = text.rfind(b'"', 0, opens)
        end = text.rfind(b"\n", closes + 1, opens)
        if end >= 0:
            return end + 1
        opens = text.rfind(b'"', 0, max(closes, 0))
    return 0


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
    return broken(line).when(~line.str.contains(whole)).then(pl.lit("fields"))


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


def _refuse_other_encoding(file: Path, form: Csv, known: set[str]) -> None:
    """GB18030 decodes nearly any bytes, so a UTF-8 file without a mark shows itself only by its header."""
    with file.open("rb") as stream:
        first = stream.readline()
    for other in ("utf-8", "gb18030"):
        names = first.decode(other, errors="replace").strip().lstrip("\ufeff").split(form.separator)
        if other != form.encoding and known.intersection(names):
            raise refuse_file(file, "encoding", f"a header that reads as {other}", f"text in {form.encoding}")


def _refuse_other_separator(file: Path, form: Csv, found: list[str], known: set[str]) -> None:
    """A header of which one field has several of the names is parted by another mark."""
    for field, other in product(found, _SEPARATORS):
        if len({name.strip(' "') for name in field.split(other)} & known) > 1:
            told = f"several names in one field, {_named(other)} between them"
            raise refuse_file(file, "separator", told, f"{_named(form.separator)} between fields")


def _below(file: Path, form: Csv) -> Iterator[Candidate]:
    """The first lines below the first one, each as names."""
    with file.open("rb") as stream:
        lines = [line.decode(form.encoding, errors="replace") for line in islice(stream, _MOST_ABOVE + 1)]
    title = lines[0].strip(f"\ufeff\r\n{form.separator}")
    for at, names in enumerate(csv.reader(lines[1:], delimiter=form.separator), 2):
        yield f"line {at}, below '{title[:40]}'", names


def _named(separator: str) -> str:
    return "a tab" if separator == "\t" else f"'{separator}'"
