"""How rows of text become a file: lines of text in an encoding, or a workbook. No feed and no defect here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import polars as pl
import xlsxwriter

_MOST_ROWS = 1_048_576 - 4
_EPOCH = datetime(2000, 1, 1)


class Writer(Protocol):
    """A file being written: `rows` so far, more of them, and its end."""

    rows: int

    def append(self, frame: pl.DataFrame) -> None: ...

    def close(self) -> None: ...


class TextFile:
    """A head, one line a row, a foot; `line` is an expression over the frame's columns."""

    def __init__(self, path: Path, line: pl.Expr, *, head: str, foot: str = "", end: str = "\n",
                 encode: Callable[[str], bytes] = str.encode) -> None:  # fmt: skip
        self.rows = 0
        self._line, self._foot, self._end, self._encode = line, foot, end, encode
        self._stream = path.open("wb")
        self._stream.write(encode(head))

    def append(self, frame: pl.DataFrame) -> None:
        """Write a frame's rows."""
        self.rows += frame.height
        lines = frame.select(pl.concat_str(self._line, pl.lit(self._end)).str.join("")).item()
        self._stream.write(self._encode(lines or ""))

    def close(self) -> None:
        """Write the foot."""
        self._stream.write(self._encode(self._foot))
        self._stream.close()


def delimited(
    columns: Sequence[str], *, separator: str = ",", end: str = "\n", encode: Callable[[str], bytes] = str.encode
) -> Callable[[Path], TextFile]:
    """Opens text whose head names the columns, and whose lines are their values as they are: none is quoted."""
    line, head = pl.concat_str(*columns, separator=separator), separator.join(columns) + end
    return lambda path: TextFile(path, line, head=head, end=end, encode=encode)


def gb18030(text: str) -> bytes:
    """The encoding of departments' older systems."""
    return text.encode("gb18030")


def objects(columns: Sequence[str]) -> Callable[[Path], TextFile]:
    """Opens text of which each line is a row as an object of JSON."""
    return lambda path: TextFile(path, pl.struct(*columns).struct.json_encode(), head="")


class WorkbookFile:
    """One sheet: a merged title, two merged header rows, counted rows, a footnote.

    `groups` are (title, columns) of the header; a group of one column without title is merged downwards.
    Columns named in `numbers` hold numbers where their text is one. Row by row, for that is how xlsxwriter
    keeps its memory constant.
    """

    def __init__(self, path: Path, *, title: str, counter: str, groups: list[tuple[str, list[str]]],
                 numbers: frozenset[str], footnote: str) -> None:  # fmt: skip
        self.rows = 0
        self._columns = [column for _, columns in groups for column in columns]
        self._numbers, self._footnote = numbers, footnote
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        self._book.set_properties({"created": _EPOCH})
        self._sheet = self._book.add_worksheet("Sheet1")
        self._head(title, counter, groups)

    def _head(self, title: str, counter: str, groups: list[tuple[str, list[str]]]) -> None:
        centred = self._book.add_format({"align": "center", "valign": "vcenter", "bold": True})
        self._sheet.merge_range(0, 0, 0, len(self._columns), title, centred)
        at = 1
        for group, columns in groups:
            self._sheet.merge_range(1, at, 1, at + len(columns) - 1, group, centred)
            at += len(columns)
        # Its merge begins the row below, and of a row that is left nothing more is written.
        self._sheet.merge_range(1, 0, 2, 0, counter, centred)
        self._sheet.write_row(2, 1, self._columns, centred)

    def append(self, frame: pl.DataFrame) -> None:
        """Write a frame's rows. Raises ValueError for more rows than a sheet can hold."""
        if self.rows + frame.height > _MOST_ROWS:
            raise ValueError(f"a sheet holds {_MOST_ROWS} rows; take fewer enterprises.")
        for values in frame.select(self._columns).iter_rows():
            self.rows += 1
            cells = [self._cell(column, value) for column, value in zip(self._columns, values, strict=True)]
            self._sheet.write_row(self.rows + 2, 0, [self.rows, *cells])

    def _cell(self, column: str, value: str | None) -> str | int | None:
        return int(value) if column in self._numbers and value and value.isdigit() else value

    def close(self) -> None:
        """Write the footnote and the file."""
        self._sheet.write_string(self.rows + 3, 0, self._footnote)
        self._book.close()
