"""The named list of what is wrong with the feeds: each a title, what it happens to, how often, where and how.

A defect with a way is made by `spoil`; one without is done already, by history or custom, and only named.
Which column plays which part in a feed is said in `feeds/`.
"""

from __future__ import annotations

from dataclasses import dataclass

from demo import ways


@dataclass(frozen=True)
class Defect:
    """One way of being wrong.

    `part` is what the column means (code, name, division …), `rate` the share of the rows on which it
    happens among those `where` it can, `way` the new text from the old.
    """

    name: str
    title: str
    part: str
    rate: float
    where: ways.Told
    way: ways.Told | None = None


_NO_INDUSTRIES = ("0000", "9999", "5300", "C371", "6100X")
_NOWHERE = ("之江", "钱江新城", "杭州经济技术开发区", "宁波国家高新区", "省直")

DEFECTS = (
    Defect("lower_case_x", "代码中小写x", "code", 0.06, ways.has_x, ways.lower_x),
    Defect("full_width_digits", "全角数字", "code", 0.004, ways.always, ways.full_width),
    Defect("bad_check_digit", "校验位错误", "code", 0.006, ways.is_credit_code, ways.wrong_check),
    Defect("space_in_code", "代码中有空格", "code", 0.004, ways.always, ways.spaced),
    Defect("excel_mangled_code", "代码被电子表格改写", "code", 0.03, ways.is_all_digits, ways.mangled),
    Defect("old_tax_number_15", "15位旧税号", "taxpayer", 0.04,
           ways.registered_before_credit_codes, ways.old_tax_number),
    Defect("suffixed_tax_number_20", "20位税号", "taxpayer", 0.012, ways.always, ways.with_serial),
    Defect("organisation_code_without_hyphen", "组织机构代码缺连字符", "organisation", 0.03,
           ways.contains("-"), ways.without_hyphen),
    Defect("abolished_division_code", "代码中的区划已变更", "office", 1, ways.office_of_old),
    Defect("city_division_code", "代码中是市本级区划", "office", 1, ways.office_of_city),
    Defect("moved_county", "企业已迁出登记地", "office", 1, ways.has_moved),
    Defect("missing_name", "名称缺失", "told_name", 0.005, ways.always, ways.constant("")),
    Defect("stale_name", "名称未更新", "told_name", 0.3,
           ways.known("former_name"), ways.truth_of("former_name")),
    Defect("branch_same_name", "分支机构用总公司名称", "told_name", 0.06,
           ways.known("parent_name"), ways.truth_of("parent_name")),
    Defect("name_without_place_prefix", "名称缺行政区划", "told_name", 0.02,
           ways.opens_with_place, ways.without_place),
    Defect("name_company_suffix_variant", "有限公司与有限责任公司混写", "told_name", 0.02,
           ways.is_limited, ways.other_company_word),
    Defect("name_same_sound", "名称同音字", "told_name", 0.02, ways.sounds_like_another, ways.same_sound),
    Defect("name_brackets_full_width", "名称括号全角", "name", 0.25, ways.contains("("), ways.wide_brackets),
    Defect("unquoted_comma_shifted_columns", "未加引号的逗号使列错位", "bare_name", 0.003,
           ways.always, ways.in_the_middle(",")),
    Defect("broken_byte", "乱码字节", "byte_name", 0.003, ways.always, ways.in_the_middle(ways.BROKEN_BYTE)),
    Defect("line_break_in_name", "名称中有换行", "copied_name", 0.004, ways.always, ways.in_the_middle("\n")),
    Defect("unescaped_quote", "未转义的引号", "scope", 0.003, ways.always, ways.quoted_trade),
    Defect("division_old_name", "区划旧称", "division", 0.2, ways.renamed_county, ways.old_division),
    Defect("division_short", "区划简称", "division", 0.03, ways.always, ways.short_division),
    Defect("division_unknown", "不存在的区划", "division", 0.008, ways.always, ways.one_of(_NOWHERE)),
    Defect("unknown_industry_code", "未知行业代码", "industry", 0.006,
           ways.always, ways.one_of(_NO_INDUSTRIES)),
    Defect("null_word", "空值写作NULL", "industry", 0.003, ways.always, ways.constant("NULL")),
    Defect("industry_2011_only", "2017版已无的行业代码", "industry", 1, ways.disappeared),
    Defect("industry_code_reused", "两版同码不同义的行业代码", "industry", 1, ways.reused),
    Defect("tax_type_coarser", "税务登记类型较粗", "tax_type", 1, ways.typed_coarsely),
    Defect("unknown_status_code", "未知状态代码", "status", 0.004, ways.always, ways.constant("99")),
    Defect("na_token", "空值写作N/A", "type_word", 1, ways.is_na),
    Defect("na_token", "空值写作N/A", "capital_word", 1, ways.is_na_for_something),
    Defect("capital_spelling", "注册资本的另一种写法", "capital_word", 1, ways.other_spelling),
    Defect("capital_converted", "外币折合人民币", "claim", 1, ways.in_foreign_money),
    Defect("unit_slip_wan", "元与万元混淆", "amount", 0.006, ways.plain_amount, ways.in_wan),
    Defect("unit_slip_yuan", "万元与元混淆", "wan", 0.003, ways.always, ways.in_yuan),
    Defect("missing_unit", "计量单位缺失", "measure", 0.004, ways.always, ways.constant("")),
    Defect("no_penalty", "责令改正写作处罚", "penalty", 0.01, ways.always, ways.constant("责令改正")),
    Defect("unknown_sex_code", "性别写作汉字", "sex", 0.002, ways.always, ways.one_of(("男", "女"))),
    Defect("figure_in_words", "数字写作约数", "figure", 0.002, ways.always, ways.about),
    Defect("dotted_plate", "号牌中有间隔点", "plate", 0.1, ways.always, ways.dotted),
    Defect("cut_plate", "号牌不完整", "plate", 0.01, ways.always, ways.cut),
    Defect("waste_as_a_whole", "建筑垃圾未分类", "waste", 0.02, ways.always, ways.constant("建筑垃圾")),
    Defect("several_items_as_one", "一件事合并编码", "item", 0.01, ways.always, ways.constant("其他-90001-000")),
    Defect("cut_grid_code", "网格编码不完整", "grid", 0.004, ways.always, ways.without_last),
    Defect("negative_amount", "负数金额", "tax", 0.003, ways.always, ways.below_zero),
    Defect("conflicting_value", "与登记不一致", "claim", 0.012,
           ways.known("capital_yuan"), ways.half_as_much_again),
    Defect("conflicting_value", "与登记不一致", "section", 0.012, ways.differs_from("S"), ways.constant("S")),
    Defect("impossible_date", "不存在的日期", "day", 0.005, ways.always, ways.never),
    Defect("date_as_text", "日期写作文本", "serial", 0.03, ways.always, ways.as_text),
)  # fmt: skip


DUPLICATE_ROW = Defect("duplicate_row", "重复行", "row", 0.005, ways.always)


def names() -> list[str]:
    """Every defect's name, once, in the order of the list."""
    return list(dict.fromkeys([*(defect.name for defect in DEFECTS), DUPLICATE_ROW.name]))
