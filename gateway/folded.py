"""The snapshot of a version: its own file, or made of the one it stands on and the changes since, once and kept."""

from __future__ import annotations

import hashlib
import os
import threading
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import polars as pl

from gateway.described import contract, contract_file
from gateway.released import path_of, refuse_freed, released, view_of
from gateway.settings import Settings
from schemas.manifest import File, Manifest
from schemas.snapshot import folded, parquet, parts, titles_of

# Of each view the newest few are kept; whoever wants an older one waits until it is made again.
_KEPT = 2
# A province's counties may all ask at once, and each takes its table's size in memory.
_MAKING = threading.Lock()


class Lying(NamedTuple):
    """A file, and where it lies."""

    path: Path
    file: File


def snapshot(settings: Settings, manifest: Manifest, level: str) -> Lying:
    """Where a version's snapshot lies, and what it is; refused where it is not kept."""
    own = view_of(manifest, level).snapshot
    if own is not None:
        return Lying(path_of(settings.supply, manifest, own), own)
    refuse_freed(settings.supply, manifest)
    with _MAKING:
        return _kept(settings, manifest, level) or _made(settings, manifest, level)


def base(supply: Path, manifest: Manifest, level: str) -> Lying:
    """The snapshot that a version stands on, in the same columns; its own where it has one."""
    found, _ = _parts(supply, manifest, level)
    return found


def rows(supply: Path, manifest: Manifest, level: str, among: pl.Expr) -> pl.DataFrame:
    """The rows of a version's view that an expression over key columns holds for."""
    lies, steps = _parts(supply, manifest, level)
    changed = (pl.scan_parquet(step).filter(among) for step in steps)
    return folded(pl.scan_parquet(lies.path).filter(among), changed, _key(supply, manifest))


def _parts(supply: Path, manifest: Manifest, level: str) -> tuple[Lying, list[Path]]:
    """The snapshot that a version stands on, and the change files since."""
    view_of(manifest, level)
    first = manifest.version if manifest.base is None else manifest.base
    earlier = (released(supply, manifest.county, manifest.product, each) for each in range(first, manifest.version))
    chain = [*earlier, manifest]
    found, steps = parts(chain, level)
    paths = [path_of(supply, each, step) for each, step in zip(chain[1:], steps, strict=True)]
    return Lying(path_of(supply, chain[0], found), found), paths


def _key(supply: Path, manifest: Manifest) -> tuple[str, ...]:
    return contract(contract_file(supply, manifest)).grain


def _folder(settings: Settings, manifest: Manifest, level: str) -> Path:
    return settings.state / "snapshots" / manifest.county / manifest.product / level


def _name(manifest: Manifest, level: str) -> str:
    """What a version's snapshot is called before its bytes are known: version and what has changed in it."""
    return f"snapshot-{manifest.version:06d}-{view_of(manifest, level).changes.sha256[:16]}"


def _kept(settings: Settings, manifest: Manifest, level: str) -> Lying | None:
    found = sorted(_folder(settings, manifest, level).glob(f"{_name(manifest, level)}-*.parquet"))
    return Lying(found[0], _told(found[0])) if found else None


def _made(settings: Settings, manifest: Manifest, level: str) -> Lying:
    lies, steps = _parts(settings.supply, manifest, level)
    changed = (pl.scan_parquet(step) for step in steps)
    table = folded(pl.scan_parquet(lies.path), changed, _key(settings.supply, manifest))
    content = parquet(table, titles_of(lies.path))
    folder = _folder(settings, manifest, level)
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"{_name(manifest, level)}-{hashlib.sha256(content).hexdigest()[:16]}.parquet"
    partial = folder / f".{made.name}-{os.getpid()}"
    partial.write_bytes(content)
    os.replace(partial, made)
    for old in sorted(folder.glob("*.parquet"))[:-_KEPT]:
        old.unlink(missing_ok=True)
    return Lying(made, _told(made))


@lru_cache(maxsize=1024)
def _told(file: Path) -> File:
    """A made file as a manifest would tell of it; it never changes under its name."""
    with file.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    rows = pl.scan_parquet(file).select(pl.len()).collect().item()
    return File(path=f"{file.parent.name}/{file.name}", sha256=sha256, size=file.stat().st_size, rows=rows)
