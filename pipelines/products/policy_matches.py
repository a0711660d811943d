"""Policy matches: the policies in force held against tags and mirror. How a verdict is reached is not told here."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipelines.cut import Tables
from pipelines.policies.lacking import SEPARATOR, lacking
from pipelines.policies.listed import asked_tags, policy_list
from pipelines.policies.match import matched
from pipelines.policies.read import all_policies
from pipelines.tags.catalogue import whole
from pipelines.tags.mirror import day_of, medians, tagged
from schemas.product import Field
from schemas.products.policy_matches import PolicyMatches

_WHO = ("credit_code", "name", "county", "county_name")
_FITS, _OPEN = "符合", "待补"


def columns() -> dict[str, Field]:
    """None besides those of the class."""
    return {}


def of_province(buckets: Iterable[Tables]) -> pl.DataFrame:
    """The province's medians by industry, as far as a policy asks for them."""
    return medians(buckets, asked_tags())


def made(tables: Tables, province: pl.DataFrame) -> pl.DataFrame:
    """The enterprises that each policy fits or may fit."""
    rows, on = tagged(tables, asked_tags(), province), day_of(tables)
    fits = (
        matched(all_policies(), rows, whole(), on)
        .drop("county")
        .unpivot(index="credit_code", variable_name="policy", value_name="fits")
        # Where no policy is in force yet there is no column to know the type from.
        .filter(pl.col("fits").cast(pl.Boolean))
        .select("credit_code", "policy", verdict=pl.lit(_FITS), lacks=_NOTHING, departments=_NOTHING)
    )
    found = pl.concat([fits, _open(rows, tables)])
    told = found.join(_policies(tables), on="policy").join(rows.select(_WHO), on="credit_code")
    return told.select(name for name in PolicyMatches.fields if name != "objected")


_NOTHING = pl.lit(None, dtype=pl.String)


def _open(rows: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """Verdicts that wait for cells of columns that departments have brought, and for nothing else."""
    brought = pl.col("datum").is_in(rows.columns)
    return (
        lacking(all_policies(), rows, whole(), day_of(tables))
        .group_by("credit_code", "policy")
        .agg(brought.all().alias("brought"), _joined(pl.col("title")), _joined(_each_department()))
        .filter("brought")
        .select("credit_code", "policy", verdict=pl.lit(_OPEN), lacks="title", departments="departments")
    )


def _each_department() -> pl.Expr:
    """Departments one by one: one datum may be the word of several, and two data that of one."""
    return pl.col("departments").str.split(SEPARATOR).explode()


def _joined(told: pl.Expr) -> pl.Expr:
    return told.filter(told != "").unique().sort().str.join(";")


def _policies(tables: Tables) -> pl.DataFrame:
    """What each policy in force is called, by key."""
    told = policy_list(day_of(tables))
    return told.select("policy", "issued_by", "level", policy_title="title", policy_since="since")
