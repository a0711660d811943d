"""Permits to discharge, environmental grades and waste."""

from datetime import date

from schemas.compared import present, reaching
from schemas.condition import Is, OneOf, every, within
from schemas.measure import QUANTITY, Days
from schemas.tag import Bands, Family, Flag, Number, Words

POLLUTION_PERMITS = Family(
    "pollution_permits",
    "排污与环境",
    "市生态环境局县分局",
    "哪些是排污重点管理单位，环境信用如何？",
    date(2026, 7, 1),
    (
        present("permit_any", "permits", "持有效排污许可证", "在有效期内的排污许可证1件及以上"),
        reaching("permit_several", "permits", "持多件排污许可证", 2, "在有效期内的排污许可证2件及以上"),
        Flag(
            "permit_key",
            "排污许可重点管理",
            every(Is("permit_any"), OneOf("permit_class", ("1",))),
            "有效排污许可证最严一类为重点管理",
        ),
        Flag(
            "permit_simple",
            "排污许可简化管理",
            every(Is("permit_any"), OneOf("permit_class", ("2",))),
            "有效排污许可证最严一类为简化管理",
        ),
        Flag(
            "permit_registered",
            "排污登记管理",
            every(Is("permit_any"), OneOf("permit_class", ("3",))),
            "有效排污许可证最严一类为登记管理",
        ),
        Number(
            "permit_days",
            "排污许可距到期天数",
            Days("permit_valid_until"),
            "排污许可最晚有效期减数据时点",
            "天",
            QUANTITY,
        ),
        Flag(
            "permit_ends_soon",
            "排污许可90天内到期",
            every(Is("permit_any"), within("permit_days", 0, 91)),
            "持有效排污许可证，且距到期不超过90天",
        ),
        Words(
            "environment_grade",
            "生态环境信用{word}级",
            {
                "environment_a": "A",
                "environment_b": "B",
                "environment_c": "C",
                "environment_d": "D",
                "environment_e": "E",
            },
        ),
        Flag("is_key_polluter", "环境监管重点单位", Is("key_polluter"), "列入环境监管重点单位名录"),
        Bands(
            "hazardous_waste",
            "hazardous_waste",
            "危险废物年产生量",
            (0.01, 10, 100, 1_000),
            ("不足0.01吨", "0.01至10吨", "10至100吨", "100至1000吨", "1000吨及以上"),
        ),
        Bands("environment_complaints", "environment_complaints", "近12个月生态环境信访", (1, 3, 10)),
        present("emission_over", "emission_exceeded", "近12个月自动监测超标", "近12个月自动监测超标天数大于零"),
    ),
)
