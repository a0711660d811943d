"""Whether a file can hold rows that a predicate asks for, by its statistics. What cannot be judged is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

_WHOLE = ("int", "long", "short", "byte")
_NUMBERS = ("float", "double", "decimal")
Statistics = Mapping[str, Any]
Node = Mapping[str, Any]


def may_hold(hints: str | None, statistics: Statistics) -> bool:
    """Judge jsonPredicateHints: False only where no row of the file can meet them; True where they cannot be read."""
    if not hints:
        return True
    try:
        return _may(json.loads(hints), statistics)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        return True


def _may(node: Node, statistics: Statistics) -> bool:
    op, children = node["op"], node.get("children", [])
    if op == "and":
        return all(_may(each, statistics) for each in children)
    if op == "or":
        return any(_may(each, statistics) for each in children)
    if op == "isNull":
        return statistics["nullCount"].get(children[0]["name"], 1) > 0
    if op == "not":
        return _may_not(children[0], statistics)
    if op == "in":
        return any(_compared("equal", children[0], each, statistics) for each in children[1:])
    return _compared(op, *_ordered(children), statistics) if op in _TESTS else True


def _may_not(node: Node, statistics: Statistics) -> bool:
    """Only `not isNull` can be judged: a column that is null in every row has no other."""
    if node["op"] != "isNull":
        return True
    name = node["children"][0]["name"]
    return statistics["nullCount"].get(name, 0) < statistics["numRecords"]


def _ordered(children: list[Node]) -> tuple[Node, Node]:
    """The column and the literal, in this order; the other way round is left unjudged."""
    column, literal = children
    if column["op"] != "column" or literal["op"] != "literal":
        raise ValueError("not a column beside a literal")
    return column, literal


def _compared(op: str, column: Node, literal: Node, statistics: Statistics) -> bool:
    name = column["name"]
    if name not in statistics["minValues"]:
        return True
    value = _value(literal)
    return _TESTS[op](statistics["minValues"][name], statistics["maxValues"][name], value)


def _value(literal: Node) -> object:
    kind = str(literal.get("valueType", "string"))
    if kind == "bool":
        return str(literal["value"]).lower() == "true"
    if kind.startswith(_WHOLE):  # no float holds every one of them
        return int(literal["value"])
    return float(literal["value"]) if kind.startswith(_NUMBERS) else str(literal["value"])


_TESTS: dict[str, Callable[[Any, Any, Any], bool]] = {
    "equal": lambda least, greatest, value: least <= value <= greatest,
    "lessThan": lambda least, _, value: least < value,
    "lessThanOrEqual": lambda least, _, value: least <= value,
    "greaterThan": lambda _, greatest, value: greatest > value,
    "greaterThanOrEqual": lambda _, greatest, value: greatest >= value,
}
