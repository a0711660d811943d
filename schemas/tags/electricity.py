"""Electricity: use, its change and what is earned by it."""

from datetime import date

from schemas.compared import beside, growing, present
from schemas.condition import Compare, every
from schemas.measure import QUANTITY, Per
from schemas.tag import Bands, Family, Flag, Number

ELECTRICITY = Family(
    "electricity",
    "用电",
    "县发展和改革局、县供电公司",
    "企业生产是否正常，用电是升是降？",
    date(2026, 7, 1),
    (
        Bands(
            "electricity",
            "electricity",
            "上一年度用电量",
            (1, 10_000, 100_000, 1_000_000, 5_000_000, 10_000_000, 50_000_000),
        ),
        *beside("electricity", "上一年度用电量"),
        *growing("electricity", "上一年度用电量", "electricity_before"),
        *growing("electricity_month", "当月用电量", "electricity_month_before"),
        Bands("months_without_power", "months_without_power", "近12个月零用电", (1, 3, 6, 12)),
        Flag(
            "stopped_this_month",
            "当月停用电企业",
            every(Compare("electricity_month", "at_most", 0), Compare("electricity", "more_than", 0)),
            "上一年度有用电而当月用电量为零",
        ),
        Number(
            "revenue_per_kwh",
            "单位用电营业收入",
            Per("revenue", "electricity"),
            "营业收入除以上一年度用电量",
            "元/千瓦时",
            QUANTITY,
        ),
        *beside("revenue_per_kwh", "单位用电营业收入"),
        Bands("power_capacity", "power_capacity", "合同容量", (100, 315, 1_000, 10_000)),
        present("has_solar", "solar_capacity", "装有分布式光伏", "分布式光伏装机容量大于零"),
    ),
)
