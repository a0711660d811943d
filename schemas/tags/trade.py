"""Trade abroad, foreign and outward investment."""

from datetime import date

from schemas.compared import beside, growing, present
from schemas.condition import Compare, Is, every
from schemas.measure import QUANTITY, Per, Sum
from schemas.tag import Bands, Family, Flag, Number, Words

TRADE = Family(
    "trade",
    "对外经贸",
    "县商务局",
    "哪些企业做外贸，进出口增减如何，有无外资？",
    date(2026, 7, 1),
    (
        Bands("exports", "exports", "近12个月出口额", (1, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000)),
        *growing("exports", "近12个月出口额", "exports_before"),
        Bands("imports", "imports", "近12个月进口额", (1, 1_000_000, 10_000_000, 100_000_000)),
        *growing("imports", "近12个月进口额", "imports_before"),
        Number("trade", "近12个月进出口额", Sum(("exports", "imports")), "出口额加进口额", "元", QUANTITY),
        *beside("exports", "近12个月出口额"),
        Number("export_share", "出口依存度", Per("exports", "revenue"), "出口额除以营业收入"),
        Bands("export_share", "export_share", "出口占营业收入", (0.1, 0.3, 0.5, 0.8)),
        Flag(
            "new_exporter",
            "新增出口企业",
            every(Compare("exports", "more_than", 0), Compare("exports_before", "at_most", 0)),
            "近12个月有出口而上一个12个月无出口",
        ),
        Flag(
            "lost_exporter",
            "出口中断企业",
            every(Compare("exports", "at_most", 0), Compare("exports_before", "more_than", 0)),
            "上一个12个月有出口而近12个月无出口",
        ),
        Words(
            "customs_grade",
            "海关{word}",
            {
                "customs_advanced": "高级认证企业",
                "customs_regular": "常规管理企业",
                "customs_dishonest": "失信企业",
            },
        ),
        present("foreign_capital_used", "foreign_capital", "本年有实际使用外资", "本年实际使用外资大于零"),
        Bands(
            "foreign_share",
            "foreign_share",
            "外方出资比例",
            (0.1, 0.25, 0.5, 1),
            ("不足10%", "10%至25%", "25%至50%", "50%及以上（非独资）", "外商独资"),
        ),
        present("invests_abroad", "invested_abroad", "有境外投资企业", "境外投资企业1家及以上"),
        Flag("is_cross_border", "跨境电商企业", Is("cross_border"), "开展跨境电子商务业务"),
    ),
)
