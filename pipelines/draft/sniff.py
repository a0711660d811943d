"""From a file's bytes to the form it arrives in and its rows as text. What a column means is not asked here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import polars as pl

from pipelines.draft.named import refuse_row_as_header
from pipelines.draft.share import share
from pipelines.draft.sheet import is_workbook, sniff_sheet
from pipelines.formats.begins import binary
from pipelines.formats.delimited import read_csv, refuse_no_header
from pipelines.formats.dump import COLUMNS, columns_of, read_dump
from pipelines.formats.jsonlines import read_jsonlines
from pipelines.formats.layout import Layout
from pipelines.formats.rows import Rows, no_malformed, refuse_file, whole
from pipelines.formats.text import lines_of
from pipelines.formats.workbook import read_workbook
from pipelines.refusal import Finding, Refusal
from schemas.feed import Csv, Dump, Format, JsonLines

_COPY = re.compile(rf'^COPY (?:(?:"[^"]+"|\w+)\.)?"?(\w+)"? \(({COLUMNS})\) FROM stdin;$', re.MULTILINE)
_ARRAY = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*\{")
# What portals call .xls is often a page of a table.
_MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?A-Za-z]")
_OBJECTS = "one JSON object a line; an array or an object over several lines is none"
_FORMS = "a workbook (.xlsx), CSV or JSON lines"
_SEPARATORS = ",\t;|"
_LOOKED_AT = 200
# What landed rows bear beside the columns of their file.
_OURS = ("row", "hash")


@dataclass(frozen=True)
class Sample:
    """A delivery as it was understood: its form and why, the rows (with `row`), a title if it bears one.

    `malformed` are the lines that are no row of that form, which the draft leaves out.
    """

    file: Path
    form: Format
    evidence: str
    rows: pl.DataFrame
    title: str = ""
    malformed: pl.DataFrame = field(default_factory=no_malformed)

    @property
    def headers(self) -> list[str]:
        """The source columns in the order of the file."""
        return [name for name in self.rows.columns if name != "row"]


def sniff(file: Path) -> Sample:
    """Find a delivery's form and read it. Raises Refusal where it is none that a feed can arrive in."""
    sample = _sheet(file) if is_workbook(file) else _text(file)
    _refuse_no_row(sample)
    refuse_row_as_header(file, sample.rows.drop("row"))
    return sample


def _sheet(file: Path) -> Sample:
    form, headers, title, why = sniff_sheet(file)
    _refuse_ours(file, headers)
    rows = whole(read_workbook(file, form, Layout(tuple(headers), {})))
    return Sample(file, form, why, rows.good, title, rows.malformed)


def _text(file: Path) -> Sample:
    encoding, why = _encoding(file)
    _refuse_other_form(file)
    lines = lines_of(file, encoding)
    text = "\n".join(lines.head(10_000))
    if match := _COPY.search(text):
        return _dump(file, match)
    if text.lstrip().startswith("{"):
        return _objects(file, lines)
    return _delimited(file, lines, encoding, why)


def _refuse_no_row(sample: Sample) -> None:
    """Refuse a delivery of which no line is a row, as its first line is none."""
    if sample.rows.height or not sample.malformed.height:
        return
    row, _, (why, *_) = sample.malformed.row(0)
    expected = f"{why['expected']}; none of {sample.malformed.height:,} lines is a row"
    raise refuse_file(sample.file, why["rule"], why["found"], expected, row=row)


def _refuse_other_form(file: Path) -> None:
    """Refuse text that is none of the forms of a feed, before its lines are asked to end as lines do."""
    with file.open("rb") as stream:
        begins = stream.read(_LOOKED_AT)
    if _ARRAY.match(begins):
        raise refuse_file(file, "not_json", "an array of JSON objects", _OBJECTS, row=1)
    if _MARKUP.match(begins):
        raise refuse_file(file, "markup", "HTML or XML, by its first mark", _FORMS)
    if (name := binary(begins)) is not None:
        raise refuse_file(file, "not_text", name, _FORMS)


def _refuse_ours(file: Path, headers: Iterable[str]) -> None:
    """Refuse a column that is called as one of ours is."""
    for name in set(_OURS).intersection(headers):
        expected = f"a name other than {' and '.join(_OURS)}, which landed rows bear themselves"
        todo = "Ask the department to call it otherwise, or give it another name in a copy and draft that."
        raise Refusal(Finding(file.name, 0, name, "header", f"a column called '{name}'", expected, todo))


