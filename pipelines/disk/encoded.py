"""Tables that show the same columns as Parquet, each column encoded once: encoding is most of what a release costs.

The file of a table that is some columns of a wider one is put together of the wider one's pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import polars as pl

from pipelines.disk.pages import Group, footer_of, groups_in, of_columns
from pipelines.disk.thrift import Struct
from schemas.snapshot import parquet

Titles = dict[str, str]

# Of so few bytes a column Polars encodes a table sooner than its pages are put together.
_WORTH = 5_000


@dataclass(frozen=True)
class _File:
    """A table as it was encoded under its titles."""

    table: pl.DataFrame
    titles: Titles
    content: bytes

    @property
    def is_worth(self) -> bool:
        """Whether it costs less to put its pages together than to encode them."""
        return len(self.content) >= _WORTH * self.table.width

    @cached_property
    def groups(self) -> list[Group]:
        """Its row groups."""
        return groups_in(self.content)


def encoded(tables: Sequence[tuple[pl.DataFrame, Titles]]) -> Iterator[tuple[int, bytes]]:
    """The place of each table and the bytes that `parquet` writes of it under its titles; the widest first."""
    files: list[_File] = []
    for place, (table, titles) in sorted(enumerate(tables), key=lambda each: -each[1][0].width):
        content = _by_others(files, table, titles)
        if content is None:
            content = parquet(table, titles)
            files.append(_File(table, titles, content))
        yield place, content


def _by_others(files: list[_File], table: pl.DataFrame, titles: Titles) -> bytes | None:
    """A table's bytes by one that was encoded before it and shows all of it; None where none does."""
    for file in files:
        is_same = table.columns == file.table.columns and list(titles.items()) == list(file.titles.items())
        if (is_same or file.is_worth) and _is_of(table, file.table):
            if is_same:
                return file.content
            head = _head(tuple(table.schema.items()), tuple(titles.items()))
            return of_columns(file.groups, table.columns, table.height, head)
    return None


def _is_of(table: pl.DataFrame, wider: pl.DataFrame) -> bool:
    """Whether a table is some columns of a wider one."""
    if table.height != wider.height or not wider.schema.items() >= table.schema.items():
        return False
    shown = wider if wider.columns == table.columns else wider.select(table.columns)
    return shown.equals(table)


@lru_cache(maxsize=64)
def _head(columns: tuple[tuple[str, pl.DataType], ...], titles: tuple[tuple[str, str], ...]) -> Struct:
    """The footer of a table that has no rows: counties' tables differ in nothing else."""
    return footer_of(parquet(pl.DataFrame(schema=dict(columns)), dict(titles)))
