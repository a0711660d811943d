"""What enterprises bring forth per head, and what of it is tax."""

from datetime import date

from schemas.indicator import Figure, Indicator

_SINCE = date(2026, 7, 1)
_LIVING = "未注销、未吊销的企业"

AVERAGE_INSURED = Indicator(
    "average_insured", "平均参保人数", "人/家", "1.0.0", _SINCE, f"{_LIVING}中有参保人数者",
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
