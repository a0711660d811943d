"""The public security department's residents by town, single year of age and sex; never a person."""

from schemas.feed import Csv, Feed, Place, column, yearly
from schemas.kinds import COUNT, COUNT_AT_LEAST, COUNT_AT_MOST, NAME, TEXT, YEAR, code


class PublicSecurityPopulation(Feed):
    """Counts at the end of a year; a cell of fewer than k is written `<k`, so that nobody is known by it."""

    title = "分年龄常住人口"
    department = "public_security"
    department_title = "杭州市公安局"
    due = yearly(1, 31, "18:00")
    arrives = Csv(encoding="gb18030")
    delivers = "snapshot"
    grain = ("year", "division", "town_name", "age", "sex")
    entity = None
    place = Place(division="XZQHDM", address="XZJDMC")

    year = column("TJND", YEAR, "统计年度")
    division = column("XZQHDM", TEXT, "行政区划代码（原文）")
    town_name = column("XZJDMC", NAME, "乡镇（街道）名称（原文）")
    age = column("NL", COUNT, "年龄")
    sex = column("XB", code("sex"), "性别")
    people_least = column("RKS", COUNT_AT_LEAST, "人数下限", unit="人")
    people_most = column("RKS", COUNT_AT_MOST, "人数上限", unit="人")
