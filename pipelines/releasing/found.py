"""A county's part beside the rows that it is served, in today's columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from pipelines.releasing.county import Basis, County
from pipelines.releasing.fold import AT, rows_of_each
from pipelines.releasing.index import stamp_of
from pipelines.releasing.served import Served
from pipelines.releasing.together import apart, together
from schemas.product import Product
from schemas.snapshot import ORIGIN

# Gives by county the origin that its rows had; read for all of them when it is first asked, and once.
Origins = Callable[[], Mapping[str, pl.DataFrame]]


@dataclass(frozen=True)
class Found:
    """A county's part beside what stands: `old` are the rows that it may change, in its columns, of the widest view
    that the county had before."""

    product: type[Product]
    county: County
    served: Served
    old: pl.DataFrame

    @property
    def height(self) -> int:
        """How many rows the county has with what is told of it."""
        before = self.served.manifest
        others = 0 if self.county.among is None or before is None else before.rows - self.old.height
        return others + self.county.rows.height


def sets_alike(counties: list[tuple[County, Served]]) -> list[list[tuple[County, Served]]]:
    """The counties in sets of which each stands on the same: what is compared together has one cause and one form."""
    sets: dict[tuple[str, str], list[tuple[County, Served]]] = {}
    for county, served in counties:
        contract = served.manifest.contract_sha256 if served.manifest else ""
        sets.setdefault((stamp_of(served.last) if served.last else "", contract), []).append((county, served))
    return list(sets.values())


def found_beside(product: type[Product], counties: list[tuple[County, Served]], basis: Basis) -> list[Found]:
    """Counties beside the last rows of the widest view that they had, in today's columns: a column that it lacked is
    null, one that went is left out. A version line that opens has no rows before it."""
    served = counties[0][1]
    schema, had = counties[0][0].rows.schema, [level for level in product.views() if served.has(level)]
    if served.contract is None or served.opens_a_line(basis) or not had:
        return [Found(product, county, before, county.rows.head(0)) for county, before in counties]
    old = _rows_before(counties, had[-1], served.contract.grain)
    parted = zip(counties, apart(in_columns(old, schema, AT), len(counties)), strict=True)
    return [Found(product, county, before, rows) for (county, before), rows in parted]


def in_columns(old: pl.DataFrame, schema: Mapping[str, pl.DataType], *beside: str) -> pl.DataFrame:
    """Rows of before in the columns of today: one that they lacked is null, one that went is left out."""
    told = ((pl.col(name) if name in old.columns else pl.lit(None)).cast(dtype).alias(name)
            for name, dtype in schema.items())  # fmt: skip
    return old.select(*told, *beside)


def origins_before(found: Sequence[Found]) -> Origins:
    """The last origin of counties that stand on the same, in today's columns; where they tell of some entities, that
    of these alone."""

    @cache
    def read() -> Mapping[str, pl.DataFrame]:
        told = dict[str, pl.DataFrame]()
        for some in _of_one_form(found):
            rows = _rows_before([(each.county, each.served) for each in some], ORIGIN, (some[0].product.identifier,))
            today = in_columns(rows, some[0].county.origin.schema, AT)
            told |= zip((each.county.code for each in some), apart(today, len(some)), strict=True)
        return told

    return read


def _of_one_form(found: Sequence[Found]) -> Iterable[list[Found]]:
    """The counties whose origins have the same columns, which alone are read at once.

    One that has not changed since its entity gained an attribute has an origin without it.
    """
    sets: dict[tuple[str, ...], list[Found]] = {}
    for each in found:
        sets.setdefault(tuple(each.served.origin_columns), []).append(each)
    return sets.values()


def _rows_before(counties: list[tuple[County, Served]], level: str, key: Sequence[str]) -> pl.DataFrame:
    """The last rows of counties in a view, or their origin; where they tell of some entities, of these alone."""
    versions = [(served.folder, served.chain) for _, served in counties]
    each = [county.among for county, _ in counties if county.among is not None]
    if not each:
        return rows_of_each(versions, level, key)
    asked = together(each)
    rows = rows_of_each(versions, level, key, among=pl.concat(each).unique())
    return rows.join(asked, on=asked.columns, how="semi", maintain_order="left") if len(each) > 1 else rows
