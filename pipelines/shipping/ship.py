"""One product's release, shipped: whatever it names, and then by one PUT under a condition the index that names it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError

from pipelines.disk.store import only_one
from schemas.manifest import Index, Manifest, Standing, fingerprint, read_manifest
from schemas.odcs import contract_path
from schemas.retention import read_freed
from schemas.snapshot import files
from schemas.store import Found, Refuses, index_key, manifest_file, manifest_key, opened, read, why

if TYPE_CHECKING:
    from obstore import PutMode
    from obstore.store import S3Store

# So many objects are on their way at a time.
_AT_ONCE = 16
# An index whose PUT ended without an answer is looked at and put again so often.
_TRIES, _PAUSE_SECONDS = 5, 0.2
_AGAIN = "Ship it: make ship"
_ONE_HOME = (
    "One home alone may release there; if this is the one that lags, move its supply away and take over what is "
    "served: make restore"
)


# A key, and the file that goes there.
Sent = tuple[str, Path]


class NotShipped(Exception):
    """A release that is not, or not known to be, in the store; the message says what is served there and what to do."""


class _Overtaken(Exception):
    """What is served there is not what this supply comes after: another writer has released."""


class _Unsure(Exception):
    """The last step ended without an answer, again and again."""


@dataclass(frozen=True)
class Shipped:
    """What was shipped of a product: counties whose version is new there, objects and bytes; none where all stood."""

    product: str
    as_of: str
    counties: int
    objects: int
    size: int


def index_in(content: bytes) -> Index:
    """An index as it is written."""
    return Index(**json.loads(content))


def ship(product: str, supply: Path, url: str) -> Shipped:
    """Ship what the index of a product below `supply` names and the store at `url` lacks, and last the index.

    Killed at any moment, the store serves the release before or this one, whole; shipped again, it goes on. Raises
    NotShipped where the store refuses, and where it serves what this supply does not come after.
    """
    with only_one(supply):
        content = (supply / index_key(product)).read_bytes()
        index, store, stays = index_in(content), opened(url), "What is served there was not touched."
        try:
            before = read(store, index_key(product))
            stays = _serves(before)
            return _shipped(store, index, content, before, supply)
        except _Unsure as error:
            raise NotShipped(_words(index, url, f"{why(error)}. {served_there(product, url)} {_AGAIN}")) from error
        except _Overtaken as error:
            raise NotShipped(_words(index, url, f"{error}. {served_there(product, url)} {_ONE_HOME}")) from error
        except (BaseError, FileNotFoundError, Refuses) as error:
            raise NotShipped(_words(index, url, f"{why(error)}. {stays} {_AGAIN}")) from error


def _shipped(store: S3Store, index: Index, content: bytes, before: Found | None, supply: Path) -> Shipped:
    if before is not None and before.content == content:
        return Shipped(index.product, index.as_of, 0, 0, 0)
    stood = {each.county: each for each in index_in(before.content).counties} if before else {}
    _refuse_to_fork(index, stood, supply)
    counties = [each for each in index.counties if each.version > _version(stood, each.county)]
    new = [one for each in counties for one in _new(index.product, each, _version(stood, each.county), supply)]
    told = [_told(folder, manifest) for folder, manifest in new]
    files_of_all = dict.fromkeys(path for folder, manifest in new for path in _named(folder, manifest))
    named = [(path.relative_to(supply).as_posix(), path) for path in files_of_all]
    for some in (named, told):
        _at_once(partial(_put, store), some)
    _point(store, index_key(index.product), content, before)
    size = sum(file.stat().st_size for _, file in (*named, *told))
    return Shipped(index.product, index.as_of, len(counties), len(named) + len(told) + 1, size + len(content))


def _version(stood: dict[str, Standing], county: str) -> int:
    return stood[county].version if county in stood else 0


def _refuse_to_fork(index: Index, stood: dict[str, Standing], supply: Path) -> None:
    """Each version that the store serves must be one that this supply has had: else another has released there."""
    here = {each.county: each.version for each in index.counties}
    for each in stood.values():
        file = manifest_file(supply / each.county / index.product, each.version)
        is_ours = each.version <= here.get(each.county, 0) and file.exists()
        if each.version and not (is_ours and fingerprint(read_manifest(file)) == each.manifest_sha256):
            raise _Overtaken(f"version {each.version} of {each.county_name} {each.county} is not one of this supply's")


def _new(product: str, line: Standing, since: int, supply: Path) -> Iterable[tuple[Path, Manifest]]:
    """The versions of a county that the store lacks, with the folder in which they lie."""
    folder = supply / line.county / product
    for version in range(since + 1, line.version + 1):
        yield folder, read_manifest(manifest_file(folder, version))


def _named(folder: Path, manifest: Manifest) -> list[Path]:
    """The files that a version names and retention keeps, its contract among them."""
    freed = read_freed(folder)
    kept = [folder / file.path for file in files(manifest) if freed.has_file(manifest, file.path)]
    return [*kept, folder / contract_path(manifest.contract_sha256)]


def _told(folder: Path, manifest: Manifest) -> Sent:
    key = manifest_key(manifest.county, manifest.product, manifest.version, fingerprint(manifest))
    return key, manifest_file(folder, manifest.version)


def _at_once(put: Callable[[Sent], None], some: list[Sent]) -> None:
    """Do it for many, some at a time; the first that fails ends it."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(put, some):
            pass


def _put(store: S3Store, sent: Sent) -> None:
    """A file under its key; what is there already is put again as it is, since keys tell the bytes."""
    key, file = sent
    obstore.put(store, key, file)


def _point(store: S3Store, key: str, content: bytes, before: Found | None) -> None:
    """The one step that publishes: the index is replaced if it is still the one that was read.

    A PUT that ends without an answer may have come through: the index is looked at before it is put again.
    """
    mode: PutMode = "create" if before is None else {"e_tag": before.tag}
    last = Exception()
    for _ in range(_TRIES):
        try:
            obstore.put(store, key, content, mode=mode)
            return
        except BaseError as error:
            last = error
        if _came_through(store, key, content, before):
            return
        time.sleep(_PAUSE_SECONDS)
    raise _Unsure(why(last)) from last


def _came_through(store: S3Store, key: str, content: bytes, before: Found | None) -> bool:
    """Whether an index is the one that was put. Raises _Overtaken where it is neither that nor the one before."""
    try:
        now = read(store, key)
    except Refuses:
        return False
    if now == before:
        return False
    if now is None or now.content != content:
        raise _Overtaken("another writer has released there meanwhile")
    return True


def _words(index: Index, url: str, told: str) -> str:
    return f"{index.title} {index.product}, as of {index.as_of}: NOT SHIPPED to {url}: {told}"


def _serves(found: Found | None) -> str:
    """What is served of a product where its index is this."""
    if found is None:
        return "Nothing of it is served there."
    return f"The release as of {index_in(found.content).as_of} is served there, whole."


def served_there(product: str, url: str) -> str:
    """Which release of a product a store serves, in a sentence; that it is not known where the store does not say."""
    try:
        return _serves(read(opened(url), index_key(product)))
    except Refuses as error:
        return f"Whether this release or the one before is served there is not known ({error}); either is whole."


def words(done: Shipped, url: str) -> str:
    """What was shipped, in a line."""
    head = f"{done.product}, as of {done.as_of}"
    if not done.objects:
        return f"{head}: {url} has it already."
    return f"{head}: shipped to {url}, {done.counties} counties, {done.objects:,} objects, {done.size:,} bytes."
