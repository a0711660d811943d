"""The truth beside the feeds: Parquet files written and read chunk by chunk. Nothing is decided here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

CHUNK = 65_536

ROWS_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "feed": pl.String, "file": pl.String, "row": pl.Int64, "credit_code": pl.String,
    "defects": pl.List(pl.String),
}  # fmt: skip
EVENTS_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "day": pl.Date, "event": pl.String, "number": pl.UInt64, "credit_code": pl.String, "before": pl.String,
    "after": pl.String,
}  # fmt: skip


@dataclass(frozen=True)
class Province:
    """How a province was begun, the number that its next enterprise will bear, and its feeds where not all."""

    seed: int
    base: bool
    next_number: int
    feeds: tuple[str, ...] = ()


def write_province(folder: Path, province: Province) -> None:
    """Keep it in `province.json`."""
    (folder / "province.json").write_text(json.dumps(asdict(province), indent=2) + "\n")


def read_province(folder: Path) -> Province:
    """The province whose truth stands in a folder. Raises FileNotFoundError where none does."""
    return Province(**json.loads((folder / "province.json").read_text()))


class Table:
    """A Parquet file that grows by frames and replaces its old self, beginning with its rows if asked."""

    def __init__(self, path: Path) -> None:
        self._path, self._partial = path, path.with_name(path.name + ".part")
        self._writer: pq.ParquetWriter | None = None

    def append(self, frame: pl.DataFrame) -> None:
        """Write a frame as one row group."""
        table = frame.to_arrow()
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._partial, table.schema, compression="zstd")
        self._writer.write_table(table)

    def append_old(self) -> None:
        """Write what the file held before."""
        if self._path.exists():
            for frame in chunks(self._path):
                self.append(frame)

    def close(self) -> None:
        """Put the file in its place, unless nothing was ever written."""
        if self._writer is not None:
            self._writer.close()
            self._partial.replace(self._path)


def chunks(path: Path) -> Iterator[pl.DataFrame]:
    """A Parquet file's row groups, one after another."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield pl.DataFrame(file.read_row_group(group))
