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
from pipelines.promised import Lost, contract_behind
from pipelines.revision import code_revision
from pipelines.steps import is_promised_anew, opens_a_line
from pipelines.store import only_one, put_bytes, put_parquet, settle
from pipelines.verdict import fall
from schemas.contract import Contract
from schemas.manifest import (
    CAUSES,
    Absence,
    Coverage,
    Index,
    Input,
    Manifest,
    Rests,
    Standing,
    View,
    canonical,
    fingerprint,
)
from schemas.odcs import Written, contract_path
from schemas.product import Product


@dataclass(frozen=True)
class Basis:
    """What a release rests on, the same for all counties of a run.

    `promise` is the contract that it is released under. `entities` are all entities as they stand: identifier,
    source_hash and source_rows. `fresh` gives those behind which stands a row that other inputs had not brought.
    `admitted` are the counties of which an operator has admitted that their rows fall.
    """

    promise: Written
    as_of: str
    mappings: dict[str, str]
    inputs: tuple[Input, ...]
    missing: tuple[Absence, ...]
    coverage: tuple[Coverage, ...]
    quarantined: dict[str, int]
    entities: pl.DataFrame
    fresh: Callable[[Inputs], pl.DataFrame]
    admitted: frozenset[str]

    @property
    def rests(self) -> Rests:
        """Code, mappings and deliveries behind it."""
        return Rests(code_revision=code_revision(), mappings=self.mappings, inputs=self.inputs)


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
class Stood:
    """What a county has stood on so far: its manifest and the contract behind it, None before the first release."""

    manifest: Manifest | None
    contract: Contract | None
    folder: Path

    def is_promised_anew(self, basis: Basis) -> bool:
        """Whether the release promises something else than what stands."""
        return self.contract is not None and is_promised_anew(self.contract, basis.promise.contract)

    def opens_a_line(self, basis: Basis) -> bool:
        """Whether the release opens a version line, which has nothing before it: every row is an insert."""
        return self.contract is not None and opens_a_line(self.contract, basis.promise.contract)


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
        index = _index_of(product, supply)
        published: list[Published] = []
        for county in counties:
            published.append(_publish(product, county, basis, supply, index))
            tell(published[-1])
        _write_index(product, counties, published, basis, supply, index)
    return published


def _publish(product: type[Product], county: County, basis: Basis, supply: Path, index: Index | None) -> Published:
    before = standing(supply, county.code, product.key)
    folder = folder_of(supply, county.code, product.key)
    try:
        stood = Stood(before, _promised(before, folder, basis), folder)
    except Lost as lost:
        return Published(county.code, before, is_new=False, held=str(lost))
    held = county.fault or _fallen(product, county, basis, before)
    if held is not None:
        return Published(county.code, before, is_new=False, held=held)
    changes = _changes(product, county, basis, stood, _last(index, before))
    if before is not None and not stood.is_promised_anew(basis) and not any(map(len, changes.values())):
        return Published(county.code, before, is_new=False)
    manifest = _manifest(product, county, basis, before, changes, folder)
    _point(manifest, folder, basis.promise)
    return Published(county.code, manifest, is_new=True)


def _promised(before: Manifest | None, folder: Path, basis: Basis) -> Contract | None:
    """The contract that a county stands under; most often it is the one that is released."""
    if before is not None and before.contract_sha256 == basis.promise.sha256:
        return basis.promise.contract
    return None if before is None else contract_behind(before, folder)


def _fallen(product: type[Product], county: County, basis: Basis, before: Manifest | None) -> str | None:
    if product.may_fall or county.code in basis.admitted:
        return None
    return fall(product, f"{county.code}/{basis.as_of}", county.rows.height, before)


def _changes(
    product: type[Product], county: County, basis: Basis, stood: Stood, last: Rests | None
) -> dict[str, pl.DataFrame]:
    """The changes of each view against the version before, which was last found to agree with `last`."""
    if stood.opens_a_line(basis):
        return _compared(product, county, None, stood.folder, _all_by(basis, product.identifier, "contract"))
    before, folder = stood.manifest, stood.folder
    widest = list(product.views())[-1]
    if before is not None and county.rows.equals(_old(county.rows, before, widest, folder)):
        views = {level: viewed(product, county.rows, level) for level in product.views()}
        return {level: _no_changes(rows) for level, rows in views.items()}
    return _compared(product, county, before, folder, _causes(product, basis, stood, last))


