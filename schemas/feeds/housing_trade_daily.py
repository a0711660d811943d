"""Hangzhou's housing authority: what was for sale and what was sold, by day and district."""

from datetime import date

from schemas.feed import Csv, Feed, Panel, Place, column, monthly
from schemas.kinds import AREA, COUNT, DAY, TEXT, code, followed_by

_UNITS = followed_by("套", COUNT)
# NFKC, in which numbers are read, writes ² as 2.
_AREA = followed_by("m2", AREA)
_TOTAL = "合计"


class HousingTradeDaily(Feed):
    """Figures of a day, one row a district and one for the whole city; a file a month."""

    title = "商品房和二手房每日成交"
    department = "housing"
    department_title = "杭州市住房保障和房产管理局"
    due = monthly(3, "08:00")
    arrives = Csv()
    delivers = "increment"
    grain = ("day", "figures", "district")
    dated = "day"
    entity = None
    # The districts of before 2021-03-11 were used until 临平 and 钱塘区 appeared on 2022-08-31.
    place = Place(
        name="district_raw", written="date", wholes=(_TOTAL,), late=(date(2022, 8, 30), date(2021, 3, 10)),
    )  # fmt: skip
    panel = Panel(period="day", member="district", by=("figures",), total=_TOTAL, sums=("units", "area"))

    day = column("date", DAY, "日期")
    figures = column("table", code("housing_figures", source="housing"), "统计口径")
    district = column("district_raw", TEXT, "城区（原文）")
    units = column("units_raw", _UNITS, "套数", unit="套")
    area = column("area_raw", _AREA, "面积")
    residential_units = column("res_units_raw", _UNITS, "其中住宅套数", unit="套")
    residential_area = column("res_area_raw", _AREA, "其中住宅面积")
