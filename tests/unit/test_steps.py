"""The least version step between two contracts: nothing for equal ones, and what the table says for each mutation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dictionary import current
from pipelines.meaning.codes import code_lists
from pipelines.promises.row_levels import row_levels
from pipelines.promises.steps import (
    Step,
    differences,
    is_promised_anew,
    is_too_small,
    least_step,
    least_version,
    numbers,
)
from schemas.contract import Check, CodeList, Contract, Department, Promise, RowLevel, contract_of
from schemas.product import LEVELS, all_products

REAL = [contract_of(product, code_lists(current()), row_levels(product)) for product in all_products().values()]
WORDS = st.text("abcdefghij企业县域", min_size=1, max_size=6)
VERSION = st.lists(st.integers(0, 9), min_size=3, max_size=3).map(lambda each: ".".join(map(str, each)))
RULE = st.builds(Check, name=WORDS, expected=WORDS)
COLUMN = st.builds(
    Promise, name=WORDS, title=WORDS, kind=st.sampled_from(["text", "money"]),
    type=st.sampled_from(["VARCHAR", "BIGINT", "DECIMAL(24,6)"]), unit=st.none() | WORDS, code_list=st.none(),
    level=st.sampled_from(LEVELS), required=st.booleans(), key=st.none(), meaning=st.just("") | WORDS,
    rules=st.lists(RULE, max_size=2, unique_by=lambda each: each.name).map(tuple),
)  # fmt: skip


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    """Any contract: a key column, a coded one, and a few more with names and titles of their own."""
    plain = draw(st.lists(COLUMN, min_size=1, max_size=6, unique_by=(lambda each: each.name, lambda each: each.title)))
    key = Promise(name="key", title="主键", kind="text", type="VARCHAR", unit=None, code_list=None, level="L1",
                  required=True, key=1, meaning="")  # fmt: skip
    coded = key.model_copy(
        update={"name": "code", "title": "代码", "key": None, "required": False, "code_list": "list"}
    )
    columns = (key, coded, *plain)
    return Contract(
        product="any", title=draw(WORDS), description=draw(WORDS), version=draw(VERSION),
        catalogue_code=draw(WORDS), entity="enterprise", identifier="key",
        levels=tuple(level for level in LEVELS if level <= max(each.level for each in columns)), row_level=None,
        row_levels=draw(st.sampled_from([(), (RowLevel(of="one", level="L2"),)])),
        may_fall=draw(st.booleans()), sharing=draw(st.sampled_from(["无条件共享", "有条件共享", "不予共享"])),
        scheme="DB33/T 2351-2021", needs=("one", "other"), departments=(Department(key="tax", title="税务局"),),
        every_days=draw(st.integers(1, 30)), fresh_within_days=draw(st.integers(2, 40)),
        coverage_floor=draw(st.integers(1, 99)) / 100,
        lists=(CodeList(name="list", version="2026-06-01", rows=9, sha256="0" * 64),), columns=columns,
    )  # fmt: skip


CONTRACT = st.one_of(st.sampled_from(REAL), contracts())


def other(value: str) -> str:
    """Another text."""
    return f"{value}改"


def with_column(contract: Contract, place: int, **told: Any) -> Contract:
    """The contract with one of its columns changed."""
    columns = list(contract.columns)
    columns[place] = columns[place].model_copy(update=told)
    return contract.model_copy(update={"columns": tuple(columns)})


def with_list(contract: Contract, **told: Any) -> Contract:
    """The contract with its first code list changed."""
    return contract.model_copy(update={"lists": (contract.lists[0].model_copy(update=told), *contract.lists[1:])})


def without_column(contract: Contract, place: int) -> Contract:
    """The contract without one of its columns."""
    return contract.model_copy(update={"columns": contract.columns[:place] + contract.columns[place + 1 :]})


def with_row_levels(contract: Contract, **told: str) -> Contract:
    """The contract with these levels of rows and no others."""
    levels = tuple(RowLevel(of=of, level=level) for of, level in told.items())
    return contract.model_copy(update={"row_levels": levels})


_SHARED_OTHERWISE = {"无条件共享": "有条件共享", "有条件共享": "不予共享", "不予共享": "无条件共享"}
ADDED = Promise(name="an_added_one", title="新增列", kind="flag", type="BOOLEAN", unit=None, code_list=None, level="L1",
                required=False, key=None, meaning="")  # fmt: skip

# The table: what is done to a contract (and to which of its columns, where to one), and the step that it asks.
OF_PRODUCT: dict[str, tuple[Callable[[Contract], Contract], Step]] = {
    "title": (lambda it: it.model_copy(update={"title": other(it.title)}), Step.PATCH),
    "description": (lambda it: it.model_copy(update={"description": other(it.description)}), Step.PATCH),
    "catalogue code": (lambda it: it.model_copy(update={"catalogue_code": other(it.catalogue_code)}), Step.MAJOR),
    "entity": (lambda it: it.model_copy(update={"entity": other(it.entity)}), Step.MAJOR),
    "identifier": (lambda it: it.model_copy(update={"identifier": other(it.identifier)}), Step.MAJOR),
    "row level": (lambda it: it.model_copy(update={"row_level": other(it.row_level or "")}), Step.MAJOR),
    "sharing": (lambda it: it.model_copy(update={"sharing": _SHARED_OTHERWISE[it.sharing]}), Step.MAJOR),
    "scheme": (lambda it: it.model_copy(update={"scheme": "310030-2025"}), Step.MAJOR),
    "a need goes": (lambda it: it.model_copy(update={"needs": it.needs[1:]}), Step.MAJOR),
    "a need comes": (lambda it: it.model_copy(update={"needs": (*it.needs, "new")}), Step.MINOR),
    "a department goes": (lambda it: it.model_copy(update={"departments": it.departments[1:]}), Step.MAJOR),
    "slower": (lambda it: it.model_copy(update={"fresh_within_days": it.fresh_within_days + 1}), Step.MAJOR),
    "faster": (lambda it: it.model_copy(update={"fresh_within_days": it.fresh_within_days - 1}), Step.MINOR),
    "longer cycle": (lambda it: it.model_copy(update={"every_days": it.every_days + 6}), Step.MAJOR),
    "lower floor": (lambda it: it.model_copy(update={"coverage_floor": it.coverage_floor - 0.005}), Step.MAJOR),
    "higher floor": (lambda it: it.model_copy(update={"coverage_floor": 1.0}), Step.MINOR),
    "a view goes": (lambda it: it.model_copy(update={"levels": it.levels[:-1]}), Step.MAJOR),
    "a column comes": (lambda it: it.model_copy(update={"columns": (*it.columns, ADDED)}), Step.MINOR),
    "a column comes first": (lambda it: it.model_copy(update={"columns": (ADDED, *it.columns)}), Step.MINOR),
    "a list shrinks": (lambda it: with_list(it, rows=it.lists[0].rows - 1), Step.MAJOR),
    "a list goes back": (lambda it: with_list(it, rows=999_999, version="1990-01-01"), Step.MAJOR),
    "a code means something else": (lambda it: with_list(it, sha256="f" * 64), Step.MAJOR),
}  # fmt: skip
OF_COLUMN: dict[str, tuple[Callable[[Contract, int], Contract], Step]] = {
    "goes": (without_column, Step.MAJOR),
    "renamed": (lambda it, at: with_column(it, at, name="another_name"), Step.MAJOR),
    "title": (lambda it, at: with_column(it, at, title=other(it.columns[at].title)), Step.PATCH),
    "kind": (lambda it, at: with_column(it, at, kind="another_kind"), Step.MAJOR),
    "type": (lambda it, at: with_column(it, at, type="DOUBLE"), Step.MAJOR),
    "unit": (lambda it, at: with_column(it, at, unit=other(it.columns[at].unit or "")), Step.MAJOR),
    "meaning": (lambda it, at: with_column(it, at, meaning=other(it.columns[at].meaning)), Step.MAJOR),
    "code list": (lambda it, at: with_column(it, at, code_list="another_list"), Step.MAJOR),
    "level": (lambda it, at: with_column(it, at, level="L1" if it.columns[at].level != "L1" else "L2"), Step.MAJOR),
    "key": (lambda it, at: with_column(it, at, key=None if it.columns[at].key else 7), Step.MAJOR),
    "a rule comes": (
        lambda it, at: with_column(it, at, rules=(*it.columns[at].rules, Check(name="new", expected="new"))), Step.MINOR
    ),
}  # fmt: skip


@given(CONTRACT)
def test_equal_contracts_ask_for_no_step(contract: Contract) -> None:
    assert differences(contract, contract.model_copy(deep=True)) == []
    assert least_version(contract, contract) == contract.version
    assert not is_too_small(contract, contract) and not is_promised_anew(contract, contract)


@pytest.mark.parametrize("name", OF_PRODUCT)
@given(CONTRACT)
def test_each_change_of_the_product_asks_for_its_step(name: str, contract: Contract) -> None:
    change, step = OF_PRODUCT[name]
    told = differences(contract, change(contract))
    assert told and least_step(told) == step


@pytest.mark.parametrize("name", OF_COLUMN)
@given(CONTRACT, st.data())
def test_each_change_of_a_column_asks_for_its_step_and_names_the_column(
    name: str, contract: Contract, data: st.DataObject
) -> None:
    change, step = OF_COLUMN[name]
    place = data.draw(st.integers(0, len(contract.columns) - 1))
    told = differences(contract, change(contract, place))
    assert least_step(told) == step
    assert any(contract.columns[place].name in each.columns for each in told if each.step == step) or name == "key"


@given(CONTRACT, st.data())
def test_a_column_that_may_be_empty_is_a_looser_promise_and_one_that_may_not_a_tighter(
    contract: Contract, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(contract.columns) - 1))
    loose, tight = (with_column(contract, place, required=required) for required in (False, True))
    assert least_step(differences(tight, loose)) == Step.MAJOR
    assert least_step(differences(loose, tight)) == Step.MINOR


@given(CONTRACT)
def test_rows_that_may_fall_are_a_looser_promise(contract: Contract) -> None:
    firm, loose = (contract.model_copy(update={"may_fall": may_fall}) for may_fall in (False, True))
    assert least_step(differences(firm, loose)) == Step.MAJOR
    assert least_step(differences(loose, firm)) == Step.MINOR


@given(CONTRACT, RULE, st.data())
def test_a_rule_that_goes_or_expects_something_else_is_a_looser_promise(
    contract: Contract, rule: Check, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(contract.columns) - 1))
    ruled, free = (with_column(contract, place, rules=rules) for rules in ((rule,), ()))
    another = with_column(contract, place, rules=(rule.model_copy(update={"expected": other(rule.expected)}),))
    assert least_step(differences(ruled, free)) == least_step(differences(ruled, another)) == Step.MAJOR


@given(CONTRACT, st.data())
def test_a_column_that_is_renamed_is_told_as_renamed(contract: Contract, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(contract.columns) - 1))
    (told,) = [each for each in differences(contract, with_column(contract, place, name="another_name"))
               if each.columns == (contract.columns[place].name,)]  # fmt: skip
    assert told.step == Step.MAJOR and "is renamed another_name" in told.words


def test_without_strong_evidence_a_column_goes_and_another_comes() -> None:
    (contract,) = [each for each in REAL if each.product == "enterprise_mirror"]
    place = [each.name for each in contract.columns].index("tax_paid")
    told = differences(contract, with_column(contract, place, name="employees", title="从业人数", type="BIGINT"))
    assert [each.words for each in told] == ["column tax_paid (实缴税额) goes", "column employees (从业人数) comes"]


@given(CONTRACT)
def test_a_list_that_grew_and_a_feed_more_are_told_and_ask_for_no_version(contract: Contract) -> None:
    grown = with_list(contract, rows=contract.lists[0].rows + 1, version="2030-01-01", sha256="f" * 64)
    more = Department(key="meteorology", title="气象")
    grown = grown.model_copy(update={"departments": (*contract.departments, more)})
    told = differences(contract, grown)
    assert {each.step for each in told} == {Step.MINOR} and all(each.comes_by_itself for each in told)
    assert not is_promised_anew(contract, grown) and not is_too_small(contract, grown)


@given(CONTRACT)
def test_a_list_that_grew_over_other_rows_than_those_of_then_is_a_major_step(contract: Contract) -> None:
    more = with_list(contract, rows=contract.lists[0].rows + 1, version="2030-01-01", sha256="f" * 64)
    (told,) = differences(contract, more, lambda _: False)
    assert told.step == Step.MAJOR and not told.comes_by_itself
    assert "codes went, mean something else or stand behind new" in told.words
    assert is_promised_anew(contract, more, lambda _: False) and is_too_small(contract, more, lambda _: False)
    assert least_version(contract, more, lambda _: False) == f"{numbers(contract.version)[0] + 1}.0.0"


@pytest.mark.parametrize(("old", "new"), [("L3", "L1"), ("L1", "L2")])
@given(CONTRACT)
def test_a_row_level_that_falls_or_rises_is_a_major_step(old: str, new: str, contract: Contract) -> None:
    before, after = (with_row_levels(contract, revenue=level, industry="L1") for level in (old, new))
    (told,) = differences(before, after)
    assert (told.step, told.words) == (Step.MAJOR, f"row level (行分级) of revenue: {old} → {new}")


@given(CONTRACT)
def test_what_comes_or_goes_with_a_row_level_of_its_own_asks_for_no_version(contract: Contract) -> None:
    before, after = with_row_levels(contract, old="L3", kept="L1"), with_row_levels(contract, kept="L1", new="L2")
    told = differences(before, after)
    assert [each.words for each in told] == ["row levels (行分级) go: old L3", "row levels (行分级) come: new L2"]
    assert all(each.comes_by_itself for each in told) and not is_promised_anew(before, after)


@given(CONTRACT)
def test_row_levels_that_are_promised_are_a_minor_step_and_a_major_where_they_are_no_more(contract: Contract) -> None:
    without, promised = with_row_levels(contract), with_row_levels(contract, revenue="L3")
    assert least_step(differences(without, promised)) == Step.MINOR
    assert least_step(differences(promised, without)) == Step.MAJOR


@given(CONTRACT, CONTRACT.map(lambda each: each.model_copy(update={"product": "any"})))
def test_what_differs_one_way_differs_the_other(one: Contract, two: Contract) -> None:
    one = one.model_copy(update={"product": "any"})
    assert (
        bool(differences(one, two))
        == bool(differences(two, one))
        == (one.model_copy(update={"version": ""}) != two.model_copy(update={"version": ""}))
    )


@given(CONTRACT, st.sampled_from(sorted(OF_PRODUCT)))
def test_the_least_version_is_enough_and_anything_less_is_too_small(contract: Contract, name: str) -> None:
    changed = OF_PRODUCT[name][0](contract)
    least = least_version(contract, changed)
    assert is_too_small(contract, changed)
    assert not is_too_small(contract, changed.model_copy(update={"version": least}))
    assert numbers(least) > numbers(contract.version)


def test_a_version_that_goes_back_is_too_small() -> None:
    contract = REAL[0].model_copy(update={"version": "2.1.0"})
    assert is_too_small(contract, contract.model_copy(update={"version": "2.0.9"}))


@pytest.mark.parametrize("version", ["1.0", "1.0.0.0", "1.0.x", "v1.0.0", "", "1.0.-1", "1.0.²"])
def test_a_version_of_another_form_is_refused(version: str) -> None:
    with pytest.raises(ValueError, match="expected three numbers"):
        numbers(version)


def test_contracts_of_two_products_are_not_compared() -> None:
    with pytest.raises(ValueError, match="are two products"):
        differences(REAL[0], REAL[1])
