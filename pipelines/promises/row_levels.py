"""What gives the rows of a product their levels, where they differ in them, and those levels. Reads no row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipelines.policies.listed import asked_levels
from schemas.contract import RowLevel
from schemas.entity import all_entities
from schemas.indicator import all_indicators
from schemas.product import Level, Product


def row_levels(product: type[Product]) -> tuple[RowLevel, ...]:
    """What a product's contract promises of its rows' levels; nothing where all rows are of one."""
    if product.row_level is None:
        return ()
    levels = [RowLevel(of=name, level=level) for origin in product.origins(product.row_level)
            for name, level in SOURCES[origin](product).items()]  # fmt: skip
    return tuple(sorted(levels, key=lambda each: each.of))


def _of_attributes(product: type[Product]) -> dict[str, Level]:
    return {name: each.level for name, each in all_entities()[product.entity].attributes.items()}


def _of_indicators(_: type[Product]) -> dict[str, Level]:
    return {code: each.level for code, each in all_indicators().items()}


def _of_policies(_: type[Product]) -> dict[str, Level]:
    """By tag and column, for a verdict tells of all that its policy asks and a new version may ask others."""
    return asked_levels()


# By what the column of the rows' levels is made of.
SOURCES: Mapping[str, Callable[[type[Product]], dict[str, Level]]] = {
    "attribute_list.level": _of_attributes,
    "indicator_list.level": _of_indicators,
    "policy_list.level": _of_policies,
}
