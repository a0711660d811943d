"""Loans, pledges and the way to a listing."""

from datetime import date

from schemas.compared import growing, present
from schemas.condition import Compare, Is, at_least, every
from schemas.measure import Per
from schemas.tag import Bands, Family, Flag, Number, Words

FINANCE = Family(
    "finance",
    "金融与上市",
    "县金融工作服务中心",
    "企业融资难不难，哪些可培育上市？",
    date(2026, 7, 1),
    (
        Bands("loans", "loans", "银行贷款余额", (1, 1_000_000, 5_000_000, 10_000_000, 100_000_000, 1_000_000_000)),
        *growing("loans", "银行贷款余额", "loans_before"),
        present("overdue", "overdue_loans", "有逾期贷款", "逾期贷款余额大于零"),
        Flag("is_first_loan", "首贷企业", Is("first_loan"), "近12个月首次获得银行贷款"),
        Flag(
            "never_borrowed",
            "有纳税无贷款企业",
            every(Compare("loans", "at_most", 0), at_least("tax_paid", 50_000)),
            "实缴税额5万元及以上而无银行贷款余额，可作首贷拓展对象",
        ),
        Number("loans_to_revenue", "贷款余额与营业收入之比", Per("loans", "revenue"), "银行贷款余额除以营业收入"),
        Bands(
            "loans_to_revenue",
            "loans_to_revenue",
            "贷款余额与营业收入之比",
            (0.2, 0.5, 1, 2),
            ("低于0.2", "0.2至0.5", "0.5至1", "1至2", "2及以上"),
        ),
        Bands("equity_pledges", "equity_pledges", "有效股权出质", (1, 3)),
        Bands("chattel_mortgages", "chattel_mortgages", "有效动产抵押", (1, 3)),
        Words(
            "listing",
            "{word}上市（挂牌）企业",
            {
                "listed_main": "主板",
                "listed_chinext": "创业板",
                "listed_star": "科创板",
                "listed_beijing": "北交所",
                "listed_neeq": "新三板",
                "listed_overseas": "境外",
                "listed_regional": "浙江省股权交易中心",
            },
        ),
        Words(
            "listing_stage",
            "上市培育：{word}",
            {
                "listing_stage_reserve": "股改培育",
                "listing_stage_guided": "辅导备案",
                "listing_stage_filed": "已报会",
                "listing_stage_approved": "已过会",
            },
        ),
        Flag(
            "listing_candidate",
            "上市后备企业",
            every(
                Is("joint_stock"),
                at_least("profit", 30_000_000),
                at_least("revenue_growth", 0.05),
                Is("in_good_standing"),
            ),
            "股份有限公司，利润总额3000万元及以上，营业收入增长5%及以上，无失信记录；县里可另定标准",
        ),
    ),
)
