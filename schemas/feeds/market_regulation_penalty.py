"""The market regulation department's administrative penalties."""

from schemas.feed import Feed, JsonLines, Place, column, monthly, optional
from schemas.kinds import CREDIT_CODE, DAY, MONEY, NAME, TEXT, code


class MarketRegulationPenalty(Feed):
    """Public decisions of five years, the whole list every month; the county is that of the office, if of one."""

    title = "行政处罚"
    department = "market_regulation"
    department_title = "浙江省市场监督管理局"
    due = monthly(7, "07:30")
    arrives = JsonLines()
    delivers = "snapshot"
    grain = ("decision",)
    identity = "credit_code"
    describes = False
    place = Place(name="cfjg", name_take=r"^(.+?)市场监督管理局", required=False, office=True)

    decision = column("jdswh", TEXT, "行政处罚决定书文号")
    name = column("xdrmc", NAME, "行政相对人名称")
    credit_code = optional("tyshxydm", CREDIT_CODE, "统一社会信用代码")
    penalty = column("cflb", code("penalty_type", source="credit_publicity"), "处罚类别")
    offence = column("wfxwlx", TEXT, "违法行为类型（原文）")
    fine = optional("fkje", MONEY, "罚款金额", unit="万元")
    confiscated = optional("msje", MONEY, "没收违法所得金额", unit="万元")
    decided = column("jdrq", DAY, "处罚决定日期")
    shown_until = optional("gsjzq", DAY, "公示截止期")
    office = column("cfjg", NAME, "处罚机关")
