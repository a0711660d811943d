"""The Parquet files of a county's next version: whole, or what has changed. A file that views share is encoded once."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.compare import difference, told_by_type
from pipelines.cut import viewed
from pipelines.disk.store import put_alike, put_parquet
from pipelines.fold import rows_of_each
from pipelines.releasing.found import Found, rows_before
from pipelines.together import apart, key_of, together
from schemas.manifest import File, View
from schemas.product import Product
from schemas.snapshot import ORIGIN


@dataclass(frozen=True)
class Told:
    """The files of a version as they were written."""

    views: dict[str, View]
    origin: File | None
    origin_changes: File | None


def told_whole(found: Found, changes: dict[str, pl.DataFrame]) -> Told:
    """A version with snapshots of its own."""
    product, folder = found.product, found.served.folder
    rows, origin = _whole(found, found.county.rows, list(changes)[-1]), _whole(found, found.county.origin, ORIGIN)
    snapshots = _put_views(found, {level: viewed(product, rows, level) for level in changes}, "snapshot")
    put = put_parquet(origin, folder / ORIGIN, ORIGIN, folder, {})
    return Told(_views(snapshots, _put_views(found, changes, "changes")), put, None)


def told_since(found: Found, changes: dict[str, pl.DataFrame], moved: pl.DataFrame) -> Told:
    """A version that is told by what has changed."""
    views = _views({}, _put_views(found, changes, "changes"))
    folder = found.served.folder
    return Told(views, None, put_parquet(moved, folder / ORIGIN, "changes", folder, {}))


def moved_origins(found: list[Found]) -> list[pl.DataFrame]:
    """How the origin of each county has changed."""
    identifier = (found[0].product.identifier,)
    old = rows_before([(each.county, each.served) for each in found], ORIGIN, identifier)
    new = together([each.county.origin for each in found])
    return apart(told_by_type(difference(old, new, key_of(found, identifier))), len(found))


def _whole(found: Found, told: pl.DataFrame, level: str) -> pl.DataFrame:
    """All rows of a view, or of the origin: those that are told, and what else stands."""
    among, served = found.county.among, found.served
    if among is None or served.contract is None or served.manifest is None or not served.has(level):
        return told
    key = (found.product.identifier,) if level == ORIGIN else served.contract.grain
    old = rows_of_each([(served.folder, served.chain)], level, key)
    others = old.join(among, on=found.product.identifier, how="anti").select(told.columns)
    return pl.concat([others, told]).sort(found.product.identifier if level == ORIGIN else found.product.grain)


def _views(snapshots: dict[str, File], changes: dict[str, File]) -> dict[str, View]:
    return {level: View(level=level, snapshot=snapshots.get(level), changes=put) for level, put in changes.items()}


def _put_views(found: Found, tables: dict[str, pl.DataFrame], stem: str) -> dict[str, File]:
    """A file of each view."""
    product, folder = found.product, found.served.folder
    put: dict[str, File] = {}
    for levels in _showing_the_same(tables):
        folders, titles = [folder / level for level in levels], _titles(product, levels[0])
        put |= zip(levels, put_alike(tables[levels[0]], folders, stem, folder, titles), strict=True)
    return put


def _showing_the_same(tables: dict[str, pl.DataFrame]) -> list[list[str]]:
    """The levels in their order, together where nothing of a table lies between them."""
    told: list[list[str]] = []
    for level, table in tables.items():
        if told and table.equals(tables[told[-1][0]]):
            told[-1].append(level)
        else:
            told.append([level])
    return told


def _titles(product: type[Product], level: str) -> dict[str, str]:
    return {name: product.fields[name].title for name in product.views()[level]}  # pyright: ignore[reportArgumentType]
