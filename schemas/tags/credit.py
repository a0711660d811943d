"""Public credit and the rolls of bad faith."""

from datetime import date

from schemas.compared import present
from schemas.condition import Is, Not, every
from schemas.tag import Bands, Family, Flag, Words

CREDIT = Family(
    "credit",
    "信用",
    "县发展和改革局（信用办）、县市场监督管理局",
    "企业信用如何，是否在失信名单上？",
    date(2026, 7, 1),
    (
        Words(
            "credit_grade",
            "公共信用评价{word}",
            {
                "credit_excellent": "优秀",
                "credit_good": "良好",
                "credit_fair": "中等",
                "credit_weak": "较差",
                "credit_poor": "差",
            },
        ),
        Flag("is_abnormal", "列入经营异常名录企业", Is("abnormal"), "在经营异常名录上"),
        Flag("is_seriously_dishonest", "列入严重违法失信名单企业", Is("seriously_dishonest"), "在严重违法失信名单上"),
        Flag("is_dishonest_debtor", "失信被执行人", Is("dishonest_debtor"), "在失信被执行人名单上"),
        Bands("reports_missed", "reports_missed", "应报未报年报", (1, 2, 3)),
        Flag(
            "in_good_standing",
            "无失信记录",
            every(Not(Is("abnormal")), Not(Is("seriously_dishonest")), Not(Is("dishonest_debtor"))),
            "不在经营异常名录、严重违法失信名单和失信被执行人名单上",
        ),
        Bands("complaints", "complaints", "近12个月消费投诉", (1, 5, 20, 100)),
        present(
            "spot_check_failed", "spot_checks_failed", "近12个月监督抽查不合格", "近12个月监督抽查不合格1批次及以上"
        ),
    ),
)
