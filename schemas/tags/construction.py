"""Ranks and credit of builders."""

from datetime import date

from schemas.tag import Bands, Family, Words

CONSTRUCTION = Family(
    "construction",
    "建筑业资质",
    "县住房和城乡建设局",
    "建筑业企业资质等级和信用如何？",
    date(2026, 7, 1),
    (
        Words(
            "builder_grade",
            "建筑业企业{word}资质",
            {
                "builder_special": "特级",
                "builder_1": "一级",
                "builder_2": "二级",
                "builder_3": "三级",
            },
        ),
        Words(
            "builder_credit",
            "建筑市场信用{word}级",
            {
                "builder_credit_a": "A",
                "builder_credit_b": "B",
                "builder_credit_c": "C",
                "builder_credit_d": "D",
            },
        ),
        Bands("sites", "sites", "在建工程", (1, 3, 10)),
    ),
)
