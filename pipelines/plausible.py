"""Whether a column of a delivery holds what its header says; swapped columns are stopped here, not row by row."""

from __future__ import annotations

import polars as pl

from pipelines.refusal import Finding, Refusal
from schemas.feed import Column, Feed

_SHARE = 0.5
_FEWEST_ROWS = 20


def refuse_foreign_columns(feed: type[Feed], file: str, rows: pl.DataFrame, quarantine: pl.DataFrame) -> None:
    """Raise Refusal when more than half of a delivery's rows fail in one column: that is no row's own fault."""
    if rows.height < _FEWEST_ROWS:
        return
    failing = (
        quarantine.explode("reasons").unnest("reasons").filter(~pl.col("rule").str.ends_with("_place"))
        .group_by("column")
        .agg(pl.col("row").n_unique().alias("rows"), pl.col("found").first(), pl.col("row").min().alias("first"))
        .filter(pl.col("rows") > _SHARE * rows.height).sort("rows", "column", descending=[True, False])
    )  # fmt: skip
    if failing.is_empty():
        return
    worst = failing.row(0, named=True)
    column = feed.columns[worst["column"]]
    share = worst["rows"] / rows.height
    found = f"'{worst['found']}' and {share:.0%} of {rows.height} rows that do not fit"
    raise Refusal(Finding(file, worst["first"], column.source, "foreign_column", found, column.kind.expected,
                          _advice(feed, rows, column)))  # fmt: skip


def _advice(feed: type[Feed], rows: pl.DataFrame, column: Column) -> str:
    """Name the source column whose content would fit, if there is one."""
    others = [name for name in feed.headers() if name != column.source]
    fits = [(_fit(rows, name, column), name) for name in others]
    best = max(fits, default=(0.0, ""))
    if best[0] > _SHARE:
        return f"Column '{best[1]}' fits it for {best[0]:.0%} of the rows: the two look swapped. Ask the department."
    return "Ask the department what it wrote there."


def _fit(rows: pl.DataFrame, source: str, column: Column) -> float:
    """The share of rows in which another column's text would be a good value of this column."""
    value = column.kind.read(column.kind.tidy(pl.col(source)))
    good = value.is_not_null()
    for rule in column.kind.rules:
        good = good & rule.holds(value)
    return float(rows.select(good.fill_null(value=False).mean()).item() or 0.0)
