"""Whether what is published is whole and as promised: every file, change and manifest is checked against its word."""

from __future__ import annotations

import hashlib
import os
from itertools import pairwise
from pathlib import Path

import polars as pl

from pipelines.compare import ADDED, apply
from pipelines.dictionary import Mappings, codes_of, current
from pipelines.promises.complete import incomplete
from pipelines.promises.conform import faults_of_form
from pipelines.promises.judged import rows_that_break
from pipelines.promises.promised import Lost, contract_behind
from pipelines.promises.steps import opens_a_line
from pipelines.promises.versions import label, versions
from schemas.contract import Contract
from schemas.manifest import File, Manifest, View, canonical, fingerprint
from schemas.product import Product, all_products
from schemas.retention import Freed, read_freed


def verify(product: type[Product], supply: Path, mappings: Mappings | None = None) -> list[str]:
    """Everything wrong with a product's published counties, in words; an empty list when all is whole.

    Checks what `verify_county` does, and each version's rows against its contract: nothing required is missing, the
    key tells rows apart, codes are in their lists, kinds' rules hold, each row is the county's own.
    """
    folders = sorted(pointer.parent for pointer in supply.glob(f"*/{product.key}/manifest.json"))
    parts = codes_of(mappings or current()).partition_by("list", as_dict=True)
    codes = {str(name): rows["code"] for (name,), rows in parts.items()}
    whole = [fault for folder in folders for fault in verify_county(product, folder)]
    return [*whole, *rows_that_break(product, folders, codes)]


def verify_county(product: type[Product], folder: Path, newest: int = 0) -> list[str]:
    """Everything wrong with one county's product: with all of its versions, or with the `newest` few.

    Checks the manifest chain, each file's sha256, size and rows, that each view has the columns, types and rows that
    the contract of its version promises and nothing above its level, that what the contract needs is named among the
    inputs or as missing, and that the version before plus the changes is the snapshot. What retention has freed, by
    its record, is not looked for; manifests and their chain always are.
    """
    served, chain = versions(folder, newest)
    freed = read_freed(folder)
    faults = _chain(chain, served) + _over(freed, served)
    for before, manifest in list(zip([None, *chain], chain, strict=False))[-newest:]:
        damaged = _files(manifest, folder, freed)
        if freed.has_snapshot(manifest.version):
            faults += damaged or _version(before, manifest, folder, freed)
        else:
            faults += damaged
    return [f"{label(folder)}: {fault}" for fault in faults]


def _chain(chain: list[Manifest], served: Manifest) -> list[str]:
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
    files = [file for view in manifest.views.values() for file in (view.snapshot, view.changes)]
    kept = [file for file in [*files, manifest.origin] if freed.has_file(manifest, file.path)]
    return [fault for file in kept for fault in _file(file, folder)]


def _file(file: File, folder: Path) -> list[str]:
    if not (folder / file.path).exists():
        return [f"{file.path} is missing"]
    content = (folder / file.path).read_bytes()
    if len(content) != file.size or hashlib.sha256(content).hexdigest() != file.sha256:
        return [f"{file.path} is not the file that was published"]
    return []


def _version(before: Manifest | None, manifest: Manifest, folder: Path, freed: Freed) -> list[str]:
    """What is wrong with one version beside its contract and the version before, where that one is kept."""
    is_apart = before is not None and not freed.has_snapshot(before.version)
    try:
        contract = contract_behind(manifest, folder)
        base = None if before is None or _opens_a_line(before, contract, folder) else before
    except Lost as lost:
        return [str(lost)]
    faults = _absent(contract, manifest) + _views(contract, manifest)
    widest = pl.read_parquet(folder / manifest.views[max(manifest.views)].snapshot.path)
    for level, view in manifest.views.items():
        snapshot = pl.read_parquet(folder / view.snapshot.path)
        told = _view(contract, level, snapshot, widest)
        told += [] if is_apart else _changed(contract, base, view, snapshot, folder)
        faults += [f"version {manifest.version}, view {level}: {fault}" for fault in told]
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


def _view(contract: Contract, level: str, snapshot: pl.DataFrame, widest: pl.DataFrame) -> list[str]:
    """What a view has beside its promise: its columns, and the rows of the widest view that are not above it."""
    faults = faults_of_form(contract, level, snapshot) + _rows_above(contract, level, snapshot)
    if faults or faults_of_form(contract, max(contract.levels), widest):
        return faults
    is_part = snapshot.equals(_below(contract, level, widest).select(snapshot.columns))
    return [] if is_part else ["holds other rows than the widest view has at this level"]


def _below(contract: Contract, level: str, rows: pl.DataFrame) -> pl.DataFrame:
    return rows if contract.row_level is None else rows.filter(pl.col(contract.row_level) <= level)


def _changed(contract: Contract, base: Manifest | None, view: View, snapshot: pl.DataFrame, folder: Path) -> list[str]:
    """Whether the version before and the changes give the snapshot; a line that opens has nothing before it."""
    known = base is not None and view.level in base.views
    old = pl.read_parquet(folder / base.views[view.level].snapshot.path) if base and known else snapshot.head(0)
    changes = pl.read_parquet(folder / view.changes.path)
    if changes.columns != [*ADDED, *snapshot.columns] or changes.select(snapshot.columns).schema != snapshot.schema:
        return ["the changes have other columns or types than the snapshot"]
    if any(snapshot.schema[name] != dtype for name, dtype in old.schema.items() if name in snapshot.columns):
        return ["the version before has other types"]
    made = apply(_in_columns(old, snapshot.schema), changes, contract.grain)
    is_same = made.equals(snapshot.sort(contract.grain))
    return [] if is_same else ["the version before and the changes give another snapshot"]


def _in_columns(old: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """A snapshot in later columns: one that it lacked is null, one that went is left out."""
    lacking = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in old.columns]
    return old.with_columns(lacking).select(schema.names())


def _rows_above(contract: Contract, level: str, snapshot: pl.DataFrame) -> list[str]:
    if contract.row_level is None or contract.row_level not in snapshot.columns:
        return []
    rows = snapshot.filter(pl.col(contract.row_level) > level).height
    return [f"holds {rows} rows from above it"] if rows else []


def faults_below(home: Path) -> list[str]:
    """Everything wrong with what is published below a home, all products, in words."""
    products = all_products().values()
    return [fault for each in products for fault in (*verify(each, home / "supply"), *incomplete(each, home))]


def main() -> int:
    """`python -m pipelines.verify`: check everything published below JUBIAN_HOME; 1 where anything is wrong."""
    home = Path(os.environ.get("JUBIAN_HOME", "var/demo"))
    supply = home / "supply"
    if not supply.is_dir():
        print(f"Nothing is published below {supply}. Run `make run` first.")
        return 1
    faults = faults_below(home)
    print("\n".join(faults) or f"Everything published below {supply} is whole and as promised.")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
