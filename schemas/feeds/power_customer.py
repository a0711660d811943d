"""The power company's customers with what they used, by year and by month."""

from dataclasses import replace

from schemas.feed import Csv, Feed, Place, column, monthly, optional
from schemas.kinds import COUNT, CREDIT_CODE, ENERGY, NAME, TEXT, YEAR, Rule, code

_MONTH = replace(
    COUNT, rules=(Rule("out_of_range", "a month from 1 to 12, or 0", lambda value: value.is_between(0, 12)),)
)


class PowerCustomer(Feed):
    """Use of ten years and of the last months; month 0 is the whole year. Large customers are metered in 万kWh."""

    title = "用电客户"
    department = "power"
    department_title = "国网浙江省电力有限公司"
    due = monthly(8, "08:00")
    arrives = Csv(encoding="gb18030")
    delivers = "snapshot"
    grain = ("customer", "year", "month")
    identity = "credit_code"
    describes = False
    place = Place(name="GDDW", name_take=r"^国网(?:浙江)?(.+?)供电", required=False, office=True)

    customer = column("YHBH", TEXT, "用户编号")
    name = column("YHMC", NAME, "用户名称")
    credit_code = optional("TYSHXYDM", CREDIT_CODE, "统一社会信用代码")
    electricity_class = column("YDLB", code("electricity_class", source="power"), "用电类别")
    year = column("ND", YEAR, "年度")
    month = column("YF", _MONTH, "月份")
    energy = column("YDL", ENERGY, "用电量", unit_in="JLDW")
    supplier = column("GDDW", TEXT, "供电单位")
