"""Plain values as a YAML file gives them, with something odd put at one place. For tests."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

# What a slip of the pen may leave in the place of something else.
ODD: tuple[Any, ...] = (
    None, True, 1, -1.5, float("nan"), float("inf"), 10**400, "", "x", "5", [], ["x"], [["x"]], [None], {}, {"x": True},
    {1: "x", "x": 1}, {"tag": ["x"]}, {"tag": "alive", 1: 2}, date(2026, 1, 1), datetime(2026, 1, 1, 8),
)  # fmt: skip


def put(said: Any, part: list[Any], odd: Any) -> Any:
    """A copy with something else at one place, which keys and numbers lead to."""
    told = inner = copy.deepcopy(said)
    for step in part[:-1]:
        inner = inner[step]
    inner[part[-1]] = odd
    return told


def parts_of(said: Any, above: tuple[Any, ...] = ()) -> Iterator[list[Any]]:
    """Every place below, outermost first."""
    inner = said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ()
    for step, each in inner:  # pyright: ignore
        yield [*above, step]
        yield from parts_of(each, (*above, step))
