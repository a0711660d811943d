"""Fiscal support that an enterprise has received, and projects under way."""

from datetime import date

from schemas.measure import Per
from schemas.tag import Bands, Family, Number

SUPPORT = Family(
    "support",
    "财政支持与投资",
    "县财政局、县发展和改革局",
    "哪些企业已享受奖补，哪些应享未享，投资进展如何？",
    date(2026, 7, 1),
    (
        Bands("support", "support", "近12个月财政奖补", (1, 100_000, 500_000, 1_000_000, 5_000_000)),
        Bands("support_3_years", "support_3_years", "近三年财政奖补", (1, 500_000, 1_000_000, 10_000_000)),
        Bands("support_items", "support_items", "近三年财政奖补", (1, 3, 10)),
        Number(
            "support_to_tax", "财政奖补与实缴税额之比", Per("support", "tax_paid"), "近12个月财政奖补金额除以实缴税额"
        ),
        Bands("support_to_tax", "support_to_tax", "财政奖补与实缴税额之比", (0.05, 0.2, 0.5, 1)),
        Bands("procurement", "procurement", "近12个月政府采购中标", (1, 1_000_000, 10_000_000)),
        Bands("projects", "projects", "在建投资项目", (1, 3)),
        Bands("investment", "investment", "本年完成投资", (1, 5_000_000, 50_000_000, 500_000_000)),
    ),
)
