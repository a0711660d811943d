"""The register of house numbers: which grid an address lies in."""

from schemas.feed import Csv, Feed, Place, column, monthly
from schemas.kinds import ADDRESS, GRID_CODE, TEXT, code


class CivilAffairsDwelling(Feed):
    """House numbers with the grid that answers for them, all of them every month."""

    title = "门楼牌地址"
    department = "civil_affairs"
    department_title = "浙江省民政厅"
    due = monthly(12, "18:00")
    arrives = Csv(encoding="gb18030")
    delivers = "snapshot"
    grain = ("dwelling",)
    entity = None
    place = Place(name="QXMC", address="BZDZ")

    dwelling = column("DZBM", TEXT, "地址编码")
    address = column("BZDZ", ADDRESS, "标准地址")
    use = column("FWYT", code("dwelling_use", source="civil_affairs"), "房屋用途")
    grid = column("WGBM", GRID_CODE, "网格编码")
