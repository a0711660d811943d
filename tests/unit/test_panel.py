"""Panels and verdicts: what is odd in lists of figures is shown day by day, and a fall says how to admit it."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from pipelines.door.panel import lists, panel_signs, read_panel
from pipelines.promises.verdict import fall
from schemas.feed import Csv, Feed, Panel, all_feeds, column, daily
from schemas.kinds import COUNT, DAY, TEXT
from schemas.manifest import Manifest
from schemas.product import all_products

all_feeds()  # Those of the repository, once for all; the one below is no part of them.


class Trade(Feed):
    """Figures a day and district."""

    title, department, department_title, due = "成交", "housing", "住房局", daily("05:00")
    arrives, delivers, grain, identity = Csv(), "increment", ("day", "district"), "district"
    panel = Panel("day", "district", total="合计", sums=("units",))
    day = column("日期", DAY, "日期")
    district = column("城区", TEXT, "城区")
    units = column("套数", COUNT, "套数", unit="人")


FIRST = date(2022, 8, 20)


def trade(*days: dict[str, int], first: date = FIRST) -> list[dict[str, object]]:
    """The lists of successive days, from the figure of each district."""
    told = [
        {"日期": str(first + timedelta(days=place)), "城区": district, "套数": str(units)}
        for place, figures in enumerate(days)
        for district, units in figures.items()
    ]
    table = pl.DataFrame(told, schema=dict.fromkeys(("日期", "城区", "套数"), pl.String))
    assert Trade.panel is not None
    read = read_panel(Trade, Trade.panel, table)
    return lists(Trade.panel, read).with_columns(pl.col("day").cast(pl.String)).to_dicts()


PANELS: list[tuple[str, list[dict[str, int]], str]] = [
    ("members_changed", [{"上城": 1, "下城": 2, "合计": 3}, {"上城": 4, "合计": 4}], "2022-08-21 : gone 下城; new —"),
    ("total_differs", [{"上城": 1, "西湖": 2, "合计": 4}], "2022-08-20  units 4.0 beside 3.0"),
    ("empty_period", [{"上城": 0, "合计": 0}], "2022-08-20  nothing but zero"),
    ("repeated_period", [{"上城": 1, "合计": 1}, {"上城": 1, "合计": 1}], "2022-08-21  the figures of 2022-08-20"),
    ("missing_period", [{"上城": 1, "合计": 1}, {}, {"上城": 2, "合计": 2}], "2022-08-21  no row"),
]


@pytest.mark.parametrize(("rule", "days", "says"), PANELS, ids=[rule for rule, _, _ in PANELS])
def test_a_panel_shows_what_is_odd_day_by_day(rule: str, days: list[dict[str, int]], says: str) -> None:
    assert Trade.panel is not None
    last = FIRST + timedelta(days=len(days) - 1)
    signs = panel_signs(Trade.panel, [], trade(*days), str(last))
    assert {sign.rule: sign.found for sign in signs} == {rule: says}
    assert panel_signs(Trade.panel, [], trade({"上城": 1, "合计": 1}, {"上城": 2, "合计": 2}), "2022-08-21") == []


def test_a_panel_goes_on_from_one_delivery_to_the_next() -> None:
    assert Trade.panel is not None
    before = trade({"上城": 1, "下城": 1, "合计": 2})
    after = trade({"上城": 1, "合计": 1}, first=date(2022, 8, 22))
    told = {sign.rule: sign.verdict for sign in panel_signs(Trade.panel, before, after, "2022-08-22")}
    assert told == {"members_changed": "translate", "missing_period": "benign"}
    old = {sign.rule: sign.verdict for sign in panel_signs(Trade.panel, before, before, "2022-08-22")}
    assert old["old_period"] == "stop" and "missing_period" in old


def test_a_countys_fall_says_how_to_admit_it() -> None:
    product = all_products()["enterprise_mirror"]
    before = Manifest.model_construct(rows=100)
    assert fall(product, "330110/2026-07-01", 50, before) is None
    said = fall(product, "330110/2026-07-01", 49, before)
    assert said and "make admit SCOPE=enterprise_mirror SUBJECT=330110/2026-07-01 RULE=fall" in said.words
