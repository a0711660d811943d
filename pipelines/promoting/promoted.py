"""The file of the family that makes a county's tag core, in declared words. Finds nothing alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, cast

from pipelines.laid_out import laid_out, quoted
from pipelines.overlays.own import member_of
from pipelines.promoting.alike import Built
from schemas import measure
from schemas.kinds import Kind
from schemas.overlay import Own
from schemas.tag import Family, all_families


def family_file(built: Built) -> str:
    """The family that makes a county's tag core: the same key, title, meaning and rule, so that no value changes."""
    own, member, tag = built.own, member_of(built.own), built.tag
    assert member is not None and tag is not None
    key, asks = family_key(own), f"{own.title}有哪些？"
    family = Family(key, own.title, "县级自定标签的县", asks, tag.since, (member,))
    told = laid_out(f"{key.upper()} = {_spelt(family)}")
    head = f'"""{own.title}: counties built it alike, so that it is core."""'
    return "\n".join([head, "", "from datetime import date", "", *_imports(family), "", *told])


def family_key(own: Own) -> str:
    """What the family and its file are called: as the tag is, or otherwise where a family is called so already."""
    families, key = {family.key for family in all_families()}, own.key
    while key in families:
        key += "_of_counties"
    return key


def _parts(value: Any) -> tuple[Any, ...]:
    """What stands between the brackets of a declaration, without the defaults at its end; of a plain value nothing."""
    if isinstance(value, tuple):
        return cast(tuple[Any, ...], value)
    if not is_dataclass(value) or isinstance(value, Kind):
        return ()
    told = [(getattr(value, each.name), each.default) for each in fields(value)]
    while told and told[-1][0] == told[-1][1]:
        told.pop()
    return tuple(part for part, _ in told)


def _name(value: Any) -> str:
    """What is called; nothing for a tuple, which is brackets alone."""
    return "" if isinstance(value, tuple) else type(value).__name__


def _spelt(value: Any) -> str:
    """A value on one line."""
    match value:
        case Kind():
            return "RATIO" if value is measure.RATIO else "QUANTITY"
        case date():
            return f"date({value.year}, {value.month}, {value.day})"
        case str():
            return quoted(value)
        case float() if value.is_integer():
            return str(int(value))
        case int() | float() | None:
            return repr(value)
        case _:
            parts = _parts(value)
            alone = "," if isinstance(value, tuple) and len(parts) == 1 else ""
            return f"{_name(value)}({', '.join(map(_spelt, parts))}{alone})"


def _imports(family: Family) -> Iterator[str]:
    """What is named, by the room that declares it, in the order that the linter wants."""
    named = sorted(set(_named(family)))
    for room in sorted({room for room, _ in named}):
        names = sorted((name for each, name in named if each == room), key=lambda name: (not name.isupper(), name))
        yield f"from {room} import {', '.join(names)}"


def _named(value: Any) -> Iterator[tuple[str, str]]:
    """Every class and kind that the file names, with its module."""
    if isinstance(value, Kind):
        yield measure.__name__, _spelt(value)
    elif is_dataclass(value):
        yield type(value).__module__, _name(value)
    for part in _parts(value):
        yield from _named(part)
