"""Whether a product's SQL makes each row of one entity alone, as it is parsed. What is not followed may meet others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import Any

from pipelines.sql.parsed import base_tables, objects, parsed, sql_of
from schemas.feed import all_feeds
from schemas.product import Product

_Node = dict[str, Any]
# What takes some rows or folds several without saying whose.
_OF_ANY_ENTITY = frozenset(("LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "PIVOT"))


@cache
def may_meet_others(product: type[Product]) -> bool:
    """Whether an entity's rows may be others where the other entities are not there."""
    return meets_others(parsed(sql_of(product)), product.entity, frozenset((product.identifier, "entity_id")))


def meets_others(tree: Any, entity: str, key: frozenset[str]) -> bool:
    """Whether rows of several entities may meet in the SQL.

    They do not where each SELECT that reads rows of entities hands on their key as it stands and joins them by it, and
    each IN, window and DISTINCT ON names it.
    """
    rows = _rows_of_entities(tree, entity)
    return any(_meets(node, rows, key) for node in objects(tree))


def _rows_of_entities(tree: Any, entity: str) -> frozenset[str]:
    """The tables whose rows are of entities, and what the SQL defines of them."""
    rows = {entity, "disputes", "presence", *all_feeds()}
    for each in chain.from_iterable(node.get("cte_map", {}).get("map", ()) for node in objects(tree)):
        rows |= {each["key"]} if rows & base_tables(objects(each)) else set()
    return frozenset(rows)


def _meets(node: _Node, rows: frozenset[str], key: frozenset[str]) -> bool:
    if node.get("type") == "SELECT_NODE":
        return _selects_others(node, rows, key)
    if node.get("class") == "SUBQUERY":
        return bool(rows & base_tables(objects(node))) and not _names(filter(None, [node["child"]]), key)
    if node.get("class") == "WINDOW":
        return not _names(node["partitions"], key)
    if targets := node.get("distinct_on_targets"):
        return not _names(targets, key)
    return node.get("type") in _OF_ANY_ENTITY


def _selects_others(node: _Node, rows: frozenset[str], key: frozenset[str]) -> bool:
    parts = list(_parts(node["from_table"]))
    read = [each for each in parts if each["type"] != "JOIN" and rows & base_tables(objects(each))]
    joins = chain(_joins(node["where_clause"], key), *(_joins(each.get("condition"), key) for each in parts))
    by_name = sum(bool(key & {*each.get("using_columns", ())}) for each in parts)
    return bool(read) and not (_names(node["select_list"], key) and len(list(joins)) + by_name >= len(read) - 1)


def _parts(table: _Node) -> Iterator[_Node]:
    """What stands in a FROM: the tables, and the joins between them."""
    yield table
    if table["type"] == "JOIN":
        yield from chain(_parts(table["left"]), _parts(table["right"]))


def _joins(said: Any, key: frozenset[str]) -> Iterator[_Node]:
    """The comparisons by which two tables' keys are one."""
    for node in objects(said):
        if node.get("type") == "COMPARE_EQUAL" and all(_names([node[side]], key) for side in ("left", "right")):
            yield node


def _names(expressions: Iterable[_Node], key: frozenset[str]) -> bool:
    """Whether the key is among them as it stands, or all columns are."""
    return any(each["class"] == "STAR" or key & {*each.get("column_names", ())[-1:]} for each in expressions)
