"""Industry at the finest level of GB/T 4754-2017: 1,381 classes, for policies that name one."""

from datetime import date

from schemas.tag import Branches, Family

INDUSTRY_CLASS = Family(
    "industry_class",
    "行业小类",
    "县统计局、县发展和改革局",
    "某小类有哪些企业？",
    date(2026, 7, 1),
    (Branches("industry_class", "行业小类：{code}{name}", 4),),
)
