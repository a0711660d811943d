"""The tax bureau's annual returns: what each taxpayer declared of a year."""

from schemas.feed import Csv, Feed, column, optional, yearly
from schemas.kinds import MONEY, NAME, TAXPAYER_ID, YEAR, code, signed


class TaxAnnual(Feed):
    """Returns of the last ten years, one row a taxpayer and year, all amounts in ten thousand yuan."""

    title = "税务年度申报"
    department = "tax"
    department_title = "国家税务总局浙江省税务局"
    due = yearly(6, 15, "18:00")
    arrives = Csv(encoding="gb18030")
    delivers = "snapshot"
    grain = ("taxpayer_id", "year")
    identity = "taxpayer_id"
    describes = False

    taxpayer_id = column("NSRSBH", TAXPAYER_ID, "纳税人识别号")
    name = column("NSRMC", NAME, "纳税人名称")
    year = column("SSND", YEAR, "所属年度")
    revenue = column("YYSR", MONEY, "营业收入", unit="万元")
    tax_paid = column("SJSE", MONEY, "实缴税额", unit="万元")
    research = optional("YFFY", MONEY, "研发费用", unit="万元")
    profit = optional("LRZE", signed(MONEY), "利润总额", unit="万元")
    credit_class = optional("NSXYJB", code("tax_credit"), "纳税缴费信用级别")
