"""A third county's urban management: penalties for carrying construction waste as one must not."""

from schemas.feed import Csv, Feed, Place, column, monthly, optional
from schemas.kinds import CREDIT_CODE, MONEY, NAME, PLATE, TEXT, code, day

_ELSEWHERE = {"origin": Place(name="装载地", required=False), "destination": Place(name="卸载地", required=False)}


class HaulagePenalty(Feed):
    """Cases of twelve months, the whole list every month; the county is the one that penalised."""

    title = "渣土运输处罚"
    department = "urban_management_linping"
    department_title = "杭州市临平区综合行政执法局"
    due = monthly(5, "18:00")
    arrives = Csv()
    delivers = "snapshot"
    may_repeat = True
    grain = ("case_number",)
    identity = "credit_code"
    describes = False
    place = Place(name="案发地", office=True)
    elsewhere = _ELSEWHERE

    case_number = column("案号", TEXT, "案号")
    plate = column("车牌号", PLATE, "号牌号码")
    name = column("当事人", NAME, "当事人")
    credit_code = optional("统一社会信用代码", CREDIT_CODE, "统一社会信用代码")
    offence = column("案由", code("haulage_offence", source="urban_management"), "案由")
    fine = column("罚款（元）", MONEY, "罚款金额")
    decided = column("处罚日期", day("%Y年%m月%d日"), "处罚日期")
