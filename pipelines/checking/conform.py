"""Whether a released table is what its contract promises: columns and types, rules, key, codes. Reads no file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import polars as pl

from pipelines.meaning.codes import has_grown_from
from pipelines.rules import Asked, all_held, failures, held, schema_of
from pipelines.shelf import whole
from schemas.contract import Contract, Promise, physical
from schemas.kinds import Rule
from schemas.product import Product

_MISSING = "missing"
_NOT_IN_LIST = "not_in_list"


def faults_of_form(contract: Contract, level: str, rows: pl.DataFrame) -> list[str]:
    """Where a view's columns, their order or their types are not those of the contract, in words."""
    promised = {each.name: each.type for each in contract.up_to(level)}
    found = {name: _type_of(dtype) for name, dtype in rows.schema.items()}
    above = sorted(each.name for each in contract.columns if each.name in found and each.level > level)
    lacking, strange = sorted(promised.keys() - found.keys()), sorted(found.keys() - promised.keys() - set(above))
    faults = [f"holds {', '.join(above)} from above it"] if above else []
    faults += [f"lacks {', '.join(lacking)}"] if lacking else []
    faults += [f"holds {', '.join(strange)}, which the contract does not have"] if strange else []
    faults += [f"{name} is {found[name]}, {kind} is promised" for name, kind in promised.items()
               if name in found and found[name] != kind]  # fmt: skip
    if not faults and list(found) != list(promised):
        faults.append(f"columns stand as {', '.join(found)}; promised are {', '.join(promised)}")
    return faults


def _type_of(dtype: pl.DataType) -> str:
    try:
        return physical(dtype)
    except KeyError:
        return str(dtype)


def faults_of_rows(
    contract: Contract, product: type[Product], rows: pl.DataFrame, lists: Mapping[str, pl.DataFrame]
) -> list[str]:
    """Where rows break the contract: keys that repeat, and what `faults_of_values` finds."""
    repeated = rows.height - rows.select(contract.grain).n_unique() if rows.height else 0
    told = [f"{'+'.join(contract.grain)}/repeated: {repeated} rows"] if repeated else []
    return [*told, *faults_of_values(contract, product, rows, lists)]


def faults_of_values(
    contract: Contract, product: type[Product], rows: pl.DataFrame, lists: Mapping[str, pl.DataFrame]
) -> list[str]:
    """Where rows, each by itself, break the contract: required columns that are empty, rules, codes in no list.

    `lists` are the rows of each list of today by its name. A rule is judged as long as the product's class still has it
    in the same words, and a list as long as it is the contract's or has grown from it.
    """
    rules = {each.name: (*_rules(each, product), *_coded(each, contract, lists)) for each in contract.columns}
    broken = _broken(rows, [each for each in contract.columns if each.name in rows.columns], rules)
    if not broken:
        return []
    asked = {each.name: Asked(all_held(rules[each.name], each.name), optional=not each.required) for each in broken}
    cases = failures(schema_of(asked), rows.select(list(asked)))
    return [] if cases is None else _told(cases)


def _broken(
    rows: pl.DataFrame, promises: Sequence[Promise], rules: Mapping[str, tuple[Rule, ...]]
) -> Sequence[Promise]:
    """Those that a value breaks, in one pass: pandera, which says how, reads the whole schema anew for each column.

    All of them where a rule cannot be asked of a column, as that has another type: pandera tells that too.
    """
    kept = {each.name: _is_kept(each, rules[each.name]).all() for each in promises}
    try:
        told = rows.select(**kept).row(0, named=True)
    except pl.exceptions.PolarsError:
        return promises
    return [each for each in promises if not told[each.name]]


def _is_kept(promise: Promise, rules: Sequence[Rule]) -> pl.Expr:
    """Whether a value is there where one must be, and holds every rule."""
    there = [pl.col(promise.name).is_not_null()] if promise.required else []
    return pl.all_horizontal(pl.lit(value=True), *there, *(held(rule, promise.name) for rule in rules))


def _rules(promise: Promise, product: type[Product]) -> tuple[Rule, ...]:
    """The rules that the contract names, as the class's kind has them: a bound that was moved since is another rule."""
    field = whole(product).fields.get(promise.name)
    if field is None or field.kind.name != promise.kind:
        return ()
    named = {(rule.name, rule.expected) for rule in promise.rules}
    return tuple(rule for rule in field.kind.rules if (rule.name, rule.expected) in named)


def _coded(promise: Promise, contract: Contract, lists: Mapping[str, pl.DataFrame]) -> tuple[Rule, ...]:
    """That a code is in the list that the contract names; where that has lost codes or is gone, nothing has those of
    then.
    """
    promised = next((each for each in contract.lists if each.name == promise.code_list), None)
    if promised is None or promised.name not in lists or not has_grown_from(promised, lists[promised.name]):
        return ()
    return (_in_list(promised.name, tuple(lists[promised.name]["code"])),)


@cache
def _in_list(name: str, codes: tuple[str, ...]) -> Rule:
    known = pl.Series(codes).implode()
    return Rule(_NOT_IN_LIST, f"a code of {name}", lambda value: value.is_in(known))


def _told(cases: pl.DataFrame) -> list[str]:
    """Failures by column and rule, with the first value found."""
    rule = pl.col("check").replace("not_nullable", _MISSING).alias("rule")
    counted = cases.group_by("column", rule, maintain_order=True).agg(pl.len(), pl.col("failure_case").first())
    return [
        f"{column}/{rule}: {count} rows" + (f", such as {found}" if rule != _MISSING else "")
        for column, rule, count, found in counted.sort("column", "rule").iter_rows()
    ]
