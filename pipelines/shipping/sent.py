"""What a county's versions are in an object store: each object's key, its file here and its hash, and how it is put.

Says nothing of what is served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import obstore

from pipelines.disk.hashed import sha256_of
from schemas.manifest import Manifest, fingerprint, manifest_file, read_manifest
from schemas.odcs import contract_path
from schemas.retention import FREED, read_freed
from schemas.snapshot import files
from schemas.store import SENDING, manifest_key, opened, record_key

if TYPE_CHECKING:
    from obstore.store import S3Store

# So many objects are on their way at a time, of a large one so many parts: over a slow link each must come through
# before its request has lasted for too long.
_AT_ONCE, _PARTS = 16, 1

Item = TypeVar("Item")
Result = TypeVar("Result")


class Damaged(Exception):
    """A file here that is not the one that was published, or is gone; the message names it."""


class Sent(NamedTuple):
    """An object by its key, and the file that goes there; `sha256` is that of its bytes, empty where none is told."""

    key: str
    file: Path
    sha256: str = ""


def files_sent(manifest: Manifest, supply: Path) -> list[Sent]:
    """The files that a version names and retention keeps, its contract among them."""
    below = f"{manifest.county}/{manifest.product}"
    freed = read_freed(supply / below)
    named = {file.path: file.sha256 for file in files(manifest) if freed.has_file(manifest, file.path)}
    named[contract_path(manifest.contract_sha256)] = manifest.contract_sha256
    return [Sent(f"{below}/{path}", supply / below / path, sha256) for path, sha256 in named.items()]


def manifest_sent(manifest: Manifest, supply: Path) -> Sent:
    """A version's manifest, under its hash."""
    sha256 = fingerprint(manifest)
    key = manifest_key(manifest.county, manifest.product, manifest.version, sha256)
    return Sent(key, manifest_file(supply / manifest.county / manifest.product, manifest.version), sha256)


def records_sent(product: str, counties: Iterable[str], supply: Path) -> list[Sent]:
    """What has been freed of counties, of those of which anything has."""
    told = ((county, supply / county / product / FREED) for county in counties)
    return [Sent(record_key(county, product), file) for county, file in told if file.exists()]


def versions_sent(product: str, county: str, numbers: Iterable[int], supply: Path) -> list[Manifest]:
    """Versions of a county by their numbers. Raises Damaged."""
    return [manifest_here(manifest_file(supply / county / product, number)) for number in numbers]


def manifest_here(file: Path) -> Manifest:
    """The manifest that a file of this supply holds. Raises Damaged."""
    try:
        return read_manifest(_still(file))
    except (ValueError, TypeError) as error:
        raise Damaged(f"{file} is no manifest: this disk has damaged it") from error


def size_here(sent: Sent) -> int:
    """The bytes of an object's file. Raises Damaged."""
    return _still(sent.file).stat().st_size


def size_of(some: Iterable[Sent]) -> int:
    """The bytes of objects in all."""
    return sum(map(size_here, some))


def put_all(url: str, some: Iterable[Sent]) -> None:
    """Put objects into the store at `url`, several at a time; the first that fails ends it. Raises Damaged."""
    for _ in at_once(partial(_put, opened(url, SENDING)), some):
        pass


def at_once(verb: Callable[[Item], Result], some: Iterable[Item]) -> Iterator[Result]:
    """What a verb that asks a store makes of each, in order, several at a time."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(verb, some)


def _put(store: S3Store, sent: Sent) -> None:
    """A file under its key; what is there already is put again as it is, since keys tell the bytes."""
    if sent.sha256 and sha256_of(_still(sent.file)) != sent.sha256:
        raise Damaged(f"{sent.file} is not the file that was published: this disk has damaged it")
    obstore.put(store, sent.key, sent.file, max_concurrency=_PARTS)


def _still(file: Path) -> Path:
    """A file of this supply, which was there when it was published."""
    if not file.exists():
        raise Damaged(f"{file} is missing: this disk has lost it")
    return file
