"""The enterprise: a market entity with a unified social credit code, a branch being one of its own."""

from schemas.entity import Entity, attribute, summed
from schemas.kinds import ADDRESS, COUNT, COUNTY, CREDIT_CODE, DAY, MONEY, NAME, TEXT, TOWN, code, month


class Enterprise(Entity):
    """An enterprise as all departments together know it."""

    title = "企业"
    identifier = "credit_code"

    credit_code = attribute(CREDIT_CODE, "统一社会信用代码", "L1")
    name = attribute(NAME, "企业名称", "L1")
    county = attribute(COUNTY, "所在县（市、区）", "L1")
    town = attribute(TOWN, "所在乡镇（街道）", "L1", along="county")
    place_evidence = attribute(TEXT, "属地依据", "L1", along="county")
    address = attribute(ADDRESS, "注册地址", "L1")
    registered = attribute(DAY, "成立日期", "L1")
    started = attribute(DAY, "开业日期", "L1")
    enterprise_type = attribute(code("enterprise_type"), "企业类型", "L1")
    capital = attribute(MONEY, "注册资本", "L1")
    capital_currency = attribute(code("currency"), "注册资本币种", "L1", along="capital")
    scope = attribute(TEXT, "经营范围", "L1")
    status = attribute(code("enterprise_status"), "经营状态", "L1", ends=("4", "5"))
    industry = attribute(code("gbt4754_2017"), "行业", "L1")
    industry_section = attribute(code("gbt4754_2017"), "行业门类", "L1")
    insured = summed(COUNT, "参保人数", "L2")
    insurance_status = attribute(code("insurance_status"), "参保缴费状态", "L2", ends=("3",))
    first_insured = attribute(month("%Y%m"), "首次参保月份", "L2")
    revenue = summed(MONEY, "营业收入", "L3")
    tax_paid = summed(MONEY, "实缴税额", "L3")
