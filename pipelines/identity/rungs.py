"""The rungs of the ladder: each takes the rows still open and gives candidates for some of them. No rung decides.

Candidates are `id` (the row), `entity_id`, `score` (null where the rung knows no degrees) and `doubt`: why the
candidate may not be taken without a person's word, null where it may.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from pipelines.identity.register import Register

# A rung asks whatever table of entities its flight has.
Rung = Callable[[pl.DataFrame, Any], pl.DataFrame]
Pairing = Callable[[pl.DataFrame, Register], pl.DataFrame]

CONTRADICTED = "contradicted"
CANDIDATES = {"id": pl.UInt64, "entity_id": pl.String, "score": pl.Float64, "doubt": pl.String}


def by_organisation_code(rows: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The entities whose credit code contains the organisation code."""
    return _candidates(rows.join(register.codes, on="organisation_code"), doubt=None)


def by_tax_number(rows: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The entities whose credit code contains the number's last nine, and that have the name or an office of the city.

    Without either it may be another's number that ends alike: then it is contradicted. Where the crosswalk
    knows it as a registration number, its entity is a rival, or is left to the crosswalk's own rung.
    """
    ending = pl.col("tax_number").str.slice(6, 9).alias("organisation_code")
    pairs = rows.with_columns(ending).join(register.codes, on="organisation_code")
    same_city = pl.col("tax_number").str.slice(0, 4) == pl.col("entity_id").str.slice(2, 4)
    named = _all_names(register).select("entity_id", "whole").unique()
    sure = pl.concat([pairs.filter(same_city), pairs.join(named, on=["entity_id", "whole"], how="semi")])
    crosswalked = _crosswalked(rows, pl.col("tax_number"), register)
    doubtful = pairs.join(sure, on=["id", "entity_id"], how="anti").join(crosswalked, on="id", how="anti")
    rivals = crosswalked.join(sure, on="id", how="semi").join(sure, on=["id", "entity_id"], how="anti")
    return pl.concat([_candidates(each, None) for each in (sure, rivals)] + [_candidates(doubtful, CONTRADICTED)])


def by_crosswalk(rows: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The entities that some row names by this number and a credit code together."""
    number = pl.coalesce("registration_number", "tax_number")
    return _candidates(_crosswalked(rows, number, register), doubt=None)


def _crosswalked(rows: pl.DataFrame, number: pl.Expr, register: Register) -> pl.DataFrame:
    return rows.select("id", number.alias("registration_number")).join(register.crosswalk, on="registration_number")


def _all_names(register: Register) -> pl.DataFrame:
    return pl.concat([register.names, register.other_names])


def by_name(paired: Pairing, corroborated: Callable[[pl.DataFrame, Register], pl.DataFrame]) -> Rung:
    """A rung of name and place: the pairs of one name that are corroborated, contradicted by a number or not."""

    def rung(rows: pl.DataFrame, register: Register) -> pl.DataFrame:
        pairs = corroborated(paired(rows.drop_nulls("whole"), register), register)
        return _candidates(pairs, pl.when(_other_number(pairs, register)).then(pl.lit(CONTRADICTED)))

    return rung


def whole_name(rows: pl.DataFrame, register: Register) -> pl.DataFrame:
    """Pairs of one whole name, as the highest authority writes it."""
    return _paired(rows, register.names.select("entity_id", "whole"), "whole")


def other_name(rows: pl.DataFrame, register: Register) -> pl.DataFrame:
    """Pairs of one whole name, as another department writes it."""
    return _paired(rows, register.other_names.select("entity_id", "whole"), "whole")


def short_name(rows: pl.DataFrame, register: Register) -> pl.DataFrame:
    """Pairs of one name but for the places in front, of which one says less than the other: 余杭 and 杭州余杭."""
    names = _all_names(register).select("entity_id", "short", theirs="place")
    pairs = _paired(rows.filter(pl.col("short") != ""), names, "short")
    place, theirs = pl.col("place"), pl.col("theirs")
    return pairs.filter(place.str.ends_with(theirs) | theirs.str.ends_with(place)).drop("theirs")


def _paired(rows: pl.DataFrame, names: pl.DataFrame, on: str) -> pl.DataFrame:
    return rows.join(names.unique(), on=on)


def at_address(pairs: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The pairs of one address, in one county where both have one."""
    seats = register.seats.drop_nulls("address").select("entity_id", "address", theirs="county")
    met = pairs.join(seats, on=["entity_id", "address"])
    return met.filter((pl.col("county") == pl.col("theirs")).fill_null(value=True))


def in_county(pairs: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The pairs of one county."""
    return pairs.join(register.seats, on=["entity_id", "county"], how="semi")


def in_city(pairs: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The pairs of one city, of companies whose name opens with a place.

    Such a name is given once in the place that it opens with (企业名称登记管理规定 第十七条), a shop's is not.
    """
    company = pairs.filter(pl.col("place") != "", pl.col("whole").str.contains("公司", literal=True))
    placed = company.with_columns(pl.col("county").str.slice(0, 4).alias("city"))
    return placed.join(register.cities, on=["entity_id", "city"], how="semi")


def _other_number(pairs: pl.DataFrame, register: Register) -> pl.Expr:
    """Whether the row bears a number of another entity than the candidate."""
    own = pl.coalesce("organisation_code", pl.col("tax_number").str.slice(6, 9))
    ids = register.crosswalk["entity_id"].implode()
    registered = pl.col("registration_number").is_not_null() & pl.col("entity_id").is_in(ids)
    return (own != pl.col("entity_id").str.slice(8, 9)).fill_null(value=False) | registered


def _candidates(pairs: pl.DataFrame, doubt: pl.Expr | str | None) -> pl.DataFrame:
    why = doubt if isinstance(doubt, pl.Expr) else pl.lit(doubt)
    told = pairs.select("id", "entity_id", pl.lit(None, pl.Float64).alias("score"), why.cast(pl.String).alias("doubt"))
    return told.unique().sort("id", "entity_id", "doubt")
