"""Policies made from a seed: each is read without fault, and judged row by row in Python it says the same."""

from __future__ import annotations

from functools import cache
from typing import Any

import polars as pl
import pytest

from benchmarks.enterprises import ON, enterprises
from benchmarks.made_policies import made_policies
from benchmarks.tags import a_tenth_hidden
from pipelines.dictionary import current
from pipelines.policies.match import in_force, matched
from pipelines.policies.read import policies, vocabulary
from pipelines.tags.apply import Reference, tags
from schemas import condition as ask
from schemas.policy import Policy
from tests.tags.asking import OTHERS

ROWS, POLICIES = 1_000, 60
COMPARED = {
    "at_least": lambda value, bound: value >= bound,
    "more_than": lambda value, bound: value > bound,
    "at_most": lambda value, bound: value <= bound,
    "less_than": lambda value, bound: value < bound,
}


@cache
def drawn(seed: int) -> tuple[pl.DataFrame, tuple[Policy, ...]]:
    """Enterprises with their tags, of which all is known, and policies that ask of them."""
    frame = enterprises(OTHERS, ROWS, seed, 0.0)
    full = pl.concat([frame, tags(frame, OTHERS, Reference(ON)).drop("credit_code", "county")], how="horizontal")
    return full, policies(made_policies(OTHERS, full, POLICIES, seed), OTHERS, current())


@pytest.mark.parametrize("seed", [1, 2])
def test_a_row_by_itself_is_judged_alike(seed: int) -> None:
    full, made = drawn(seed)
    asks = in_force(made, ON)
    said = matched(made, full, OTHERS, ON)
    rows = full.select({name for each in asks.values() for name in ask.names(each)}).to_dicts()
    assert len(asks) == POLICIES
    for key, condition in asks.items():
        assert said[key].to_list() == [judged(condition, row) for row in rows], key


def test_what_is_said_where_a_tenth_is_hidden_the_whole_never_refutes() -> None:
    full, made = drawn(1)
    asks = in_force(made, ON)
    hidden = a_tenth_hidden(full, vocabulary(OTHERS, current()))
    whole, said = (matched(made, frame, OTHERS, ON) for frame in (full, hidden))
    assert sum(int((said[key] != whole[key]).sum()) for key in asks) == 0
    assert 0 < sum(said.null_count().row(0)) < said.height * len(asks) / 2


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
