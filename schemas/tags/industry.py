"""Industry at the three upper levels of GB/T 4754-2017; a coarser code leaves the finer levels below it unknown."""

from datetime import date

from schemas.tag import Branches, Family

INDUSTRY = Family(
    "industry",
    "行业分类",
    "县统计局、县发展和改革局",
    "某门类、大类、中类各有哪些企业？",
    date(2026, 7, 1),
    (
        Branches("industry_section", "行业门类：{code}{name}", 1),
        Branches("industry_division", "行业大类：{code}{name}", 2),
        Branches("industry_group", "行业中类：{code}{name}", 3),
    ),
)
