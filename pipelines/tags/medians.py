"""Medians of groups of enterprises, for multiples: of a frame's own counties, and of a province as a small table."""

from __future__ import annotations

import polars as pl

from pipelines.tags.reckon import COUNTED, GROUP_COLUMNS, LEAST, median_column
from schemas.measure import Among


def group_medians(frame: pl.DataFrame, columns: list[str], among: Among) -> pl.DataFrame:
    """One row a group with the median of each column, named by `median_column`; null where fewer than three count."""
    groups = GROUP_COLUMNS[among]
    return (
        frame.filter(COUNTED, *(pl.col(group).is_not_null() for group in groups))
        .group_by(groups)
        .agg(pl.when(pl.col(name).count() >= LEAST).then(pl.col(name).median()).alias(median_column(name, among))
             for name in columns)
        .sort(groups)
    )  # fmt: skip


def with_medians(frame: pl.DataFrame, columns: list[str], among: Among, medians: pl.DataFrame) -> pl.DataFrame:
    """The frame with the medians of each row's group from a table; rows keep their order.

    Where the table lacks a group or a column, its median is unknown.
    """
    wanted, groups = [median_column(name, among) for name in columns], GROUP_COLUMNS[among]
    lacking = [pl.lit(None, dtype=pl.Float64).alias(name) for name in wanted if name not in medians.columns]
    table = medians.with_columns(lacking).select(*groups, *wanted)
    return frame.join(table, on=groups, how="left", maintain_order="left")
