"""Amounts with their own unit, small counts that are hidden, plates, and rows that belong to two places."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.dictionary import current
from pipelines.disk.deliveries import Delivery
from pipelines.grounds import grounds_of, kept_places
from pipelines.judge import judge
from pipelines.translate import read_value, translate
from schemas.feed import Csv, Feed, Place, all_feeds, column, daily, optional
from schemas.kinds import (
    AREA,
    COUNT,
    COUNT_AT_LEAST,
    COUNT_AT_MOST,
    DAY,
    ENERGY,
    LAND,
    MONEY,
    PLATE,
    TEXT,
    VOLUME,
    Kind,
    flag,
    of_unit,
    signed,
)
from schemas.rooms import Misdeclared
from schemas.units import as_standard, in_unit, with_unit

ON = date(2026, 6, 30)
# Asked before the test has a feed of its own, which is none of the project's.
FEEDS = dict(all_feeds())
_FROM = {"origin": Place(name="出发地")}


class Journeys(Feed):
    """A feed of the tests alone: what goes from one county to another, in whatever units."""

    title, department, department_title = "运输", "journeys", "交通局"
    due, arrives, delivers, grain = daily("06:00"), Csv(), "snapshot", ("number",)
    entity = None
    place = Place(name="目的地")
    elsewhere = _FROM

    number = column("编号", TEXT, "编号")
    use = column("用量", ENERGY, "用量", unit_in="单位")
    land = optional("面积", LAND, "面积", unit_in="面积单位")


def read(kind: Kind, *texts: str) -> list[object]:
    """What a kind makes of texts."""
    return pl.DataFrame({"text": texts}).select(kind.read(kind.tidy(pl.col("text")))).to_series().to_list()


def test_an_amount_is_read_in_the_unit_behind_it() -> None:
    assert read(with_unit(ENERGY), "12.5 万千瓦时", "1,250kWh", "3度", "3", "3 亿千瓦时", "约3 度") == [
        Decimal(125_000), Decimal(1250), Decimal(3), None, None, None,
    ]  # fmt: skip
    assert read(with_unit(LAND), "3.5亩", "2000㎡", "2公顷") == [Decimal("3.5"), Decimal(3), Decimal(30)]
    assert read(with_unit(MONEY), "3.5千元", "2 百万元") == [Decimal(3500), Decimal(2_000_000)]


def test_a_unit_that_is_not_the_kinds_is_refused() -> None:
    assert in_unit(MONEY, "万元").size == 10_000 and in_unit(LAND, "平方米").size == Decimal("0.0015")
    assert in_unit(COUNT, "处").size == in_unit(of_unit(COUNT, "处"), "处").size == 1
    with pytest.raises(
        Misdeclared, match=r"the unit '平方米' of the kind money; expected one of 元, 千元, .* to _SIZES in"
    ):
        in_unit(MONEY, "平方米")
    with pytest.raises(Misdeclared, match=r"'吨' of the kind count; expected one of 人, .* to _COUNTERS in"):
        in_unit(COUNT, "吨")


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (MONEY, "99999999999999.5", Decimal("99999999999999.5")), (MONEY, "100,000,000,000,000", None),
        (MONEY, "330110199001011234", None), (signed(MONEY), "-100000000000000", None),
        (in_unit(MONEY, "万元"), "9999999999", Decimal(99999999990000)), (in_unit(MONEY, "万元"), "13800138000", None),
        (with_unit(ENERGY), "3301101990123456 kWh", None), (with_unit(ENERGY), "10000000001 万kWh", None),
        (in_unit(LAND, "m2"), "100000000000000", Decimal(150000000000)),
    ],
)  # fmt: skip
def test_what_nobody_has_so_much_of_is_no_amount_in_any_unit(kind: Kind, text: str, value: Decimal | None) -> None:
    """Else a few identity numbers in the wrong column end in sums that no column holds."""
    told = pl.DataFrame({"text": [text]}).select(read_value(kind, kind.tidy(pl.col("text")))).to_series()
    assert (told.to_list(), told.dtype) == ([value], pl.Decimal(24, 6))


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        (in_unit(MONEY, "亿元"), "元"), (in_unit(AREA, "m2"), "平方米"), (in_unit(LAND, "m2"), "亩"),
        (in_unit(LAND, "公顷"), "亩"), (in_unit(ENERGY, "万千瓦时"), "千瓦时"), (in_unit(ENERGY, "度"), "千瓦时"),
        (in_unit(VOLUME, "方"), "立方米"), (in_unit(COUNT, "万人"), "人"), (in_unit(COUNT, "套"), "套"),
        (of_unit(COUNT, "家"), "家"), (with_unit(LAND), "亩"), (COUNT, None), (DAY, None),
    ],
)  # fmt: skip
def test_values_are_in_the_kinds_own_unit_once_they_are_standard(kind: Kind, unit: str | None) -> None:
    assert (as_standard(kind).unit, as_standard(kind).size) == (unit, 1)


def test_a_hidden_count_is_known_between_two_bounds() -> None:
    texts = ("37", "<10", "＜5", "0", "少于10", "<", "-1")
    assert read(COUNT_AT_LEAST, *texts) == [37, 0, 0, 0, None, None, None]
    assert read(COUNT_AT_MOST, *texts) == [37, 9, 4, 0, None, None, None]


def test_plates_and_two_words() -> None:
    assert read(PLATE, "浙a·12345", "浙 AD12345") == ["浙A12345", "浙AD12345"]
    (rule,) = PLATE.rules
    told = pl.DataFrame({"plate": ["浙A12345", "浙AD12345", "浙AO1234", "A12345", "浙A1234"]})
    assert told.select(rule.holds(pl.col("plate"))).to_series().to_list() == [True, True, False, False, False]
    assert read(flag("是", "否"), "是", "否", "有") == [True, False, None]


def test_rows_say_their_unit_and_lie_in_two_counties() -> None:
    rows = pl.DataFrame(
        [("1", "2", "万千瓦时", "3", "平方米", "余杭区", "德清县"), ("2", "2", "吨", None, None, "临平区", "天外")],
        schema=["编号", "用量", "单位", "面积", "面积单位", "目的地", "出发地"], orient="row",
    ).with_columns(row=pl.int_range(1, 3), hash=pl.int_range(2, dtype=pl.UInt64))  # fmt: skip
    assert Journeys.headers() == ("编号", "用量", "单位", "面积", "面积单位", "目的地", "出发地")
    judged = judge(Journeys, translate(Journeys, rows, current(), ON))
    told = judged.standard.select("use", "land", "county", "origin_county").row(0)
    assert told == (Decimal(20_000), Decimal("0.0045"), "330110", "330521")
    (reasons,) = judged.quarantine["reasons"].to_list()
    assert [(each["column"], each["rule"], each["found"]) for each in reasons] == [
        ("use", "unreadable", "2 吨"), ("origin_county", "unknown_place", "天外"),
    ]  # fmt: skip


def test_a_feed_that_has_places_only_elsewhere_rests_on_the_map_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Journeys, "place", None)
    delivery = Delivery(Journeys.key, "202606.csv", "0" * 64, ON.isoformat(), 0, 0, 0, ())
    kept = grounds_of(Journeys, delivery, current(), tmp_path, "", "").place
    assert kept
    assert "counties" in kept_places(kept, tmp_path)
