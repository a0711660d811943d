"""A delivery's standard rows as they are kept: in batches, and beside them what is known once all are seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.outcome import Outcome
from pipelines.tables import batches

# Beside the batches, each with `row`: the rows that another one of the delivery replaced, and since when each stands.
SUPERSEDED, SINCE = "superseded", "since"


def folder_of(outcome: Outcome, home: Path) -> Path:
    """Where a delivery's standard rows are kept."""
    return home / "standard" / outcome.delivery.feed / outcome.delivery.name


def standard_batches(outcome: Outcome, home: Path) -> Iterator[pl.DataFrame]:
    """The standard rows batch by batch, each with `superseded` (null where the row holds) and `since` (Date)."""
    folder = folder_of(outcome, home)
    superseded = read_beside(folder, SUPERSEDED)
    since = read_beside(folder, SINCE) if (folder / f"{SINCE}.parquet").exists() else None
    as_of = pl.lit(outcome.delivery.as_of).str.to_date("%Y-%m-%d").alias(SINCE)
    for file in batches(folder / "standard.parquet"):
        rows = pl.read_parquet(file)
        told = rows.join(superseded, on="row", how="left", maintain_order="left")
        yield (
            told.with_columns(as_of) if since is None else told.join(since, on="row", how="left", maintain_order="left")
        )


def standard_rows(outcome: Outcome, home: Path) -> pl.DataFrame:
    """The same of a small delivery, under one another."""
    return pl.concat(list(standard_batches(outcome, home)))


def keep_beside(table: pl.DataFrame, folder: Path, name: str) -> None:
    """Keep what is known of rows: `row` and one column of the name given."""
    table.select("row", name).write_parquet(folder / f"{name}.parquet", compression="zstd")


def read_beside(folder: Path, name: str) -> pl.DataFrame:
    """What was kept under a name."""
    return pl.read_parquet(folder / f"{name}.parquet")
