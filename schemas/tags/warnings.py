"""Signs that an enterprise stands still, shrinks or leaves, from several departments together."""

from datetime import date

from schemas.condition import Compare, Is, Not, OneOf, at_least, below, every, some
from schemas.tag import Family, Flag

WARNINGS = Family(
    "warnings",
    "运行预警",
    "县经济和信息化局、县发展和改革局",
    "哪些企业可能停产、空壳、外迁、裁员，需要上门服务？",
    date(2026, 7, 1),
    (
        Flag(
            "empty_shell",
            "疑似空壳企业",
            every(
                Is("alive"),
                Compare("insured", "at_most", 0),
                Compare("tax_paid", "at_most", 0),
                Compare("electricity", "at_most", 0),
            ),
            "存续，而参保人数、实缴税额、上一年度用电量均为零",
        ),
        Flag(
            "dormant",
            "无参保无纳税企业",
            every(Is("alive"), Compare("insured", "at_most", 0), Compare("tax_paid", "at_most", 0)),
            "存续，而参保人数和实缴税额均为零",
        ),
        Flag(
            "shrinking",
            "多指标下滑企业",
            every(below("revenue_growth", -0.1), below("insured_growth", -0.1), below("electricity_growth", -0.1)),
            "营业收入、参保人数、用电量同比均下降超过10%",
        ),
        Flag(
            "stopping",
            "疑似停产企业",
            every(Is("alive"), Is("industrial"), below("electricity_month_growth", -0.8)),
            "存续的工业企业，当月用电量同比下降超过80%",
        ),
        Flag(
            "laying_off",
            "规模减员企业",
            every(at_least("insured_before", 20), below("insured_growth", -0.2)),
            "上年同期参保20人及以上，同比减少超过20%",
        ),
        Flag(
            "uninsured_but_earning",
            "有营收无参保企业",
            every(at_least("revenue", 1_000_000), Compare("insured", "at_most", 0), Not(Is("is_branch"))),
            "营业收入100万元及以上而参保人数为零，非分支机构",
        ),
        Flag(
            "alive_but_irregular",
            "登记存续而经营异常企业",
            every(Is("alive"), Is("abnormal")),
            "经营状态存续，且在经营异常名录上",
        ),
        Flag(
            "strained",
            "资金链紧张企业",
            every(
                at_least("leverage", 0.85),
                below("profit", 0),
                some(
                    Compare("tax_arrears", "more_than", 0),
                    Compare("overdue_loans", "more_than", 0),
                    Compare("insurance_arrears", "more_than", 0),
                ),
            ),
            "资产负债率85%及以上且亏损，并有欠税、逾期贷款或社保欠费之一",
        ),
        Flag(
            "moving_out",
            "疑似外迁企业",
            some(OneOf("status", ("6",)), every(at_least("address_changes", 1), below("insured_growth", -0.5))),
            "经营状态为迁出，或近12个月变更住所且参保人数同比减少超过一半",
        ),
        Flag(
            "growing_steadily",
            "成长性良好企业",
            every(
                at_least("revenue_growth", 0.1),
                Compare("insured_growth", "at_most", 10),
                at_least("insured_growth", 0),
                at_least("electricity_growth", 0),
            ),
            "营业收入增长10%及以上，参保人数不减且增幅不超过1000%，用电量不减",
        ),
    ),
)
