"""A table in batches: a folder of Parquet files of bounded size, written in order and read one after another."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import polars as pl

from pipelines.disk.store import settle
from pipelines.engine.local import SIZES
from schemas.put import aside

BATCH = SIZES.part


def put_batch(table: pl.DataFrame, folder: Path, number: int) -> None:
    """Write one batch of a table; a table of no rows still has a batch, which holds its columns."""
    folder.mkdir(parents=True, exist_ok=True)
    put_whole(table, folder / f"{number:05d}.parquet")


def put_whole(table: pl.DataFrame, file: Path) -> None:
    """Write a table so that its name stands for all of it, also where a lost worker's task is done a second time.

    What is read several times a day is packed for speed, and without statistics, by which no reader here skips
    anything; what is published is packed small, elsewhere. The folder in which it lies brings it to the disk when it
    takes its own name (`pipelines.disk.folders`).
    """
    with aside(file) as partial:
        table.write_parquet(partial, compression="lz4", statistics=False)


def put_settled(table: pl.DataFrame, file: Path, compression: Literal["lz4", "uncompressed"] = "lz4") -> None:
    """The same where the name alone says that it is there: every byte is on the disk before."""
    with aside(file) as partial:
        table.write_parquet(partial, compression=compression, statistics=False)
        settle(partial)


def linked(source: Path, target: Path) -> None:
    """Let a file stand under another name too, without writing it again where the disk can do so."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with aside(target) as partial:
        try:
            os.link(source, partial)
        except OSError:
            shutil.copyfile(source, partial)


def copied(source: Path, target: Path) -> None:
    """Copy a file so that its name stands for all of it, on the disk too."""
    with aside(target) as partial:
        shutil.copyfile(source, partial)
        settle(partial)


def batches(folder: Path) -> list[Path]:
    """The files of a table's batches, in order; a table that is one file, as older homes have it, is one batch."""
    return [folder] if folder.is_file() else sorted(folder.glob("*.parquet"))


def read_batches(folder: Path, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
    """A table's batches, one after another."""
    return (_read([file], columns) for file in batches(folder))


def read_files(files: list[Path], columns: Collection[str] | None = None) -> pl.DataFrame | None:
    """Files of equal columns under one another, read side by side; None for none."""
    return _read(files, columns) if files else None


def read_whole(folder: Path, columns: Sequence[str] | None = None) -> pl.DataFrame:
    """All batches under one another: for few columns, or for tables that are small."""
    return _read(batches(folder), columns)


def _read(files: list[Path], columns: Collection[str] | None) -> pl.DataFrame:
    return pl.read_parquet(files, columns=None if columns is None else list(columns))


class BatchWriter:
    """A table that is written as it comes: rows wait until they fill a batch."""

    def __init__(self, folder: Path, nothing: pl.DataFrame, rows: int = BATCH) -> None:
        self.folder, self.rows, self.number = folder, rows, 0
        self.waiting = [nothing]

    def append(self, table: pl.DataFrame) -> None:
        """Put rows behind those that came before."""
        self.waiting.append(table)
        if sum(each.height for each in self.waiting) >= self.rows:
            self._write()

    def close(self) -> None:
        """Write what still waits; a table of no rows has one batch, which holds its columns."""
        if self.number == 0 or any(each.height for each in self.waiting):
            self._write()

    def _write(self) -> None:
        put_batch(pl.concat(self.waiting), self.folder, self.number)
        self.number, self.waiting = self.number + 1, [self.waiting[0].clear()]


def cut_into_batches(tables: Iterable[pl.DataFrame], rows: int = BATCH) -> Iterator[pl.DataFrame]:
    """Tables of any size as tables of `rows` rows: small ones are put together, large ones sliced.

    The last one is smaller; where there are no rows at all it is the only one.
    """
    waiting: list[pl.DataFrame] = []
    cut = 0
    for table in tables:
        waiting.append(table)
        if sum(each.height for each in waiting) >= rows:
            whole = pl.concat(waiting)
            full = whole.height // rows * rows
            yield from (whole.slice(start, rows) for start in range(0, full, rows))
            waiting, cut = [whole.slice(full)], cut + full
    rest = pl.concat(waiting)
    if rest.height or cut == 0:
        yield rest
