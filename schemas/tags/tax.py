"""Tax paid: how much, how it grows, the credit and the arrears of the taxpayer."""

from datetime import date

from schemas.compared import DECLARED, beside, growing, present, reaching
from schemas.condition import Compare, below, every
from schemas.measure import QUANTITY, Growth, Per
from schemas.tag import Bands, Family, Flag, Number, Words

TAX = Family(
    "tax",
    "税收贡献",
    "县税务局、县财政局",
    "哪些是纳税大户，税收增减如何，有无欠税？",
    date(2026, 7, 1),
    (
        Bands(
            "tax_paid",
            "tax_paid",
            "实缴税额",
            (1, 50_000, 500_000, 1_000_000, 5_000_000, 10_000_000, 50_000_000, 100_000_000),
        ),
        *beside("tax_paid", "实缴税额"),
        *growing("tax_paid", "实缴税额", "tax_paid_before", "tax_paid_declared", DECLARED),
        Number(
            "tax_paid_before_growth",
            "最近申报年度前一年实缴税额同比增速",
            Growth("tax_paid_before", "tax_paid_before_2"),
            "最近申报年度前一年较其上年增减额除以其上年",
        ),
        Flag(
            "tax_up_2_years",
            "实缴税额连续两年增长",
            every(Compare("tax_paid_growth", "more_than", 0), Compare("tax_paid_before_growth", "more_than", 0)),
            "最近申报年度及其前一年同比增速均大于零",
        ),
        Flag(
            "tax_down_2_years",
            "实缴税额连续两年下降",
            every(below("tax_paid_growth", 0), below("tax_paid_before_growth", 0)),
            "最近申报年度及其前一年同比增速均小于零",
        ),
        Number("tax_burden", "综合税负率", Per("tax_paid", "revenue"), "实缴税额除以营业收入"),
        Bands("tax_burden", "tax_burden", "综合税负率", (0.01, 0.03, 0.05, 0.1)),
        *beside("tax_burden", "综合税负率"),
        Number("tax_per_insured", "人均税收", Per("tax_paid", "insured"), "实缴税额除以参保人数", "元", QUANTITY),
        *beside("tax_per_insured", "人均税收"),
        present("pays_income_tax", "income_tax", "上年度缴纳企业所得税", "上一年度实缴企业所得税大于零"),
        Bands("value_added_tax", "value_added_tax", "实缴增值税", (1, 100_000, 1_000_000, 10_000_000)),
        Bands("income_tax", "income_tax", "实缴企业所得税", (1, 100_000, 1_000_000, 10_000_000)),
        present("in_arrears", "tax_arrears", "有欠税", "欠税余额大于零"),
        reaching("in_arrears_1m", "tax_arrears", "欠税100万元及以上", 1_000_000, "欠税余额100万元及以上"),
        Words(
            "tax_credit_grade",
            "纳税缴费信用{word}级",
            {
                "tax_credit_a": "A",
                "tax_credit_b": "B",
                "tax_credit_m": "M",
                "tax_credit_c": "C",
                "tax_credit_d": "D",
            },
        ),
        Words(
            "taxpayer_scale",
            "增值税{word}",
            {
                "general_taxpayer": "一般纳税人",
                "small_taxpayer": "小规模纳税人",
            },
        ),
        Bands("zero_declarations", "zero_declarations", "近12个月零申报", (1, 3, 6, 12)),
        present("export_rebate_paid", "export_rebate", "享受出口退（免）税", "上一年度出口退（免）税额大于零"),
    ),
)
