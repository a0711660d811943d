"""Another county's urban management: what its weighbridges saw arrive, from wherever it came."""

from schemas.feed import Feed, JsonLines, Place, column, monthly
from schemas.kinds import CREDIT_CODE, DAY, PLATE, TEXT, VOLUME, code

_ELSEWHERE = {"origin": Place(name="startDistrict", office=True)}


class HaulageTrip(Feed):
    """Trips of a month; the county answers for where the waste was unloaded, the origin for where it was loaded."""

    title = "渣土运输趟次"
    department = "urban_management_yuhang"
    department_title = "杭州市余杭区综合行政执法局"
    due = monthly(5, "18:00")
    arrives = JsonLines()
    delivers = "increment"
    grain = ("trip",)
    identity = "credit_code"
    describes = False
    place = Place(name="endDistrict", office=True)
    elsewhere = _ELSEWHERE

    trip = column("tripNo", TEXT, "趟次编号")
    plate = column("plateNo", PLATE, "号牌号码")
    credit_code = column("carrierCode", CREDIT_CODE, "统一社会信用代码")
    waste = column("wasteType", code("waste_type", source="urban_management"), "建筑垃圾种类")
    day = column("day", DAY, "运输日期")
    volume = column("load", VOLUME, "装载方量", unit_in="loadUnit")
    site = column("siteName", TEXT, "消纳场所")
