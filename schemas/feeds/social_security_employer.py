"""The human resources and social security department's insured employers."""

from schemas.feed import Dump, Exchange, Feed, Place, column, monthly, optional
from schemas.kinds import COUNT, NAME, ORGANISATION_CODE, TEXT, code, month


class SocialSecurityEmployer(Feed):
    """Employers that pay social insurance; one batch a month in the exchange database."""

    title = "社会保险参保单位"
    department = "social_security"
    department_title = "浙江省人力资源和社会保障厅"
    due = monthly(5, "08:00")
    arrives = Dump(table="social_security_employer")
    source = Exchange(table="social_security_employer", batch="pc")
    delivers = "snapshot"
    grain = ("unit_number",)
    identity = "organisation_code"
    place = Place(name="xzqhmc")

    unit_number = column("dwbh", TEXT, "单位编号")
    name = column("dwmc", NAME, "单位名称")
    organisation_code = column("zzjgdm", ORGANISATION_CODE, "组织机构代码")
    industry_section = column("hyml", code("gbt4754_2017", source="section"), "行业门类")
    insured = column("cbrs", COUNT, "参保人数", unit="人")
    insurance_status = column("jfzt", code("insurance_status", source="social_security"), "缴费状态")
    first_insured = optional("sccbny", month("%Y%m"), "首次参保月份")
    batch = column("pc", month("%Y%m"), "批次")
