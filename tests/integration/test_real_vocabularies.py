"""Six real feeds whose standards nobody here invented: every row is accounted for, with the figures of each."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from assets.evidence import reasons
from pipelines.dictionary import current
from pipelines.disk.deliveries import deliveries
from pipelines.gather import Gathered, gather
from pipelines.land import land
from pipelines.landing.inbox import arrivals
from pipelines.standard.standardise import standardise
from schemas.feed import all_feeds

# Landed, standard, quarantined, superseded within a delivery.
FIGURES = {
    "housing_trade_daily": (15_233, 14_186, 1_047, 0),
    "housing_listing": (22_776, 13_725, 6, 9_045),
    "education_school": (249, 246, 3, 0),
    "education_catchment": (1_842, 1_808, 34, 0),
    "statistics_village": (179_666, 177_831, 1_835, 0),
    "open_data_catalogue": (15_930, 12_903, 4, 3_023),
}
REASONS = {
    "housing_trade_daily": {"county/ambiguous_place": 633, "county/unknown_place": 414},
    "housing_listing": {"county/contradicting_place": 6},
    "education_school": {"county/ambiguous_place": 2, "county/unknown_place": 1},
    "education_catchment": {"community/unmapped": 34},
    "statistics_village": {"town_code/unmapped": 1_835, "county/ambiguous_place": 618},
    "open_data_catalogue": {"data_format/unmapped": 4},
}


@pytest.fixture(scope="module", params=FIGURES)
def feed(request: pytest.FixtureRequest, real_feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Gathered:
    """One feed, landed and standardised month by month as its files are."""
    declared, home = all_feeds()[request.param], tmp_path_factory.mktemp(request.param)
    for file in arrivals(declared, real_feeds):
        land(declared, file, home)
    for delivery in deliveries(declared, home):
        standardise(declared, delivery, current(), home)
    return gather(declared, home)


def test_every_row_is_standard_quarantined_or_superseded(feed: Gathered) -> None:
    assert all(outcome.refusal is None and outcome.conserves for outcome in feed.outcomes)
    told = [(one.delivery.rows, one.standard, one.quarantined, one.duplicates) for one in feed.outcomes]
    assert tuple(map(sum, zip(*told, strict=True))) == FIGURES[feed.feed.key]
    assert feed.current is not None and feed.current.height == FIGURES[feed.feed.key][1]


def test_every_quarantined_row_has_its_reason(feed: Gathered) -> None:
    assert reasons(feed.outcomes) == REASONS[feed.feed.key]


@pytest.mark.parametrize("feed", ["housing_listing"], indirect=True)
def test_what_holds_of_a_grain_is_the_newest(feed: Gathered, real_feeds: Path) -> None:
    assert feed.current is not None
    landed = pl.read_csv(real_feeds / "housing_listing" / "2022-08-14.csv", infer_schema=False)
    quarantined = landed.filter(pl.col("xzqh") == "330184")["gpfyid"]
    newest = (
        landed.filter(~pl.col("gpfyid").is_in(quarantined.implode()))
        .group_by("fwtybh")
        .agg(pl.col("scgpshsj").max().str.to_date())
    )
    held = feed.current.rows.select("property", "listed").join(newest, left_on="property", right_on="fwtybh")
    assert held.height == 13_725 and (held["listed"] == held["scgpshsj"]).all()
