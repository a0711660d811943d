"""Medians and places, worked by hand: of five mills and two inns of one county, and of a province's table."""

from __future__ import annotations

from itertools import permutations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.dictionary import current
from pipelines.methods.conditions import Context
from pipelines.tags.apply import province_medians
from pipelines.tags.catalogue import catalogue, whole
from pipelines.tags.reckon import reckoned
from schemas.condition import at_least
from schemas.measure import Change, Growth, Multiple, Per, RelativeRank, Sum
from schemas.tag import Family, Flag, Number
from schemas.tags.revenue import REVENUE
from tests.tags.asking import ON, framed, tagged

ALONE = catalogue((REVENUE,), current())
HERE, THERE = "330110", "330127"


def row(industry: str, revenue: float | None, county: str = HERE, status: str | None = "1") -> dict[str, object]:
    return {"county": county, "industry": industry, "revenue": revenue, "status": status}


MILLS = [row("1711", 100), row("1712", 200), row("1721", 300), row("1711", 400), row("1751", None)]
INNS = [row("6110", 1_000), row("6120", 3_000)]
ELSEWHERE = [row("1711", 9_000, THERE), row("1711", 9_000, THERE), row("1711", 9_000, THERE)]


def test_multiples_are_of_the_countys_and_of_its_industrys_median() -> None:
    """County: 100 200 300 400 1000 3000, median 350. Mills: 100 200 300 400, median 250. Two inns have none."""
    said = tagged(*MILLS, *INNS, *ELSEWHERE)
    assert said["revenue_to_county"][:4].to_list() == pytest.approx([100 / 350, 200 / 350, 300 / 350, 400 / 350])
    assert said["revenue_to_county_industry"][:4].to_list() == pytest.approx([0.4, 0.8, 1.2, 1.6])
    assert said["revenue_to_county_industry"][4:7].to_list() == [None, None, None]
    assert said["revenue_to_county_industry_under_50pct"][:5].to_list() == [True, False, False, False, None]
    assert said["revenue_to_county"][7:].to_list() == [1.0, 1.0, 1.0]


def test_two_numbers_may_be_held_against_one_median() -> None:
    times = [Number(key, title, Multiple("revenue", "county"), title) for key, title in (("one", "甲"), ("two", "乙"))]
    made = catalogue((Family("made_up", "编造", "县统计局", "有什么？", ON, tuple(times)),), current())
    said = tagged(*MILLS, of=made)
    assert said["one"].to_list() == said["two"].to_list() == pytest.approx([0.4, 0.8, 1.2, 1.6, None])


def test_struck_off_and_revoked_enterprises_do_not_count_and_have_no_place() -> None:
    said = tagged(
        row("1711", 1), row("1711", 2), row("1711", 3), row("1711", 900, status="5"), row("1711", 4, status=None)
    )
    assert said["revenue_to_county"].to_list() == pytest.approx([1 / 2.5, 2 / 2.5, 3 / 2.5, 360, 4 / 2.5])
    assert said["revenue_place_county"].to_list() == [1.0, 0.75, 0.5, None, 0.25]


def test_a_tag_called_counted_changes_nobodys_median_or_place() -> None:
    """Those who look at medians of a tag are reckoned a step later, when the flag is there."""
    members = (
        Flag("counted", "纳入统计", at_least("revenue", 20), "纳入统计"),
        Number("share", "占比", Per("revenue", "capital"), "占比"),
        Number("times", "倍数", Multiple("share", "county"), "倍数"),
        Number("place", "位次", RelativeRank("share", "county"), "位次"),
    )
    made = catalogue((Family("made_up", "编造", "县统计局", "有什么？", ON, members),), current())
    said = tagged(*(row("1711", revenue) | {"capital": 100} for revenue in (10, 20, 30)), of=made)
    assert said["counted"].to_list() == [False, True, True]
    assert said["times"].to_list() == pytest.approx([0.5, 1, 1.5]) and said["place"].to_list()[0] == 1


def test_places_are_shares_of_those_whose_number_is_known_and_equals_share_the_better() -> None:
    said = tagged(row("1711", 5), row("1711", 9), row("1711", 9), row("1711", None), row("6110", 7))
    assert said["revenue_place_county"].to_list() == [1.0, 0.25, 0.25, None, 0.75]
    assert said["revenue_place_county_industry"].to_list() == pytest.approx([1.0, 1 / 3, 1 / 3, None, None])
    assert said["revenue_place_county_last_20pct"].to_list() == [True, False, False, None, False]


def test_nobody_has_a_place_among_fewer_than_three() -> None:
    said = tagged(*INNS, *MILLS)
    flags = [f"revenue_place_county_industry_{which}" for which in ("first_10pct", "first_20pct", "last_20pct")]
    for name in ("revenue_place_county_industry", "revenue_ahead_county_industry", *flags):
        assert said[name].null_count() == 3, name
    assert said["revenue_place_county"].null_count() == 1


def test_a_tie_that_reaches_beyond_the_first_fifth_is_not_in_it() -> None:
    """One of ten has revenue, nine have none; then eight of ten are behind a tie of two, then seven behind three."""
    one, two, three = (tagged(*[row("1711", 9)] * tied, *[row("1711", 0)] * (10 - tied)) for tied in (1, 2, 3))
    assert one["revenue_place_county_first_10pct"].to_list() == [True] + [False] * 9
    assert one["revenue_place_county_first_20pct"].to_list() == [True] + [False] * 9
    assert one["revenue_place_county"].to_list() == [0.1] + [0.2] * 9
    assert two["revenue_place_county_first_20pct"].to_list() == [True] * 2 + [False] * 8
    assert two["revenue_place_county_first_10pct"].to_list() == [False] * 10
    assert three["revenue_place_county_first_20pct"].to_list() == [False] * 10
    assert one["revenue_place_county_last_20pct"].to_list() == [False] * 10


