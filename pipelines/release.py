"""Release, by county: files, changes and manifest appear together by one replaced pointer, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.causes import TRACED, Inputs, are_same, causes
from pipelines.compare import ADDED, compare
from pipelines.cut import viewed
from pipelines.revision import code_revision
from pipelines.store import only_one, put_bytes, put_parquet, settle
from pipelines.verdict import fall
from schemas.contract import contract_of, contract_sha256
from schemas.manifest import CAUSES, Absence, Coverage, Index, Input, Manifest, Standing, View, canonical, fingerprint
from schemas.product import Product


@dataclass(frozen=True)
class Basis:
    """What a release rests on, the same for all counties of a run.

    `entities` are all entities as they stand: identifier, source_hash and source_rows. `fresh` gives those
    behind which stands a row that other inputs had not brought. `admitted` are the counties of which an
    operator has admitted that their rows fall.
    """

    as_of: str
    mappings: dict[str, str]
    inputs: tuple[Input, ...]
    missing: tuple[Absence, ...]
    coverage: tuple[Coverage, ...]
    quarantined: dict[str, int]
    entities: pl.DataFrame
    fresh: Callable[[Inputs], pl.DataFrame]
    admitted: frozenset[str]


@dataclass(frozen=True)
class County:
    """One county's part of a product: rows as declared, and `origin` (identifier, source numbers, hash, rows).

    `fault` says why the rows must not be released.
    """

    code: str
    name: str
    rows: pl.DataFrame
    origin: pl.DataFrame
    disputed: dict[str, int]
    fault: str | None = None


@dataclass(frozen=True)
class Published:
    """What became of one county: the standing manifest, whether it is new, and why it was held if it was."""

    county: str
    manifest: Manifest | None
    is_new: bool
    held: str | None = None


def folder_of(supply: Path, county: str, product: str) -> Path:
    """Where one county's product is published."""
    return supply / county / product


def standing(supply: Path, county: str, product: str) -> Manifest | None:
    """The manifest that is served now, or None before the first release."""
    pointer = folder_of(supply, county, product) / "manifest.json"
    return Manifest(**json.loads(pointer.read_bytes())) if pointer.exists() else None


def release(
    product: type[Product], counties: list[County], basis: Basis, supply: Path, tell: Callable[[Published], None]
) -> list[Published]:
    """Publish each county's product below `supply/<county>/<product>/`, then the index over all of them.

    A county whose verdict is bad keeps its version; one that has not changed publishes nothing. `tell` is
    called after each county. Killed at any moment, every county serves its old or its new version whole.
    """
    with only_one(supply):
        published: list[Published] = []
        for county in counties:
            published.append(_publish(product, county, basis, supply))
            tell(published[-1])
        _index(product, counties, published, basis, supply)
    return published


def _publish(product: type[Product], county: County, basis: Basis, supply: Path) -> Published:
    before = standing(supply, county.code, product.key)
    held = county.fault or _fallen(product, county, basis, before)
    if held is not None:
        return Published(county.code, before, is_new=False, held=held)
    folder = folder_of(supply, county.code, product.key)
    changes = _changes(product, county, basis, before, folder)
    if (
        before is not None
        and before.contract_sha256 == contract_sha256(product)
        and not any(map(len, changes.values()))
    ):
        return Published(county.code, before, is_new=False)
    manifest = _manifest(product, county, basis, before, changes, folder)
    _point(manifest, folder, product)
    return Published(county.code, manifest, is_new=True)


def _fallen(product: type[Product], county: County, basis: Basis, before: Manifest | None) -> str | None:
    if product.may_fall or county.code in basis.admitted:
        return None
    return fall(product, f"{county.code}/{basis.as_of}", county.rows.height, before)


def _changes(
    product: type[Product], county: County, basis: Basis, before: Manifest | None, folder: Path
) -> dict[str, pl.DataFrame]:
    """The changes of each view against the version before."""
    widest = list(product.views())[-1]
    if before is not None and county.rows.equals(_old(county.rows, before, widest, folder)):
        return {level: _no_changes(viewed(product, county.rows, level)) for level in product.views()}
    why = _causes(product, basis, before, folder)
    told: dict[str, pl.DataFrame] = {}
    for level in product.views():
        new = viewed(product, county.rows, level)
        old = _old(new, before, level, folder)
        told[level] = compare(old, new, product.grain, why)
    return told


def _causes(product: type[Product], basis: Basis, before: Manifest | None, folder: Path) -> pl.DataFrame:
    """The cause of whatever has changed of each entity since the version before."""
    traced = [product.identifier, *TRACED]
    old = basis.entities.head(0) if before is None else _read(folder, before.origin.path).select(traced)
    decided = _decided(product, basis, before)
    if before is None or decided == "source" or are_same(before.inputs, basis.inputs):
        return causes(old, basis.entities, product.identifier, decided, None)
    return causes(old, basis.entities, product.identifier, decided, basis.fresh(before.inputs))


