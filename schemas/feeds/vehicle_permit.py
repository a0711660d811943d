"""One county's urban management: which vehicles of which operator may carry construction waste, and where to."""

from schemas.feed import Csv, Feed, Place, column, monthly
from schemas.kinds import CREDIT_CODE, DAY, NAME, PLATE, TEXT, code

_ELSEWHERE = {"destination": Place(name="XNXQ", office=True)}


class VehiclePermit(Feed):
    """Permits as they stand; the county is the one that gave them, the destination the one that takes the waste."""

    title = "渣土车准运证"
    department = "urban_management_gongshu"
    department_title = "杭州市拱墅区综合行政执法局"
    due = monthly(5, "18:00")
    arrives = Csv(encoding="gb18030")
    delivers = "snapshot"
    may_repeat = True
    grain = ("permit",)
    identity = "credit_code"
    describes = False
    place = Place(name="FZJG", name_take=r"^(.+?)(?:综合行政执法局|城市管理局)$", office=True)
    elsewhere = _ELSEWHERE

    permit = column("ZYZH", TEXT, "准运证号")
    plate = column("CPHM", PLATE, "号牌号码")
    name = column("YSQYMC", NAME, "运输企业名称")
    credit_code = column("TYSHXYDM", CREDIT_CODE, "统一社会信用代码")
    waste = column("LJZL", code("waste_type", source="urban_management"), "建筑垃圾种类")
    valid_from = column("YXQQ", DAY, "有效期起")
    valid_until = column("YXQZ", DAY, "有效期止")
