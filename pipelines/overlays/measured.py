"""A number as it stands in an overlay, read against the catalogue, with its unit reckoned from what it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from pipelines.near import near
from pipelines.policies.asked import Vocabulary, condition, one_name
from pipelines.policies.fault import Wrong
from pipelines.tags.catalogue import Catalogue
from schemas.kinds import Kind
from schemas.measure import (
    RATIO,
    Ahead,
    Among,
    Change,
    Days,
    Given,
    Growth,
    Measure,
    Multiple,
    Per,
    RelativeRank,
    Sum,
    Years,
    reckoned_from,
)

# The province's medians are reckoned once for all counties.
_AMONG: tuple[Among, ...] = ("county", "county_industry")


@dataclass(frozen=True)
class _Place:
    """Where something is read, and what it may name."""

    at: str
    known: Vocabulary

    def below(self, part: str) -> _Place:
        """A part of it."""
        return _Place(f"{self.at}.{part}", self.known)


def measure(node: Any, at: str, known: Vocabulary) -> Measure:
    """The measure that plain values say. Raises Wrong for the first place that says nothing or what is not known."""
    said = cast(dict[str, Any], node) if isinstance(node, dict) else {}
    form = next((each for each in _READERS if each in said), None)
    if form is None or said.keys() - {form, *(["when"] if form == "given" else [])}:
        raise Wrong(at, str(cast(Any, node)), f"one of {', '.join(_READERS)}", "Write it as a key and its value.")
    return _READERS[form](said, _Place(f"{at}.{form}", known))


def _given(said: dict[str, Any], place: _Place) -> Measure:
    of = _named(said["given"], place, _is_number, "a number")
    return Given(of, condition(said.get("when"), f"{place.at}.when", place.known))


_READERS: dict[str, Callable[[dict[str, Any], _Place], Measure]] = {
    "per": lambda said, place: Per(*_two(said["per"], place, "over and under")),
    "sum": lambda said, place: Sum(_alike(_numbers(said["sum"], place), place)),
    "growth": lambda said, place: Growth(*_before(said["growth"], place)),
    "change": lambda said, place: Change(*_before(said["change"], place)),
    "years": lambda said, place: Years(_named(said["years"], place, _is_day, "a day")),
    "days": lambda said, place: Days(_named(said["days"], place, _is_day, "a day")),
    "multiple": lambda said, place: Multiple(*_beside(said["multiple"], place)),
    "standing": lambda said, place: RelativeRank(*_beside(said["standing"], place)),
    "given": _given,
}


def _before(said: Any, place: _Place) -> tuple[str, str]:
    """A number now and the same before."""
    now, before = _alike(_two(said, place, "now and before"), place)
    return now, before


def _beside(said: Any, place: _Place) -> tuple[str, Among]:
    held = cast(dict[str, Any], said) if isinstance(said, dict) else {}
    if held.keys() != {"of", "among"}:
        raise Wrong(place.at, str(cast(Any, said)), "of and among", "Name a number, and beside whom it stands.")
    among = held["among"]
    if among not in _AMONG:
        todo = "What is held against the province is reckoned once for all: ask for it as a tag of the core."
        raise Wrong(f"{place.at}.among", f"'{among}'", f"one of {', '.join(_AMONG)}", todo)
    return _named(held["of"], place.below("of"), _is_number, "a number"), among


def _two(said: Any, place: _Place, what: str) -> tuple[str, str]:
    if not isinstance(said, list) or len(cast(list[Any], said)) != 2:
        raise Wrong(place.at, str(cast(Any, said)), f"a list of two: {what}", "Write both between brackets.")
    first, second = _numbers(cast(Any, said), place)
    return first, second


def _numbers(said: Any, place: _Place) -> tuple[str, ...]:
    if not isinstance(said, list) or not said:
        raise Wrong(place.at, str(cast(Any, said)), "a list of numbers", "Write the names between brackets.")
    return tuple(_named(each, place, _is_number, "a number") for each in cast(list[Any], said))


def _named(name: Any, place: _Place, is_meant: Callable[[Kind], bool], what: str) -> str:
    held = {**place.known.catalogue.data, **place.known.catalogue.tags}
    name = one_name(name, place.at, what)
    if name not in held:
        raise Wrong(place.at, f"'{name}'", "a column or a tag of the catalogue", near(name, held))
    if not is_meant(held[name].kind):
        raise Wrong(place.at, f"{name}, which is {held[name].kind.title}", what, "Name another.")
    return name


def _is_number(kind: Kind) -> bool:
    return kind.dtype.is_numeric()


def _is_day(kind: Kind) -> bool:
    return kind.name in ("day", "month")


def _alike(parts: tuple[str, ...], place: _Place) -> tuple[str, ...]:
    """The same numbers, of one unit."""
    units = {unit_of(part, place.known.catalogue) or "no unit" for part in parts}
    if len(units) > 1:
        found = "、".join(f"{part} in {unit_of(part, place.known.catalogue) or 'no unit'}" for part in parts)
        raise Wrong(place.at, found, "numbers in one unit", "Name others, or divide one by the other.")
    return parts


def unit_of(name: str, catalogue: Catalogue) -> str | None:
    """The unit of a column or a tag."""
    return catalogue.told(name).unit


def reckoned_unit(rule: Measure, catalogue: Catalogue) -> str | None:
    """The unit of a measure's result; None for a ratio."""
    units = [unit_of(name, catalogue) for name in reckoned_from(rule)[:2]]
    match rule:
        case Growth() | Multiple() | RelativeRank() | Ahead():
            return None
        case Years():
            return "年"
        case Days():
            return "天"
        case Per():
            over, under = units[0] or "", units[1] or ""
            return None if over == under else f"{over}/{under}" if under else over
        case Sum() | Change() | Given():
            return units[0]


def is_ratio(rule: Measure, catalogue: Catalogue) -> bool:
    """Whether a result without a unit is a ratio, which is said in per cent; a count without a unit is none."""
    if isinstance(rule, Given | Sum | Change):
        first = reckoned_from(rule)[0]
        return catalogue.told(first).kind is RATIO
    return reckoned_unit(rule, catalogue) is None