def _no_changes(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.head(0).select(*(pl.lit(None, pl.String).alias(name) for name in ADDED), *rows.columns)


def _old(new: pl.DataFrame, before: Manifest | None, level: str, folder: Path) -> pl.DataFrame:
    """The view's last snapshot in today's columns: a column that it lacked is null, one that went is left out."""
    if before is None or level not in before.views:
        return new.head(0)
    old = _read(folder, before.views[level].snapshot.path)
    return old.select(
        (pl.col(name) if name in old.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in new.schema.items()
    )


def _decided(product: type[Product], basis: Basis, before: Manifest | None) -> str:
    """What changed besides the rows since the version before: families of mappings, code, contract."""
    if before is None:
        return "source"
    changed = [name for name in basis.mappings if before.mappings.get(name) != basis.mappings[name]]
    families = [name for name in changed if name in CAUSES]
    families += ["code"] * (before.code_revision != code_revision())
    families += ["contract"] * (before.contract_sha256 != contract_sha256(product))
    return "+".join(families) or "source"


def _manifest(
    product: type[Product], county: County, basis: Basis, before: Manifest | None,
    changes: dict[str, pl.DataFrame], folder: Path,
) -> Manifest:  # fmt: skip
    widest = changes[list(changes)[-1]]
    return Manifest(
        product=product.key,
        title=product.title,
        county=county.code,
        county_name=county.name,
        version=1 if before is None else before.version + 1,
        contract_version=product.version,
        contract_sha256=contract_sha256(product),
        code_revision=code_revision(),
        mappings=basis.mappings,
        as_of=basis.as_of,
        rows=county.rows.height,
        changes=_counted(widest),
        views={level: _view(product, county, level, part, folder) for level, part in changes.items()},
        origin=put_parquet(county.origin, folder / "origin", "origin", folder, {}),
        inputs=basis.inputs,
        missing=basis.missing,
        coverage=basis.coverage,
        quarantined=basis.quarantined,
        disputed=county.disputed,
        previous=None if before is None else fingerprint(before),
    )


def _view(product: type[Product], county: County, level: str, changes: pl.DataFrame, folder: Path) -> View:
    rows = viewed(product, county.rows, level)
    titles = {name: product.fields[name].title for name in rows.columns}
    return View(
        level=level,
        snapshot=put_parquet(rows, folder / level, "snapshot", folder, titles),
        changes=put_parquet(changes, folder / level, "changes", folder, titles),
    )


def _counted(changes: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Rows by change and cause."""
    counts = changes.group_by("change", "cause").len().sort("change", "cause")
    told: dict[str, dict[str, int]] = {}
    for change, cause, count in counts.iter_rows():
        told.setdefault(change, {})[cause] = count
    return told


def _point(manifest: Manifest, folder: Path, product: type[Product]) -> None:
    """The one step that publishes: everything the manifest names is on the disk before the pointer moves."""
    content = canonical(manifest)
    put_bytes(canonical(contract_of(product)), folder / "contracts" / f"{manifest.contract_sha256[:16]}.json")
    put_bytes(content, folder / "manifests" / f"{manifest.version:06d}.json")
    for part in sorted({folder / file.parent for file in map(Path, _paths(manifest))}):
        settle(part)
    put_bytes(content, folder / "manifest.json")
    settle(folder)


def _paths(manifest: Manifest) -> list[str]:
    views = [file.path for view in manifest.views.values() for file in (view.snapshot, view.changes)]
    return [*views, manifest.origin.path]


def _index(
    product: type[Product], counties: list[County], published: list[Published], basis: Basis, supply: Path
) -> None:
    names = {county.code: county.name for county in counties}
    file = supply / "index" / f"{product.key}.json"
    others = [each for each in _standings(file) if each.county not in names]
    index = Index(
        product=product.key,
        title=product.title,
        as_of=basis.as_of,
        inputs=basis.inputs,
        missing=basis.missing,
        counties=tuple(
            sorted(
                [*others, *(_standing(each, names[each.county]) for each in published)], key=lambda each: each.county
            )
        ),
    )
    if not file.exists() or file.read_bytes() != canonical(index):
        put_bytes(canonical(index), file)


def _standings(file: Path) -> tuple[Standing, ...]:
    """The lines of the index as it is: counties that a partial release leaves alone keep theirs."""
    return Index(**json.loads(file.read_bytes())).counties if file.exists() else ()


def _standing(published: Published, name: str) -> Standing:
    """A county's line in the index; version 0 where nothing has ever been released."""
    manifest = published.manifest
    if manifest is None:
        return Standing(
            county=published.county, county_name=name, version=0, manifest_sha256="", rows=0, held=published.held
        )
    return Standing(county=published.county, county_name=name, version=manifest.version,
                    manifest_sha256=fingerprint(manifest), rows=manifest.rows, held=published.held)  # fmt: skip


def _read(folder: Path, path: str) -> pl.DataFrame:
    return pl.read_parquet(folder / path)
