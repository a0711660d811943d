"""The one form of all conditions and measures that say the same: order, nesting and double negation do not count."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.policies.lacking import unfolded
from pipelines.tags.catalogue import Catalogue
from schemas.condition import All, Any, Compare, Condition, Not, OneOf, Sign, Under
from schemas.measure import Given, Measure, Sum
from schemas.overlay import Own, Taken
from schemas.tag import Tag

_OPPOSITE: dict[Sign, Sign] = {
    "at_least": "less_than", "less_than": "at_least", "more_than": "at_most", "at_most": "more_than",
}  # fmt: skip


def ordered(rule: Condition | Measure) -> Condition | Measure:
    """The same with its parts in one order, each once; what it names stays named."""
    match rule:
        case Sum(parts):
            return Sum(tuple(sorted(parts)))
        case Given(of, when):
            return Given(of, _ordered(when))
        case _:
            return _ordered(rule) if isinstance(rule, Condition) else rule


def normal(rule: Condition | Measure, catalogue: Catalogue) -> Condition | Measure:
    """The same without names: a flag is unfolded to the columns that it asks, so that two ways to say it are one."""
    if isinstance(rule, Given):
        return Given(rule.of, _ordered(unfolded(rule.when, catalogue)))
    return _ordered(unfolded(rule, catalogue)) if isinstance(rule, Condition) else ordered(rule)


def says_the_same(own: Own, tag: Tag, catalogue: Catalogue) -> bool:
    """Whether a county's own column is what a tag of the catalogue is, in the same unit."""
    if isinstance(own.rule, Taken) or own.unit != tag.unit:
        return False
    return normal(own.rule, catalogue) == normal(tag.rule, catalogue)


def _ordered(condition: Condition) -> Condition:
    """Negations stand before single questions alone; Kleene's logic knows De Morgan's laws too."""
    match condition:
        case All(parts):
            return _joined(All, parts)
        case Any(parts):
            return _joined(Any, parts)
        case Not(part):
            return _negated(part)
        case OneOf(name, words):
            return OneOf(name, tuple(sorted(set(words))))
        case Under(codes):
            return Under(tuple(sorted(set(codes))))
        case _:
            return condition


def _negated(condition: Condition) -> Condition:
    match condition:
        case All(parts):
            return _joined(Any, [Not(part) for part in parts])
        case Any(parts):
            return _joined(All, [Not(part) for part in parts])
        case Not(part):
            return _ordered(part)
        case Compare(name, sign, value):
            return Compare(name, _OPPOSITE[sign], value)
        case _:
            return Not(_ordered(condition))


def _joined(joint: type[All] | type[Any], parts: Iterable[Condition]) -> Condition:
    """Parts of the same joint are one level; one part alone needs none."""
    flat = list[Condition]()
    for each in map(_ordered, parts):
        flat += each.parts if isinstance(each, joint) else (each,)
    held = sorted(dict.fromkeys(flat), key=repr)
    return held[0] if len(held) == 1 else joint(tuple(held))
