"""The industry profile: which industries a county has, how large and how concentrated, beside the province."""

from schemas.kinds import COUNT, COUNTY, ENERGY, LAND, MONEY, QUOTIENT, TEXT, YEAR, Kind, code, of_unit, signed
from schemas.product import AWAITED, Field, Level, Product, field, required

_UNITS, _STAFF = of_unit(COUNT, "家"), of_unit(COUNT, "人")
_LISTED = "数据时点未注销、未吊销、属地与行业大类均明确的企业"
_QUOTIENT = (
    "区位商（Florence 1939；Haig 1926）：本县本行业占本县各行业合计之比，除以全省本行业占全省各行业合计之比；"
    "大于1为本县相对专业化"
)
_NEWEST = "仅最近年度的行有数，按数据时点"
_ANNUAL, _YEAR = "tax_annual.revenue", "tax_annual.year"
_DECLARED = "税务年度申报；含此后注销、吊销的企业；以今日属地与行业计"
_METERED = "名下各用电户全年合计；含此后注销、吊销的企业；以今日属地与行业计"
_SPLIT = "偏离—份额分析（Dunn 1960），以五年前营业收入为基数；任一端营业收入存疑的企业两端均不计；不予公布的为空"
_TOGETHER = "县、省合计均含不予公布的单元"
_SLIPS = "有三个以上年度申报、当年与其中位数相差千倍以上的企业"
_ENERGY, _AREA = "power_customer.energy", "natural_resources_parcel.area"
_FLOWS = ("statistics_input_output.amount", "enterprise.industry")
_POSITION = (
    "最新一张投入产出表中本行业所属部门的位置（Chenery、Watanabe 1958）。上游：中间需求率不低于、中间投入率低于"
    "各部门合计；中游：两率均不低于；下游：中间需求率低于各部门合计"
)
_APART = "另有企业因一端的营业收入存疑而两端均不计入增减"
_WITHHELD = (
    "少于3家：有数且不为零的企业不足3家；防止推算：本县另有不予公布的单元，同时略去其中家数最少的一个；空：照常公布"
)


def _effect(title: str, meaning: str) -> Field:
    return field(signed(MONEY), title, "L3", meaning=f"{meaning}；{_SPLIT}", of=(_ANNUAL, _YEAR))


def _share(title: str, level: Level, of: str) -> Field:
    return field(QUOTIENT, f"{title}占本县比重", level, meaning=f"本行业{title}除以本县各行业合计", of=(of,))


def _quotient(title: str, level: Level, of: str) -> Field:
    told = f"按{title}计的{_QUOTIENT}；{_TOGETHER}；四舍五入至三位小数"
    return field(QUOTIENT, f"{title}区位商", level, meaning=told, of=(of,))


def _sum(kind: Kind, title: str, level: Level, of: str, meaning: str) -> Field:
    return field(kind, title, level, meaning=f"{meaning}；不足3家不公布", of=(of,))


