"""The enterprise mirror: each county's enterprises as its departments together know them."""

from schemas.kinds import (
    ADDRESS,
    COUNT,
    COUNTY,
    CREDIT_CODE,
    DAY,
    ENERGY,
    FLAG,
    LAND,
    MONEY,
    NAME,
    ORGANISATION_CODE,
    TEXT,
    TOWN,
    YEAR,
    code,
    month,
    signed,
)
from schemas.product import AWAITED, Product, field, required

_DECLARED = "税务年度申报；所属年度见“最近申报年度”"
_BEFORE = "税务年度申报；所属年度为“最近申报年度”减一"
_BEFORE_2 = "税务年度申报；所属年度为“最近申报年度”减二"
_REGISTERED = (
    "税务登记所载，有多户税务登记的为各户已知数之和；来数不标年度，一般为上一年度，年初至税务部门更新前仍为上上年度"
)
_REVENUE, _TAX, _PROFIT, _RESEARCH = (
    (f"tax_annual.{column}", "tax_annual.year") for column in ("revenue", "tax_paid", "profit", "research")
)
_UNTIL = "在有效期内者中最晚的有效期止日；其中有未载明止日（视同长期有效）的为空"
_METERED = ("power_customer.energy", "power_customer.year", "power_customer.month")


class EnterpriseMirror(Product):
    """One row an enterprise placed in the county, whatever its status."""

    title = "企业镜像"
    description = "各部门共同认知的县域企业，每家企业一行，不论经营状态。"
    entity = "enterprise"
    identifier = "credit_code"
    version = "3.0.0"
    needs = ("market_regulation_enterprise",)

    credit_code = required(CREDIT_CODE, "统一社会信用代码", "L1")
    organisation_code = required(
        ORGANISATION_CODE, "组织机构代码", "L1", meaning="统一社会信用代码第9至17位", of=("enterprise.credit_code",)
    )
    name = required(NAME, "企业名称", "L1")
    is_branch = required(
        FLAG,
        "是否分支机构",
        "L1",
        meaning="企业类型属分支机构，或名称以分公司、支行、分店等结尾",
        of=("enterprise.enterprise_type", "enterprise.name"),
    )
    county = required(COUNTY, "所在县（市、区）代码", "L1", meaning="按最新行政区划")
    county_name = required(TEXT, "所在县（市、区）", "L1", of=("enterprise.county",))
    town = field(TOWN, "所在乡镇（街道）代码", "L1", meaning="统计用区划代码")
    town_name = field(TEXT, "所在乡镇（街道）", "L1", of=("enterprise.town",))
    place_evidence = field(
        TEXT, "属地依据", "L1",
        meaning="相符的依据以+相连：code代码、county县名、town乡镇、zone开发区、city市名、road道路；其后以!起首的为不相符的依据",
    )  # fmt: skip
    address = field(ADDRESS, "注册地址", "L1")
    registered = field(DAY, "成立日期", "L1")
    started = field(DAY, "开业日期", "L1", meaning="税务登记的开业（设立）日期")
    age_years = field(
        COUNT,
        "存续年限",
        "L1",
        unit="年",
        meaning="成立日期至数据时点的整年数；2月29日成立的，平年至3月1日满一年",
        of=("enterprise.registered",),
    )
    enterprise_type = field(code("enterprise_type"), "企业类型代码", "L1")
    enterprise_type_name = field(TEXT, "企业类型", "L1", of=("enterprise.enterprise_type",))
    capital = field(MONEY, "注册资本", "L1", meaning="按登记币种计，不折算")
    capital_currency = field(code("currency"), "注册资本币种", "L1")
    scope = field(TEXT, "经营范围", "L1")
    status = field(
        code("enterprise_status"), "经营状态代码", "L1",
        meaning="同一部门有多户登记的，有未吊销、未注销者即不取已吊销、已注销者",
    )  # fmt: skip
    status_name = field(TEXT, "经营状态", "L1", of=("enterprise.status",))
    industry = field(code("gbt4754_2017"), "行业代码", "L1", meaning="GB/T 4754-2017，译至可确定的最细层级")
    industry_name = field(TEXT, "行业", "L1", of=("enterprise.industry",))
    industry_section = field(
        code("gbt4754_2017"), "行业门类代码", "L1", of=("enterprise.industry", "enterprise.industry_section")
    )
    industry_section_name = field(TEXT, "行业门类", "L1", of=("enterprise.industry", "enterprise.industry_section"))
    departments = required(
        COUNT, "提供数据的部门数", "L1",
        meaning="描述企业本身的数源（登记、参保、名单、许可）至少有一行指向该企业的部门个数；"
        "申报、用电、宗地、处罚、评价、运输等业务记录不计",
        of=("enterprise.credit_code",),
    )  # fmt: skip
    technology_lists = field(
        TEXT,
        "科技名单",
        "L1",
        meaning="在有效期内的名单类别，以;相连；不在名单内，或该数源尚未到达时为空",
        of=("science_technology_list.listed", "science_technology_list.valid_until"),
    )
    technology_valid_until = field(
        DAY, "科技名单最晚有效期", "L1", meaning=_UNTIL, of=("science_technology_list.valid_until",)
    )
    permits = field(
        COUNT,
        "排污许可证数",
        "L1",
        meaning=f"在有效期内的排污许可证件数；{AWAITED}",
        of=("ecology_permit.permit_number", "ecology_permit.valid_until"),
    )
    permit_class = field(
        code("permit_class"),
        "排污许可管理类别代码",
        "L1",
        meaning="在有效期内最严的一类",
        of=("ecology_permit.permit_class",),
    )
    permit_class_name = field(TEXT, "排污许可管理类别", "L1", of=("ecology_permit.permit_class",))
    permit_valid_until = field(DAY, "排污许可最晚有效期", "L1", meaning=_UNTIL, of=("ecology_permit.valid_until",))
    disputes = required(COUNT, "冲突项数", "L2", meaning="部门之间取值不一致的列数", of=("disputes.column",))
    insured = field(COUNT, "参保人数", "L2", unit="人", meaning="最近一批参保人数，有多个参保单位的为各单位已知数之和")
    insurance_status = field(
        code("insurance_status"), "参保缴费状态代码", "L2", meaning="有多个参保单位的，有未终止缴费者即不取已终止缴费者"
    )
    insurance_status_name = field(TEXT, "参保缴费状态", "L2", of=("enterprise.insurance_status",))
    first_insured = field(month("%Y%m"), "首次参保月份", "L2")
    revenue = field(MONEY, "营业收入", "L3", meaning=_REGISTERED)
    tax_paid = field(MONEY, "实缴税额", "L3", meaning=_REGISTERED)
    revenue_per_insured = field(
        MONEY,
        "人均营业收入",
        "L3",
        meaning="营业收入除以参保人数，参保人数为零时为空",
        of=("enterprise.revenue", "enterprise.insured"),
    )
    declared_year = field(
        YEAR, "最近申报年度", "L2",
        meaning="税务年度申报中该企业最近的所属年度，限上一年度或上上年度；两年均无申报的为空",
        of=("tax_annual.year",),
    )  # fmt: skip
    revenue_declared = field(MONEY, "最近申报年度营业收入", "L3", meaning=_DECLARED, of=_REVENUE)
    revenue_before = field(MONEY, "最近申报年度前一年营业收入", "L3", meaning=_BEFORE, of=_REVENUE)
    revenue_before_2 = field(MONEY, "最近申报年度再前一年营业收入", "L3", meaning=_BEFORE_2, of=_REVENUE)
    tax_paid_declared = field(MONEY, "最近申报年度实缴税额", "L3", meaning=_DECLARED, of=_TAX)
    tax_paid_before = field(MONEY, "最近申报年度前一年实缴税额", "L3", meaning=_BEFORE, of=_TAX)
    tax_paid_before_2 = field(MONEY, "最近申报年度再前一年实缴税额", "L3", meaning=_BEFORE_2, of=_TAX)
    profit = field(signed(MONEY), "最近申报年度利润总额", "L3", meaning=_DECLARED, of=_PROFIT)
    profit_before = field(signed(MONEY), "最近申报年度前一年利润总额", "L3", meaning=_BEFORE, of=_PROFIT)
    research_expense = field(MONEY, "最近申报年度研发费用", "L3", meaning=_DECLARED, of=_RESEARCH)
    research_expense_before = field(MONEY, "最近申报年度前一年研发费用", "L3", meaning=_BEFORE, of=_RESEARCH)
    tax_credit_grade = field(
        TEXT, "纳税缴费信用级别", "L2",
        meaning="有申报的最近一个所属年度（不晚于数据时点所在年度）的级别，A、B、M、C、D五级；该年度未载级别的为空",
        of=("tax_annual.credit_class", "tax_annual.year"),
    )  # fmt: skip
    electricity = field(ENERGY, "上一年度用电量", "L3", meaning="名下各用电户全年合计", of=_METERED)
    electricity_before = field(ENERGY, "上上年度用电量", "L3", meaning="名下各用电户全年合计", of=_METERED)
    electricity_month = field(
        ENERGY, "当月用电量", "L3", meaning="最近一个有数月份（不晚于数据时点当月），名下各用电户合计", of=_METERED
    )
    land = field(
        LAND, "实际用地面积", "L2", meaning="名下在册宗地面积合计，不论坐落何县",
        of=("natural_resources_parcel.area", "natural_resources_parcel.parcel"),
    )  # fmt: skip
    credit_grade = field(
        TEXT, "公共信用评价等级", "L2", meaning="最近一次评价，优秀、良好、中等、较差、差五级",
        of=("development_reform_credit.grade", "development_reform_credit.rated"),
    )  # fmt: skip
    penalties_market = field(
        COUNT, "近三年市场监管领域行政处罚次数", "L1", meaning=f"处罚决定日期在数据时点前三年之内；{AWAITED}",
        of=("market_regulation_penalty.decision", "market_regulation_penalty.decided"),
    )  # fmt: skip
