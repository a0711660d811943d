"""Which entities turn between two days that count as today, though no row of theirs has changed. Fuses nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.disk.layers import Keep, every_bucket, every_row, layers_of
from pipelines.shelf import stands_alone
from pipelines.sql.parsed import held_to_today
from schemas.entity import Entity
from schemas.feed import Feed
from schemas.kinds import EARLIEST_DAY, LATEST_DAY
from schemas.product import all_products


def turning(entity: type[Entity], home: Path, since: date, on: date) -> pl.DataFrame:
    """The entities of which a day has come or passed since, or a whole year has gone by since such a day: `entity_id`.

    Within a year products tell today by these alone, of fused days and of the days and months of feeds that are not
    fused; of all of them, those count that a product holds to today.
    """
    none = pl.DataFrame(schema={"entity_id": pl.String})
    if since == on:
        return none
    held = _held(entity)
    days = [name for name, each in entity.attributes.items() if each.kind.dtype == pl.Date and held(name)]
    key, turned, lying = entity.identifier, [none], layers_of(entity, home)
    if days:
        values = every_bucket(lying, "values", [key, *days], _turning(days, since, on))
        turned.append(values.select(pl.col(key).alias("entity_id")))
    for feed in entity.feeds():
        mine = (name for name, each in feed.columns.items() if each.kind.dtype == pl.Date and held(name))
        own = [name for name in mine if name not in days]
        if own:
            rows = every_row(lying, feed, ["entity_id", *own], _turning(own, since, on))
            turned.append(rows.select("entity_id"))
        if _is_monthly(feed) and held("month") and since.month != on.month:
            rows = every_row(lying, feed, ["entity_id", "year", "month"], _begun(since, on))
            turned.append(rows.select("entity_id"))
    return pl.concat(turned).unique()


def _turning(names: list[str], since: date, on: date) -> Keep:
    turns = _turns(names, since, on)
    return lambda rows: rows.filter(turns)


def _is_monthly(feed: type[Feed]) -> bool:
    return {"year", "month"} <= feed.columns.keys()


def _begun(since: date, on: date) -> Keep:
    """Rows of the months that have begun between two days of one year."""
    first, last = sorted((since, on))
    begun = (pl.col("year") == on.year) & (pl.col("month") > first.month) & (pl.col("month") <= last.month)
    return lambda rows: rows.filter(begun)


def _turns(names: list[str], since: date, on: date) -> pl.Expr:
    """Whether any of these days lies between two days that count as today, by itself or by its anniversary."""
    days = _turning_days(min(since, on), max(since, on)).implode()
    return pl.any_horizontal(pl.col(name).is_in(days) for name in names)


def _turning_days(first: date, last: date) -> pl.Series:
    """The days from one to another, and all days that those after the first are anniversaries of.

    Told as days and not as months and their days, which would have to be worked out of each of millions.
    """
    every = pl.date_range(EARLIEST_DAY, LATEST_DAY, eager=True)
    mark = every.dt.month().cast(pl.Int32) * 100 + every.dt.day()
    marks = set(mark.filter(every.is_between(first, last, closed="right")))
    # Engines differ in whether a year since 29 February is over on the 28th or on 1 March.
    marks |= {229} if marks & {228, 301} else set()
    return every.filter(every.is_between(first, last) | mark.is_in(sorted(marks)))


def _held(entity: type[Entity]) -> Callable[[str], bool]:
    """Whether a product that is told by touched entities may hold a column to today."""
    mine = [each for each in all_products().values() if each.entity == entity.key and stands_alone(each)]
    beside = [held_to_today(each) for each in mine]
    return lambda name: any(names is None or name in names for names in beside)
