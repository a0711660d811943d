"""Which sums must not be told, because few stand behind them or because they give such a one by subtraction."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

LEAST = 3
FEW, BESIDE = "少于3家", "防止推算"
_HIDDEN = pl.col("few") | pl.col("nowhere")


def withheld(cells: pl.DataFrame, among: Sequence[str], order: Sequence[str]) -> pl.Series:
    """Why each cell must not be told, null where it may be: statistics ask for at least three reporting units.

    Cells have `units`, who report, and `telling`, whose report is not zero. Cells of one value of `among` add up to
    something that is known: where one is withheld, or several that would be so as one cell, the one of the fewest units
    that may be told is withheld too; `order` decides among several. A cell without a value of `order` is told nowhere,
    and is had by subtraction all the same.
    """
    units, telling = pl.col("units"), pl.col("telling")
    is_nowhere = pl.any_horizontal(pl.col(order).is_null())
    marked = cells.with_row_index("at").with_columns(_is_few(units, telling).alias("few"), is_nowhere.alias("nowhere"))
    is_open = _is_few(*(_hidden(each, among) for each in (units, telling)))
    may_be_told = marked.filter(is_open & ~_HIDDEN & (telling > 0))
    beside = may_be_told.sort("units", *order).unique(among, keep="first", maintain_order=True)["at"]
    why = pl.when("few").then(pl.lit(FEW)).when(pl.col("at").is_in(beside.implode())).then(pl.lit(BESIDE))
    return marked.select(why.alias("withheld")).to_series()


def _is_few(units: pl.Expr, telling: pl.Expr) -> pl.Expr:
    """Fewer than three report, or all but one or two report nought; where all do, it is who report that count."""
    return (units > 0) & ((units < LEAST) | telling.is_between(1, LEAST - 1))


def _hidden(counted: pl.Expr, among: Sequence[str]) -> pl.Expr:
    """What is told of no cell, as one cell: few only where one of these is."""
    return pl.when(_HIDDEN).then(counted).otherwise(0).sum().over(among)
