"""Policies made from a seed: each is read without fault, and judged row by row in Python it says the same."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from benchmarks.enterprises import ON, enterprises
from benchmarks.made_policies import made_policies
from pipelines.dictionary import current
from pipelines.policies.match import in_force, matched
from pipelines.policies.read import policies
from pipelines.tags.apply import Reference, tags
from schemas import condition as ask
from tests.tags.asking import OTHERS

ROWS, POLICIES = 150, 60
COMPARED = {
    "at_least": lambda value, bound: value >= bound,
    "more_than": lambda value, bound: value > bound,
    "at_most": lambda value, bound: value <= bound,
    "less_than": lambda value, bound: value < bound,
}


@pytest.mark.parametrize("seed", [1, 2])
def test_a_row_by_itself_is_judged_alike(seed: int) -> None:
    frame = enterprises(OTHERS, ROWS, seed, 0.0)
    full = pl.concat([frame, tags(frame, OTHERS, Reference(ON)).drop("credit_code", "county")], how="horizontal")
    made = policies(made_policies(OTHERS, full, POLICIES, seed), OTHERS, current())
    asks = in_force(made, ON)
    said = matched(made, full, OTHERS, ON)
    rows = full.select({name for each in asks.values() for name in ask.names(each)}).to_dicts()
    assert len(asks) == POLICIES
    for key, condition in asks.items():
        assert said[key].to_list() == [judged(condition, row) for row in rows], key


def judged(condition: ask.Condition, row: dict[str, Any]) -> bool:
    match condition:
        case ask.All(parts):
            return all(judged(part, row) for part in parts)
        case ask.Any(parts):
            return any(judged(part, row) for part in parts)
        case ask.Not(part):
            return not judged(part, row)
        case ask.Compare(name, sign, value):
            return COMPARED[sign](float(row[name]), value)
        case ask.OneOf(name, words):
            return row[name] in words
        case ask.Holds(name, word):
            return word in (row[name] or "").split(";")
        case _:
            return row[condition.name]