def _encoding(file: Path) -> tuple[str, str]:
    """UTF-8 unless its rules are broken more often than a slip would; GB18030 reads what is left."""
    content = file.read_bytes()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise refuse_file(file, "encoding", "UTF-16, by its byte order mark", "UTF-8 or GB18030")
    try:
        content.decode()
    except UnicodeDecodeError as error:
        told = f"byte {error.start} is not UTF-8"
    else:
        return "utf-8", "every byte reads as UTF-8"
    broken = {name: content.decode(name, errors="replace").count("\ufffd") for name in ("utf-8", "gb18030")}
    found = min(broken, key=lambda name: broken[name])
    return found, f"{told}; as {found} {broken[found]} characters are unreadable"


def _dump(file: Path, match: re.Match[str]) -> Sample:
    form = Dump(table=match[1])
    headers = tuple(columns_of(match[2]))
    _refuse_ours(file, headers)
    rows = whole(read_dump(file, form, Layout(headers, {})))
    return Sample(file, form, "a COPY section of one table", rows.good, malformed=rows.malformed)


def _objects(file: Path, lines: pl.Series) -> Sample:
    if not _keys(lines[0]):
        raise refuse_file(file, "not_json", f"'{lines[0][:40]}'", _OBJECTS, row=1)
    headers = tuple(dict.fromkeys(name for line in lines for name in _keys(line)))
    _refuse_ours(file, headers)
    rows = whole(read_jsonlines(file, Layout(headers, {}, may_lack=headers)))
    return Sample(file, JsonLines(), "every line is a JSON object", rows.good, malformed=rows.malformed)


def _keys(line: str) -> list[str]:
    """A JSON object's keys, but for those with half a character in them; none of what is no object."""
    try:
        told: Any = json.loads(line)
    except (ValueError, RecursionError):
        return []
    names = cast(dict[str, Any], told) if isinstance(told, dict) else ()
    return [name for name in names if name == name.encode(errors="ignore").decode()]


def _delimited(file: Path, lines: pl.Series, encoding: str, why: str) -> Sample:
    separator, evenness = _separator(lines)
    title = lines[0].strip(f"{separator} ")
    if separator not in title and evenness > 0:
        expected = f"a header in line 1: the lines below have '{separator}', so line 1 is a title"
        raise refuse_file(file, "header", f"'{title[:40]}'", expected)
    form = Csv(encoding=encoding, separator=separator)
    refuse_no_header(file, f"{lines[0]}\n", form)
    headers = _header(lines[0], separator)
    _refuse_ours(file, headers)
    rows = whole(read_csv(file, form, Layout(headers, {})))
    if rows.malformed.height and lines.str.contains('"', literal=True).any():
        form, rows = _joined(file, form, rows, headers)
    told = f"{why}; {len(headers)} columns, {rows.malformed.height} lines with another number"
    return Sample(file, form, told, rows.good, malformed=rows.malformed)


def _separator(lines: pl.Series) -> tuple[str, float]:
    """The mark that stands most evenly: in the largest share of lines as often as in the one most often seen."""
    body = lines.slice(1, _LOOKED_AT) if lines.len() > 1 else lines
    plain = body.str.replace_all(r'"[^"]*"', "")

    def even(mark: str) -> float:
        counts = plain.str.count_matches(mark, literal=True)
        usual = counts.filter(counts > 0).mode(maintain_order=True)
        return share(counts == usual[0]) if usual.len() else 0.0

    found = max(_SEPARATORS, key=lambda mark: (even(mark), lines[0].count(mark), -_SEPARATORS.index(mark)))
    return found, even(found)


def _header(line: str, separator: str) -> tuple[str, ...]:
    read = pl.read_csv(line.encode(), has_header=False, infer_schema=False, separator=separator)
    return tuple(str(name) for name in read.row(0))


def _joined(file: Path, form: Csv, rows: Rows, headers: tuple[str, ...]) -> tuple[Csv, Rows]:
    """The same with line ends inside quotes, where that leaves fewer lines over."""
    other = replace(form, lines_in_quotes=True)
    joined = whole(read_csv(file, other, Layout(headers, {})))
    return (other, joined) if joined.malformed.height < rows.malformed.height else (form, rows)
