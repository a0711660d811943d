"""How a delivery's landed rows lie on disk: in batches, those that an earlier delivery brought word for word with it.

landed/<feed>/<delivery>/rows.parquet/00000.parquet   `row`, `hash` and the source columns, of the rows that it brought
                         repeats.parquet              row, delivery, came: its rows that came with an earlier one, as
                                                      the row `came` of that
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.disk.tables import batches

ROWS, REPEATS = "rows.parquet", "repeats.parquet"


@dataclass(frozen=True)
class Batch:
    """Some of a delivery's landed rows: all of a file, or those of an earlier delivery's that it `repeats`."""

    file: Path
    repeats: Path | None = None

    @property
    def brought_by(self) -> str:
        """The delivery that the rows came with."""
        return self.file.parent.parent.name


def batches_in(folder: Path) -> list[Batch]:
    """The landed rows of the delivery in a folder, those that it repeats first."""
    own = [Batch(file) for file in batches(folder / ROWS)]
    return [*(Batch(file, folder / REPEATS) for name in came_with(folder) for file in _files(folder, name)), *own]


def came_with(folder: Path) -> list[str]:
    """The earlier deliveries that the one in a folder repeats rows of, oldest first."""
    if not (folder / REPEATS).exists():
        return []
    return pl.scan_parquet(folder / REPEATS).select(pl.col("delivery").unique().sort()).collect()["delivery"].to_list()


def _files(folder: Path, name: str) -> list[Path]:
    files = batches(folder.with_name(name) / ROWS)
    if not files:
        raise FileNotFoundError(f"{folder} repeats rows of {name}, of which no row is kept; restore {name}.")
    return files


def put_repeats(repeats: pl.DataFrame, folder: Path) -> None:
    """Write what a delivery repeats: row, delivery, came."""
    names = pl.Enum(repeats["delivery"].unique().sort())
    told = repeats.select("row", pl.col("delivery").cast(names), "came").sort("delivery", "came")
    told.with_columns(pl.col("delivery").cast(pl.String)).write_parquet(folder / REPEATS, compression_level=1)


def read_repeats(folder: Path) -> pl.DataFrame:
    """What the delivery in a folder repeats; nothing where it brought all its rows."""
    if (folder / REPEATS).exists():
        return pl.read_parquet(folder / REPEATS)
    return pl.DataFrame(schema={"row": pl.Int64, "delivery": pl.String, "came": pl.Int64})


def read_batch(batch: Batch, columns: Collection[str] | None = None, numbers: pl.Series | None = None) -> pl.DataFrame:
    """A batch's rows under their numbers in the delivery: all columns or some, all rows or those of some numbers."""
    rows = pl.scan_parquet(batch.file, parallel="auto" if numbers is None else "prefiltered")
    if columns is not None:
        rows = rows.select(list(dict.fromkeys(["row", *columns])))
    told = None if batch.repeats is None else came_from(batch.repeats, batch.file, batch.brought_by)
    if told is not None and numbers is not None:
        told = told.filter(pl.col("now").is_in(numbers.implode()))
    if numbers is not None:
        rows = rows.filter(pl.col("row").is_in((numbers if told is None else told["row"]).implode()))
    read = rows.collect() if told is None else _renumbered(rows, told)
    return read if columns is None else read.select(columns)


def came_from(repeats: Path, file: Path, delivery: str) -> pl.DataFrame:
    """Of the rows in a file of an earlier delivery, landed or standard, those that are repeated: `row`, and `now`."""
    row, came = pl.col("row"), pl.col("came")
    first, last = pl.scan_parquet(file).select(row.min(), row.max().alias("last")).collect().row(0)
    mine = (pl.col("delivery") == delivery) & came.is_between(first, last)
    return pl.scan_parquet(repeats).filter(mine).select(came.alias("row"), row.alias("now")).collect()


def _renumbered(rows: pl.LazyFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Rows of an earlier delivery as they are numbered now, in the order of these numbers."""
    found = rows.join(told.lazy(), on="row", how="inner", maintain_order="left").collect()
    return found.with_columns(pl.col("now").alias("row")).drop("now").sort("row")
