"""The indicator library: the same indicators for every county, by county, town, section of industry and month."""

from schemas.indicator import LIST
from schemas.kinds import COUNT, COUNTY, QUOTIENT, TEXT, code, month, of_unit
from schemas.product import Product, field, required

_SCOPE = ("enterprise.town", "enterprise.industry", "enterprise.industry_section")
_SUMMED = (
    *_SCOPE, "enterprise.credit_code", "enterprise.registered", "enterprise.status", "tax_registration.status",
    "enterprise.insured", "enterprise.revenue", "enterprise.tax_paid", "natural_resources_parcel.area",
    "power_customer.energy", "tax_annual.research", "tax_annual.revenue",
)  # fmt: skip


class BusinessIndicators(Product):
    """One row an indicator, place or section, and month; indicators are declared in `schemas/indicators/`.

    A row bears the level of its indicator: a view lacks the rows above its level.
    """

    title = "指标库"
    description = "各县同一口径的企业发展指标，按全县、乡镇（街道）、行业门类与月份；指标公式见契约的指标代码表。"
    entity = "enterprise"
    grain = ("county", "indicator", "scope", "scope_code", "month")
    levels = ("L1", "L2", "L3")
    row_level = "level"
    may_fall = True
    version = "2.1.0"
    needs = ("market_regulation_enterprise", "tax_registration")

    county = required(COUNTY, "县（市、区）代码", "L1", meaning="按最新行政区划", of=("enterprise.county",))
    county_name = required(TEXT, "县（市、区）", "L1", of=("enterprise.county",))
    indicator = required(
        code(LIST), "指标代码", "L1", meaning="公式、单位与口径见指标代码表", of=("indicator_list.code",)
    )
    indicator_title = required(TEXT, "指标", "L1", of=("indicator_list.title",))
    indicator_version = required(TEXT, "指标版本", "L1", of=("indicator_list.version",))
    unit = required(TEXT, "单位", "L1", of=("indicator_list.unit",))
    level = required(TEXT, "指标分级", "L1", meaning="公式所用各项中最高的分级", of=("indicator_list.level",))
    scope = required(TEXT, "范围", "L1", meaning="全县、乡镇或行业门类", of=_SCOPE)
    scope_code = required(
        TEXT, "范围代码", "L1", meaning="县、乡镇（街道）或GB/T 4754-2017门类代码", of=_SCOPE
    )  # fmt: skip
    scope_name = field(TEXT, "范围名称", "L1", of=_SCOPE)
    month = required(month("%Y%m"), "月份", "L1", meaning="以该月第一日表示", of=("today.day",))
    units = required(of_unit(COUNT, "家"), "企业数", "L1", meaning="指标所依据的企业个数", of=_SUMMED)
    withheld = field(
        TEXT, "不公布的原因", "L1",
        meaning="少于3家：L1以上指标所依据且不为零的企业不足3家；防止推算：同一指标、范围、月份中另有不公布者，"
        "同时略去其中家数最少的一个；乡镇或行业不明者不单列，推算时计作一个；空：照常公布",
        of=_SUMMED,
    )  # fmt: skip
    value = field(QUOTIENT, "指标值", "L1", meaning="六位小数", of=_SUMMED)
