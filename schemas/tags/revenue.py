"""Revenue: how much, how it grows, where it stands in the county and its industry."""

from datetime import date

from schemas.compared import DECLARED, beside, growing
from schemas.condition import Compare, at_least, below, every
from schemas.measure import Growth
from schemas.tag import Bands, Family, Flag, Number

REVENUE = Family(
    "revenue",
    "营业收入",
    "县经济和信息化局、县统计局",
    "企业营收多大，增长多快，在县域和同行业处于什么位置？",
    date(2026, 7, 1),
    (
        Bands(
            "revenue",
            "revenue",
            "营业收入",
            (
                1,
                500_000,
                1_000_000,
                5_000_000,
                20_000_000,
                100_000_000,
                500_000_000,
                1_000_000_000,
                5_000_000_000,
                10_000_000_000,
            ),
        ),
        *beside("revenue", "营业收入"),
        *growing("revenue", "营业收入", "revenue_before", "revenue_declared", DECLARED),
        Number(
            "revenue_before_growth",
            "最近申报年度前一年营业收入同比增速",
            Growth("revenue_before", "revenue_before_2"),
            "最近申报年度前一年较其上年增减额除以其上年",
        ),
        Flag(
            "revenue_up_2_years",
            "营业收入连续两年增长",
            every(Compare("revenue_growth", "more_than", 0), Compare("revenue_before_growth", "more_than", 0)),
            "最近申报年度及其前一年同比增速均大于零",
        ),
        Flag(
            "revenue_down_2_years",
            "营业收入连续两年下降",
            every(below("revenue_growth", 0), below("revenue_before_growth", 0)),
            "最近申报年度及其前一年同比增速均小于零",
        ),
        Flag(
            "gazelle",
            "营业收入两年复合高增长企业",
            every(
                at_least("revenue_growth", 0.2),
                at_least("revenue_before_growth", 0.2),
                at_least("revenue_before_2", 5_000_000),
            ),
            "最近申报年度再前一年营业收入500万元及以上，其后两年增速均达到20%",
        ),
        *beside("revenue_per_insured", "人均营业收入"),
        Bands("revenue_per_insured", "revenue_per_insured", "人均营业收入", (200_000, 500_000, 1_000_000, 2_000_000)),
    ),
)
