"""School seats made of what school_seats.sql sums up: the years that were, the years to come, all in tens."""

from __future__ import annotations

import polars as pl

from pipelines.enrolment.expected import expected
from pipelines.enrolment.tried import tried
from pipelines.methods.rounded import quotient

COLUMNS = (
    "county", "county_name", "town", "town_name", "stage", "stage_name", "year", "basis", "need", "need_least",
    "need_most", "places", "balance", "error", "naive_error", "tries", "campuses", "planned", "estates",
)  # fmt: skip
WAS, TO_COME = "实有", "预测"
_STAGE = ["county", "town", "stage"]
_ROW = [*_STAGE, "year"]
_NEED = ["need", "need_least", "need_most"]
_PLAN = ["campuses", "planned", "estates"]
_NAMES = {"county": "county_name", "town": "town_name", "stage": "stage_name"}
_TEN = pl.lit(10)


def school_seats(rows: pl.DataFrame) -> pl.DataFrame:
    """The product's columns, one row a town, stage and school year."""
    children = rows.filter(pl.col("figure") == "children").select("county", "town", "year", "age", "least", "most")
    schools = rows.filter(pl.col("figure") == "school")
    taught = schools.select(*_ROW, "pupils", "places")
    told = expected(children, taught)
    was, to_come = _was(taught), _to_come(told, tried(told, taught), _last_places(taught))
    seats = pl.concat([was, to_come.join(was, on=_ROW, how="anti")], how="diagonal_relaxed")
    plan = rows.filter(pl.col("figure") == "plan").select(*_ROW, *_PLAN)
    return _named(_in_tens(seats), schools).join(plan, on=_ROW, how="left").select(COLUMNS)


def _was(taught: pl.DataFrame) -> pl.DataFrame:
    pupils = (pl.col("pupils").alias(name) for name in _NEED)
    return taught.select(*_ROW, "places", *pupils, basis=pl.lit(WAS))


def _last_places(taught: pl.DataFrame) -> pl.DataFrame:
    """Of the last year that tells them, also after the newest origin: seats are there months before the population."""
    return taught.drop_nulls("places").sort("year").group_by(_STAGE).agg(pl.col("places").last())


def _to_come(told: pl.DataFrame, errors: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """What is expected after the newest origin, how far off such a look ahead has been, and the places there are."""
    newest = told.filter(pl.col("origin") == pl.col("newest"))
    beside = newest.join(errors, on=["county", "stage", "ahead"], how="left").join(places, on=_STAGE, how="left")
    need = (pl.col(name).alias(column) for column, name in zip(_NEED, ("full", "least", "most"), strict=True))
    return beside.select(*_ROW, "places", *need, "error", "naive_error", "tries", basis=pl.lit(TO_COME))


def _in_tens(seats: pl.DataFrame) -> pl.DataFrame:
    """Pupils to the nearest ten, bounds to the ten below and the ten above; fewer than ten are told as 0 to 10."""
    up = ((pl.col("need_most") + 9) // 10).clip(lower_bound=1)
    tens = seats.with_columns(
        need=quotient(pl.col("need"), _TEN) * 10, need_least=pl.col("need_least") // 10 * 10, need_most=up * 10
    )
    is_few = (pl.col("need_least") == 0) & (pl.col("need_most") == 10)
    shown = tens.with_columns(need=pl.when(~is_few).then("need"))
    return shown.with_columns(balance=pl.col("places") - pl.col("need"))


def _named(seats: pl.DataFrame, schools: pl.DataFrame) -> pl.DataFrame:
    for code, name in _NAMES.items():
        seats = seats.join(schools.select(code, name).unique(), on=code, how="left")
    return seats
