"""Whether a column of a delivery holds what its header says: swapped columns and other forms are no row's own fault."""

from __future__ import annotations

import polars as pl

from pipelines.refusal import Sign
from schemas.feed import Column, Feed

# A slip befalls a few rows in a hundred; what befalls more than half of them was done to the column.
_SHARE = 0.5
_ASK = "Ask the department what it wrote there."


def foreign_columns(feed: type[Feed], rows: pl.DataFrame, quarantine: pl.DataFrame) -> list[Sign]:
    """A stop for each column in which more than half of a delivery's rows fail, the worst one first.

    `rows` are the landed ones, `quarantine` those that were refused with their `reasons`.
    """
    failing = (
        quarantine.explode("reasons").unnest("reasons").filter(pl.col("column").is_in(list(feed.columns)))
        .group_by("column")
        .agg(pl.col("row").n_unique().alias("rows"), pl.col("found").first(), pl.col("row").min().alias("first"))
        .filter(pl.col("rows") > _SHARE * rows.height).sort("rows", "column", descending=[True, False])
    )  # fmt: skip
    return [_sign(feed, rows, failed) for failed in failing.to_dicts()]


def _sign(feed: type[Feed], rows: pl.DataFrame, failed: dict[str, object]) -> Sign:
    column = feed.columns[str(failed["column"])]
    share = int(str(failed["rows"])) / rows.height
    found = f"'{failed['found']}' in row {failed['first']} and {share:.0%} of {rows.height} rows that do not fit"
    expected, count = column.kind.expected, int(str(failed["rows"]))
    return Sign("foreign_column", "stop", column.source, found, expected, count, _advice(feed, rows, column))


def _advice(feed: type[Feed], rows: pl.DataFrame, column: Column) -> str:
    """Name the source column whose content would fit, if there is one."""
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
