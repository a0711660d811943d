"""Indicators made of what business_indicators.sql sums up: formulas as declared, survival, what few tell withheld."""

from __future__ import annotations

import polars as pl

from pipelines.methods.survival import AT_RISK, SURVIVAL, survival
from pipelines.methods.withhold import withheld
from pipelines.sql.parsed import texts_told
from schemas.indicator import Indicator, all_indicators
from schemas.product import all_products

COLUMNS = (
    "county", "county_name", "indicator", "indicator_title", "indicator_version", "unit", "level", "scope",
    "scope_code", "scope_name", "month", "units", "withheld", "value",
)  # fmt: skip
_CELL = ["county", "county_name", "scope", "scope_code", "scope_name", "month"]
_NOBODY = pl.lit(None, pl.String).alias("withheld")
# What the SQL calls lives by age: of all, and by founding year; and the figures that survival makes of them.
_LIVES = {"lives": "survival", "cohorts": "cohort_survival"}
# An estimate of fewer at risk tells of single enterprises more than of their kind.
_LEAST_AT_RISK = 10
_YEARS = (1, 3, 5)
_FIGURE = {"figure": pl.String(), "units": pl.Int64(), "telling": pl.Int64(), "value": pl.Float64()}


def figures() -> frozenset[str]:
    """What indicators may be made of: the figures that the SQL sums, and survival."""
    summed = texts_told(all_products()["business_indicators"]) - _LIVES.keys()
    return summed | {_survival_key(lives, years) for lives in _LIVES for years in _YEARS}


def business_indicators(summed: pl.DataFrame) -> pl.DataFrame:
    """The product's columns, one row an indicator and cell (a place or section of industry in a month)."""
    typed = [pl.col(name).cast(dtype) for name, dtype in _FIGURE.items()]
    plain = summed.filter(~pl.col("figure").is_in([*_LIVES])).select(*_CELL, *typed)
    lives = {
        of: summed.filter(pl.col("figure") == of).select(*_CELL, "age", "entered", "died", "lost") for of in _LIVES
    }
    survival = (_survival_figure(rows, _survival_key(of, n), n) for of, rows in lives.items() for n in _YEARS)
    figures = pl.concat([plain, *survival])
    return pl.concat([_indicator(each, figures) for each in all_indicators().values()])


def _survival_figure(lives: pl.DataFrame, key: str, years: int) -> pl.DataFrame:
    """The share that lives through its first years, of cells with enough enterprises at risk at each age until then.

    Ages are whole months, so that who ends at 11 ends before its first anniversary, and who ends at 12 has reached it.
    """
    ages = lives.select(_CELL).unique().join(pl.DataFrame({"age": range(12 * years)}), how="cross")
    nothing = [pl.lit(0, pl.Int64).alias(name) for name in ("entered", "died", "lost")]
    every = pl.concat([lives, ages.select(*_CELL, pl.col("age").cast(pl.Int64), *nothing)])
    told = survival(every.group_by(*_CELL, "age").agg(pl.col("entered", "died", "lost").sum()), _CELL)
    reached = told.filter(pl.col("age") < 12 * years)
    cells = reached.group_by(_CELL).agg(
        pl.col(AT_RISK).min().alias("least"),
        pl.col(SURVIVAL).sort_by("age").last(),
        pl.col("entered").sum().alias("units"),
    )
    figure = pl.lit(key).alias("figure")
    measured = [pl.col("units").alias("telling"), pl.col(SURVIVAL).alias("value")]
    return cells.filter(pl.col("least") >= _LEAST_AT_RISK).select(*_CELL, figure, "units", *measured)


def _survival_key(lives: str, years: int) -> str:
    return f"{_LIVES[lives]}_{years}y"


def _indicator(indicator: Indicator, figures: pl.DataFrame) -> pl.DataFrame:
    """One indicator of every cell that has what it is made of.

    Who has no town or section has no row; their sum is what the others leave of the county's, and is weighed as a cell.
    """
    of = figures.filter(pl.col("figure") == indicator.of.key)
    value = pl.col("value") * indicator.scale
    if indicator.per is not None:
        per = figures.filter(pl.col("figure") == indicator.per.key).select(*_CELL, pl.col("value").alias("per"))
        of = of.join(per, on=_CELL, nulls_equal=True).filter(pl.col("per") != 0)
        value = value / pl.col("per")
    told = of.with_columns(value.round(6).alias("value"))
    why = withheld(told, ["county", "scope", "month"], ["scope_code"]) if indicator.level > "L1" else _NOBODY
    told = told.with_columns(why)
    is_open = pl.col("withheld").is_null()
    shown = told.with_columns(pl.when(is_open).then("value").alias("value"), *_words(indicator))
    return shown.filter(pl.col("scope_code").is_not_null()).select(COLUMNS)


def _words(indicator: Indicator) -> list[pl.Expr]:
    told = {
        "indicator": indicator.code,
        "indicator_title": indicator.title,
        "indicator_version": indicator.version,
        "unit": indicator.unit,
        "level": indicator.level,
    }
    return [pl.lit(text).alias(name) for name, text in told.items()]
