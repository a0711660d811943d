"""How a delivery's landed rows lie on disk: in batches, those that an earlier delivery brought word for word with it.

landed/<feed>/<delivery>/rows.parquet/00000.parquet   `row`, `hash` and the source columns, of the rows that it brought
                         repeats.parquet              row, delivery, came: its rows that came with an earlier one, as
                                                      the row `came` of that
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

import polars as pl

from pipelines.disk.tables import batches

ROWS, REPEATS = "rows.parquet", "repeats.parquet"
_READING = Lock()


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
    """Write what a delivery repeats: row, delivery, came; by delivery and `came`."""
    names = repeats["delivery"].unique().sort()
    told = (_by_came(repeats.filter(pl.col("delivery") == name)) for name in names)
    pl.concat([repeats.clear(), *told]).write_parquet(folder / REPEATS, compression_level=1)


def _by_came(repeats: pl.DataFrame) -> pl.DataFrame:
    """Mostly a file is in the order of the one before it: to see that costs less than to sort it."""
    return repeats if repeats["came"].is_sorted() else repeats.sort("came")


def read_repeats(folder: Path) -> pl.DataFrame:
    """What the delivery in a folder repeats; nothing where it brought all its rows."""
    if (folder / REPEATS).exists():
        return pl.read_parquet(folder / REPEATS)
    return pl.DataFrame(schema={"row": pl.Int64, "delivery": pl.String, "came": pl.Int64})


def now_of(repeats: Path, delivery: str, came: pl.Series) -> pl.Series:
    """The numbers that rows of an earlier delivery have in the one that repeats them; null for one that it does not."""
    now = _numbered(repeats).get(delivery)
    if now is None:
        return pl.Series("row", [None], dtype=pl.Int64).new_from_index(0, came.len())
    return now.gather(came.clip(upper_bound=now.len() - 1)).cast(pl.Int64).alias("row")


def now_through(repeats: Path, folder: Path, rows: pl.Series) -> pl.Series:
    """The same of rows of the delivery in a folder, also of those that it repeats itself.

    A row is numbered now by the delivery that brought it, whichever one's result it lies in.
    """
    now, own = now_of(repeats, folder.name, rows), folder / REPEATS
    sought = rows.filter(now.is_null())
    if sought.is_empty() or not own.exists():
        return now
    came = pl.scan_parquet(own).filter(pl.col("row").is_in(sought.implode())).collect()
    by_delivery = came.partition_by("delivery", as_dict=True).items()
    told = [part.select("row", now_of(repeats, str(name), part["came"]).alias("now")) for (name,), part in by_delivery]
    found = pl.concat([came.select("row", now="came").clear(), *told])
    through = rows.alias("row").to_frame().join(found, on="row", how="left", maintain_order="left")["now"]
    return now.zip_with(now.is_not_null(), through)


def _numbered(repeats: Path) -> Mapping[str, pl.Series]:
    """By delivery the numbers now, at the place that a row came with; behind the last one stands a null.

    They are asked for batch by batch. Four bytes a row are held, of the two files that were asked last.
    """
    with _READING:
        return _read_numbered(repeats, repeats.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _read_numbered(repeats: Path, _changed: int) -> Mapping[str, pl.Series]:
    parts = pl.read_parquet(repeats).partition_by("delivery", as_dict=True)
    return {str(delivery): _at_came(part) for (delivery,), part in parts.items()}


def _at_came(part: pl.DataFrame) -> pl.Series:
    nothing = pl.Series("row", [None], dtype=pl.UInt32).new_from_index(0, int(str(part["came"].max())) + 2)
    return nothing.scatter(part["came"], part["row"].cast(pl.UInt32))


def read_batch(batch: Batch, columns: Collection[str] | None = None, numbers: pl.Series | None = None) -> pl.DataFrame:
    """A batch's rows under their numbers in the delivery: all columns or some, all rows or those of some numbers."""
    wanted = None if columns is None else list(dict.fromkeys(["row", *columns]))
    if batch.repeats is None:
        rows = _read(batch.file, wanted, numbers)
    else:
        rows = _read_repeated(batch.file, wanted, numbers, now_in(batch, batch.repeats))
    return rows if columns is None else rows.select(columns)


def now_in(batch: Batch, repeats: Path) -> pl.DataFrame:
    """The rows in a batch's file, in their order: `row`, and `now` (`now_of`)."""
    rows = pl.read_parquet(batch.file, columns=["row"])
    return rows.with_columns(now_of(repeats, batch.brought_by, rows["row"]).alias("now"))


def _read(file: Path, columns: list[str] | None, numbers: pl.Series | None) -> pl.DataFrame:
    if numbers is None:
        return pl.read_parquet(file, columns=columns)
    rows = pl.scan_parquet(file, parallel="prefiltered").filter(pl.col("row").is_in(numbers.implode()))
    return (rows if columns is None else rows.select(columns)).collect()


def _read_repeated(
    file: Path, columns: list[str] | None, numbers: pl.Series | None, told: pl.DataFrame
) -> pl.DataFrame:
    """Rows of an earlier delivery as they are numbered now, in the order of these numbers."""
    now = told["now"]
    if numbers is None:
        here = now.is_not_null()
        rows = _read(file, columns, None).filter(here)
    else:
        here = now.is_in(numbers.implode()).fill_null(value=False)
        rows = _read(file, columns, told["row"].filter(here))
    return rows.with_columns(now.filter(here).alias("row")).sort("row")
