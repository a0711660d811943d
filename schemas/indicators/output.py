"""What enterprises bring forth per head, what of it is tax and research, and the land and power that it takes."""

from datetime import date

from schemas.indicator import Figure, Indicator

_SINCE = date(2026, 7, 1)
_NEWER = date(2026, 11, 26)
_LIVING = "未注销、未吊销的企业"

AVERAGE_INSURED = Indicator(
    "average_insured", "平均参保人数", "人/家", "2.0.0", _SINCE,
    f"{_LIVING}、行业大类明确且有参保人数者，与产业画像相同；按全县与乡镇（街道），各行业见产业画像",
    Figure("insured", "参保人数", "L2"), Figure("insured_units", "有参保人数的企业个数", "L2"),
)  # fmt: skip
REVENUE_PER_INSURED = Indicator(
    "revenue_per_insured", "人均营业收入", "元/人", "1.0.0", _SINCE,
    f"{_LIVING}中营业收入与参保人数兼有且参保人数不为零者；营业收入为税务登记的上一年度数",
    Figure("revenue_of_insured", "营业收入", "L3"), Figure("insured_with_revenue", "参保人数", "L3"),
)  # fmt: skip
TAX_PER_REVENUE = Indicator(
    "tax_per_revenue", "实缴税额占营业收入比重", "%", "1.0.0", _SINCE,
    f"{_LIVING}中实缴税额与营业收入兼有且营业收入不为零者；均为税务登记的上一年度数",
    Figure("tax_of_revenue", "实缴税额", "L3"), Figure("revenue_with_tax", "营业收入", "L3"), 100,
)  # fmt: skip
TAX_PER_MU = Indicator(
    "tax_per_mu", "亩均税收", "元/亩", "1.0.0", _NEWER,
    f"{_LIVING}中实缴税额与用地面积兼有者；实缴税额为税务登记的上一年度数，用地面积为名下在册宗地合计，不论坐落何县",
    Figure("tax_of_land", "实缴税额", "L3"), Figure("land_with_tax", "用地面积", "L2"),
)  # fmt: skip
ELECTRICITY_PER_REVENUE = Indicator(
    "electricity_per_revenue", "单位营业收入用电量", "千瓦时/万元", "1.0.0", _NEWER,
    f"{_LIVING}中上一年度用电量与营业收入兼有且营业收入不为零者；用电量为名下各用电户全年合计，其他能源未计",
    Figure("electricity_of_revenue", "用电量", "L3"), Figure("revenue_with_electricity", "营业收入", "L3"), 10000,
)  # fmt: skip
RESEARCH_PER_REVENUE = Indicator(
    "research_per_revenue", "研发费用占营业收入比重", "%", "2.0.0", _NEWER,
    f"{_LIVING}中申报了研发费用且营业收入不为零、不存疑者；均为税务最近申报年度数，企业数为申报了研发费用的企业；"
    "存疑与产业画像相同：有三个以上年度申报、当年与其中位数相差千倍以上",
    Figure("research", "研发费用", "L3"), Figure("revenue_with_research", "营业收入", "L3"), 100,
)  # fmt: skip
