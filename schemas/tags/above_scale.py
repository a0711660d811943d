"""Enterprises above the size from which statistics ask every one, and those close to it."""

from datetime import date

from schemas.condition import Is, Not, Under, at_least, below, every, some, within
from schemas.tag import Family, Flag

ABOVE_SCALE = Family(
    "above_scale",
    "规上限上企业",
    "县统计局、县发展和改革局",
    "哪些企业达到规上、限上标准，哪些可培育“小升规”？",
    date(2026, 7, 1),
    (
        Flag(
            "industry_above_scale",
            "规上工业企业（达标）",
            every(Is("industrial"), at_least("revenue", 20_000_000)),
            "工业，年主营业务收入2000万元及以上；以税务营业收入判断，不以在库为准",
        ),
        Flag(
            "wholesale_above_scale",
            "限上批发业企业（达标）",
            every(Under(("51",)), at_least("revenue", 20_000_000)),
            "批发业，年主营业务收入2000万元及以上",
        ),
        Flag(
            "retail_above_scale",
            "限上零售业企业（达标）",
            every(Under(("52",)), at_least("revenue", 5_000_000)),
            "零售业，年主营业务收入500万元及以上",
        ),
        Flag(
            "catering_above_scale",
            "限上住宿和餐饮业企业（达标）",
            every(Under(("H",)), at_least("revenue", 2_000_000)),
            "住宿和餐饮业，年主营业务收入200万元及以上",
        ),
        Flag(
            "services_above_scale",
            "规上服务业企业（达标）",
            some(
                every(Under(("G", "I", "N", "84")), at_least("revenue", 20_000_000)),
                every(Under(("L", "M", "P", "702", "703", "704", "709")), at_least("revenue", 10_000_000)),
                every(Under(("O", "R", "85")), at_least("revenue", 5_000_000)),
            ),
            "按行业年营业收入2000万元、1000万元、500万元及以上",
        ),
        Flag(
            "above_scale",
            "规上限上企业（达标）",
            some(
                Is("industry_above_scale"),
                Is("wholesale_above_scale"),
                Is("retail_above_scale"),
                Is("catering_above_scale"),
                Is("services_above_scale"),
            ),
            "工业、批发、零售、住餐、服务业之一达到规上限上标准；不含按资质入库的建筑业和房地产开发业",
        ),
        Flag(
            "close_to_industry_scale",
            "“小升规”培育企业",
            every(Is("industrial"), within("revenue", 15_000_000, 20_000_000)),
            "工业，年营业收入1500万元（含）至2000万元",
        ),
        Flag(
            "close_to_wholesale_scale",
            "“升限”培育批发业企业",
            every(Under(("51",)), within("revenue", 15_000_000, 20_000_000)),
            "批发业，年营业收入1500万元（含）至2000万元",
        ),
        Flag(
            "close_to_retail_scale",
            "“升限”培育零售业企业",
            every(Under(("52",)), within("revenue", 3_750_000, 5_000_000)),
            "零售业，年营业收入375万元（含）至500万元",
        ),
        Flag(
            "close_to_catering_scale",
            "“升限”培育住餐业企业",
            every(Under(("H",)), within("revenue", 1_500_000, 2_000_000)),
            "住宿和餐饮业，年营业收入150万元（含）至200万元",
        ),
        Flag("on_statistics_list", "一套表在库企业", Is("on_list"), "统计联网直报在库"),
        Flag(
            "above_but_not_listed",
            "达标未入库企业",
            every(Is("above_scale"), Not(Is("on_list"))),
            "达到规上限上标准，统计未在库",
        ),
        Flag(
            "listed_but_below",
            "在库退规风险企业",
            every(Is("on_list"), Is("industrial"), below("revenue", 20_000_000)),
            "统计在库的工业企业，年营业收入不足2000万元",
        ),
    ),
)
