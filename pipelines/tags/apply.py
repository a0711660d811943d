"""Tags put on enterprises: a frame of columns in, a frame of tags out, in as many passes as the catalogue has steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl

from pipelines.methods.conditions import Context, expression
from pipelines.tags.catalogue import Catalogue, only
from pipelines.tags.medians import group_medians, with_medians
from pipelines.tags.prepared import context_of, prepared
from pipelines.tags.reckon import GROUP_COLUMNS, reckoned
from schemas.measure import GROUPS, Among, Measure, Multiple
from schemas.tag import Tag

_KEYS = ("credit_code", "county")
PROVINCE: Among = "industry"
# A province of which nothing is known.
NOBODY = pl.DataFrame(schema=dict.fromkeys(GROUP_COLUMNS[PROVINCE], pl.String))


@dataclass(frozen=True)
class Reference:
    """What tags need besides their frame: the day of the data, and the province's medians by industry where known.

    `medians` is what `province_medians` gives; without it, tags beside the province are unknown.
    """

    on: date
    medians: pl.DataFrame | None = None


def tags(frame: pl.DataFrame, catalogue: Catalogue, reference: Reference) -> pl.DataFrame:
    """Every tag of the catalogue on every row, in the order of both, behind `credit_code` and `county`.

    The frame has one row an enterprise with any of the columns that `catalogue.data` names, in its units; a county's
    frame is one bucket, and several counties in one frame are kept apart. Flags are true, false or null (unknown),
    numbers null where unknown; what rests on a column that the frame lacks is null as far as Kleene's logic leaves
    it open.
    """
    context = context_of(frame, catalogue)
    working = _ready(frame, catalogue)
    passes = _passes(catalogue, context.absent, context.by_section, reference.on)
    for step, expressions in zip(catalogue.steps, passes, strict=True):
        working = _beside(working, [catalogue.tags[key] for key in step], context, reference)
        working = working.with_columns(expressions)
    keys = [key for key in _KEYS if key in frame.columns]
    return working.select(*keys, *(pl.col(key).cast(tag.kind.dtype) for key, tag in catalogue.tags.items()))


def province_medians(frame: pl.DataFrame, catalogue: Catalogue, on: date) -> pl.DataFrame:
    """The medians of a whole province's enterprises by division of industry: what `Reference` takes for one county."""
    context, working = context_of(frame, catalogue), _ready(frame, catalogue)
    wanted = _medians_of(list(catalogue.tags.values()), PROVINCE, context)
    numbers = only(catalogue, wanted)
    for step in numbers.steps:
        working = working.with_columns(_said(numbers.tags[key], context, on) for key in step)
    return group_medians(working, wanted, PROVINCE)


@lru_cache(maxsize=8)
def _passes(
    catalogue: Catalogue, absent: frozenset[str], by_section: frozenset[str], on: date
) -> tuple[list[pl.Expr], ...]:
    """The expressions of each step; counties whose frames have the same columns share them."""
    context = Context(catalogue.spans, absent, catalogue.above, catalogue.recoded, by_section)
    return tuple([_said(catalogue.tags[key], context, on) for key in step] for step in catalogue.steps)


def _ready(frame: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    return prepared(frame, (tag.rule for tag in catalogue.tags.values()), catalogue)


def _said(tag: Tag, context: Context, on: date) -> pl.Expr:
    rule = tag.rule
    said = reckoned(rule, on, context) if isinstance(rule, Measure) else expression(rule, context)
    return said.alias(tag.key)


def _beside(working: pl.DataFrame, made: list[Tag], context: Context, reference: Reference) -> pl.DataFrame:
    """The frame with the medians that the tags of this step are held against."""
    for among in GROUPS:
        wanted = _medians_of(made, among, context)
        if wanted:
            table = _of_province(reference) if among == PROVINCE else group_medians(working, wanted, among)
            working = with_medians(working, wanted, among, table)
    return working


def _of_province(reference: Reference) -> pl.DataFrame:
    return NOBODY if reference.medians is None else reference.medians


def _medians_of(made: Iterable[Tag], among: Among, context: Context) -> list[str]:
    """The numbers whose medians of a group are wanted and can be known."""
    if context.absent.intersection(GROUPS[among]):
        return []
    multiples = [tag.rule for tag in made if isinstance(tag.rule, Multiple) and tag.rule.among == among]
    return [of for of in dict.fromkeys(rule.of for rule in multiples) if of not in context.absent]
