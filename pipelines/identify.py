"""Identification, by key: every row of every feed is led to one credit code, rung by rung, or to none with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.names import comparable, place_prefix
from pipelines.refusal import REASONS, reason
from schemas.feed import Feed

Rows = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Identified:
    """A feed's rows with `entity_id` and `match` (the rung), and those of no known entity with `reasons`."""

    rows: pl.DataFrame
    unidentified: pl.DataFrame


@dataclass(frozen=True)
class _Register:
    """What is known of entities before the lower rungs: `codes` (organisation_code, entity_id), `names`."""

    codes: pl.DataFrame
    names: pl.DataFrame
    prefix: str


def identify(feeds: dict[str, type[Feed]], rows: Rows, mappings: Mappings) -> dict[str, Identified]:
    """Give each row of each feed its `entity_id` (a credit code).

    Rungs: `credit_code` as written; `organisation_code` inside a code or a 15-digit tax number, where one
    credit code contains it; `name_place`, the comparable name in the same county, where one enterprise has it.
    """
    prefix = place_prefix(mappings)
    direct = {key: table.with_columns(_direct(feeds[key], table)) for key, table in rows.items()}
    register = _register(direct, prefix)
    return {key: _finish(feeds[key], _climb(feeds[key], table, register)) for key, table in direct.items()}


def _direct(feed: type[Feed], table: pl.DataFrame) -> list[pl.Expr]:
    written = _credit_code(feed)
    return [written.alias("entity_id"), pl.when(written.is_not_null()).then(pl.lit("credit_code")).alias("match")]


def _credit_code(feed: type[Feed]) -> pl.Expr:
    """The credit code that the identity itself contains, else null."""
    value = pl.col(feed.identity)
    length = value.str.len_chars()
    match feed.columns[feed.identity].kind.name:
        case "credit_code":
            return value
        case "taxpayer_id":
            return pl.when(length >= 18).then(value.str.slice(0, 18))
        case "organisation_code":
            return pl.when(length == 18).then(value)
        case _:
            return pl.lit(None, pl.String)


def _organisation_code(feed: type[Feed]) -> pl.Expr:
    """The organisation code that the identity contains, else null."""
    value = pl.col(feed.identity)
    match feed.columns[feed.identity].kind.name:
        case "taxpayer_id":
            return pl.when(value.str.len_chars() == 15).then(value.str.slice(6, 9))
        case "organisation_code":
            return pl.when(value.str.len_chars() == 9).then(value)
        case _:
            return pl.lit(None, pl.String)


def _register(direct: Rows, prefix: str) -> _Register:
    known = [table.select("entity_id").drop_nulls() for table in direct.values()]
    entities = pl.concat(known).unique().sort("entity_id")
    codes = _sole(
        entities.with_columns(pl.col("entity_id").str.slice(8, 9).alias("organisation_code")), ["organisation_code"]
    )
    named = [
        table.drop_nulls("entity_id").select("entity_id", comparable(pl.col("name"), prefix).alias("name"), "county")
        for table in direct.values()
        if {"name", "county"} <= set(table.columns)
    ]
    names = pl.concat([*named, _no_names()]).drop_nulls().unique()
    return _Register(codes, _sole(names, ["name", "county"]), prefix)


def _no_names() -> pl.DataFrame:
    return pl.DataFrame(schema={"entity_id": pl.String, "name": pl.String, "county": pl.String})


def _sole(table: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """The keys that one entity alone has; a key of several tells nothing."""
    return (
        table.group_by(key).agg(pl.col("entity_id").unique().alias("entities"))
        .filter(pl.col("entities").list.len() == 1)
        .select(*key, pl.col("entities").list.first().alias("found"))
    )  # fmt: skip


def _climb(feed: type[Feed], table: pl.DataFrame, register: _Register) -> pl.DataFrame:
    """The lower rungs, each for the rows that the one before left."""
    rungs: list[tuple[str, Callable[[], pl.DataFrame]]] = [
        ("organisation_code", lambda: _by_organisation_code(feed, table, register)),
        ("name_place", lambda: _by_name(table, register)),
    ]
    for rung, found in rungs:
        table = _fill(table, found()["found"], rung)
    return table


def _fill(table: pl.DataFrame, found: pl.Series, rung: str) -> pl.DataFrame:
    open_still = pl.col("entity_id").is_null() & pl.Series("found", found).is_not_null()
    return table.with_columns(
        pl.when(open_still).then(pl.Series("found", found)).otherwise("entity_id").alias("entity_id"),
        pl.when(open_still).then(pl.lit(rung)).otherwise("match").alias("match"),
    )


def _by_organisation_code(feed: type[Feed], table: pl.DataFrame, register: _Register) -> pl.DataFrame:
    keyed = table.select(_organisation_code(feed).alias("organisation_code"))
    return keyed.join(register.codes, on="organisation_code", how="left", maintain_order="left")


def _by_name(table: pl.DataFrame, register: _Register) -> pl.DataFrame:
    if not {"name", "county"} <= set(table.columns):
        return table.select(pl.lit(None, pl.String).alias("found"))
    keyed = table.select(comparable(pl.col("name"), register.prefix).alias("name"), "county")
    return keyed.join(register.names, on=["name", "county"], how="left", maintain_order="left")


def _finish(feed: type[Feed], table: pl.DataFrame) -> Identified:
    known = pl.col("entity_id").is_not_null()
    expected = "an enterprise that another feed names by its credit code"
    why = pl.concat_list(reason(feed.identity, "unidentified", pl.col(feed.identity), expected)).cast(REASONS)
    return Identified(table.filter(known), table.filter(~known).with_columns(why.alias("reasons")))