def test_who_is_at_a_bound_is_on_the_side_that_counts() -> None:
    """In a county alone: 7 of 35 are the first fifth and 7 the last; 49 is once its own median, 98 twice."""
    fifths = tagged(*[row("1711", place) for place in range(35, 0, -1)], of=ALONE)
    assert fifths["revenue_place_county_first_20pct"].to_list() == [True] * 7 + [False] * 28
    assert fifths["revenue_place_county_last_20pct"].to_list() == [False] * 28 + [True] * 7
    beside = tagged(row("1711", 7), row("1712", 49), row("1721", 98), of=ALONE)
    assert beside["revenue_to_county"][1:].to_list() == beside["revenue_to_county_industry"][1:].to_list() == [1, 2]
    assert beside["revenue_to_county_from_200pct"].to_list() == [False, False, True]


def test_amounts_in_fen_reach_the_bound_that_they_are_at() -> None:
    """Of binary fractions 0.06 is less than a fifth more than 0.05."""
    fen = pl.select(pl.int_range(5, 20_000, 5, dtype=pl.Int64)).to_series()
    frame = pl.DataFrame({"before": fen / 100, "now": fen * 6 / 5 / 100, "part": fen / 5 / 100})
    told = frame.select(
        growth=reckoned(Growth("now", "before"), ON, Context()), share=reckoned(Per("part", "before"), ON, Context())
    )
    assert told["growth"].unique().to_list() == told["share"].unique().to_list() == [0.2]


def test_sums_and_changes_of_amounts_in_fen_have_no_more_digits_than_they() -> None:
    """In binary fractions 1234.30 less 1000.10 is 234.19999999999993, and 0.1 and 0.2 are 0.30000000000000004."""
    frame = pl.DataFrame({"before": [1000.10, 0.1, None], "now": [1234.30, 0.2, 1.0]})
    told = frame.select(
        change=reckoned(Change("now", "before"), ON, Context()), total=reckoned(Sum(("now", "before")), ON, Context())
    )
    assert told.rows() == [(234.2, 2234.4), (0.1, 0.3), (None, None)]


@given(fen=st.lists(st.integers(0, 10**15), min_size=2, max_size=5))
def test_a_sum_of_fen_is_that_of_whole_numbers(fen: list[int]) -> None:
    frame = pl.DataFrame({str(at): [each / 100] for at, each in enumerate(fen)})
    assert frame.select(reckoned(Sum(tuple(frame.columns)), ON, Context())).item() == pytest.approx(
        sum(fen) / 100, rel=1e-15
    )


def test_a_sum_of_quotients_is_the_same_whatever_order_it_is_written_in() -> None:
    """From the left a third, two thirds and a seventh may have another last digit than from the right."""
    frame = pl.DataFrame({"a": [1 / 3, 7 / 11], "b": [5 / 7, 2 / 13], "c": [8 / 9, 9 / 17], "d": [1 / 19, 3 / 23]})
    every = [frame.select(reckoned(Sum(order), ON, Context())).rows() for order in permutations(frame.columns)]
    assert all(each == every[0] for each in every)


def test_a_quotient_of_quotients_keeps_the_digits_that_they_have() -> None:
    """A ratio has more than six digits: of millionths 0.0000025 and 0.000012345 are 2 and 12."""
    frame = pl.DataFrame({"one": [0.0000025, 1 / 30], "other": [0.000012345, 1 / 7]})
    told = frame.select(
        share=reckoned(Per("one", "other"), ON, Context()), growth=reckoned(Growth("one", "other"), ON, Context())
    )
    assert told["share"].to_list() == pytest.approx([2.5 / 12.345, 7 / 30], rel=1e-15)
    assert told["growth"].to_list() == pytest.approx([2.5 / 12.345 - 1, 7 / 30 - 1], rel=1e-14)


def test_the_province_is_unknown_without_its_table_and_known_with_it() -> None:
    """All mills: 100 200 300 400 9000 9000 9000, median 400."""
    medians = province_medians(framed([*MILLS, *INNS, *ELSEWHERE]), whole(), ON)
    assert medians.filter(pl.col("industry/division") == "17")["revenue/industry"].to_list() == [400.0]
    assert tagged(*MILLS)["revenue_to_industry"].to_list() == [None] * 5
    assert tagged(*MILLS, medians=medians)["revenue_to_industry"].to_list() == [0.25, 0.5, 0.75, 1.0, None]


def test_a_county_alone_has_the_tags_that_it_has_among_others() -> None:
    together, alone = tagged(*MILLS, *INNS, *ELSEWHERE), tagged(*MILLS, *INNS)
    assert together.head(alone.height).equals(alone)


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(8)))
def test_the_order_of_rows_changes_no_tag(order: list[int]) -> None:
    rows = [*MILLS, *INNS, row("1711", 250)]
    mixed, sorted_ = (tagged(*each, of=ALONE) for each in ([rows[at] for at in order], rows))
    assert mixed.equals(sorted_[order])