class IndustryProfile(Product):
    """One row an industry (division of GB/T 4754-2017) of the county and a year of output, up to ten of them.

    Enterprises and insured persons are those of today and stand in the newest year's row alone. All years are told of
    today's counties, by returns of one kind, so that they can be compared.
    """

    title = "产业画像"
    description = "县域各行业大类的企业、用工、用地、十年产出与用电、产业链环节，专业化与集中程度，五年增长的分解。"
    entity = "enterprise"
    grain = ("county", "year", "industry")
    may_fall = True
    version = "5.0.0"
    needs = ("market_regulation_enterprise", "tax_annual", "tax_registration")

    county = required(COUNTY, "县（市、区）代码", "L1", meaning="按最新行政区划", of=("enterprise.county",))
    county_name = required(TEXT, "县（市、区）", "L1", of=("enterprise.county",))
    year = required(
        YEAR, "年度", "L1", meaning="营业收入与税额所属年度：最近申报年度及之前九年；企业数与参保人数仅最近年度有数",
        of=(_YEAR,),
    )  # fmt: skip
    industry = required(
        code("gbt4754_2017"),
        "行业大类代码",
        "L1",
        meaning="GB/T 4754-2017，取行业代码前两位",
        of=("enterprise.industry",),
    )
    industry_name = required(TEXT, "行业大类", "L1", of=("enterprise.industry",))
    section = required(code("gbt4754_2017"), "行业门类代码", "L1", of=("enterprise.industry",))
    section_name = required(TEXT, "行业门类", "L1", of=("enterprise.industry",))
    chain_position = field(TEXT, "产业链环节", "L1", meaning=_POSITION, of=_FLOWS)
    intermediate_use = field(
        QUOTIENT, "中间需求率", "L1",
        meaning="所属部门供各部门中间使用的部分除以中间使用与最终使用（含出口与流出）之和", of=_FLOWS,
    )  # fmt: skip
    intermediate_input = field(
        QUOTIENT, "中间投入率", "L1", meaning="所属部门的中间投入除以总投入（中间投入与增加值之和）", of=_FLOWS
    )  # fmt: skip
    enterprises = field(_UNITS, "企业数", "L1", meaning=f"{_LISTED}；{_NEWEST}", of=("enterprise.credit_code",))
    enterprises_share = _share("企业数", "L1", "enterprise.credit_code")
    enterprises_lq = _quotient("企业数", "L1", "enterprise.credit_code")
    province_enterprises = field(
        _UNITS, "全省同行业企业数", "L1", meaning=f"{_LISTED}，全省合计；{_NEWEST}", of=("enterprise.credit_code",)
    )
    unclassified = field(
        _UNITS, "本县行业不明企业数", "L1",
        meaning=f"未注销、未吊销而行业未能定到大类的企业，不计入任何一行；{_NEWEST}", of=("enterprise.industry",),
    )  # fmt: skip
    insured_units = field(_UNITS, "有参保数的企业数", "L2", meaning=f"{_NEWEST}；{AWAITED}", of=("enterprise.insured",))
    insured_withheld = field(TEXT, "参保人数不公布的原因", "L2", meaning=_WITHHELD, of=("enterprise.insured",))
    insured = _sum(_UNITS, "参保人数", "L2", "enterprise.insured", "本行业企业最近一批参保人数之和")
    insured_share = _share("参保人数", "L2", "enterprise.insured")
    insured_lq = _quotient("参保人数", "L2", "enterprise.insured")
    revenue_units = required(
        _UNITS, "有营业收入的企业数", "L3", meaning=f"当年申报且营业收入不存疑的企业；{_DECLARED}", of=(_ANNUAL,)
    )
    revenue_doubtful = required(
        _UNITS,
        "营业收入存疑的企业数",
        "L3",
        meaning=f"{_SLIPS}，疑为元与万元混淆；不计入营业收入及由其算得的各项",
        of=(_ANNUAL, _YEAR),
    )
    revenue_withheld = field(TEXT, "营业收入不公布的原因", "L3", meaning=_WITHHELD, of=(_ANNUAL,))
    revenue = _sum(MONEY, "营业收入", "L3", _ANNUAL, f"本行业企业当年营业收入之和；{_DECLARED}")
    revenue_share = _share("营业收入", "L3", _ANNUAL)
    revenue_lq = _quotient("营业收入", "L3", _ANNUAL)
    revenue_hhi = field(
        QUOTIENT, "营业收入集中度", "L3",
        meaning="赫芬达尔—赫希曼指数（Hirschman 1945；Herfindahl 1950）：本县本行业各企业营业收入份额平方和乘以10000，"
        "0至10000；营业收入按元取整；营业收入不公布、或最大一家份额超过85%时为空",
        of=(_ANNUAL,),
    )  # fmt: skip
    tax_units = required(_UNITS, "有实缴税额的企业数", "L3", meaning=_DECLARED, of=("tax_annual.tax_paid",))
    tax_withheld = field(TEXT, "实缴税额不公布的原因", "L3", meaning=_WITHHELD, of=("tax_annual.tax_paid",))
    tax = _sum(MONEY, "实缴税额", "L3", "tax_annual.tax_paid", f"本行业企业当年实缴税额之和；{_DECLARED}")
    energy_units = field(_UNITS, "有用电量的企业数", "L3", meaning=f"{_METERED}；{AWAITED}", of=(_ENERGY,))
    energy_withheld = field(TEXT, "用电量不公布的原因", "L3", meaning=_WITHHELD, of=(_ENERGY,))
    energy = _sum(ENERGY, "用电量", "L3", _ENERGY, f"本行业企业当年用电量之和；{_METERED}")
    land_units = field(_UNITS, "有用地面积的企业数", "L2", meaning=f"{_NEWEST}；{AWAITED}", of=(_AREA,))
    land_withheld = field(TEXT, "用地面积不公布的原因", "L2", meaning=_WITHHELD, of=(_AREA,))
    land = _sum(LAND, "用地面积", "L2", _AREA, f"本行业企业名下在册宗地面积之和，不论坐落何县；{_NEWEST}")
    base_year = field(YEAR, "增长分解的基年", "L3", meaning="年度之前五年；当年无申报数据的为空", of=(_YEAR,))
    effects_withheld = field(
        TEXT,
        "增长分解不公布的原因",
        "L3",
        meaning=f"当年或基年营业收入不公布的原因；{_APART}，亦为防止推算；空：照常公布",
        of=(_ANNUAL,),
    )
    revenue_change = _effect("营业收入五年增减", "当年减基年，等于以下三项之和")
    national_effect = _effect("全省增长分量", "基年营业收入乘以全省各行业合计的增长率")
    mix_effect = _effect("产业结构分量", "基年营业收入乘以全省本行业增长率与全省合计增长率之差")
    competitive_effect = _effect("竞争力分量", "增减额减去前两项：本县本行业比全省本行业多增的部分")
