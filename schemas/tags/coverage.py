"""Which data are there, so that a count is read with what it lacks."""

from datetime import date

from schemas.condition import Known
from schemas.tag import Bands, Family, Flag

COVERAGE = Family(
    "coverage",
    "数据覆盖",
    "县数据局",
    "关于这家企业，哪些数据已归集，哪些还缺？",
    date(2026, 7, 1),
    (
        Flag("has_registered", "成立日期已归集", Known("registered"), "成立日期不为空"),
        Flag("has_started", "开业日期已归集", Known("started"), "开业日期不为空"),
        Flag("has_address", "注册地址已归集", Known("address"), "注册地址不为空"),
        Flag("has_scope", "经营范围已归集", Known("scope"), "经营范围不为空"),
        Flag("has_industry", "行业代码已归集", Known("industry"), "行业代码不为空"),
        Flag("has_town", "所在乡镇（街道）已归集", Known("town"), "所在乡镇（街道）不为空"),
        Flag("has_enterprise_type", "企业类型已归集", Known("enterprise_type"), "企业类型不为空"),
        Flag("has_capital", "注册资本已归集", Known("capital"), "注册资本不为空"),
        Flag("has_status", "经营状态已归集", Known("status"), "经营状态不为空"),
        Flag("has_insured", "参保人数已归集", Known("insured"), "参保人数不为空"),
        Flag("has_insurance_status", "参保缴费状态已归集", Known("insurance_status"), "参保缴费状态不为空"),
        Flag("has_revenue", "营业收入已归集", Known("revenue"), "营业收入不为空"),
        Flag("has_tax_paid", "实缴税额已归集", Known("tax_paid"), "实缴税额不为空"),
        Flag("has_employees", "从业人员数已归集", Known("employees"), "从业人员数不为空"),
        Flag("has_assets", "资产总额已归集", Known("assets"), "资产总额不为空"),
        Flag("has_profit", "利润总额已归集", Known("profit"), "利润总额不为空"),
        Flag("has_land", "实际用地面积已归集", Known("land"), "实际用地面积不为空"),
        Flag("has_electricity", "用电量已归集", Known("electricity"), "用电量不为空"),
        Flag("has_energy", "综合能源消费量已归集", Known("energy"), "综合能源消费量不为空"),
        Flag("has_research_expense", "研发费用已归集", Known("research_expense"), "研发费用不为空"),
        Flag("has_exports", "出口额已归集", Known("exports"), "出口额不为空"),
        Flag("has_loans", "银行贷款余额已归集", Known("loans"), "银行贷款余额不为空"),
        Flag("has_credit_grade", "公共信用评价等级已归集", Known("credit_grade"), "公共信用评价等级不为空"),
        Flag("has_per_mu_grade", "亩均评价等级已归集", Known("per_mu_grade"), "亩均评价等级不为空"),
        Flag("has_tax_credit_grade", "纳税缴费信用级别已归集", Known("tax_credit_grade"), "纳税缴费信用级别不为空"),
        Flag("has_environment_grade", "生态环境信用等级已归集", Known("environment_grade"), "生态环境信用等级不为空"),
        Flag("has_safety_grade", "安全生产标准化等级已归集", Known("safety_grade"), "安全生产标准化等级不为空"),
        Bands("departments", "departments", "提供数据的部门", (2, 3, 5), ("1个及以下", "2个", "3至4个", "5个及以上")),
    ),
)
