"""A frame made ready for conditions and measures: numbers as floats, rolls as lists, industry as intervals."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipelines.methods.conditions import Context, held
from pipelines.tags.catalogue import Catalogue, named
from pipelines.tags.industry import located
from pipelines.tags.reckon import COUNTED
from schemas.condition import Condition, Holds, atoms
from schemas.entities.enterprise import Enterprise
from schemas.measure import Measure

_INDUSTRY = ("industry", "industry_section")


def context_of(frame: pl.DataFrame, catalogue: Catalogue) -> Context:
    """What conditions over this frame are read by: which of the known columns it lacks, and the lists with levels."""
    absent = catalogue.data.keys() - set(frame.columns)
    by_section = absent & {_INDUSTRY[0]} if _INDUSTRY[1] in frame.columns else set[str]()
    return Context(
        catalogue.spans, frozenset(absent - by_section), catalogue.above, catalogue.recoded, frozenset(by_section)
    )


def prepared(frame: pl.DataFrame, rules: Iterable[Condition | Measure], catalogue: Catalogue) -> pl.DataFrame:
    """The columns and tags of a frame that rules name, as conditions and measures read them, behind the keys."""
    asked = list(rules)
    wanted = {name for rule in asked for name in named(rule)} | {"credit_code", "county"}
    schema = frame.schema
    own = [_plain(name, dtype) for name, dtype in schema.items() if name in wanted]
    rolls = [_roll(name) for name in _rolls(asked) if name in schema]
    known = [name for name in _INDUSTRY if name in schema]
    industry = located(pl.coalesce(known), catalogue.spans) if known and _INDUSTRY[0] in wanted else []
    return frame.select(*own, *rolls, *industry, _counted(frame))


def _plain(name: str, dtype: pl.DataType) -> pl.Expr:
    return pl.col(name).cast(pl.Float64).fill_nan(None) if dtype.is_numeric() else pl.col(name)


def _roll(name: str) -> pl.Expr:
    return pl.col(name).fill_null("").str.split(";").alias(held(name))


def _rolls(rules: Iterable[Condition | Measure]) -> list[str]:
    asked = [atom for rule in rules if isinstance(rule, Condition) for atom in atoms(rule)]
    return list(dict.fromkeys(atom.name for atom in asked if isinstance(atom, Holds)))


def _counted(frame: pl.DataFrame) -> pl.Expr:
    """Who counts for medians and places: all but the struck off and the revoked."""
    if "status" not in frame.columns:
        return pl.lit(value=True).alias(COUNTED)
    return (~pl.col("status").is_in(Enterprise.status.ends)).fill_null(value=True).alias(COUNTED)
