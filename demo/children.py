"""The children of some districts of Hangzhou, by town, birth year, sex and calendar year: truth, before any mask."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo.draws import Dice

AGES = range(16)
YEARS = 7
DISTRICTS = ("330102", "330105", "330106", "330108", "330110", "330114")

# Births in China in ten thousands (国家统计局 年度统计公报); the last year's is a guess of the demo's.
_BIRTHS = {
    2003: 1599, 2004: 1593, 2005: 1617, 2006: 1585, 2007: 1595, 2008: 1608, 2009: 1591, 2010: 1592, 2011: 1604,
    2012: 1635, 2013: 1640, 2014: 1687, 2015: 1655, 2016: 1786, 2017: 1723, 2018: 1523, 2019: 1465, 2020: 1200,
    2021: 1062, 2022: 956, 2023: 902, 2024: 954,
}  # fmt: skip
_LATER = 900
_MILLE = 1000


def children(towns: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    """A row for each town, year, age and sex (1 boys, 2 girls), with `people`; the last years that are over."""
    here = towns.filter(pl.col("county").is_in(DISTRICTS)).with_columns(town_number=pl.col("number"))
    years, ages = _of(range(day.year - YEARS, day.year)), _of(AGES)
    rows = here.with_columns(year=years, age=ages, sex=_of(range(1, 3)))
    for name in ("year", "age", "sex"):
        rows = rows.explode(name)
    born = rows.with_columns(born=pl.col("year") - pl.col("age"))
    return _counted(born, dice).with_columns(number=pl.col("town_number"))


def _of(values: range) -> pl.Expr:
    return pl.lit(pl.Series([list(values)], dtype=pl.List(pl.Int64))).first()


def _counted(rows: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """A town's size, its cohort's share, what moving in has added by this age, and a little chance."""
    rows = rows.with_columns(size=dice.below("children/town", 190) + 8, growth=dice.below("children/growth", 45) - 10)
    rows = rows.with_columns(number=_key("town_number", "born", "sex"))
    cohort = pl.col("born").replace_strict(_BIRTHS, default=_LATER, return_dtype=pl.Int64) * pl.col("size") // 1600
    rows = rows.with_columns(cohort=cohort * (dice.below("children/cohort", 300) + 850) // _MILLE)
    rows = rows.with_columns(number=_key("town_number", "born", "sex", "year"))
    moved = (1 + pl.col("growth") / _MILLE) ** pl.col("age")
    people = pl.col("cohort") * moved * (dice.below("children/chance", 40) + 980) / _MILLE
    return rows.with_columns(people=people.round().cast(pl.Int64)).drop("size", "growth", "cohort")


def _key(*names: str) -> pl.Expr:
    """A number of its own for each combination."""
    key = pl.lit(0, pl.UInt64)
    for name in names:
        key = key * 4096 + pl.col(name).cast(pl.UInt64)
    return key