def _compared(
    product: type[Product], county: County, before: Manifest | None, folder: Path, why: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """The changes of each view, with their causes."""
    told: dict[str, pl.DataFrame] = {}
    for level in product.views():
        new = viewed(product, county.rows, level)
        old = _old(new, before, level, folder)
        told[level] = compare(old, new, product.grain, why)
    return told


def _all_by(basis: Basis, key: str, cause: str) -> pl.DataFrame:
    """One cause for all entities."""
    return causes(basis.entities.head(0), basis.entities, key, cause, None)


def _last(index: Index | None, before: Manifest | None) -> Rests | None:
    """What the standing version was last found to agree with: the index knows, unless it was not written any more."""
    if before is None:
        return None
    lines = [each for each in index.counties if each.county == before.county] if index else []
    if index and lines and lines[0].manifest_sha256 == fingerprint(before) and lines[0].rests in index.rests:
        return index.rests[lines[0].rests]
    return Rests(code_revision=before.code_revision, mappings=before.mappings, inputs=before.inputs)


def _causes(product: type[Product], basis: Basis, stood: Stood, last: Rests | None) -> pl.DataFrame:
    """The cause of whatever has changed of each entity since the version before."""
    if stood.manifest is None or last is None:
        return _all_by(basis, product.identifier, "source")
    old = _read(stood.folder, stood.manifest.origin.path).select(product.identifier, *TRACED)
    decided = _decided(basis, stood, last)
    is_settled = decided == "source" or are_same(last.inputs, basis.inputs)
    return causes(old, basis.entities, product.identifier, decided, None if is_settled else basis.fresh(last.inputs))


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


def _decided(basis: Basis, stood: Stood, last: Rests) -> str:
    """What changed besides the rows since the version before: families of mappings, code, contract."""
    changed = [name for name in basis.mappings if last.mappings.get(name) != basis.mappings[name]]
    families = [name for name in changed if name in CAUSES]
    families += ["code"] * (last.code_revision != code_revision())
    families += ["contract"] * stood.is_promised_anew(basis)
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
        contract_version=basis.promise.contract.version,
        contract_sha256=basis.promise.sha256,
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
    """Rows by change (insert, update, delete) and cause."""
    told_as = pl.col("_change_type").str.strip_suffix("_postimage").alias("change")
    counts = changes.group_by(told_as, pl.col("_cause").alias("cause")).len().sort("change", "cause")
    told: dict[str, dict[str, int]] = {}
    for change, cause, count in counts.iter_rows():
        told.setdefault(change, {})[cause] = count
    return told


def _point(manifest: Manifest, folder: Path, promise: Written) -> None:
    """The one step that publishes: everything the manifest names is on the disk before the pointer moves."""
    content = canonical(manifest)
    put_bytes(promise.content, folder / contract_path(promise.sha256))
    put_bytes(content, folder / "manifests" / f"{manifest.version:06d}.json")
    for part in sorted({folder / Path(path).parent for path in _paths(manifest)}):
        settle(part)
    put_bytes(content, folder / "manifest.json")
    settle(folder)


def _paths(manifest: Manifest) -> list[str]:
    views = [file.path for view in manifest.views.values() for file in (view.snapshot, view.changes)]
    return [*views, manifest.origin.path, contract_path(manifest.contract_sha256)]


def _index_of(product: type[Product], supply: Path) -> Index | None:
    file = supply / "index" / f"{product.key}.json"
    return Index(**json.loads(file.read_bytes())) if file.exists() else None


def _write_index(
    product: type[Product], counties: list[County], published: list[Published], basis: Basis, supply: Path,
    old: Index | None,
) -> None:  # fmt: skip
    """Every county's line; those that a partial release leaves alone keep theirs, and what they rest on."""
    names = {county.code: county.name for county in counties}
    known = (old.rests if old else {}) | {fingerprint(rests)[:16]: rests for rests in _rests(published, basis, old)}
    others = [each for each in (old.counties if old else ()) if each.county not in names]
    lines = [*others, *(_standing(each, names[each.county], basis, old) for each in published)]
    used = sorted({each.rests for each in lines} - {""})
    index = Index(
        product=product.key,
        title=product.title,
        as_of=basis.as_of,
        inputs=basis.inputs,
        missing=basis.missing,
        counties=tuple(sorted(lines, key=lambda each: each.county)),
        rests={name: known[name] for name in used},
    )
    file = supply / "index" / f"{product.key}.json"
    if not file.exists() or file.read_bytes() != canonical(index):
        put_bytes(canonical(index), file)


def _rests(published: list[Published], basis: Basis, old: Index | None) -> list[Rests]:
    return [rests for each in published if (rests := _agrees_with(each, basis, old)) is not None]


def _agrees_with(published: Published, basis: Basis, old: Index | None) -> Rests | None:
    """What a county's version agrees with after a release: a held one with what it did before."""
    return basis.rests if published.held is None else _last(old, published.manifest)


def _standing(published: Published, name: str, basis: Basis, old: Index | None) -> Standing:
    """A county's line in the index; version 0 where nothing has ever been released."""
    manifest, rests = published.manifest, _agrees_with(published, basis, old)
    return Standing(
        county=published.county,
        county_name=name,
        version=manifest.version if manifest else 0,
        manifest_sha256=fingerprint(manifest) if manifest else "",
        rows=manifest.rows if manifest else 0,
        held=published.held,
        rests=fingerprint(rests)[:16] if rests else "",
    )


def _read(folder: Path, path: str) -> pl.DataFrame:
    return pl.read_parquet(folder / path)
