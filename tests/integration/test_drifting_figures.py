"""The housing authority's figures, delivered month by month: their drift shows by itself and nothing old is fresh."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.dictionary import current
from pipelines.disk.deliveries import deliveries
from pipelines.door.drift import Drift, read_drift
from pipelines.gather import Gathered, gather
from pipelines.land import land
from pipelines.landing.inbox import arrivals
from pipelines.refusal import Sign
from pipelines.standard.standardise import standardise
from schemas.feed import all_feeds

FEED = all_feeds()["housing_trade_daily"]


@pytest.fixture(scope="module")
def home(real_feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home into which the months were delivered one after the other."""
    folder = tmp_path_factory.mktemp("figures")
    for file in arrivals(FEED, real_feeds):
        standardise(FEED, land(FEED, file, folder), current(), folder)
    return folder


@pytest.fixture(scope="module")
def drifts(home: Path) -> dict[str, Drift]:
    """The drift of each month's file."""
    told = {one.file: read_drift(home / "standard" / FEED.key / one.name) for one in deliveries(FEED, home)}
    return {file: drift for file, drift in told.items() if drift is not None}


@pytest.fixture(scope="module")
def figures(home: Path) -> Gathered:
    return gather(FEED, home)


def signs(drifts: dict[str, Drift], rule: str) -> list[tuple[str, Sign]]:
    return [(file, sign) for file, drift in drifts.items() for sign in drift.signs if sign.rule == rule]


def test_the_lists_of_districts_change_on_three_days(drifts: dict[str, Drift]) -> None:
    changed = signs(drifts, "members_changed")
    assert {file for file, _ in changed} == {"2022-08.csv"}
    told = "\n".join(sign.found for _, sign in changed)
    days = {sign.found.split(" ")[0] for _, sign in changed}
    # On 08-22 the old list stood for the last time; commercialHouse left 建德 out on 08-23 alone.
    assert days == {"2022-08-23", "2022-08-24", "2022-08-31"}
    assert "gone 下城, 之江, 江干; new —" in told and "gone 钱塘新区; new 临平, 钱塘区" in told
    assert drifts["2022-08.csv"].verdict == "translate"


def test_days_whose_districts_do_not_add_up_are_told(drifts: dict[str, Drift]) -> None:
    off = dict(signs(drifts, "total_differs"))
    assert sum(sign.count for sign in off.values()) == 33
    assert "2022-08-30" in off["2022-08.csv"].found


def test_empty_missing_and_repeated_days_are_told(drifts: dict[str, Drift]) -> None:
    assert sum(sign.count for _, sign in signs(drifts, "empty_period")) == 34
    assert sum(sign.count for _, sign in signs(drifts, "missing_period")) == 5
    assert sum(sign.count for _, sign in signs(drifts, "repeated_period")) == 5


def test_zones_that_are_no_counties_and_districts_of_an_old_map_wait_in_quarantine(figures: Gathered) -> None:
    assert sum(one.rules.get("county/unknown_place", 0) for one in figures.outcomes) == 65 * 3 + 73 * 3
    # 江干 until 08-22; 余杭 and 萧山, which on the old map held 临平 and a part of 钱塘, until 08-30.
    assert sum(one.rules.get("county/ambiguous_place", 0) for one in figures.outcomes) == 65 * 3 + 2 * 73 * 3


def test_a_file_is_as_old_as_its_newest_day(figures: Gathered) -> None:
    assert figures.used[-1].delivery.as_of == "2023-06-11"


def test_an_old_month_under_a_new_name_is_the_old_delivery(real_feeds: Path, home: Path, tmp_path: Path) -> None:
    old = tmp_path / "2023-07.csv"
    old.write_bytes((real_feeds / FEED.key / "2022-07.csv").read_bytes())
    before = deliveries(FEED, home)
    assert land(FEED, old, home).as_of == "2022-07-31"
    assert deliveries(FEED, home) == before
