"""The market regulation department's register of enterprises."""

from datetime import date

from schemas.feed import Csv, Feed, Place, column, daily, optional
from schemas.kinds import ADDRESS, CREDIT_CODE, DAY, MONEY, NAME, TEXT, code

# Credit codes are given since this day (国发〔2015〕33号), so the office in them is one of that day or later.
CODES_BEGAN = date(2015, 10, 1)

_AMOUNT = r"^([\d.,]+)\s*\(?\s*万"
_CURRENCY = r"^[\d.,]+\s*\(?\s*(万.*?)\)?$"


class MarketRegulationEnterprise(Feed):
    """Enterprises as registered; each file adds or replaces by credit code."""

    title = "市场主体登记"
    department = "market_regulation"
    department_title = "浙江省市场监督管理局"
    due = daily("05:00")
    arrives = Csv()
    delivers = "increment"
    grain = ("credit_code",)
    identity = "credit_code"
    nulls = ("", "N/A")
    place = Place(
        division="统一社会信用代码", take=r"^..(\d{6})", division_since=CODES_BEGAN, address="注册地址", city="地区",
        written="注册日期",
    )  # fmt: skip
    ignored = ("法人代表", "所在省份")

    name = column("企业名称", NAME, "企业名称")
    credit_code = column("统一社会信用代码", CREDIT_CODE, "统一社会信用代码")
    registered = column("注册日期", DAY, "成立日期")
    enterprise_type = optional("企业类型", code("enterprise_type", source="market_regulation"), "企业类型")
    capital = optional("注册资金", MONEY, "注册资本", take=_AMOUNT, unit="万元")
    capital_currency = optional("注册资金", code("currency", source="capital_unit"), "注册资本币种", take=_CURRENCY)
    scope = optional("经营范围", TEXT, "经营范围")
    address = optional("注册地址", ADDRESS, "注册地址")
