"""Registered and paid capital of those registered in yuan."""

from datetime import date

from schemas.condition import Compare, OneOf
from schemas.kinds import MONEY
from schemas.measure import Given, Per
from schemas.tag import Bands, Codes, Family, Flag, Number

CAPITAL = Family(
    "capital",
    "注册资本",
    "县市场监督管理局",
    "企业注册资本多大，是否实缴到位？",
    date(2026, 7, 1),
    (
        Number(
            "capital_yuan",
            "人民币注册资本",
            Given("capital", OneOf("capital_currency", ("CNY",))),
            "币种为人民币的注册资本；其他币种不折算，为空",
            "元",
            MONEY,
        ),
        Bands(
            "capital",
            "capital_yuan",
            "注册资本",
            (100_000, 500_000, 1_000_000, 5_000_000, 10_000_000, 50_000_000, 100_000_000, 1_000_000_000),
        ),
        Codes("capital_currency", "capital_currency", "currency", "注册资本币种：{name}"),
        Number("paid_share", "实缴资本到位率", Per("paid_capital", "capital_yuan"), "实缴资本除以人民币注册资本"),
        Bands(
            "paid_share",
            "paid_share",
            "实缴资本到位率",
            (0.3, 0.6, 1),
            ("不足30%", "30%至60%", "60%至100%", "已全部到位"),
        ),
        Flag("capital_unpaid", "注册资本未实缴", Compare("paid_capital", "at_most", 0), "实缴资本为零"),
    ),
)
