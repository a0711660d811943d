"""Bands: for any value exactly one band of a family is true and the others false; without one, all are unknown."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.dictionary import current
from pipelines.methods.conditions import Context, expression
from pipelines.tags.catalogue import whole
from pipelines.tags.data import known_data
from pipelines.tags.expand import Named, expanded
from schemas.condition import Condition
from schemas.tag import Bands, Number, all_families
from tests.tags.asking import INDUSTRIES, tagged

MEMBERS = [member for family in all_families() for member in family.members]
BANDS = {member.key: member for member in MEMBERS if isinstance(member, Bands)}
NAMES = {name: Named(datum.title, datum.unit, datum.kind) for name, datum in known_data().items()} | {
    member.key: Named(member.title, member.unit, member.kind) for member in MEMBERS if isinstance(member, Number)
}


def conditions(bands: Bands) -> list[Condition]:
    drafts = expanded(bands, NAMES, current())
    return [draft.rule for draft in drafts if isinstance(draft.rule, Condition)]


def said(bands: Bands, values: list[float | None]) -> pl.DataFrame:
    frame = pl.DataFrame({bands.of: values}, schema={bands.of: pl.Float64})
    return frame.select(expression(rule, Context()).alias(str(at)) for at, rule in enumerate(conditions(bands)))


@pytest.mark.parametrize("key", BANDS)
def test_every_cut_begins_a_band_and_cuts_rise(key: str) -> None:
    bands = BANDS[key]
    assert list(bands.cuts) == sorted(set(bands.cuts))
    at_cuts = said(bands, list(bands.cuts)).select(pl.concat_list(pl.all()).list.arg_max()).to_series()
    assert at_cuts.to_list() == list(range(1, len(bands.cuts) + 1))


@settings(max_examples=200, deadline=None)
@given(
    key=st.sampled_from(sorted(BANDS)),
    values=st.lists(st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)), min_size=1, max_size=20),
)
def test_exactly_one_band_is_true_where_the_value_is_known(key: str, values: list[float | None]) -> None:
    rows = said(BANDS[key], values).rows()
    for value, flags in zip(values, rows, strict=True):
        assert flags.count(True) == (value is not None)
        assert (flags.count(None) == len(flags)) == (value is None)


def test_of_each_level_of_industry_exactly_one_is_true_unless_it_is_unknown() -> None:
    """All 1,971 codes: a class decides all four levels; a coarser code leaves open the levels below it."""
    codes = sorted(whole().spans)
    table = tagged(*({"industry": code} for code in codes), of=INDUSTRIES)
    for depth, level in enumerate(("section", "division", "group", "class"), start=1):
        flags = table.select(pl.concat_list(f"^industry_{level}_.*$").alias("all"))["all"]
        for code, row in zip(codes, flags, strict=True):
            decided = row.null_count() == 0
            assert row.sum() == decided, (code, level)
            assert decided or len(code) < depth, (code, level)
