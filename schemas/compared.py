"""Members that families share: a number beside medians, its place, its growth, a licence. Declared, not reckoned."""

from __future__ import annotations

from schemas.condition import Compare, Holds, Not, at_least, below, every, within
from schemas.measure import QUANTITY, Ahead, Among, Days, Growth, Multiple, RelativeRank
from schemas.tag import Bands, Flag, Member, Number

_AMONG: dict[Among, str] = {"county": "县域", "county_industry": "县域同行业", "industry": "全省同行业"}
_MULTIPLES = ("不足{}中位数的一半", "为{}中位数的0.5至1倍", "为{}中位数的1至2倍", "为{}中位数的2倍及以上")
DECLARED = "最近申报年度"
_GROWTH = ("下降20%以上", "下降5%至20%", "基本持平（±5%以内）", "增长5%至20%", "增长20%至50%", "增长50%及以上")


def beside(of: str, title: str) -> tuple[Member, ...]:
    """A number beside three medians, and its place in the county and in its industry there."""
    places = (*_place(of, title, "county"), *_place(of, title, "county_industry"))
    return (*(member for among in _AMONG for member in _multiple(of, title, among)), *places)


def _multiple(of: str, title: str, among: Among) -> tuple[Member, ...]:
    key, whose = f"{of}_to_{among}", _AMONG[among]
    meaning = f"{title}除以{whose}中位数；中位数不含注销、吊销企业，不足3家有数时为空；同行业按行业大类"
    return (
        Number(key, f"{title}与{whose}中位数之比", Multiple(of, among), meaning),
        Bands(key, key, title, (0.5, 1, 2), tuple(label.format(whose) for label in _MULTIPLES)),
    )


def _place(of: str, title: str, among: Among) -> tuple[Member, ...]:
    key, ahead, whose = f"{of}_place_{among}", f"{of}_ahead_{among}", _AMONG[among]
    ranked = f"{title}由高到低，在{whose}有数企业中"
    tied, few = "并列者全部在此之内方为是", "不足3家有数时为空"
    return (
        Number(key, f"{title}{whose}位次占比", RelativeRank(of, among), f"{ranked}的位次除以家数，并列取优；{few}"),
        Number(
            ahead, f"{title}低于自身的{whose}企业占比", Ahead(of, among),
            f"{whose}有数企业中{title}低于本企业的家数占比；{few}",
        ),
        Flag(f"{key}_first_10pct", f"{title}居{whose}前10%", at_least(ahead, 0.9), f"{ranked}居前10%，{tied}；{few}"),
        Flag(f"{key}_first_20pct", f"{title}居{whose}前20%", at_least(ahead, 0.8), f"{ranked}居前20%，{tied}；{few}"),
        Flag(
            f"{key}_last_20pct", f"{title}居{whose}后20%", Compare(key, "more_than", 0.8),
            f"{ranked}位次占比超过80%，并列取优；{few}",
        ),
    )  # fmt: skip


def growing(of: str, title: str, before: str, now: str | None = None, year: str = "") -> tuple[Member, ...]:
    """A number beside what it was: its growth, and bands of it.

    `now` where it grew to is another column than the growth is called after; `year` says of what year it is.
    """
    key = f"{of}_growth"
    meaning = f"{year}{title}较上期增减额除以上期；上期为零或负数时为空"
    return (
        Number(key, f"{title}同比增速", Growth(now or of, before), meaning),
        Bands(key, key, f"{title}同比", (-0.2, -0.05, 0.05, 0.2, 0.5), _GROWTH),
    )


def licence(kind: str, title: str) -> tuple[Member, ...]:
    """A licence: whether it is in force, when it ends, whether that is soon, and whether it has lapsed."""
    held, days = Holds("licences", title), f"{kind}_days"
    return (
        Number(days, f"{title}距到期天数", Days(f"{kind}_until"), "有效期止日减数据时点，已过期为负", "天", QUANTITY),
        Flag(f"{kind}_held", f"持有有效{title}", held, f"数据时点在有效期内的{title}至少一件"),
        Flag(
            f"{kind}_ends_soon", f"{title}90天内到期", every(held, within(days, 0, 91)),
            f"持有有效{title}，且距到期不超过90天",
        ),
        Flag(f"{kind}_lapsed", f"{title}已过期", every(Not(held), below(days, 0)), f"曾持有{title}，现无有效证件"),
    )  # fmt: skip


def present(key: str, of: str, title: str, meaning: str) -> Flag:
    """A count or an amount above zero."""
    return Flag(key, title, Compare(of, "more_than", 0), meaning)


def reaching(key: str, of: str, title: str, bound: float, meaning: str) -> Flag:
    """A number of at least so much."""
    return Flag(key, title, at_least(of, bound), meaning)
