"""Insured headcount: how many, how it changes, how stable and skilled."""

from datetime import date

from schemas.compared import beside, growing, present, reaching
from schemas.condition import Compare, below, every
from schemas.kinds import COUNT
from schemas.measure import QUANTITY, Change, Growth, Per, Years
from schemas.tag import Bands, Codes, Family, Flag, Number

EMPLOYMENT = Family(
    "employment",
    "参保用工",
    "县人力资源和社会保障局",
    "企业用了多少人，是增是减，就业是否稳定？",
    date(2026, 7, 1),
    (
        Bands("insured", "insured", "参保人数", (1, 5, 10, 20, 50, 100, 300, 500, 1000)),
        *beside("insured", "参保人数"),
        *growing("insured", "参保人数", "insured_before"),
        Number(
            "insured_change",
            "参保人数同比增减",
            Change("insured", "insured_before"),
            "参保人数减上年同期参保人数",
            "人",
            QUANTITY,
        ),
        Bands(
            "insured_change",
            "insured_change",
            "参保人数同比",
            (-50, -10, 0, 1, 10, 50),
            ("减少50人以上", "减少10至50人", "减少10人以内", "持平", "增加10人以内", "增加10至49人", "增加50人及以上"),
        ),
        Number(
            "insured_month_change",
            "参保人数环比增减",
            Change("insured", "insured_month_before"),
            "参保人数减上月参保人数",
            "人",
            QUANTITY,
        ),
        Bands(
            "insured_month_change",
            "insured_month_change",
            "参保人数环比",
            (-10, 0, 1, 10),
            ("减少10人以上", "减少10人以内", "持平", "增加10人以内", "增加10人及以上"),
        ),
        Number(
            "insured_before_growth",
            "上年参保人数同比增速",
            Growth("insured_before", "insured_before_2"),
            "上年同期较两年前同期增减额除以两年前同期",
        ),
        Flag(
            "insured_up_2_years",
            "参保人数连续两年增长",
            every(Compare("insured_growth", "more_than", 0), Compare("insured_before_growth", "more_than", 0)),
            "最近两年同比增速均大于零",
        ),
        Flag(
            "insured_down_2_years",
            "参保人数连续两年下降",
            every(below("insured_growth", 0), below("insured_before_growth", 0)),
            "最近两年同比增速均小于零",
        ),
        Codes("insurance_status", "insurance_status", "insurance_status", "社会保险{name}"),
        Number("years_insured", "参保年数", Years("first_insured"), "首次参保月份至数据时点的整年数", "年", COUNT),
        Bands("years_insured", "years_insured", "参保", (1, 3, 5, 10)),
        present("insurance_arrears_any", "insurance_arrears", "有社会保险费欠费", "社会保险费欠费余额大于零"),
        reaching(
            "contributed_12_months",
            "contribution_months",
            "连续缴纳失业保险费满12个月",
            12,
            "连续缴纳失业保险费12个月及以上",
        ),
        Flag(
            "few_layoffs_large",
            "裁员率不超过5.5%",
            Compare("layoff_rate", "at_most", 0.055),
            "上年度裁员率不高于5.5%，失业保险稳岗返还的全国城镇调查失业率控制目标口径",
        ),
        Flag(
            "few_layoffs_small",
            "裁员率不超过20%",
            Compare("layoff_rate", "at_most", 0.2),
            "上年度裁员率不高于20%，30人（含）以下企业稳岗返还口径",
        ),
        Bands("wages", "wages", "月人均缴费工资", (4_000, 6_000, 8_000, 12_000, 20_000)),
        *beside("wages", "月人均缴费工资"),
        present("hires_graduates", "graduates_hired", "招用高校毕业生", "近12个月招用高校毕业生1人及以上"),
        reaching(
            "hires_10_graduates", "graduates_hired", "招用高校毕业生10人及以上", 10, "近12个月招用高校毕业生10人及以上"
        ),
        Number("skilled_share", "高技能人才占比", Per("high_skilled", "insured"), "在职高技能人才数除以参保人数"),
        Bands("skilled_share", "skilled_share", "高技能人才占比", (0.05, 0.1, 0.2, 0.35)),
        present("employs_foreigners", "foreign_experts", "聘用外国人才", "持有效工作许可的外国人1人及以上"),
        *growing("employees", "从业人员数", "employees_before"),
        Bands("employees", "employees", "从业人员", (8, 20, 50, 100, 300, 1000)),
    ),
)
