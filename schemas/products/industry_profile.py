"""The industry profile: which industries a county has, how large and how concentrated, beside the province."""

from schemas.kinds import COUNT, COUNTY, MONEY, QUOTIENT, TEXT, YEAR, Kind, code, of_unit
from schemas.product import Field, Level, Product, field, required

_UNITS, _STAFF = of_unit(COUNT, "家"), of_unit(COUNT, "人")
_LISTED = "数据时点未注销、未吊销、属地与行业大类均明确的企业"
_QUOTIENT = (
    "区位商（Florence 1939；Haig 1926）：本县本行业占本县各行业合计之比，除以全省本行业占全省各行业合计之比；"
    "大于1为本县相对专业化"
)
_TOGETHER = "县、省合计均含不予公布的单元"
_WITHHELD = (
    "少于3家：有数且不为零的企业不足3家；防止推算：本县另有不予公布的单元，同时略去其中家数最少的一个；空：照常公布"
)


def _share(title: str, level: Level, of: str) -> Field:
    return field(QUOTIENT, f"{title}占本县比重", level, meaning=f"本行业{title}除以本县各行业合计", of=(of,))


def _quotient(title: str, level: Level, of: str) -> Field:
    told = f"按{title}计的{_QUOTIENT}；{_TOGETHER}；四舍五入至三位小数"
    return field(QUOTIENT, f"{title}区位商", level, meaning=told, of=(of,))


def _sum(kind: Kind, title: str, level: Level, of: str, meaning: str) -> Field:
    return field(kind, title, level, meaning=f"{meaning}；不足3家不公布", of=(of,))


class IndustryProfile(Product):
    """One row an industry (division of GB/T 4754-2017) that has enterprises in the county, and the year of output."""

    title = "产业画像"
    description = "县域各行业大类的企业、用工、产出，与全省相比的专业化程度，及产出集中度。"
    entity = "enterprise"
    grain = ("county", "year", "industry")
    may_fall = True
    version = "1.0.0"
    needs = ("market_regulation_enterprise", "tax_registration")

    county = required(COUNTY, "县（市、区）代码", "L1", meaning="按最新行政区划", of=("enterprise.county",))
    county_name = required(TEXT, "县（市、区）", "L1", of=("enterprise.county",))
    year = required(
        YEAR, "年度", "L1", meaning="营业收入所属年度，即数据时点的上一年度；企业数与参保人数按数据时点",
        of=("today.day",),
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
    enterprises = required(_UNITS, "企业数", "L1", meaning=_LISTED, of=("enterprise.credit_code",))
    enterprises_share = _share("企业数", "L1", "enterprise.credit_code")
    enterprises_lq = _quotient("企业数", "L1", "enterprise.credit_code")
    province_enterprises = required(
        _UNITS, "全省同行业企业数", "L1", meaning=_LISTED + "，全省合计", of=("enterprise.credit_code",)
    )
    unclassified = required(
        _UNITS, "本县行业不明企业数", "L1", meaning="未注销、未吊销而行业未能定到大类的企业，不计入任何一行",
        of=("enterprise.industry",),
    )  # fmt: skip
    insured_units = required(_UNITS, "有参保数的企业数", "L2", of=("enterprise.insured",))
    insured_withheld = field(TEXT, "参保人数不公布的原因", "L2", meaning=_WITHHELD, of=("enterprise.insured",))
    insured = _sum(_UNITS, "参保人数", "L2", "enterprise.insured", "本行业企业最近一批参保人数之和")
    insured_share = _share("参保人数", "L2", "enterprise.insured")
    insured_lq = _quotient("参保人数", "L2", "enterprise.insured")
    revenue_units = required(_UNITS, "有营业收入的企业数", "L3", of=("enterprise.revenue",))
    revenue_withheld = field(TEXT, "营业收入不公布的原因", "L3", meaning=_WITHHELD, of=("enterprise.revenue",))
    revenue = _sum(MONEY, "营业收入", "L3", "enterprise.revenue", "本行业企业税务登记的上一年度营业收入之和")
    revenue_share = _share("营业收入", "L3", "enterprise.revenue")
    revenue_lq = _quotient("营业收入", "L3", "enterprise.revenue")
    revenue_hhi = field(
        QUOTIENT, "营业收入集中度", "L3",
        meaning="赫芬达尔—赫希曼指数（Hirschman 1945；Herfindahl 1950）：本县本行业各企业营业收入份额平方和乘以10000，"
        "0至10000；营业收入按元取整；营业收入不公布、或最大一家份额超过85%时为空",
        of=("enterprise.revenue",),
    )  # fmt: skip
