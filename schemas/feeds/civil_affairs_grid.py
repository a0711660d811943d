"""The grids of the grass roots (141): town, community and grid by the codes of those who run them."""

from schemas.feed import Csv, Feed, Place, column, monthly
from schemas.kinds import COUNT, GRID_CODE, NAME, code


class CivilAffairsGrid(Feed):
    """All grids as they stand; a grid's code begins with Civil Affairs' codes of county, town and community."""

    title = "基层网格"
    department = "civil_affairs"
    department_title = "浙江省民政厅"
    due = monthly(12, "18:00")
    arrives = Csv()
    delivers = "snapshot"
    may_repeat = True
    grain = ("grid",)
    entity = None
    place = Place(name="QXMC", address="XZJMC")

    grid = column("WGBM", GRID_CODE, "网格编码")
    name = column("WGMC", NAME, "网格名称")
    grid_type = column("WGLX", code("grid_type", source="civil_affairs"), "网格类型")
    community_name = column("SQMC", NAME, "村（社区）名称")
    town_name = column("XZJMC", NAME, "乡镇（街道）名称（原文）")
    households = column("HS", COUNT, "户数")
