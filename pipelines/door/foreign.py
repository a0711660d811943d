"""Whether a column of a delivery holds what its header says: swapped columns and other forms are no row's own fault."""

from __future__ import annotations

import polars as pl

from pipelines.disk.landed import Batch, read_batch
from pipelines.refusal import Sign
from schemas.feed import Column, Feed

# A slip befalls a few rows in a hundred; what befalls more than half of them was done to the column.
_SHARE = 0.5
_ASK = "Ask the department what it wrote there."


def failures(feed: type[Feed], quarantine: pl.DataFrame) -> pl.DataFrame:
    """Of quarantined rows with their `reasons`: column, rows that fail in it, what is found in the first of them."""
    told = quarantine.select("row", "reasons").explode("reasons").unnest("reasons")
    mine = told.filter(pl.col("column").is_in(list(feed.columns)))
    return mine.group_by("column").agg(
        pl.col("row").n_unique().alias("rows"), pl.col("found").first(), pl.col("row").min().alias("first")
    )


def foreign_columns(feed: type[Feed], failed: list[pl.DataFrame], landed: list[Batch], rows: int) -> list[Sign]:
    """A stop for each column in which more than half of a delivery's rows fail, the worst one first.

    `failed` are the failures of its batches, `landed` the batches with all its `rows`.
    """
    united = pl.concat(failed).sort("first").group_by("column", maintain_order=True)
    failing = (
        united.agg(pl.col("rows").sum(), pl.col("found").first(), pl.col("first").first())
        .filter(pl.col("rows") > _SHARE * rows).sort("rows", "column", descending=[True, False])
    )  # fmt: skip
    return [_sign(feed, each, landed, rows) for each in failing.to_dicts()]


def _sign(feed: type[Feed], failed: dict[str, object], landed: list[Batch], rows: int) -> Sign:
    column, count = feed.columns[str(failed["column"])], int(str(failed["rows"]))
    found = f"'{failed['found']}' in row {failed['first']} and {count / rows:.0%} of {rows} rows that do not fit"
    advice = _advice(feed, landed, column)
    return Sign("foreign_column", "stop", column.source, found, column.kind.expected, count, advice)


def _advice(feed: type[Feed], landed: list[Batch], column: Column) -> str:
    """Name the source column whose content would fit, if there is one, by the first batch of the rows."""
    rows = read_batch(landed[0])
    others = [name for name in feed.headers() if name != column.source]
    fits = [(_fit(rows, name, column), name) for name in others]
    best = max(fits, default=(0.0, ""))
    if best[0] > _SHARE:
        return f"Column '{best[1]}' fits it for {best[0]:.0%} of the rows: the two look swapped. Ask the department."
    return _ASK


def _fit(rows: pl.DataFrame, source: str, column: Column) -> float:
    """The share of rows in which another column's text would be a good value of this column."""
    value = column.kind.read(column.kind.tidy(pl.col(source)))
    good = value.is_not_null()
    for rule in column.kind.rules:
        good = good & rule.holds(value)
    return float(rows.select(good.fill_null(value=False).mean()).item() or 0.0)
