"""Research: spending, staff, patents and standards, beside what recognition asks."""

from datetime import date

from schemas.compared import DECLARED, beside, growing, present
from schemas.condition import Compare, Is, Not, at_least, every, some
from schemas.measure import Per
from schemas.tag import Bands, Family, Flag, Number

RESEARCH = Family(
    "research",
    "研发创新",
    "县科学技术局",
    "研发投入强度多高，哪些企业可申报高新技术企业？",
    date(2026, 7, 1),
    (
        Bands("research_expense", "research_expense", "研发费用", (1, 1_000_000, 5_000_000, 20_000_000, 100_000_000)),
        *growing("research_expense", "研发费用", "research_expense_before", year=DECLARED),
        Number(
            "research_share",
            "研发投入强度",
            Per("research_expense", "revenue_declared"),
            "最近申报年度研发费用除以同年度营业收入",
        ),
        Bands("research_share", "research_share", "研发投入强度", (0.01, 0.02, 0.03, 0.04, 0.05, 0.1)),
        *beside("research_share", "研发投入强度"),
        Flag(
            "research_share_met",
            "研发费用占比达到高新技术企业认定要求",
            some(
                every(Compare("revenue_declared", "at_most", 50_000_000), at_least("research_share", 0.05)),
                every(
                    Compare("revenue_declared", "more_than", 50_000_000),
                    Compare("revenue_declared", "at_most", 200_000_000),
                    at_least("research_share", 0.04),
                ),
                every(Compare("revenue_declared", "more_than", 200_000_000), at_least("research_share", 0.03)),
            ),
            "国科发火〔2016〕32号第十一条：收入5000万元以下5%，5000万元至2亿元4%，2亿元以上3%；以最近申报年度代近三年",
        ),
        Number("research_staff_share", "研发人员占比", Per("research_staff", "employees"), "研发人员数除以从业人员数"),
        Bands("research_staff_share", "research_staff_share", "研发人员占比", (0.05, 0.1, 0.2, 0.3)),
        Bands("patents", "patents", "有效专利", (1, 5, 20, 50, 100)),
        Bands("invention_patents", "invention_patents", "有效发明专利", (1, 3, 10, 50)),
        Bands("trademarks", "trademarks", "有效注册商标", (1, 5, 20)),
        present(
            "leads_standards", "standards_led", "主导制定标准企业", "主导制定国际、国家、行业或“浙江制造”标准1项及以上"
        ),
        present("research_deducted", "research_deduction", "享受研发费用加计扣除", "上一年度研发费用加计扣除额大于零"),
        Bands("technology_contracts", "technology_contracts", "技术合同成交额", (1, 1_000_000, 10_000_000)),
        Flag(
            "hightech_candidate",
            "高新技术企业培育对象",
            every(Not(Is("high_technology")), Is("technology_sme"), Is("research_share_met"), at_least("age_years", 1)),
            "科技型中小企业，未在高新技术企业有效期内，成立满一年，研发费用占比达到认定要求",
        ),
        Flag(
            "spends_nothing_on_research",
            "规上工业企业无研发费用",
            every(Is("industry_above_scale"), Compare("research_expense", "at_most", 0)),
            "规上工业企业，最近申报年度研发费用为零",
        ),
    ),
)
