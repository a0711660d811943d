"""A condition as plain values: what a machine reads beside the words, in the forms in which policies are written."""

from __future__ import annotations

from typing import Any

from pipelines.tags.catalogue import Catalogue
from schemas.condition import All as AllOf
from schemas.condition import Any as AnyOf
from schemas.condition import Compare, Condition, Ends, Holds, Known, Not, OneOf, Under


def structure(condition: Condition, catalogue: Catalogue) -> dict[str, Any]:
    """`all`, `any` and `not` over tags and columns; amounts are numbers in the unit that stands beside them."""
    match condition:
        case AllOf(parts):
            return {"all": [structure(part, catalogue) for part in parts]}
        case AnyOf(parts):
            return {"any": [structure(part, catalogue) for part in parts]}
        case Not(part):
            return {"not": structure(part, catalogue)}
        case Under(codes):
            return {"industry": list(codes)}
        case _:
            return _about(condition.name, catalogue) | _asked(condition, catalogue)


def _about(name: str, catalogue: Catalogue) -> dict[str, Any]:
    return {"tag" if name in catalogue.tags else "column": name}


def _asked(atom: Condition, catalogue: Catalogue) -> dict[str, Any]:
    match atom:
        case Compare(name, sign, value):
            unit = catalogue.told(name).unit
            return {sign: value} | ({} if unit is None else {"unit": unit})
        case OneOf(_, words):
            return {"one_of": list(words)}
        case Holds(_, word):
            return {"holds": word}
        case Ends(_, words):
            return {"ends": list(words)}
        case Known():
            return {"known": True}
        case _:
            return {}
