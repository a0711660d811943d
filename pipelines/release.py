"""Release, by county: files, changes and manifest appear together by one replaced pointer, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import polars as pl

from pipelines.causes import TRACED, Inputs, are_same, causes
from pipelines.compare import Causes, Difference, below, changes, difference, told_by_type
from pipelines.cut import viewed
from pipelines.disk.store import only_one, put_bytes, put_parquet, settle
from pipelines.engine.chosen import in_groups
from pipelines.fold import rows_of, stands_on
from pipelines.objections.raised import CAUSE as OBJECTION
from pipelines.objections.raised import FLAG
from pipelines.promises.promised import Lost, contract_behind
from pipelines.promises.steps import is_promised_anew, opens_a_line
from pipelines.promises.verdict import fall
from pipelines.revision import code_revision
from schemas.contract import Contract
from schemas.manifest import (
    CAUSES,
    Absence,
    Coverage,
    File,
    Index,
    Input,
    Manifest,
    Objected,
    Rests,
    Standing,
    View,
    canonical,
    fingerprint,
)
from schemas.odcs import Written, contract_path
from schemas.product import Product
from schemas.snapshot import ORIGIN, files

Share = TypeVar("Share")


@dataclass(frozen=True)
class Basis:
    """What a release rests on, the same for all counties of a run.

    `promise` is the contract that it is released under. `traced` gives of some entities those that still are,
    wherever they lie: identifier, source_hash and source_rows. `fresh` gives the entities behind which stands a row
    that other inputs had not brought. `admitted` are the counties of which an operator has admitted that their
    rows fall.
    """

    promise: Written
    as_of: str
    mappings: dict[str, str]
    inputs: tuple[Input, ...]
    missing: tuple[Absence, ...]
    coverage: tuple[Coverage, ...]
    quarantined: dict[str, int]
    traced: Callable[[pl.DataFrame], pl.DataFrame]
    fresh: Callable[[Inputs], pl.DataFrame]
    admitted: frozenset[str]

    @property
    def rests(self) -> Rests:
        """Code, mappings and deliveries behind it."""
        return Rests(code_revision=code_revision(), mappings=self.mappings, inputs=self.inputs)


@dataclass(frozen=True)
class County:
    """One county's part of a product: rows as declared, and `origin` (identifier, source numbers, hash, rows).

    `fault` says why the rows must not be released, `objections` what the county holds to be wrong in them.
    """

    code: str
    name: str
    rows: pl.DataFrame
    origin: pl.DataFrame
    disputed: dict[str, int]
    fault: str | None = None
    objections: tuple[Objected, ...] = ()


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
    name: str
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
    product: type[Product], shares: Iterable[Share], counties: Callable[[Share], Iterable[County]], basis: Basis,
    supply: Path, tell: Callable[[Published], None],
) -> list[Published]:  # fmt: skip
    """Publish each county's product below `supply/<county>/<product>/`, then the index over all of them.

    A share is some of the counties; these are made where their files are written, taken as they come and not kept,
    and their pointers are moved here. One whose verdict is bad keeps its version; one that has not changed publishes
    nothing. `tell` is called after each county. Killed at any moment, every county serves its old
    or its new version whole.
    """
    with only_one(supply):
        index = _index_of(product, supply)
        published: list[Published] = []
        for each in in_groups(shares, counties, lambda county: _prepared(product, county, basis, supply, index)):
            if each.is_new and each.manifest is not None:
                _point(each.manifest, folder_of(supply, each.county, product.key), basis.promise)
            published.append(each)
            tell(each)
        _write_index(product, published, basis, supply, index)
    return published


def stands(
    product: type[Product], counties: dict[str, str], basis: Basis, supply: Path, tell: Callable[[Published], None]
) -> list[Published] | None:
    """What stands of counties, by code with their names, where all agree with what the release rests on, else None."""
    index, rests = _index_of(product, supply), fingerprint(basis.rests)[:16]
    lines = {each.county: each for each in index.counties} if index else {}
    agree = {code for code, line in lines.items() if line.rests == rests and line.held is None}
    manifests = {code: standing(supply, code, product.key) for code in counties}
    if any(
        code not in agree or each is None or fingerprint(each) != lines[code].manifest_sha256
        for code, each in manifests.items()
    ):
        return None
    told = [Published(code, name, manifests[code], is_new=False) for code, name in counties.items()]
    with only_one(supply):
        _write_index(product, told, basis, supply, index)
    for each in told:
        tell(each)
    return told


def _prepared(product: type[Product], county: County, basis: Basis, supply: Path, index: Index | None) -> Published:
    """What is to be published of a county: its files are written, and nothing names them yet."""
    before = standing(supply, county.code, product.key)
    folder = folder_of(supply, county.code, product.key)
    try:
        stood = Stood(before, _promised(before, folder, basis), folder)
    except Lost as lost:
        return Published(county.code, county.name, before, is_new=False, held=str(lost))
    held = county.fault or _fallen(product, county, basis, before)
    if held is not None:
        return Published(county.code, county.name, before, is_new=False, held=held)
    changed = _changes(product, county, basis, stood, _last(index, before))
    if before is not None and _stands_still(before, stood, county, basis, changed):
        return Published(county.code, county.name, before, is_new=False)
    return Published(county.code, county.name, _manifest(product, county, basis, stood, changed), is_new=True)


def _stands_still(
    before: Manifest, stood: Stood, county: County, basis: Basis, changes: dict[str, pl.DataFrame]
) -> bool:
    """Whether nothing is to be told: no other promise, no other objection, no changed row in any view."""
    is_told_anew = stood.is_promised_anew(basis) or before.objections != county.objections
    return not is_told_anew and not any(map(len, changes.values()))


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
    if stood.manifest is None or last is None:
        return _by_view(product, difference(county.rows.head(0), county.rows, product.grain), "source")
    if stood.opens_a_line(basis):
        return _by_view(product, difference(county.rows.head(0), county.rows, product.grain), "contract")
    old = _old(county.rows, stood, list(product.views())[-1])
    if county.rows.equals(old):
        return _by_view(product, difference(old.head(0), old.head(0), product.grain), "source")
    found = difference(old, county.rows, product.grain)
    return _by_view(product, found, _causes(product, county, basis, stood, last, found))


def _by_view(product: type[Product], found: Difference, causes: Causes) -> dict[str, pl.DataFrame]:
    """The changes of each view; what changed only above it is no change of it."""
    level = product.row_level
    return {
        view: changes(found if level is None else below(found, level, view), columns, causes, FLAG)
        for view, columns in product.views().items()
    }


def _last(index: Index | None, before: Manifest | None) -> Rests | None:
    """What the standing version was last found to agree with: the index knows, unless it was not written any more."""
    if before is None:
        return None
    lines = [each for each in index.counties if each.county == before.county] if index else []
    if index and lines and lines[0].manifest_sha256 == fingerprint(before) and lines[0].rests in index.rests:
        return index.rests[lines[0].rests]
    return Rests(code_revision=before.code_revision, mappings=before.mappings, inputs=before.inputs)


def _causes(
    product: type[Product], county: County, basis: Basis, stood: Stood, last: Rests, found: Difference
) -> pl.DataFrame:
    """The cause of whatever has changed of each entity since the version before."""
    assert stood.manifest is not None
    key = product.identifier
    changed = found.changed.select(key).unique()
    old = rows_of(stood.folder, stood.manifest, ORIGIN, [key], [key, *TRACED]).join(changed, on=key, how="semi")
    now = county.origin.select(key, *TRACED).join(changed, on=key, how="semi")
    gone = changed.join(now, on=key, how="anti")
    now = now if gone.is_empty() else pl.concat([now, basis.traced(gone)])
    decided = _decided(basis, stood, last)
    is_settled = decided == "source" or are_same(last.inputs, basis.inputs)
    return causes(old, now, key, decided, None if is_settled else basis.fresh(last.inputs))


def _old(new: pl.DataFrame, stood: Stood, level: str) -> pl.DataFrame:
    """The view's last rows in today's columns: a column that it lacked is null, one that went is left out."""
    if stood.manifest is None or stood.contract is None or level not in stood.manifest.views:
        return new.head(0)
    old = rows_of(stood.folder, stood.manifest, level, stood.contract.grain)
    return old.select(
        (pl.col(name) if name in old.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in new.schema.items()
    )


def _decided(basis: Basis, stood: Stood, last: Rests) -> str:
    """What changed besides the rows since the version before: families of mappings, code, contract.

    Objections are told row by row.
    """
    changed = [name for name in basis.mappings if last.mappings.get(name) != basis.mappings[name]]
    families = [name for name in changed if name in CAUSES and name != OBJECTION]
    families += ["code"] * (last.code_revision != code_revision())
    families += ["contract"] * stood.is_promised_anew(basis)
    return "+".join(families) or "source"


def _manifest(
    product: type[Product], county: County, basis: Basis, stood: Stood, changes: dict[str, pl.DataFrame]
) -> Manifest:
    before, widest = stood.manifest, changes[list(changes)[-1]]
    base = before and stands_on(stood.folder, before, basis.promise.sha256, widest.height, county.rows.height)
    write = _told_whole if base is None else _told_since
    told = write(product, county, changes, stood)
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
        views=told.views,
        origin=told.origin,
        origin_changes=told.origin_changes,
        base=base,
        inputs=basis.inputs,
        missing=basis.missing,
        coverage=basis.coverage,
        quarantined=basis.quarantined,
        disputed=county.disputed,
        objections=county.objections,
        previous=None if before is None else fingerprint(before),
    )


@dataclass(frozen=True)
class _Told:
    """The files of a version as they were written."""

    views: dict[str, View]
    origin: File | None
    origin_changes: File | None


def _told_whole(product: type[Product], county: County, changes: dict[str, pl.DataFrame], stood: Stood) -> _Told:
    """A version with snapshots of its own."""

    def view(level: str) -> View:
        rows = viewed(product, county.rows, level)
        snapshot = put_parquet(rows, stood.folder / level, "snapshot", stood.folder, _titles(product, level))
        return View(level=level, snapshot=snapshot, changes=_put_changes(product, level, changes[level], stood.folder))

    origin = put_parquet(county.origin, stood.folder / ORIGIN, ORIGIN, stood.folder, {})
    return _Told({level: view(level) for level in changes}, origin, None)


def _told_since(product: type[Product], county: County, changes: dict[str, pl.DataFrame], stood: Stood) -> _Told:
    """A version that is told by what has changed."""
    assert stood.manifest is not None
    key = (product.identifier,)
    moved = told_by_type(difference(rows_of(stood.folder, stood.manifest, ORIGIN, key), county.origin, key))
    origin = put_parquet(moved, stood.folder / ORIGIN, "changes", stood.folder, {})
    views = {
        level: View(level=level, snapshot=None, changes=_put_changes(product, level, part, stood.folder))
        for level, part in changes.items()
    }
    return _Told(views, None, origin)


def _put_changes(product: type[Product], level: str, changes: pl.DataFrame, folder: Path) -> File:
    return put_parquet(changes, folder / level, "changes", folder, _titles(product, level))


def _titles(product: type[Product], level: str) -> dict[str, str]:
    return {name: product.fields[name].title for name in product.views()[level]}  # pyright: ignore[reportArgumentType]


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
    return [*(file.path for file in files(manifest)), contract_path(manifest.contract_sha256)]


def _index_of(product: type[Product], supply: Path) -> Index | None:
    file = supply / "index" / f"{product.key}.json"
    return Index(**json.loads(file.read_bytes())) if file.exists() else None


def _write_index(
    product: type[Product], published: list[Published], basis: Basis, supply: Path, old: Index | None
) -> None:
    """Every county's line; those that a partial release leaves alone keep theirs, and what they rest on."""
    told = {each.county for each in published}
    known = (old.rests if old else {}) | {fingerprint(rests)[:16]: rests for rests in _rests(published, basis, old)}
    others = [each for each in (old.counties if old else ()) if each.county not in told]
    lines = [*others, *(_standing(each, basis, old) for each in published)]
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


def _standing(published: Published, basis: Basis, old: Index | None) -> Standing:
    """A county's line in the index; version 0 where nothing has ever been released."""
    manifest, rests = published.manifest, _agrees_with(published, basis, old)
    return Standing(
        county=published.county,
        county_name=published.name,
        version=manifest.version if manifest else 0,
        manifest_sha256=fingerprint(manifest) if manifest else "",
        rows=manifest.rows if manifest else 0,
        held=published.held,
        rests=fingerprint(rests)[:16] if rests else "",
    )
