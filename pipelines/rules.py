"""A rule of ours as a pandera check, and the one place where pandera is imported. Judges nothing."""

from __future__ import annotations

import warnings

import polars as pl

from schemas.kinds import Rule

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pandera.polars as pa
    from pandera.api.polars.types import PolarsData as PolarsData
    from pandera.errors import SchemaErrors as SchemaErrors


def as_check(rule: Rule) -> pa.Check:
    """The rule as a check of a column; a null holds, because whether there must be a value is not a rule's matter."""

    def holds(data: PolarsData) -> pl.LazyFrame:
        value = pl.col(str(data.key))
        return data.lazyframe.select(value.is_null() | rule.holds(value).fill_null(value=True))

    return pa.Check(holds, name=rule.name, error=rule.name)
