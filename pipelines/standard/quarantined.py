"""A row in quarantine: written as it landed, in one text, and read out of it. Why it lies there is told before."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import polars as pl

# What stands as raw: a landed row, or a line that is none.
ROW, LINE = "row", "line"


def with_raw(quarantine: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Quarantined rows as `row`, `raw` (every source column as it landed, as JSON), `reasons`, and what `raw` is."""
    bad = rows.join(quarantine, on="row", how="semi", maintain_order="left")
    raw = bad.select("row", pl.struct(source_columns(rows)).struct.json_encode().alias("raw"))
    told = quarantine.select("row", "reasons").join(raw, on="row", how="left", maintain_order="left")
    return told.select("row", "raw", "reasons", pl.lit(ROW).alias("raw_form"))


def source_columns(rows: pl.DataFrame) -> list[str]:
    """Of landed rows the columns that the department writes."""
    return [name for name in rows.columns if name not in ("row", "hash")]


def as_landed(file: Path, columns: Collection[str]) -> pl.DataFrame:
    """Some source columns of the landed rows in a file of quarantine, each as it landed, behind `row`."""
    texts = pl.Struct(dict.fromkeys(columns, pl.String))
    held = pl.scan_parquet(file).filter(pl.col("raw_form") == ROW)
    return held.select("row", pl.col("raw").str.json_decode(texts)).collect().unnest("raw")
