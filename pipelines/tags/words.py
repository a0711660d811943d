"""What a rule says in Chinese, as a meaning (口径) or a condition: nobody writes it, so that it cannot differ."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.tags.catalogue import Catalogue
from pipelines.tags.wording import said
from schemas.condition import All, Any, Compare, Condition, Ends, Holds, Is, Known, Not, OneOf, Sign, Under
from schemas.measure import RATIO, Ahead, Change, Days, Given, Growth, Measure, Multiple, Per, RelativeRank, Sum, Years

_SIGNS: dict[Sign, str] = {"at_least": "不低于", "more_than": "高于", "at_most": "不高于", "less_than": "低于"}
_AMONG = {"county": "本县", "county_industry": "本县同行业大类", "industry": "全省同行业大类"}


def meaning(rule: Condition | Measure, known: Catalogue) -> str:
    """What a rule says, with the titles of the columns and tags that it names."""
    return _asked(rule, known) if isinstance(rule, Condition) else _reckoned(rule, known)


def _asked(condition: Condition, known: Catalogue) -> str:
    match condition:
        case All(parts):
            return "，且".join(_part(part, known) for part in parts)
        case Any(parts):
            return "，或".join(_part(part, known) for part in parts)
        case Not(part):
            return f"非（{_asked(part, known)}）"
        case Under(codes):
            return f"行业代码（GB/T 4754-2017）属{_listed(codes)}"
        case _:
            return f"{_title(condition.name, known)}{_question(condition, known)}"


def _question(atom: Compare | OneOf | Holds | Ends | Known | Is, known: Catalogue) -> str:
    match atom:
        case Compare(name, sign, value):
            return f"{_SIGNS[sign]}{_amount(name, value, known)}"
        case OneOf(_, words):
            return f"为{_listed(words)}"
        case Holds(_, word):
            return f"列有{word}"
        case Ends(_, words):
            return f"以{_listed(words)}结尾"
        case Known():
            return "不为空"
        case Is():
            return ""


def _part(condition: Condition, known: Catalogue) -> str:
    told = _asked(condition, known)
    return f"（{told}）" if isinstance(condition, All | Any) else told


def _reckoned(measure: Measure, known: Catalogue) -> str:
    match measure:
        case Given(of, when):
            return f"{_asked(when, known)}时的{_title(of, known)}"
        case Per(over, under):
            return f"{_title(over, known)}除以{_title(under, known)}"
        case Sum(parts):
            return f"{_listed(_title(part, known) for part in parts)}之和"
        case Growth(now, before):
            return f"{_title(now, known)}较{_title(before, known)}的增幅"
        case Change(now, before):
            return f"{_title(now, known)}减{_title(before, known)}"
        case Years(since):
            return f"{_title(since, known)}至数据时点的整年数"
        case Days(until):
            return f"数据时点至{_title(until, known)}的天数"
        case Multiple() | RelativeRank() | Ahead():
            return _beside(measure, known)


def _beside(measure: Multiple | RelativeRank | Ahead, known: Catalogue) -> str:
    title, among = _title(measure.of, known), _AMONG[measure.among]
    match measure:
        case Multiple():
            return f"{title}为{among}中位数的倍数"
        case RelativeRank():
            return f"{title}在{among}中由高到低的位次占比"
        case Ahead():
            return f"{title}低于自身的企业在{among}中的占比"


def _title(name: str, known: Catalogue) -> str:
    return known.told(name).title


def _amount(name: str, value: float, known: Catalogue) -> str:
    held = known.told(name)
    return said(value, held.unit or (None if held.kind is RATIO else ""))


def _listed(words: Iterable[str]) -> str:
    return "、".join(words)
