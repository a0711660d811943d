"""Whether what is published is whole and as promised: every file, change and manifest is checked against its word."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import polars as pl

from pipelines.checking.changed import changed
from pipelines.checking.conform import faults_of_form
from pipelines.checking.judged import Asked, asked_of, rows_that_break
from pipelines.checking.walked import Released, released, rows_before
from pipelines.compare import ADDED
from pipelines.dictionary import Mappings, current
from pipelines.meaning.codes import rows_by_list
from pipelines.promises.promised import Lost, contract_behind
from pipelines.promises.steps import opens_a_line
from pipelines.promises.versions import label, versions
from schemas.contract import Contract
from schemas.manifest import File, Manifest, NoManifest, canonical, fingerprint
from schemas.product import Product
from schemas.retention import Freed, read_freed
from schemas.snapshot import files

# So many rows wait at most to be judged at once.
_AT_ONCE = 1_000_000


def verify(product: type[Product], supply: Path, mappings: Mappings | None = None) -> list[str]:
    """Everything wrong with a product's published counties, in words; an empty list when all is whole.

    Checks the manifest chain, each file's sha256, size and rows, that each view has the columns, types and rows that
    the contract of its version promises and nothing above its level, that what the contract needs is named among the
    inputs or as missing, and that the version before plus the changes is the snapshot; and each version's rows against
    its contract: nothing required is missing, the key tells rows apart, codes are in their lists, kinds' rules hold,
    each row is the county's own. What retention has freed, by its record, is not looked for; manifests and their chain
    always are.
    """
    lists = rows_by_list(mappings or current())
    whole, broken, asked = list[str](), list[str](), list[Asked]()
    for folder in sorted(pointer.parent for pointer in supply.glob(f"*/{product.key}/manifest.json")):
        for faults, version in _walked(folder):
            whole += faults
            asked += [] if version is None else [asked_of(version)]
        if sum(each.rows.height for each in asked) > _AT_ONCE:
            broken += rows_that_break(product, asked, lists)
            asked.clear()
    return [*whole, *broken, *rows_that_break(product, asked, lists)]


def verify_newest(folder: Path) -> list[str]:
    """What is wrong with the files of a county's newest version; of one that stands on an earlier snapshot with those
    that it wrote."""
    try:
        (served, chain), freed = versions(folder, newest=1), read_freed(folder)
    except NoManifest as error:
        return _labelled([str(error)], folder)
    faults = broken_links(chain, served) + _over(freed, served)
    for before, newest in list(zip([None, *chain], chain, strict=False))[-1:]:
        if newest.base is None:
            faults += _kept(before, None, newest, folder, freed)[0]
        else:
            faults += _files(newest, folder, freed) or _step(newest, folder)
    return _labelled(faults, folder)


def _walked(folder: Path) -> Iterator[tuple[list[str], Released | None]]:
    """What is wrong with a county's chain, then with each of its versions, with the version where it can be read."""
    try:
        (served, chain), freed, last = versions(folder), read_freed(folder), None
    except NoManifest as error:
        yield _labelled([str(error)], folder), None
        return
    yield _labelled(broken_links(chain, served) + _over(freed, served), folder), None
    for before, manifest in zip([None, *chain], chain, strict=False):
        faults, last = _kept(before, last, manifest, folder, freed)
        yield _labelled(faults, folder), last


def _labelled(faults: list[str], folder: Path) -> list[str]:
    return [f"{label(folder)}: {fault}" for fault in faults]


def broken_links(chain: list[Manifest], served: Manifest) -> list[str]:
    """Where a chain of versions does not lead from one to the next, or not to the one that is served."""
    if not chain or canonical(chain[-1]) != canonical(served):
        return [f"version {served.version} is served but is not the last of the chain"]
    return [
        f"version {after.version} does not name version {before.version} as the one before it"
        for before, after in pairwise(chain)
        if after.previous != fingerprint(before)
    ]


def _over(freed: Freed, served: Manifest) -> list[str]:
    """The served version is never freed, whatever a record says."""
    return [] if freed.has_snapshot(served.version) else [f"version {served.version} is served, but told to be freed"]


def _files(manifest: Manifest, folder: Path, freed: Freed) -> list[str]:
    kept = [file for file in files(manifest) if freed.has_file(manifest, file.path)]
    return [fault for file in kept for fault in _file(file, folder)]


def _file(file: File, folder: Path) -> list[str]:
    if not (folder / file.path).exists():
        return [f"{file.path} is missing"]
    content = (folder / file.path).read_bytes()
    if len(content) != file.size or hashlib.sha256(content).hexdigest() != file.sha256:
        return [f"{file.path} is not the file that was published"]
    return []


