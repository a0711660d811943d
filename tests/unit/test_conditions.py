"""Conditions against Kleene's truth tables (S. C. Kleene, Introduction to Metamathematics, 1952, § 64)."""

from __future__ import annotations

from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.methods.conditions import Context, expression
from schemas.condition import All, Any, Compare, Condition, Ends, Is, Known, Not, OneOf, Under, atoms, names, within

Truth = bool | None
T, F, U = True, False, None
# Rows are the left side, columns the right one: true, unknown, false.
AND = {T: (T, U, F), U: (U, U, F), F: (F, F, F)}
OR = {T: (T, T, T), U: (T, U, U), F: (T, U, F)}
NOT = {T: F, U: U, F: T}
BOTH = list(product((T, U, F), (T, U, F)))


def asked(condition: Condition, frame: pl.DataFrame, context: Context | None = None) -> list[Truth]:
    return frame.select(expression(condition, context or Context()).alias("said"))["said"].to_list()


def pairs() -> pl.DataFrame:
    return pl.DataFrame(
        {"a": [a for a, _ in BOTH], "b": [b for _, b in BOTH]}, schema={"a": pl.Boolean, "b": pl.Boolean}
    )


@pytest.mark.parametrize(("joined", "table"), [(All, AND), (Any, OR)])
def test_all_and_any_are_kleenes(joined: type[All] | type[Any], table: dict[Truth, tuple[Truth, ...]]) -> None:
    expected = [each for left in (T, U, F) for each in table[left]]
    assert asked(joined((Is("a"), Is("b"))), pairs()) == expected


def test_not_leaves_what_is_unknown() -> None:
    assert asked(Not(Is("a")), pairs()) == [NOT[a] for a, _ in BOTH]


def condition() -> st.SearchStrategy[Condition]:
    leaf = st.sampled_from([Is("a"), Is("b"), Is("c")])
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: Any(tuple(parts))),
            inner.map(Not),
        ),
        max_leaves=12,
    )


def by_hand(asks: Condition, row: dict[str, Truth]) -> Truth:
    """The same by numbers: false 0, unknown a half, true 1; all is the least, any the greatest, not the rest to 1."""
    return {0.0: F, 0.5: U, 1.0: T}[_weighed(asks, row)]


def _weighed(asks: Condition, row: dict[str, Truth]) -> float:
    match asks:
        case All(parts):
            return min(_weighed(part, row) for part in parts)
        case Any(parts):
            return max(_weighed(part, row) for part in parts)
        case Not(part):
            return 1 - _weighed(part, row)
        case _:
            said = row[asks.name]
            return 0.5 if said is None else float(said)


@settings(max_examples=200, deadline=None)
@given(asks=condition())
def test_any_nesting_agrees_with_kleenes_numbers(asks: Condition) -> None:
    rows = [dict(zip("abc", values, strict=True)) for values in product((T, U, F), repeat=3)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys("abc", pl.Boolean))
    assert asked(asks, frame) == [by_hand(asks, row) for row in rows]


@settings(max_examples=200, deadline=None)
@given(asks=condition(), whole=st.fixed_dictionaries(dict.fromkeys("abc", st.booleans())))
def test_what_is_said_without_a_datum_stays_said_when_it_comes(asks: Condition, whole: dict[str, bool]) -> None:
    lacking = [{**whole, name: None} for name in whole]
    schema = dict.fromkeys("abc", pl.Boolean)
    (final,) = asked(asks, pl.DataFrame([whole], schema=schema))
    assert {said for said in asked(asks, pl.DataFrame(lacking, schema=schema)) if said is not None} <= {final}


def test_bounds_count_as_they_are_named() -> None:
    frame = pl.DataFrame({"n": [1.0, 2.0, 3.0, None]})
    assert asked(Compare("n", "at_least", 2), frame) == [F, T, T, U]
    assert asked(Compare("n", "more_than", 2), frame) == [F, F, T, U]
    assert asked(Compare("n", "at_most", 2), frame) == [T, T, F, U]
    assert asked(Compare("n", "less_than", 2), frame) == [T, F, F, U]
    assert asked(within("n", 2, 3), frame) == [F, T, F, U]


def test_words_are_whole_and_unknown_where_there_is_none() -> None:
    frame = pl.DataFrame({"w": ["甲镇", "乙", None]})
    assert asked(OneOf("w", ("乙",)), frame) == [F, T, U]
    assert asked(OneOf("w", ("甲", "乙")), frame) == [F, T, U]
    assert asked(Ends("w", ("镇",)), frame) == [T, F, U]
    assert asked(Known("w"), frame) == [T, T, F]


def test_a_county_that_was_recoded_is_meant_by_its_old_code_too() -> None:
    context = Context(recoded={"w": {"1": ("2", "3"), "2": ("3",)}})
    frame = pl.DataFrame({"w": ["1", "2", "3", "4", None]})
    assert asked(OneOf("w", ("1",)), frame, context) == [T, T, T, F, U]
    assert asked(Not(OneOf("w", ("2",))), frame, context) == [T, F, F, T, U]


def test_a_code_above_those_asked_is_unknown_and_one_that_is_asked_itself_is_not() -> None:
    """A has A1 and A2, and A1 has A11; B has none."""
    context = Context(above={"w": {"A1": ("A",), "A2": ("A",), "A11": ("A1", "A")}})
    frame = pl.DataFrame({"w": ["A", "A1", "A11", "A2", "B", None]})
    assert asked(OneOf("w", ("A11",)), frame, context) == [U, U, T, F, F, U]
    assert asked(OneOf("w", ("A1", "A11")), frame, context) == [U, T, T, F, F, U]
    assert asked(OneOf("w", ("A", "B")), frame, context) == [T, F, F, F, T, U]
    assert asked(Not(OneOf("w", ("A11",))), frame, context) == [U, U, F, T, T, U]


def test_an_absent_column_is_unknown_whatever_is_asked() -> None:
    frame, context = pl.DataFrame({"x": [1]}), Context(absent=frozenset({"w"}))
    for asks in (Known("w"), OneOf("w", ("乙",)), Compare("w", "at_least", 1), Is("w")):
        assert asked(asks, frame, context) == [U]
        assert asked(Not(asks), frame, context) == [U]


def test_an_industry_lies_under_beside_or_reaches_over() -> None:
    """Classes 0 to 9: A is 0 to 4 with A1 0 to 1 and A2 2 to 4, B is 5 to 9."""
    context = Context({"A": (0, 4), "A1": (0, 1), "A2": (2, 4), "B": (5, 9)})
    frame = pl.DataFrame({"industry/first": [0, 0, 2, 5, None], "industry/last": [0, 4, 4, 9, None]})
    assert asked(Under(("A1",)), frame, context) == [T, U, F, F, U]
    assert asked(Under(("A1", "A2")), frame, context) == [T, T, T, F, U]
    assert asked(Under(("A1", "B")), frame, context) == [T, U, F, T, U]


def test_names_are_told_once_in_the_order_of_asking() -> None:
    asks = All((Is("b"), Not(Any((Compare("a", "at_least", 1), Is("b"))))))
    assert names(asks) == ("b", "a") and len(list(atoms(asks))) == 3
