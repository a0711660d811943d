"""The day that a file's name carries: in every form that departments write, and never a guess."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest

from gateway.supply.promise import last_due
from pipelines.door.name import as_of_name
from pipelines.refusal import Refusal
from schemas.china import CHINA
from schemas.feed import Feed, all_feeds
from schemas.rooms import Misdeclared

REGISTER = all_feeds()["market_regulation_enterprise"]


@pytest.mark.parametrize(
    "name",
    [
        "20260630", "2026-06-30", "2026_06_30", "2026.06.30", "2026年06月30日", "2026年6月30日", "20260630120000",
        "20260630_120000", "20260630_2", "330100_20260630", "1234_20260630", "202606", "2026-06", "2026年6月",
        "税务登记202606", "202606_1", "2026-06_1", "2026年6月30号", "2026年6月 30日", "2026年 6月30日", "2026年6月数据",
        "2026年6月(1)", "202606第2批", "202606v2", "Q2_20260630", "2026年6月30日_W26",
        "202606周巷镇", "2026年6月周巷镇",
    ],
)  # fmt: skip
def test_a_day_is_found_however_it_is_written(name: str) -> None:
    assert as_of_name(REGISTER, Path(f"{name}.csv")) == date(2026, 6, 30)


@pytest.mark.parametrize(
    "name",
    [
        "2026",
        "2026年年报",
        "zhejiang_hangzhou_2026",
        "330100_2026",
        "2026年度",
        "tax2026v2",
        "2026_final",
        "四季青街道2026",
        "2026 (1)",
        "2026_web",
        "2026年企业名单",
        "2026周巷镇",
        "2026年周转房",
        "附表T1_2026",
        "S01-2026",
        "2026_t01",
    ],
)
def test_a_year_is_its_last_day(name: str) -> None:
    assert as_of_name(REGISTER, Path(f"{name}.csv")) == date(2026, 12, 31)


@pytest.mark.parametrize("key", ["education_catchment", "education_school", "education_seats"])
def test_a_school_year_is_a_day_within_it_of_which_its_file_is_due(key: str) -> None:
    """Its last day would be taken for today for months, and the file before it for the one that is due."""
    feed = all_feeds()[key]
    due = last_due(feed.due.cron, datetime(2026, 12, 31, tzinfo=CHINA))
    assert due is not None
    least = feed.due.least(due.date())
    this, last = (as_of_name(feed, Path(f"{year}.csv")) for year in (2026, 2025))
    assert last < least <= this <= due.date()
    assert as_of_name(feed, Path("2026年10月15日.csv")) == date(2026, 10, 15)


@pytest.mark.parametrize("means", [(2, 29), (13, 1), (6, 31)])
def test_a_year_that_means_no_day_of_every_year_is_refused(means: tuple[int, int]) -> None:
    with pytest.raises(Misdeclared, match=rf"^Odd: found month {means[0]} and day {means[1]}.*every year has"):
        type("Odd", (Feed,), {"year_means": means})


@pytest.mark.parametrize(
    "name",
    [
        "2026-6-30", "2026-06-3", "2026_1", "20260231", "2026-02-31", "2026.06.31", "2026年6月31日", "202613", "0001",
        "9999", "企业名单", "126", "2026年6月3", "2026年6月1-7日", "2026年6月上旬", "2026年6月第1周", "2026年第2季度",
        "2026年二季度", "2026年上半年", "2026Q2", "2026年 6", "2026W27", "2026-W27", "2026week27", "2026 wk 27",
        "2026第27周", "2026年第二十七周", "2026_12周", "2026年度第3季度", "2026年半年报", "2026HY1", "2026S1",
        "2026D182", "Q3-2026", "3Q2026", "1H2026", "W27_2026", "3季度2026", "三季报_2026", "上半年2026", "202607上旬",
        "2026-07-上旬", "202607第1周", "202607W1", "2026年7月W1", "2026年_7",
        "2026年(上半年)", "2026（一季度）", "2026年（第一季度）", "2026(Q2)", "2026 (H1)", "Q2(2026)", "(Q2)2026",
        "2026年前三季度", "2026年周报", "2026-06(上旬)", "2026年6月（上旬）", "2026年6月(第1周)", "202607周", "2026T1",
    ],
)  # fmt: skip
def test_what_may_be_another_day_is_refused(name: str) -> None:
    with pytest.raises(Refusal, match="a name that carries the day"):
        as_of_name(REGISTER, Path(f"{name}.csv"))


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("20260631", "the name '20260631.csv', of which 20260631 is no day;"),
        ("税务登记2026年13月", "the name '税务登记2026年13月.csv', of which 2026年13月 is no day;"),
        ("企业名单", "the name '企业名单.csv';"),
    ],
)
def test_a_day_that_there_is_not_is_named(name: str, found: str) -> None:
    with pytest.raises(Refusal, match=re.escape(f"found {found}")):
        as_of_name(REGISTER, Path(f"{name}.csv"))
