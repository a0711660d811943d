"""What tags can say while columns are awaited, worked out from their rules. Looks at no data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipelines.tags.catalogue import Catalogue
from schemas.condition import All, Any, Condition, Not
from schemas.measure import Given, Measure, reckoned_from

_Values = frozenset[bool]
_EITHER, _NEITHER = frozenset({True, False}), frozenset[bool]()


def decidable(catalogue: Catalogue, known: Iterable[str]) -> list[str]:
    """The tags that these columns alone can make true of one enterprise and false of another; of numbers, the known.

    A flag that they can make false alone would find nobody, and one that they can make true alone would clear nobody:
    both read as if something had been looked at that nobody has brought.
    """
    can = dict.fromkeys(catalogue.data, _NEITHER) | dict.fromkeys(known, _EITHER)
    for step in catalogue.steps:
        can |= {key: _said(catalogue.tags[key].rule, can) for key in step}
    return [key for key in catalogue.tags if can[key] == _EITHER]


def _said(rule: Condition | Measure, can: Mapping[str, _Values]) -> _Values:
    return _reckoned(rule, can) if isinstance(rule, Measure) else _asked(rule, can)


def _reckoned(measure: Measure, can: Mapping[str, _Values]) -> _Values:
    """A number is unknown as soon as one of those is that it is reckoned from."""
    if isinstance(measure, Given) and True not in _asked(measure.when, can):
        return _NEITHER
    return _EITHER if all(can[name] for name in reckoned_from(measure)) else _NEITHER


def _asked(condition: Condition, can: Mapping[str, _Values]) -> _Values:
    match condition:
        case All(parts):
            return _all([_asked(part, can) for part in parts])
        case Any(parts):
            return _not(_all([_not(_asked(part, can)) for part in parts]))
        case Not(part):
            return _not(_asked(part, can))
        case _:
            return can[condition.name]


def _all(parts: list[_Values]) -> _Values:
    """True where every part can be, false where one can be."""
    return frozenset[bool]().union(*parts) - {True} | frozenset[bool]({True}).intersection(*parts)


def _not(values: _Values) -> _Values:
    return frozenset(not value for value in values)
