"""The Parquet files of a county's next version: whole, or what has changed. What they share is encoded once."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.compare import difference, told_by_type
from pipelines.cut import viewed
from pipelines.disk.encoded import encoded
from pipelines.disk.store import put_encoded, put_parquet
from pipelines.releasing.fold import rows_of_each
from pipelines.releasing.found import Found, Origins, in_columns
from pipelines.releasing.together import apart, key_of, together
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
    snapshots = {level: viewed(product, rows, level) for level in changes}
    put = _put_views(found, {"snapshot": snapshots, "changes": changes})
    return Told(_views(**put), put_parquet(origin, folder / ORIGIN, ORIGIN, folder, {}), None)


def told_since(found: Found, changes: dict[str, pl.DataFrame], moved: pl.DataFrame) -> Told:
    """A version that is told by what has changed."""
    put, folder = _put_views(found, {"changes": changes}), found.served.folder
    return Told(_views({}, **put), None, put_parquet(moved, folder / ORIGIN, "changes", folder, {}))


def moved_origins(found: list[Found], was: Origins) -> list[pl.DataFrame]:
    """How the origin of each county has changed."""
    identifier = (found[0].product.identifier,)
    old = together([was()[each.county.code] for each in found])
    new = together([each.county.origin for each in found])
    return apart(told_by_type(difference(old, new, key_of(found, identifier))), len(found))


def _whole(found: Found, told: pl.DataFrame, level: str) -> pl.DataFrame:
    """All rows of a view, or of the origin: those that are told, and what else stands."""
    among, served = found.county.among, found.served
    if among is None or served.contract is None or served.manifest is None or not served.has(level):
        return told
    key = (found.product.identifier,) if level == ORIGIN else served.contract.grain
    old = rows_of_each([(served.folder, served.chain)], level, key)
    others = in_columns(old.join(among, on=found.product.identifier, how="anti"), told.schema)
    return pl.concat([others, told]).sort(found.product.identifier if level == ORIGIN else found.product.grain)


def _views(snapshot: dict[str, File], changes: dict[str, File]) -> dict[str, View]:
    return {level: View(level=level, snapshot=snapshot.get(level), changes=put) for level, put in changes.items()}


def _put_views(found: Found, told: dict[str, dict[str, pl.DataFrame]]) -> dict[str, dict[str, File]]:
    """A file of each view of a kind: snapshot, changes."""
    product, folder = found.product, found.served.folder
    asked = [(stem, level, table) for stem, tables in told.items() for level, table in tables.items()]
    put = {stem: dict[str, File]() for stem in told}
    for place, content in encoded([(table, _titles(product, level)) for _, level, table in asked]):
        stem, level, table = asked[place]
        put[stem][level] = put_encoded(content, table.height, folder / level, stem, folder)
    return {stem: {level: put[stem][level] for level in tables} for stem, tables in told.items()}


def _titles(product: type[Product], level: str) -> dict[str, str]:
    return {name: product.fields[name].title for name in product.views()[level]}  # pyright: ignore[reportArgumentType]
