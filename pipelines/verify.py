"""Whether what is published is whole: every file, change and manifest of a supply is checked against its word."""

from __future__ import annotations

import hashlib
import json
import os
from itertools import pairwise
from pathlib import Path

import polars as pl

from pipelines.compare import apply
from schemas.manifest import File, Manifest, View, canonical, fingerprint
from schemas.product import Product, all_products


def verify(product: type[Product], supply: Path) -> list[str]:
    """Everything wrong with a product's published counties, in words; an empty list when all is whole.

    Checks the manifest chain, each file's sha256, size and rows, that no view has a column or row above its
    level, and that the version before plus the changes is the snapshot.
    """
    folders = sorted(pointer.parent for pointer in supply.glob(f"*/{product.key}/manifest.json"))
    return [fault for folder in folders for fault in verify_county(product, folder)]


def verify_county(product: type[Product], folder: Path, newest: int = 0) -> list[str]:
    """Everything wrong with one county's product: with all of its versions, or with the `newest` few."""
    served = Manifest(**json.loads((folder / "manifest.json").read_bytes()))
    files = [file for file in sorted((folder / "manifests").glob("*.json")) if int(file.stem) <= served.version]
    chain = [Manifest(**json.loads(file.read_bytes())) for file in (files[-newest - 1 :] if newest else files)]
    faults = _chain(chain, served)
    for before, manifest in list(zip([None, *chain], chain, strict=False))[-newest:]:
        damaged = _files(manifest, folder)
        views = manifest.views.items() if not damaged else ()
        faults += damaged
        faults += [fault for level, view in views for fault in _view(product, before, manifest, level, view, folder)]
    return [f"{folder.parent.name}/{folder.name}: {fault}" for fault in faults]


def _chain(chain: list[Manifest], served: Manifest) -> list[str]:
    if not chain or canonical(chain[-1]) != canonical(served):
        return [f"version {served.version} is served but is not the last of the chain"]
    return [
        f"version {after.version} does not name version {before.version} as the one before it"
        for before, after in pairwise(chain)
        if after.previous != fingerprint(before)
    ]


def _files(manifest: Manifest, folder: Path) -> list[str]:
    files = [file for view in manifest.views.values() for file in (view.snapshot, view.changes)]
    return [fault for file in [*files, manifest.origin] for fault in _file(file, folder)]


def _file(file: File, folder: Path) -> list[str]:
    if not (folder / file.path).exists():
        return [f"{file.path} is missing"]
    content = (folder / file.path).read_bytes()
    if len(content) != file.size or hashlib.sha256(content).hexdigest() != file.sha256:
        return [f"{file.path} is not the file that was published"]
    return []


def _view(
    product: type[Product], before: Manifest | None, manifest: Manifest, level: str, view: View, folder: Path
) -> list[str]:
    snapshot = pl.read_parquet(folder / view.snapshot.path)
    allowed = {name for name, field in product.fields.items() if field.level <= level}
    above = sorted(set(snapshot.columns) - allowed) if manifest.contract_version == product.version else []
    faults = [f"view {level} holds {', '.join(above)} from above it"] if above else []
    faults += _rows_above(product, level, snapshot)
    old = snapshot.head(0) if before is None else pl.read_parquet(folder / before.views[level].snapshot.path)
    if old.schema == snapshot.schema:
        made = apply(old, pl.read_parquet(folder / view.changes.path), product.grain)
        if not made.equals(snapshot.sort(product.grain)):
            faults.append(
                f"version {manifest.version}, view {level}: the version before and the changes give another snapshot"
            )
    return faults


def _rows_above(product: type[Product], level: str, snapshot: pl.DataFrame) -> list[str]:
    if product.row_level is None or product.row_level not in snapshot.columns:
        return []
    rows = snapshot.filter(pl.col(product.row_level) > level).height
    return [f"view {level} holds {rows} rows from above it"] if rows else []


def main() -> int:
    """`python -m pipelines.verify`: check everything published below JUBIAN_HOME; 1 where anything is wrong."""
    supply = Path(os.environ.get("JUBIAN_HOME", "var/demo")) / "supply"
    if not supply.is_dir():
        print(f"Nothing is published below {supply}. Run `make run` first.")
        return 1
    faults = [fault for product in all_products().values() for fault in verify(product, supply)]
    print("\n".join(faults) or f"Everything published below {supply} is whole.")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