def _kept(
    before: Manifest | None, last: Released | None, manifest: Manifest, folder: Path, freed: Freed
) -> tuple[list[str], Released | None]:
    """What is wrong with what is kept of a version; where all of it is and is whole, what `_version` gives."""
    damaged = _files(manifest, folder, freed)
    if damaged or not freed.has_snapshot(manifest.version):
        return damaged, None
    return _version(before, last, manifest, folder, freed)


def _version(
    before: Manifest | None, last: Released | None, manifest: Manifest, folder: Path, freed: Freed
) -> tuple[list[str], Released | None]:
    """What is wrong with one version beside its contract and the version before, where that one is kept.

    `last` is the version before as it was read; it is read anew where it was not. Gives this one as it was read too.
    """
    try:
        contract = contract_behind(manifest, folder)
        base = None if before is None or _opens_a_line(before, contract, folder) else before
    except Lost as lost:
        return [str(lost)], None
    faults = _absent(contract, manifest) + _views(contract, manifest)
    is_apart = before is not None and not freed.has_snapshot(before.version)
    try:
        version = released(manifest, contract, folder, last)
        old = None if base is None or is_apart else rows_before(base, last, folder)
        for level, view in manifest.views.items():
            told = _view(version, level) + ([] if is_apart else changed(version, level, old))
            told += _counted(view.changes, version.changes[level]) + _counted(view.snapshot, version.rows[level])
            faults += [f"version {manifest.version}, view {level}: {fault}" for fault in told]
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        words = f"version {manifest.version}, or one that it comes after, cannot be read: {error}"
        return [*faults, words], None
    height = version.rows[version.widest].height
    if height != manifest.rows:
        faults.append(f"version {manifest.version} has {height} rows, {manifest.rows} are told")
    return faults, version


def _step(manifest: Manifest, folder: Path) -> list[str]:
    """What is wrong with what a version says has changed, beside its contract."""
    try:
        contract = contract_behind(manifest, folder)
    except Lost as lost:
        return [str(lost)]
    faults = _absent(contract, manifest) + _views(contract, manifest)
    for level, view in manifest.views.items():
        changes = pl.read_parquet(folder / view.changes.path).drop(ADDED)
        told = faults_of_form(contract, level, changes) + _rows_above(contract, level, changes)
        told += _counted(view.changes, changes)
        faults += [f"version {manifest.version}, changes of view {level}: {fault}" for fault in told]
    return faults


def _opens_a_line(before: Manifest, contract: Contract, folder: Path) -> bool:
    return opens_a_line(contract_behind(before, folder), contract)


def _absent(contract: Contract, manifest: Manifest) -> list[str]:
    """The feeds that the contract needs and the manifest names neither as an input nor as missing."""
    named = {each.feed for each in (*manifest.inputs, *manifest.missing)}
    absent = [feed for feed in contract.needs if feed not in named]
    return [f"version {manifest.version} names {feed} neither as an input nor as missing" for feed in absent]


def _views(contract: Contract, manifest: Manifest) -> list[str]:
    found = tuple(sorted(manifest.views))
    is_right = found == tuple(sorted(contract.levels)) and manifest.contract_version == contract.version
    promised = f"{', '.join(contract.levels)} of contract {contract.version}"
    told = f"version {manifest.version} has views {', '.join(found)} of contract {manifest.contract_version}"
    return [] if is_right else [f"{told}; promised are {promised}"]


def _view(version: Released, level: str) -> list[str]:
    """What a view has beside its promise: its columns, and the rows of the widest view that are not above it."""
    contract, rows, widest = version.contract, version.rows[level], version.rows[version.widest]
    faults = faults_of_form(contract, level, rows) + _rows_above(contract, level, rows)
    if faults or level == version.widest or faults_of_form(contract, max(contract.levels), widest):
        return faults
    is_part = rows.equals(_below(contract, level, widest).select(rows.columns))
    return [] if is_part else ["holds other rows than the widest view has at this level"]


def _counted(file: File | None, rows: pl.DataFrame) -> list[str]:
    """Whether a file has as many rows as the manifest tells of it; who reads many leaves out those without any."""
    if file is None or file.rows == rows.height:
        return []
    return [f"{file.path} has {rows.height} rows, {file.rows} are told"]


def _below(contract: Contract, level: str, rows: pl.DataFrame) -> pl.DataFrame:
    return rows if contract.row_level is None else rows.filter(pl.col(contract.row_level) <= level)


def _rows_above(contract: Contract, level: str, snapshot: pl.DataFrame) -> list[str]:
    if contract.row_level is None or contract.row_level not in snapshot.columns:
        return []
    rows = snapshot.filter(pl.col(contract.row_level) > level).height
    return [f"holds {rows} rows from above it"] if rows else []
