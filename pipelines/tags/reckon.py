"""Measures as expressions over a prepared frame: ratios, growth, days, multiples of medians, places."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from pipelines.methods.conditions import Context, expression
from schemas.measure import (
    Ahead,
    Among,
    Change,
    Days,
    Given,
    Growth,
    Measure,
    Multiple,
    Per,
    RelativeRank,
    Sum,
    Years,
    reckoned_from,
)

# Like all columns beside tags it has a slash, which no key may have: a county's own tag may be called `counted`.
COUNTED = "house/counted"
# A median of one or two would tell their numbers, and a place among so few says nothing of a trade.
LEAST = 3
# By how much of itself a decimal in double precision, and a million times as much, may be off.
_MILLION, _NOISE = 1_000_000.0, 2**-51
GROUP_COLUMNS: dict[Among, tuple[str, ...]] = {
    "county": ("county",),
    "county_industry": ("county", "industry/division"),
    "industry": ("industry/division",),
}


def reckoned(measure: Measure, on: date, context: Context) -> pl.Expr:
    """The measure, null where it is unknown, and where a column that it needs is absent."""
    # Without status all count among the living, so that it leaves no number unknown.
    if context.absent.intersection(reckoned_from(measure)) - {"status"}:
        return pl.lit(None, dtype=pl.Float64)
    if isinstance(measure, Given):
        return pl.when(expression(measure.when, context)).then(pl.col(measure.of))
    return _plain(measure) if isinstance(measure, Per | Sum | Growth | Change) else _beyond(measure, on)


def _plain(measure: Per | Sum | Growth | Change) -> pl.Expr:
    """What needs a row's own numbers alone."""
    match measure:
        case Per(over, under):
            return pl.when(pl.col(under) > 0).then(_millionths(over) / _millionths(under))
        case Sum(parts):
            # In one order, however a rule is written: quotients are no whole numbers, and their sum depends on it.
            return _in_ones(pl.sum_horizontal(map(_millionths, sorted(parts)), ignore_nulls=False))
        case Growth(now, before):
            was = _millionths(before)
            return pl.when(pl.col(before) > 0).then((_millionths(now) - was) / was)
        case Change(now, before):
            return _in_ones(_millionths(now) - _millionths(before))


def _millionths(name: str) -> pl.Expr:
    """A number in millionths, whole where it has six digits behind the point, so that what is reckoned is right to
    its last digit.

    0.12 is a fifth more than 0.10 and 0.05 a tenth of 0.50; of binary fractions they fall short. A tag that is itself
    a quotient has more digits, and keeps them.
    """
    told = pl.col(name) * _MILLION
    whole = told.round()
    return pl.when((told - whole).abs() <= told.abs() * _NOISE).then(whole).otherwise(told)


def _in_ones(millionths: pl.Expr) -> pl.Expr:
    return _divided(millionths, pl.lit(_MILLION))


def _beyond(measure: Years | Days | Multiple | RelativeRank | Ahead, on: date) -> pl.Expr:
    """What needs the day of the data, or other rows."""
    match measure:
        case Years(since):
            return _whole_years(pl.col(since), on)
        case Days(until):
            return (pl.col(until) - pl.lit(on)).dt.total_days().cast(pl.Float64)
        case Multiple(of, among):
            middle = pl.col(median_column(of, among))
            return pl.when(middle > 0).then(_divided(pl.col(of), middle))
        case RelativeRank(of, among):
            return _share(pl.when(COUNTED).then(of), among, lambda value: value.rank("min", descending=True))
        case Ahead(of, among):
            return _share(pl.when(COUNTED).then(of), among, lambda value: value.rank("min") - 1)


def median_column(of: str, among: Among) -> str:
    """Where the frame has the median of a group."""
    return f"{of}/{among}"


def _whole_years(day: pl.Expr, on: date) -> pl.Expr:
    not_yet = (day.dt.month() > on.month) | ((day.dt.month() == on.month) & (day.dt.day() > on.day))
    return pl.when(day <= on).then(pl.lit(on.year, pl.Int64) - day.dt.year() - not_yet)


def _share(value: pl.Expr, among: Among, told: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """What is told of a number's rank among those of its group, divided by how many they are."""
    groups = GROUP_COLUMNS[among]
    known = value.count()
    # Within one window it would be multiplied by a reciprocal, and 28 of 35 fall short of 0.8.
    share = told(value).over(groups) / pl.when(known >= LEAST).then(known).over(groups)
    return pl.when(pl.all_horizontal(pl.col(group).is_not_null() for group in groups)).then(share)


def _divided(number: pl.Expr, by: pl.Expr) -> pl.Expr:
    """The quotient to its last digit, so that what is its own median is once that.

    Polars multiplies by the reciprocal of what is one for all rows, and falls short of bounds: so each row has its own.
    """
    return number / (by + (number - number))
