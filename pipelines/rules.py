"""Rules asked of tables by pandera, and the one place that imports it. Which rules there are is not said here."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from schemas.kinds import Rule

if TYPE_CHECKING:
    import pandera.polars as pa
    from pandera.api.polars.types import PolarsData


# Warnings are turned off for the whole process while pandera comes, so that one thread at a time may bring it.
_IMPORTING = Lock()


@dataclass(frozen=True)
class Asked:
    """What is asked of a column: by each rule's name whether a row holds it; its type, or any; whether one may lack."""

    rules: Sequence[tuple[str, pl.Expr]]
    dtype: pl.DataType | None = None
    optional: bool = False


def held(rule: Rule, column: str) -> pl.Expr:
    """Whether a column's values hold the rule; a null does, because that one must be there is not a rule's matter."""
    value = pl.col(column)
    return value.is_null() | rule.holds(value).fill_null(value=True)


def all_held(rules: Iterable[Rule], column: str) -> list[tuple[str, pl.Expr]]:
    """The same of several, each behind its name."""
    return [(rule.name, held(rule, column)) for rule in rules]


def schema_of(columns: Mapping[str, Asked]) -> pa.DataFrameSchema:
    """The pandera schema that asks this of columns, and nothing of any other."""
    pandera = _pandera()
    return pandera.DataFrameSchema(
        {name: pandera.Column(asked.dtype, [_check(*rule) for rule in asked.rules], nullable=asked.optional)
         for name, asked in columns.items()}
    )  # fmt: skip


def failures(schema: pa.DataFrameSchema, rows: pl.DataFrame) -> pl.DataFrame | None:
    """What breaks a schema, a row each: `index` of the row, `column`, `check` and `failure_case`; None where nothing.

    What lacks is `not_nullable`; without an index is what no single row is to blame for, such as another type.
    """
    try:
        schema.validate(rows, lazy=True)
    except _pandera().errors.SchemaErrors as errors:
        failed: Any = errors
        return cast(pl.DataFrame, failed.failure_cases)
    return None


def _pandera() -> Any:
    """Imported when it is first asked: it takes longer than all else, and most processes find nothing to ask."""
    with _IMPORTING:
        return _imported()


@cache
def _imported() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pandera.polars
    return pandera.polars


def _check(name: str, holds: pl.Expr) -> pa.Check:
    def answer(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(holds)

    return _pandera().Check(answer, name=name, error=name)
