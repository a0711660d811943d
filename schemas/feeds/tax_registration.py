"""The tax bureau's register of taxpayers with the year's revenue and tax."""

from schemas.feed import Csv, Feed, always, column, daily, optional
from schemas.kinds import MONEY, NAME, TAXPAYER_ID, code, day


class TaxRegistration(Feed):
    """Taxpayers, the full file every night."""

    title = "税务登记"
    department = "tax"
    department_title = "国家税务总局浙江省税务局"
    due = daily("06:00")
    arrives = Csv(encoding="gb18030")
    delivers = "snapshot"
    grain = ("taxpayer_id",)
    identity = "taxpayer_id"

    taxpayer_id = column("NSRSBH", TAXPAYER_ID, "纳税人识别号")
    name = column("NSRMC", NAME, "纳税人名称")
    industry = column("HY_DM", code("gbt4754_2017", source="gbt4754_2011"), "行业")
    enterprise_type = column("DJZCLX_DM", code("enterprise_type", source="tax_registration_type"), "登记注册类型")
    status = column("NSRZT_DM", code("enterprise_status", source="tax_status"), "纳税人状态")
    capital = optional("ZCZB", MONEY, "注册资本")
    capital_currency = always("CNY", code("currency"), "注册资本币种")
    started = optional("KYSLRQ", day("%Y%m%d"), "开业日期")
    revenue = optional("YYSR", MONEY, "营业收入")
    tax_paid = optional("SJSE", MONEY, "实缴税额")
