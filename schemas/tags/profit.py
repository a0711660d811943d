"""Profit and balance sheet as returned to the tax administration."""

from datetime import date

from schemas.compared import beside
from schemas.condition import Compare, below, every
from schemas.measure import Per
from schemas.tag import Bands, Family, Flag, Number

PROFIT = Family(
    "profit",
    "盈利与资产",
    "县经济和信息化局、县财政局",
    "企业盈利还是亏损，负债是否过高？",
    date(2026, 7, 1),
    (
        Flag("in_profit", "盈利企业", Compare("profit", "more_than", 0), "最近申报年度利润总额大于零"),
        Flag("in_loss", "亏损企业", below("profit", 0), "最近申报年度利润总额小于零"),
        Flag(
            "loss_2_years",
            "连续两年亏损企业",
            every(below("profit", 0), below("profit_before", 0)),
            "最近申报年度及其前一年利润总额均小于零",
        ),
        Flag(
            "turned_to_profit",
            "扭亏为盈企业",
            every(Compare("profit", "more_than", 0), below("profit_before", 0)),
            "最近申报年度前一年亏损，最近申报年度盈利",
        ),
        Flag(
            "turned_to_loss",
            "由盈转亏企业",
            every(below("profit", 0), Compare("profit_before", "more_than", 0)),
            "最近申报年度前一年盈利，最近申报年度亏损",
        ),
        Bands("profit", "profit", "利润总额", (-10_000_000, -1_000_000, 0, 1_000_000, 10_000_000, 100_000_000)),
        Number("margin", "营业收入利润率", Per("profit", "revenue_declared"), "最近申报年度利润总额除以同年度营业收入"),
        Bands("margin", "margin", "营业收入利润率", (-0.1, 0, 0.03, 0.06, 0.1, 0.2)),
        *beside("margin", "营业收入利润率"),
        Bands("assets", "assets", "资产总额", (1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000)),
        Number("leverage", "资产负债率", Per("liabilities", "assets"), "年末负债总额除以资产总额"),
        Bands("leverage", "leverage", "资产负债率", (0.3, 0.5, 0.7, 0.85, 1)),
        Flag("insolvent_on_paper", "资不抵债企业", Compare("leverage", "more_than", 1), "资产负债率超过100%"),
    ),
)
