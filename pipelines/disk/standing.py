"""How a delivery's standard rows lie on disk: in batches, with what is known of each once all are seen beside them.

standard/<feed>/<delivery>/standard.parquet/00000.parquet   the rows, in the batches that they landed in
                           superseded.parquet               row, superseded: those that another row of it replaced
                           since.parquet                    row, since: of a full file that another one came before
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.disk.outcome import Outcome
from pipelines.disk.tables import batches
from schemas.feed import Feed

SUPERSEDED, SINCE = "superseded", "since"


@dataclass(frozen=True)
class Part:
    """A run of a delivery's standard rows, in row order: those of `file` from `start` on."""

    feed: type[Feed]
    outcome: Outcome
    file: Path
    start: int
    rows: int


def folder_of(outcome: Outcome, home: Path) -> Path:
    """Where a delivery's standard rows are kept."""
    return home / "standard" / outcome.delivery.feed / outcome.delivery.name


def name_of(part: Part) -> str:
    """A part's name: of equal names the rows are equal."""
    delivery = part.outcome.delivery
    return f"{delivery.feed}/{delivery.name}/{part.outcome.stamp[:16]}/{part.file.stem}-{part.start}-{part.rows}"


def standard_parts(feed: type[Feed], outcome: Outcome, home: Path, rows: int) -> list[Part]:
    """An accepted delivery's standard rows in parts of at most `rows` rows."""
    files = batches(folder_of(outcome, home) / "standard.parquet")
    heights = [(file, pl.scan_parquet(file).select(pl.len()).collect().item()) for file in files]
    return [
        Part(feed, outcome, file, start, rows) for file, height in heights for start in range(0, max(height, 1), rows)
    ]


def read_part(part: Part, columns: Collection[str] | None = None, numbers: pl.Series | None = None) -> pl.DataFrame:
    """A part's rows that no later row of the delivery replaced: all columns, or those of `columns` that there are.

    Of all rows those with the `numbers` in their delivery, where such are given. Each row has `since`, the day since
    which it stands so, its `delivery`, its day `as_of`, and `record`, by which the department knows it.
    """
    folder, as_of = part.file.parent.parent, pl.lit(part.outcome.delivery.as_of).str.to_date("%Y-%m-%d")
    rows = _scanned(part, numbers)
    if part.outcome.duplicates:
        rows = rows.join(_beside(folder, SUPERSEDED), on="row", how="anti", maintain_order="left")
    if columns is None or SINCE in columns:
        rows = _with_since(rows, folder, part.file, as_of)
    known = rows.with_columns(
        pl.lit(part.outcome.delivery.name).alias("delivery"),
        as_of.alias("as_of"),
        pl.concat_str([pl.col(name).cast(pl.String) for name in part.feed.grain], separator=";").alias("record"),
    )
    if columns is None:
        return known.collect()
    here = known.collect_schema().names()
    return known.select(name for name in here if name in columns).collect()


def _scanned(part: Part, numbers: pl.Series | None) -> pl.LazyFrame:
    """A part as it is read; of a few rows no other's text is unpacked."""
    if numbers is None:
        return pl.scan_parquet(part.file).slice(part.start, part.rows)
    return pl.scan_parquet(part.file, parallel="prefiltered").filter(pl.col("row").is_in(numbers.implode()))


def standard_batches(outcome: Outcome, home: Path) -> Iterator[pl.DataFrame]:
    """All standard rows batch by batch, each with `superseded` (null where the row holds) and `since` (Date)."""
    folder, as_of = folder_of(outcome, home), pl.lit(outcome.delivery.as_of).str.to_date("%Y-%m-%d")
    superseded = read_beside(folder, SUPERSEDED).lazy()
    for file in batches(folder / "standard.parquet"):
        told = pl.scan_parquet(file).join(superseded, on="row", how="left", maintain_order="left")
        yield _with_since(told, folder, file, as_of).collect()


def _with_since(rows: pl.LazyFrame, folder: Path, file: Path, as_of: pl.Expr) -> pl.LazyFrame:
    """The day since which each row of a file stands so: that of its delivery where none was kept beside.

    Of what was kept only the part about the file's rows is read: a delivery has many files.
    """
    if not has_beside(folder, SINCE):
        return rows.with_columns(as_of.alias(SINCE))
    row = pl.col("row")
    first, last = pl.scan_parquet(file).select(row.min(), row.max().alias("last")).collect().row(0)
    return rows.join(
        _beside(folder, SINCE).filter(row.is_between(first, last)), on="row", how="left", maintain_order="left"
    )


def standard_rows(outcome: Outcome, home: Path) -> pl.DataFrame:
    """The same of a small delivery, under one another."""
    return pl.concat(list(standard_batches(outcome, home)))


def keep_beside(table: pl.DataFrame, folder: Path, name: str) -> None:
    """Keep what is known of rows: `row` and one column of the name given."""
    table.select("row", name).write_parquet(folder / f"{name}.parquet", compression="zstd")


def has_beside(folder: Path, name: str) -> bool:
    """Whether anything was kept under a name."""
    return (folder / f"{name}.parquet").exists()


def read_beside(folder: Path, name: str) -> pl.DataFrame:
    """What was kept under a name."""
    return pl.read_parquet(folder / f"{name}.parquet")


def _beside(folder: Path, name: str) -> pl.LazyFrame:
    return pl.scan_parquet(folder / f"{name}.parquet")
