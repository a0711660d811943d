"""A frame made ready for conditions and measures: numbers as floats, rolls as lists, industry as intervals."""

from __future__ import annotations

import polars as pl

from pipelines.conditions import Ground, held
from pipelines.tags.catalogue import Catalogue, rests_on
from pipelines.tags.industry import located
from pipelines.tags.reckon import COUNTED
from schemas.condition import Condition, Holds, atoms

_INDUSTRY = ("industry", "industry_section")
_ENDED = ("4", "5")


def grounded(frame: pl.DataFrame, catalogue: Catalogue) -> Ground:
    """What conditions stand on over this frame: which of the known columns it lacks, and the industry standard."""
    absent = catalogue.data.keys() - set(frame.columns)
    if any(name in frame.columns for name in _INDUSTRY):
        absent -= {_INDUSTRY[0]}
    return Ground(catalogue.spans, frozenset(absent))


def prepared(frame: pl.DataFrame, catalogue: Catalogue, also: frozenset[str] = frozenset()) -> pl.DataFrame:
    """The columns that the catalogue's tags rest on and `also`, as conditions and measures read them."""
    rules = [rests_on(tag) for tag in catalogue.tags.values()]
    wanted = {name for rule in rules for name in rule} | {"credit_code", "county"} | also
    own = [_plain(name, frame.schema[name]) for name in frame.columns if name in wanted]
    rolls = [_roll(name) for name in sorted(_rolls(catalogue)) if name in frame.columns]
    known = [name for name in _INDUSTRY if name in frame.columns]
    industry = located(pl.coalesce(known), catalogue.spans) if known else []
    return frame.select(*own, *rolls, *industry, _counted(frame))


def _plain(name: str, dtype: pl.DataType) -> pl.Expr:
    return pl.col(name).cast(pl.Float64).fill_nan(None) if dtype.is_numeric() else pl.col(name)


def _roll(name: str) -> pl.Expr:
    return pl.col(name).fill_null("").str.split(";").alias(held(name))


def _rolls(catalogue: Catalogue) -> set[str]:
    conditions = [tag.rule for tag in catalogue.tags.values() if isinstance(tag.rule, Condition)]
    return {atom.name for rule in conditions for atom in atoms(rule) if isinstance(atom, Holds)}


def _counted(frame: pl.DataFrame) -> pl.Expr:
    """Who counts for medians and places: all but the struck off and the revoked."""
    if "status" not in frame.columns:
        return pl.lit(value=True).alias(COUNTED)
    return (~pl.col("status").is_in(_ENDED)).fill_null(value=True).alias(COUNTED)
