"""The statistics bureau's division codes: towns and villages, an edition a year."""

from schemas.feed import Csv, Feed, Place, column, yearly
from schemas.kinds import DIVISION, NAME, TEXT, YEAR, code


class StatisticsVillage(Feed):
    """Statistical codes of one edition; editions stand side by side, for a code may mean another place in another."""

    title = "统计用区划代码"
    department = "statistics"
    department_title = "国家统计局浙江调查总队"
    due = yearly(12, 31, "18:00")
    arrives = Csv()
    delivers = "snapshot"
    part = r"^(?P<level>streets|villages)_(?P<edition>\d{4})"
    grain = ("edition", "division")
    entity = None
    may_lack = ("streetCode",)
    place = Place(division="areaCode", town="town_code", agree=True)
    ignored = ("provinceCode", "cityCode", "streetCode")

    edition = column("edition", YEAR, "版本年份")
    level = column("level", TEXT, "层级（原文）")
    division = column("code", DIVISION, "统计用区划代码")
    name = column("name", NAME, "名称")
    town_code = column(
        "code", code("town", source="statistics"), "所在乡镇（街道）", take=r"^(\d{9})", named="name"
    )  # fmt: skip
