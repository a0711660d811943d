"""Hangzhou's education bureau: which school a community's homes belong to."""

from schemas.feed import Csv, Feed, Place, column, optional, yearly
from schemas.kinds import NAME, TEXT, YEAR, code


class EducationCatchment(Feed):
    """Housing estates by school; towns and communities bear the bureau's own codes."""

    title = "学区划分"
    department = "education"
    department_title = "杭州市教育局"
    due = yearly(6, 30, "18:00")
    year_means = (6, 1)
    arrives = Csv()
    delivers = "snapshot"
    grain = ("year", "campus", "estate", "community_code")
    entity = None
    place = Place(name="qxmc", town="town_code", agree=True)
    ignored = ("jdmc", "sqmc", "name", "bak1", "bak2", "isShow", "createTime")

    year = column("year", YEAR, "招生年份")
    campus = column("xqbsm", TEXT, "校区标识码")
    school_name = column("schoolName", NAME, "学校名称")
    town_code = column("streetCode", code("town", source="education"), "乡镇（街道）代码", named="streetName")
    community = column("communityCode", code("village", source="education"), "村（社区）代码", named="communityName")
    community_code = column("communityCode", TEXT, "村（社区）代码（教育）")
    community_name = column("communityName", NAME, "村（社区）名称")
    estate = column("xqbm", TEXT, "小区编码")
    estate_name = column("xqmc", TEXT, "小区名称")
    buildings = optional("buildingNumber", TEXT, "楼幢号")
