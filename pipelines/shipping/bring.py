"""What an object store serves, brought to this machine's disk: a county's product, or all of it. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.shipping.sent import at_once
from schemas.manifest import Index, Manifest, Standing, index_file, manifest_file, read_manifest
from schemas.odcs import contract_path
from schemas.put import put_bytes
from schemas.retention import FREED, read_freed
from schemas.snapshot import files
from schemas.store import chain, fetch, record_key

if TYPE_CHECKING:
    from obstore.store import S3Store


def bring_county(store: S3Store, product: str, line: Standing, supply: Path) -> None:
    """Every version of a county that is kept, as it lies on disk: what is served is pointed to last.

    A file that the store does not have is not there afterwards, whatever the manifest says; what is there already is
    not brought again. Raises Refuses, also where a manifest is missing.
    """
    folder = supply / line.county / product
    for version, content in chain(store, product, line, folder):
        put_bytes(content, manifest_file(folder, version))
    fetch(store, record_key(line.county, product), folder / FREED)
    told = [read_manifest(file) for file in sorted((folder / "manifests").glob("*.json"))]
    below = f"{line.county}/{product}"
    _fetch_all(store, (f"{below}/{path}" for path in dict.fromkeys(_paths(told, folder))), supply)
    put_bytes(manifest_file(folder, line.version).read_bytes(), folder / "manifest.json")


def bring_index(content: bytes, product: str, supply: Path) -> None:
    """The index, once everything that it names is there."""
    put_bytes(content, index_file(supply, product))


def served_lines(index: Index) -> list[Standing]:
    """The counties of which something is served."""
    return [each for each in index.counties if each.version]


def _paths(told: list[Manifest], folder: Path) -> Iterable[str]:
    freed = read_freed(folder)
    for manifest in told:
        yield contract_path(manifest.contract_sha256)
        yield from (file.path for file in files(manifest) if freed.has_file(manifest, file.path))


def _fetch_all(store: S3Store, keys: Iterable[str], supply: Path) -> None:
    lacking = [key for key in keys if not (supply / key).exists()]
    for _ in at_once(partial(_fetch, store, supply), lacking):
        pass


def _fetch(store: S3Store, supply: Path, key: str) -> None:
    fetch(store, key, supply / key)
