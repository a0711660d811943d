"""A rule of ours as a pandera check, and the one place where pandera is imported. Judges nothing."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import polars as pl

from schemas.kinds import Rule

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pandera.polars as pa
    from pandera.api.polars.types import PolarsData as PolarsData
    from pandera.errors import SchemaErrors as SchemaErrors


def held(rule: Rule, column: str) -> pl.Expr:
    """Whether a column's values hold the rule; a null does, because that one must be there is not a rule's matter."""
    value = pl.col(column)
    return value.is_null() | rule.holds(value).fill_null(value=True)


def as_check(rule: Rule) -> pa.Check:
    """The rule as a check of a column."""
    return _check(rule, lambda held: held)


def as_check_by(rule: Rule, table: str) -> pa.Check:
    """The same where several tables lie under one another, a column saying of which `table` a row is."""
    return _check(rule, lambda held: held.over(table))


def _check(rule: Rule, within: Callable[[pl.Expr], pl.Expr]) -> pa.Check:
    def holds(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(within(held(rule, str(data.key))))

    return pa.Check(holds, name=rule.name, error=rule.name)
