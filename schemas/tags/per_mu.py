"""Output per mu (亩均论英雄): tax, revenue and value added by land used, and the yearly grade."""

from datetime import date

from schemas.compared import beside
from schemas.condition import OneOf, every, some
from schemas.measure import QUANTITY, Per
from schemas.tag import Bands, Family, Flag, Number, Words

PER_MU = Family(
    "per_mu",
    "亩均效益",
    "县经济和信息化局、县自然资源和规划局",
    "哪些企业亩均效益高，哪些是低效用地？",
    date(2026, 7, 1),
    (
        Number("tax_per_mu", "亩均税收", Per("tax_paid", "land"), "实缴税额除以实际用地面积", "元/亩", QUANTITY),
        Bands("tax_per_mu", "tax_per_mu", "亩均税收", (10_000, 30_000, 50_000, 100_000, 200_000, 300_000, 500_000)),
        *beside("tax_per_mu", "亩均税收"),
        Number("revenue_per_mu", "亩均营业收入", Per("revenue", "land"), "营业收入除以实际用地面积", "元/亩", QUANTITY),
        Bands(
            "revenue_per_mu", "revenue_per_mu", "亩均营业收入", (500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000)
        ),
        *beside("revenue_per_mu", "亩均营业收入"),
        Number(
            "value_added_per_mu",
            "亩均增加值",
            Per("value_added", "land"),
            "工业增加值除以实际用地面积",
            "元/亩",
            QUANTITY,
        ),
        Bands("value_added_per_mu", "value_added_per_mu", "亩均增加值", (200_000, 500_000, 1_000_000, 2_000_000)),
        *beside("value_added_per_mu", "亩均增加值"),
        Number("insured_per_mu", "亩均参保人数", Per("insured", "land"), "参保人数除以实际用地面积", "人/亩", QUANTITY),
        Bands("insured_per_mu", "insured_per_mu", "亩均参保人数", (1, 5, 10, 20)),
        Words(
            "per_mu_grade",
            "亩均效益综合评价{word}类",
            {
                "per_mu_a": "A",
                "per_mu_b": "B",
                "per_mu_c": "C",
                "per_mu_d": "D",
            },
        ),
        Flag(
            "per_mu_promoted",
            "亩均评价升档企业",
            some(
                every(OneOf("per_mu_grade", ("A",)), OneOf("per_mu_grade_before", ("B", "C", "D"))),
                every(OneOf("per_mu_grade", ("B",)), OneOf("per_mu_grade_before", ("C", "D"))),
                every(OneOf("per_mu_grade", ("C",)), OneOf("per_mu_grade_before", ("D",))),
            ),
            "最近一次亩均效益综合评价等级高于上一次",
        ),
        Flag(
            "per_mu_demoted",
            "亩均评价降档企业",
            some(
                every(OneOf("per_mu_grade", ("D",)), OneOf("per_mu_grade_before", ("A", "B", "C"))),
                every(OneOf("per_mu_grade", ("C",)), OneOf("per_mu_grade_before", ("A", "B"))),
                every(OneOf("per_mu_grade", ("B",)), OneOf("per_mu_grade_before", ("A",))),
            ),
            "最近一次亩均效益综合评价等级低于上一次",
        ),
    ),
)
