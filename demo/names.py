"""Chinese company names: place + brand + trade + form, and a branch's from its parent's. No codes."""

from __future__ import annotations

import polars as pl

from demo.draws import Dice

_FIRST = (
    "金华中天新东海大三万永佳博恒宏嘉鑫瑞凯美康富明乐宝双兴正龙国安德科红欧盛锦云奥广百亚亿荣宇利鸿吉"
    "丰南圣高福银泰长星顺伟建飞联绿和卓振爱创立鼎上诚雅杰优信汇欣文晨威林申易蓝豪精昌铭名浙舜益众千捷"
    "远润甬维春浩"
)
_SECOND = (
    "达华丰龙泰源美盛通兴鑫峰力利宇发海山德成博佳安诚林翔特和顺瑞乐辉星明业隆邦威宝杰新尔联信迪天宏光"
    "康洋立阳城凯升森豪丽腾远恒东江润创昌胜强友得亚能荣欣飞益家雅祥伟元鼎正鸿航格云建亿之旺合捷田奇驰"
    "普宁都洲泽锋"
)
_THIRD = "莱斯克尔特德林诺达姆杰奥迪雅曼凯伦顿威格"

_SHOP_FORMS = {
    "factory": ("厂", "加工厂", "制品厂"),
    "trade": ("商行", "经营部", "批发部"),
    "shop": ("店", "商店", "商行", "经营部"),
    "food": ("店", "餐馆", "餐厅"),
    "service": ("服务部", "工作室", "经营部"),
    "tech": ("工作室", "经营部"),
    "build": ("工程队", "经营部"),
    "farm": ("家庭农场", "种植场", "养殖场"),
}
_FORMS = {
    "company": {"有限公司": 93, "有限责任公司": 7},
    "foreign": {"有限公司": 100},
    "joint_stock": {"股份有限公司": 100},
    "sole": {"厂": 60, "经营部": 20, "商行": 20},
    "partnership": {"厂(普通合伙)": 70, "事务所(普通合伙)": 30},
    "limited_partnership": {"合伙企业(有限合伙)": 100},
    "cooperative": {"专业合作社": 90, "农民专业合作社": 10},
    "collective": {"厂": 60, "公司": 40},
    "stock_cooperative": {"厂": 100},
}  # fmt: skip
_BRANCH_FORMS = {"分公司": 60, "营业部": 12, "分店": 12, "门市部": 8, "经营部": 8}


def brand(dice: Dice, stream: str) -> pl.Expr:
    """Two characters, or three in four of ten."""
    first, second = dice.pick(f"{stream}/first", tuple(_FIRST)), dice.pick(f"{stream}/second", tuple(_SECOND))
    third = pl.when(dice.chance(f"{stream}/long", 0.4)).then(dice.pick(f"{stream}/third", tuple(_THIRD)))
    return pl.concat_str(first, second, third.otherwise(pl.lit("")))


def place(dice: Dice, stream: str) -> pl.Expr:
    """The place that opens the name: county, city or province, in full or short.

    Reads the division's name as it was at registration, and its city.
    """
    city, county = pl.col("city_short"), pl.col("division_short")
    district = pl.col("division_name").str.ends_with("区")
    in_full = pl.concat_str(city, pl.lit("市"), "division_name")
    return (
        pl.when(dice.chance(f"{stream}/province", 0.1)).then(pl.lit("浙江"))
        .when(district & dice.chance(f"{stream}/city", 0.5)).then(city)
        .when(district & dice.chance(f"{stream}/city_full", 0.4)).then(in_full)
        .when(district).then(pl.concat_str(city, county))
        .when(dice.chance(f"{stream}/full", 0.6)).then(pl.col("division_name"))
        .otherwise(county)
    )  # fmt: skip


def _by_setting(dice: Dice, stream: str) -> pl.Expr:
    picks = [
        pl.when(pl.col("setting") == setting).then(dice.pick(f"{stream}/{setting}", forms))
        for setting, forms in _SHOP_FORMS.items()
    ]
    return pl.coalesce(*picks)


def form(dice: Dice, stream: str) -> pl.Expr:
    """The word for the legal form, from `sort`, and for individual businesses from `setting`."""
    chosen = [
        pl.when(pl.col("sort") == sort).then(dice.weigh(f"{stream}/{sort}", weights))
        for sort, weights in _FORMS.items()
    ]
    return pl.coalesce(*chosen, _by_setting(dice, f"{stream}/individual"))


def name(dice: Dice, stream: str) -> pl.Expr:
    """place + brand + trade + form; one company in twenty wears its place in brackets behind the brand."""
    bracketed = pl.col("sort").is_in(["company", "foreign"]) & dice.chance(f"{stream}/bracketed", 0.05)
    called = brand(dice, stream)
    plain = pl.concat_str("place", called, "trade", "form")
    return (
        pl.when(bracketed)
        .then(pl.concat_str(called, pl.lit("("), "place", pl.lit(")"), "trade", "form"))
        .otherwise(plain)
    )


def branch_name(dice: Dice, stream: str) -> pl.Expr:
    """The parent's name, the branch's own county and town, and a word for the branch."""
    where = pl.concat_str(pl.col("division_short"), pl.col("town_name").str.replace("(街道|镇|乡)$", ""))
    return pl.concat_str("parent_name", where, dice.weigh(stream, _BRANCH_FORMS))
