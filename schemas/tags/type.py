"""The type under which an enterprise is registered."""

from datetime import date

from schemas.condition import Is, Not, OneOf, some
from schemas.tag import Codes, Family, Flag

TYPE = Family(
    "type",
    "企业类型",
    "县市场监督管理局",
    "国有、民营、外资、合伙、合作社各有哪些？",
    date(2026, 7, 1),
    (
        Codes("type", "enterprise_type", "enterprise_type", "企业类型：{name}", (1, 2, 3)),
        Flag("branch", "分支机构", Is("is_branch"), "企业类型属分支机构，或名称以分公司、支行、分店等结尾"),
        Flag("independent", "非分支机构", Not(Is("is_branch")), "非分支机构；惠企政策多以独立法人为对象"),
        Flag(
            "state_owned",
            "国有企业（按登记类型）",
            OneOf("enterprise_type", ("1110", "3100", "4310", "4410")),
            "登记类型为国有独资公司、全民所有制企业及其分支、国有经营单位；只知较粗一级（如有限责任公司）时为空",
        ),
        Flag(
            "foreign_or_overseas",
            "外商及港澳台投资企业",
            some(Is("type_5000"), Is("type_6000"), Is("type_7000")),
            "登记类型为外商投资、台港澳投资或外国（地区）企业",
        ),
        Flag(
            "partnership_or_sole",
            "合伙企业和个人独资企业",
            OneOf("enterprise_type", ("4530", "4531", "4533", "4540", "5400", "6400")),
            "登记类型为合伙企业、个人独资企业；只知较粗一级时为空",
        ),
        Flag(
            "cooperative",
            "农民专业合作社（含分支）",
            OneOf("enterprise_type", ("9100", "9200")),
            "登记类型为农民专业合作社及其分支机构；只知较粗一级时为空",
        ),
        Flag(
            "joint_stock",
            "股份有限公司（含外资）",
            OneOf("enterprise_type", ("1200", "5200", "6200")),
            "登记类型为股份有限公司，上市培育的组织形式前提；只知较粗一级时为空",
        ),
        Flag("is_from_household", "“个转企”企业", Is("from_household"), "由个体工商户转型升级的企业"),
    ),
)
