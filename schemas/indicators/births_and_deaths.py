"""How many enterprises there are, begin and end."""

from datetime import date

from schemas.indicator import Figure, Indicator

_SINCE = date(2026, 7, 1)

ENTERPRISES = Indicator(
    "enterprises", "企业数", "家", "1.0.0", _SINCE,
    "数据时点未注销、未吊销的企业；月份为数据时点所在月", Figure("living", "未注销、未吊销企业个数", "L1"),
)  # fmt: skip
BIRTHS = Indicator(
    "births", "新设企业数", "家", "1.0.0", _SINCE,
    "成立日期在该月的企业，含其后注销、吊销者；近五个日历年", Figure("births", "当月成立企业个数", "L1"),
)  # fmt: skip
DEATHS = Indicator(
    "deaths", "注销吊销企业数", "家", "1.0.0", _SINCE,
    "税务登记状态转为注销或吊销、至迟在该月见于数据的企业；首批数据中已注销、吊销者月份不详，不计",
    Figure("deaths", "当月见于数据的注销、吊销企业个数", "L1"),
)  # fmt: skip
