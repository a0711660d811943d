"""How a feed arrives: in which form its files are, or from where it is pulled. Nothing is read here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Csv:
    """Comma-separated text: one record a line, quotes doubled inside quoted fields.

    Where `lines_in_quotes` is set, a quoted field may hold line ends, so that a record goes over several lines.
    """

    encoding: str = "utf-8"
    separator: str = ","
    lines_in_quotes: bool = False
    suffix: ClassVar[str] = ".csv"


@dataclass(frozen=True)
class Workbook:
    """One Excel sheet: `title_rows` above `header_rows` header rows.

    A row of one cell that begins with `footnote`, with a colon within six characters (注：, 注1：), is a note.
    """

    title_rows: int = 0
    header_rows: int = 1
    footnote: str = "注"
    suffix: ClassVar[str] = ".xlsx"


@dataclass(frozen=True)
class Dump:
    """A plain-text PostgreSQL dump of one table: its COPY section in text format, UTF-8."""

    table: str
    suffix: ClassVar[str] = ".sql"


@dataclass(frozen=True)
class JsonLines:
    """One JSON object a line, UTF-8, every object with the same keys; those of optional columns may be left out."""

    suffix: ClassVar[str] = ".jsonl"


Format = Csv | Workbook | Dump | JsonLines


@dataclass(frozen=True)
class Exchange:
    """A table in the departments' PostgreSQL exchange database, `qzk.emp` of a schema, one batch a value of `batch`."""

    table: str
    batch: str


@dataclass(frozen=True)
class Api:
    """A paginated HTTP API below the address that the environment gives."""

    path: str
