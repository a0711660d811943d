"""What an object store serves, brought to this machine's disk: a county's product, or all of it. Judges nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.checking.whole import broken_links
from pipelines.disk.hashed import sha256_of
from pipelines.promises.versions import versions
from pipelines.shipping.sent import at_once
from schemas.manifest import (
    Index,
    IndexLine,
    Manifest,
    NoManifest,
    NoRecord,
    canonical,
    index_file,
    manifest_file,
)
from schemas.odcs import contract_path
from schemas.put import put_bytes
from schemas.retention import FREED, NOTHING, Freed, read_freed
from schemas.snapshot import files
from schemas.store import Lacks, Told, fetch, read, record_key, told

if TYPE_CHECKING:
    from obstore.store import S3Store


def bring_county(store: S3Store, product: str, line: IndexLine, supply: Path) -> int:
    """Every version of a county that is kept, as it lies on disk: what is served is pointed to last. Gives how many
    files have come.

    What is there already, in its own bytes, is not brought again. A file that the store does not have is not there
    afterwards, whatever the manifest says. Raises Refuses, also where a manifest is missing.
    """
    folder = supply / line.county / product
    those = [*told(store, product, line, folder)][::-1]
    lacking = [each for each in those if not each.is_here]
    for each in lacking:
        put_bytes(each.content, manifest_file(folder, each.version))
    _bring_record(store, record_key(line.county, product), folder)
    named = dict(_named([Manifest(**json.loads(each.content)) for each in those], folder))
    came = len(lacking) + _fetch_all(store, f"{line.county}/{product}", named, supply)
    return came + _point(folder, those[-1])


def _bring_record(store: S3Store, key: str, folder: Path) -> None:
    """What the store says is freed, with what is recorded here and was not told there yet: gone is gone."""
    found, before = read(store, key), _freed_here(folder)
    if found is not None:
        there = _record_in(found.content, key)
        both = there.and_what(before)
        put_bytes(found.content if both == there else canonical(both), folder / FREED)


def _record_in(content: bytes, key: str) -> Freed:
    """A record that a store has. Raises Lacks where it is of a form that is not known here."""
    try:
        return Freed(**json.loads(content))
    except (ValueError, TypeError) as error:
        raise Lacks(
            f"{key} is no record of a form that is known here: run the code that shipped it, or make ship from the "
            f"home that has it ({' '.join(str(error).split())[:200]})"
        ) from error


def _freed_here(folder: Path) -> Freed:
    try:
        return read_freed(folder)
    except NoRecord:
        return NOTHING


def _point(folder: Path, newest: Told) -> bool:
    """Point to a version, unless what is pointed to is it or comes after it; whether that was so.

    A release that was killed before it wrote its index serves a newer one already.
    """
    if _leads_to(folder, newest.version):
        return False
    put_bytes(newest.content, folder / "manifest.json")
    return True


def _leads_to(folder: Path, version: int) -> bool:
    """Whether what is pointed to is a version, or names it behind itself: one of another home has its number alone."""
    try:
        pointed, chain = versions(folder)
    except (FileNotFoundError, NoManifest):
        return False
    return not broken_links(chain[version - 1 :], pointed)


def bring_index(content: bytes, product: str, supply: Path) -> None:
    """The index, once everything that it names is there."""
    put_bytes(content, index_file(supply, product))


def served_lines(index: Index) -> list[IndexLine]:
    """The counties of which something is served."""
    return [each for each in index.counties if each.version]


def _named(those: list[Manifest], folder: Path) -> Iterator[tuple[str, str]]:
    """The files that versions name and retention keeps, contracts among them, each with its sha256."""
    freed = read_freed(folder)
    for manifest in those:
        yield contract_path(manifest.contract_sha256), manifest.contract_sha256
        yield from ((file.path, file.sha256) for file in files(manifest) if freed.has_file(manifest, file.path))


def _fetch_all(store: S3Store, below: str, named: dict[str, str], supply: Path) -> int:
    """Bring what is not here, or in other bytes; gives how many the store had."""
    lacking = [f"{below}/{path}" for path, sha256 in named.items() if not _is_here(supply / below / path, sha256)]
    return sum(at_once(partial(_fetch, store, supply), lacking))


def _is_here(file: Path, sha256: str) -> bool:
    return file.exists() and sha256_of(file) == sha256


def _fetch(store: S3Store, supply: Path, key: str) -> bool:
    return fetch(store, key, supply / key)
