"""The natural resources department's parcels of land and who uses them."""

from schemas.feed import Csv, Feed, Place, column, monthly, optional
from schemas.kinds import CREDIT_CODE, DAY, LAND, NAME, PARCEL_CODE, TEXT, code


class NaturalResourcesParcel(Feed):
    """Parcels of construction land in use; what came from the old cadastre is written in square metres."""

    title = "自然资源宗地"
    department = "natural_resources"
    department_title = "浙江省自然资源厅"
    due = monthly(10, "18:00")
    arrives = Csv()
    delivers = "snapshot"
    grain = ("parcel",)
    identity = "credit_code"
    describes = False
    place = Place(division="ZDDM", take=r"^\s*(\d{6})", address="ZL", written="DJRQ")

    parcel = column("ZDDM", PARCEL_CODE, "宗地代码")
    name = column("QLRMC", NAME, "权利人名称")
    credit_code = optional("QLRZJH", CREDIT_CODE, "统一社会信用代码")
    land_use = column("TDYT", code("land_use", source="natural_resources"), "土地用途")
    area = column("ZDMJ", LAND, "宗地面积", unit_in="MJDW")
    location = optional("ZL", TEXT, "坐落")
    granted = column("DJRQ", DAY, "登记日期")
