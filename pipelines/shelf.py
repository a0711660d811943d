"""Products whole: a class with the columns that its maker adds, and the maker, where it has one. Makes no rows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

import polars as pl

from pipelines.cut import Tables
from pipelines.sql.alone import may_meet_others
from schemas.product import Field, Product, widened


class Maker(Protocol):
    """`pipelines/products/<key>.py`, beside a class whose rows SQL cannot say."""

    def columns(self) -> dict[str, Field]:
        """The columns that a catalogue declares and not the class."""
        ...

    def of_province(self, buckets: Iterable[Tables]) -> pl.DataFrame:
        """What each row needs to be held against, from all buckets; a small table."""
        ...

    def made(self, tables: Tables, province: pl.DataFrame) -> pl.DataFrame:
        """The product's rows of a bucket; `province` is what `of_province` gave."""
        ...


@cache
def maker_of(product: type[Product]) -> Maker | None:
    """The maker of a product of an entity; None for one that is SQL alone."""
    name = f"pipelines.products.{product.key}"
    return cast(Maker, import_module(name)) if not product.is_made_by_province() and find_spec(name) else None


@cache
def whole(product: type[Product]) -> type[Product]:
    """A product with all its columns; one that is made of another class is whole already."""
    if Product not in product.__bases__:
        return product
    maker = maker_of(product)
    columns = maker.columns() if maker else {}
    return product if columns.keys() <= product.fields.keys() else widened(product, columns)


def stands_alone(product: type[Product]) -> bool:
    """Whether SQL makes each row of one entity alone, so that those of some entities need none of the others."""
    if product.identifier not in product.grain or product.is_made_by_province() or maker_of(product) is not None:
        return False
    return not may_meet_others(product)
