"""The snapshot of a version: its own file, or made of the one it stands on and the changes since, once and kept."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import polars as pl

from gateway.settings import Settings
from gateway.supply.described import contract, contract_file
from gateway.supply.made import Lying, keep, kept, made_of
from gateway.supply.released import path_of, refuse_freed, released, view_of
from gateway.supply.turns import in_turn
from schemas.manifest import Manifest
from schemas.snapshot import CHANGE, folded, parquet, parts, titles_of, versions_behind

# Of each view the newest few are kept; whoever wants an older one waits until it is made again.
_KEPT = 2


def snapshot(settings: Settings, manifest: Manifest, level: str) -> Lying:
    """Where a version's snapshot lies, and what it is; refused where it is not kept, or is not made soon."""
    own = view_of(manifest, level).snapshot
    if own is not None:
        return Lying(path_of(settings.supply, manifest, own), own)
    refuse_freed(settings.supply, manifest)
    folder, name = _folder(settings, manifest, level), _name(manifest, level)
    if (lying := kept(folder, name, folder.parent)) is not None:
        return lying
    # What it is made of is brought first: nobody waits for a store while the others wait for him.
    _parts(settings.supply, manifest, level)
    _key(settings.supply, manifest)
    with in_turn(f"The snapshot of version {manifest.version} of {manifest.product}/{level}"):
        return kept(folder, name, folder.parent) or _made(settings, manifest, level)


def base(supply: Path, manifest: Manifest, level: str) -> Lying:
    """The snapshot that a version stands on, in the same columns; its own where it has one."""
    lying, _ = _parts(supply, manifest, level)
    return lying


def rows(supply: Path, manifest: Manifest, level: str, among: pl.Expr) -> pl.DataFrame:
    """The rows of a version's view that an expression over key columns holds for."""
    lies, steps = _parts(supply, manifest, level)
    changed = (pl.scan_parquet(step).filter(among) for step in steps)
    return folded(pl.scan_parquet(lies.path).filter(among), changed, _key(supply, manifest))


def columns(supply: Path, manifest: Manifest, level: str, names: Collection[str]) -> pl.DataFrame:
    """Some columns of a version's view, of all its rows; of a wide table nothing else is read."""
    lies, steps = _parts(supply, manifest, level)
    key = _key(supply, manifest)
    kept = list(dict.fromkeys([*key, *names]))
    changed = (pl.scan_parquet(step).select(*kept, CHANGE) for step in steps)
    return folded(pl.scan_parquet(lies.path).select(kept), changed, key).select(names)


def chain(supply: Path, manifest: Manifest) -> list[Manifest]:
    """The versions from the one whose snapshots a version stands on up to itself; itself alone where it has its own."""
    behind = (released(supply, manifest.county, manifest.product, each) for each in versions_behind(manifest))
    return [*behind, manifest]


def _parts(supply: Path, manifest: Manifest, level: str) -> tuple[Lying, list[Path]]:
    """The snapshot that a version stands on, and the change files since."""
    view_of(manifest, level)
    manifests = chain(supply, manifest)
    file, steps = parts(manifests, level)
    paths = [path_of(supply, each, step) for each, step in zip(manifests[1:], steps, strict=True)]
    return Lying(path_of(supply, manifests[0], file), file), paths


def _key(supply: Path, manifest: Manifest) -> tuple[str, ...]:
    return contract(contract_file(supply, manifest)).grain


def _folder(settings: Settings, manifest: Manifest, level: str) -> Path:
    return settings.state / "snapshots" / manifest.county / manifest.product / level


def _name(manifest: Manifest, level: str) -> str:
    """What a version's snapshot is called before its bytes are known: version and what it is made of."""
    return f"snapshot-{manifest.version:06d}-{made_of(manifest, level)[:16]}"


def _made(settings: Settings, manifest: Manifest, level: str) -> Lying:
    lies, steps = _parts(settings.supply, manifest, level)
    changed = (pl.scan_parquet(step) for step in steps)
    table = folded(pl.scan_parquet(lies.path), changed, _key(settings.supply, manifest))
    folder = _folder(settings, manifest, level)
    made = keep(parquet(table, titles_of(lies.path)), folder, _name(manifest, level), folder.parent)
    for old in sorted(folder.glob("*.parquet"))[:-_KEPT]:
        if old != made.path:
            old.unlink(missing_ok=True)
    return made
