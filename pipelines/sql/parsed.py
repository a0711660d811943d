"""A product's SQL, and what it says as DuckDB parses it: the tables that it reads, the days that it holds to today."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, cast

import duckdb

from schemas.here import REPOSITORY
from schemas.product import Product

_SQL = REPOSITORY / "pipelines" / "products"
_TODAY, _DAY = "today", "day"
_WITHOUT_BRACKETS = frozenset(("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp"))
_SAMPLE = "USING SAMPLE"


def sql_of(product: type[Product]) -> str:
    """The product's SQL."""
    return _file_of(product).read_text()


def has_sql(product: type[Product]) -> bool:
    """Whether SQL says its rows."""
    return _file_of(product).exists()


def _file_of(product: type[Product]) -> Path:
    return _SQL / f"{product.key}.sql"


@cache
def read_by(product: type[Product]) -> frozenset[str]:
    """The tables that the product's SQL reads; those that it defines itself are none of them."""
    nodes = list(objects(parsed(sql_of(product))))
    return base_tables(nodes) - {each["key"] for node in nodes for each in node.get("cte_map", {}).get("map", [])}


def faults_of(sql: str) -> list[str]:
    """What keeps a statement from giving the same rows of the same tables, in words: no SQL, the clock, chance."""
    tree = parsed(sql)
    if tree["error"]:
        return [f"{tree['error_message'].splitlines()[0]}. Mend it there."]
    if len(tree["statements"]) != 1:
        return [f"found {len(tree['statements'])} statements; expected one SELECT. Join them by WITH."]
    asked = sorted({name for node in objects(tree) for name in _called(node)} & _unsteady())
    return [f"found {name}; expected what gives the same on any day. Today is {_TODAY}.{_DAY}." for name in asked]


def _called(node: dict[str, Any]) -> Iterator[str]:
    """The function that is called here, also one that is written without brackets, and a sample that is taken."""
    if node.get("class") == "FUNCTION":
        yield node["function_name"]
    if node.get("class") == "COLUMN_REF" and len(node["column_names"]) == 1:
        yield from _WITHOUT_BRACKETS & {node["column_names"][0].lower()}
    if node.get("sample"):
        yield _SAMPLE


@cache
def _unsteady() -> frozenset[str]:
    """What gives another answer on another day, of another connection, or whenever it is asked."""
    with duckdb.connect() as connection:
        told = connection.execute("SELECT function_name FROM duckdb_functions() WHERE stability <> 'CONSISTENT'")
        return frozenset(name for (name,) in told.fetchall()) | _WITHOUT_BRACKETS | {_SAMPLE}


def tells_today(product: type[Product]) -> bool:
    """Whether rows may be others on another day: all may but those of SQL that does not read today."""
    return not has_sql(product) or _TODAY in read_by(product)


def texts_told(product: type[Product]) -> frozenset[str]:
    """The texts that the product's SQL gives as they stand, such as the names of what it sums."""
    told = [each for node in objects(parsed(sql_of(product))) for each in node.get("select_list", ())]
    literals = [each.get("literal", {}) for each in told]
    return frozenset(each["text"] for each in literals if each.get("kind") == "STRING")


@cache
def held_to_today(product: type[Product]) -> frozenset[str] | None:
    """The columns that the product's SQL names beside today; None where all may be."""
    return beside_today(parsed(sql_of(product)))


@cache
def parsed(sql: str) -> Any:
    """The tree of a statement, as DuckDB tells it in JSON; not to be changed: whoever asks again is given the same."""
    with duckdb.connect() as connection:
        rows = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()
    return json.loads(rows[0][0])


def beside_today(tree: Any) -> frozenset[str] | None:
    """The names that stand in one expression with the day of the table `today`, by whatever name it or they go.

    What is made of today and bears a name is today by that name; what is made of columns and stands beside today is
    those columns. None where the SQL names a column in a way that is not followed here: then any may be meant.
    """
    nodes = list(objects(tree))
    if _TODAY not in base_tables(nodes):
        return frozenset()
    if any(map(_names_otherwise, nodes)):
        return None
    told = list(_expressions(tree))
    today, beside, before = {_DAY}, set[str](), (0, 0)
    while before != (before := (len(today), len(beside))):
        for each in told:
            if each.is_today or today & each.names:
                beside |= each.names
                today |= {each.alias} - {""}
            elif each.alias in beside:
                beside |= each.names
    return frozenset(beside)


class _Expression(NamedTuple):
    """What one expression names, whether the day of `today` is among it, and what it is called itself."""

    names: frozenset[str]
    is_today: bool
    alias: str


def _expressions(tree: Any) -> Iterator[_Expression]:
    """Every expression that is no part of another one."""
    if isinstance(tree, dict) and "class" in tree:
        paths = [node["column_names"] for node in objects(tree) if node.get("class") == "COLUMN_REF"]
        names = frozenset(chain.from_iterable(path for path in paths if path[0] != _TODAY))
        yield _Expression(names, any(path[0] == _TODAY for path in paths), str(cast(Any, tree)["alias"]))
    else:
        yield from chain.from_iterable(map(_expressions, _within(tree)))


def _names_otherwise(node: dict[str, Any]) -> bool:
    """Whether a column may get a name here but by `AS`: by its place in a list, from a pattern, or from its text."""
    by_place = (
        node.get("type") in ("SET_OPERATION_NODE", "PIVOT") or node.get("column_name_alias") or node.get("aliases")
    )
    by_pattern = any(node.get(name) for name in ("replace_list", "rename_list", "columns"))
    from_text = any(
        not each["alias"] and each["class"] not in ("COLUMN_REF", "STAR", "CONSTANT")
        for each in node.get("select_list", ())
    )
    return bool(by_place or by_pattern or from_text)


def base_tables(nodes: Iterable[dict[str, Any]]) -> frozenset[str]:
    """The tables that are read there by their names, those that the SQL defines itself among them."""
    return frozenset(node["table_name"] for node in nodes if node.get("type") == "BASE_TABLE")


def objects(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of a tree of JSON."""
    if isinstance(tree, dict):
        yield cast(dict[str, Any], tree)
    yield from chain.from_iterable(map(objects, _within(tree)))


def _within(tree: Any) -> list[Any]:
    """What a piece of JSON is made of."""
    if isinstance(tree, dict):
        return list(cast(dict[str, Any], tree).values())
    return cast(list[Any], tree) if isinstance(tree, list) else []
