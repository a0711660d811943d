"""One product's release, shipped: whatever it names, and then by one PUT under a condition the index that names it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError

from pipelines.disk.store import only_one
from pipelines.shipping.lacking import put_lacking
from pipelines.shipping.order import Overtaken, refuse_to_fork
from pipelines.shipping.sent import (
    Damaged,
    Sent,
    files_sent,
    manifest_sent,
    put_all,
    records_sent,
    size_of,
    versions_sent,
)
from schemas.manifest import Index, IndexLine, Manifest, index_file, read_index
from schemas.put import put_bytes
from schemas.store import Found, Lacks, Refuses, index_key, opened, read, why

if TYPE_CHECKING:
    from obstore import PutMode
    from obstore.store import S3Store

# An index whose PUT ended without an answer is looked at and put again so often.
_TRIES, _PAUSE_SECONDS = 5, 0.2
_AGAIN = "Ship it: make ship"
_BRING = "Bring it again from there: make restore"
_MAKE_ANEW = (
    "See what else is damaged: make verify. Then move the supply away, take over what is served there, and release "
    "again: make restore, make run"
)
_ONE_HOME = (
    "One home alone may release there; if this is the one that lags, move its supply away and take over what is "
    "served: make restore"
)


class NotShipped(Exception):
    """A release that is not, or not known to be, in the store; the message says what is served there and what to do."""


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


def index_there(content: bytes, product: str) -> Index:
    """An index that a store has. Raises Lacks where it is of a form that is not known here."""
    try:
        return index_in(content)
    except (ValueError, TypeError) as error:
        raise Lacks(
            f"{index_key(product)} is no index of a form that is known here: run the code that shipped it, or put its "
            f"last version back there ({' '.join(str(error).split())[:200]})"
        ) from error


def ship(product: str, supply: Path, url: str) -> Shipped:
    """Ship what the index of a product below `supply` names and the store at `url` lacks, and last the index.

    Killed at any moment, the store serves the release before or this one, whole; shipped again, it goes on. Raises
    NotShipped where the store refuses, where a file here is damaged, and where it serves what this supply does not
    come after.
    """
    return _carried_out(product, supply, url, _shipped)


def ship_whole(product: str, supply: Path, url: str) -> Shipped:
    """The same; where the release is shipped already, what the store has lost of it is put there again."""
    return _carried_out(product, supply, url, _shipped_whole)


def _carried_out(
    product: str, supply: Path, url: str, verb: Callable[[str, Index, bytes, Found | None, Path], Shipped]
) -> Shipped:
    with only_one(supply):
        content = (supply / index_key(product)).read_bytes()
        index, stays, mend = _index_here(product, supply), "What is served there was not touched.", _MAKE_ANEW
        try:
            before = read(opened(url), index_key(product))
            stays, mend = _serves(before, product), _BRING if before and before.content == content else _MAKE_ANEW
            return verb(url, index, content, before, supply)
        except Damaged as error:
            raise NotShipped(_words(index, url, f"{error}. {stays} {mend}")) from error
        except _Unsure as error:
            raise NotShipped(_words(index, url, f"{why(error)}. {served_there(product, url)} {_AGAIN}")) from error
        except Overtaken as error:
            raise NotShipped(_words(index, url, f"{error}. {served_there(product, url)} {_ONE_HOME}")) from error
        except (BaseError, FileNotFoundError, Refuses) as error:
            raise NotShipped(_words(index, url, f"{why(error)}. {stays} {_AGAIN}")) from error


def _index_here(product: str, supply: Path) -> Index:
    """The index of this supply. Raises NoIndex where a disk has damaged it."""
    index = read_index(index_file(supply, product))
    assert index is not None, "its bytes were read a moment ago"
    return index


def _shipped(url: str, index: Index, content: bytes, before: Found | None, supply: Path) -> Shipped:
    if before is not None and before.content == content:
        _tell_what_a_kill_left(url, index, supply)
        return Shipped(index.product, index.as_of, 0, 0, 0)
    there = _lines_there(index, before, supply)
    counties = [each for each in index.counties if each.version > _version(there, each.county)]
    new = [one for each in counties for one in _new(index.product, each, there, supply)]
    named = dict.fromkeys(one for manifest in new for one in files_sent(manifest, supply))
    told = [manifest_sent(each, supply) for each in new]
    first, later = (records_sent(index.product, some, supply) for some in _first_and_later(counties, there))
    if _untold(index.product, supply).exists():
        later = records_sent(index.product, [code for code in there if _version(there, code)], supply)
    for some in (named, [*told, *first]):
        put_all(url, some)
    if later:
        put_bytes(b"", _untold(index.product, supply))
    _point(opened(url), index_key(index.product), content, before)
    _put_after(url, later)
    _untold(index.product, supply).unlink(missing_ok=True)
    sent = [*named, *told, *first, *later]
    return Shipped(index.product, index.as_of, len(counties), len(sent) + 1, size_of(sent) + len(content))


def _shipped_whole(url: str, index: Index, content: bytes, before: Found | None, supply: Path) -> Shipped:
    if before is None or before.content != content:
        return _shipped(url, index, content, before, supply)
    lacked = put_lacking(url, index, supply)
    return Shipped(index.product, index.as_of, 0, len(lacked), size_of(lacked))


def _lines_there(index: Index, before: Found | None, supply: Path) -> dict[str, IndexLine]:
    """What the store serves of each county, if this supply comes after it. Raises Overtaken."""
    if before is None:
        return {}
    served = index_there(before.content, index.product)
    refuse_to_fork(index, served, supply)
    return {each.county: each for each in served.counties}


def _first_and_later(counties: list[IndexLine], there: dict[str, IndexLine]) -> tuple[list[str], list[str]]:
    """The counties of which nothing is served there yet, and those of which something is."""
    codes = [each.county for each in counties]
    return ([each for each in codes if not _version(there, each)], [each for each in codes if _version(there, each)])


def _put_after(url: str, records: list[Sent]) -> None:
    """What was freed here before it was shipped is told once it is not served any more."""
    try:
        put_all(url, records)
    except BaseError as error:
        raise _Unsure(why(error)) from error


def _untold(product: str, supply: Path) -> Path:
    """What says that records are to follow the index of a product: a ship that is killed between leaves it."""
    return supply / f".{product}.untold"


def _tell_what_a_kill_left(url: str, index: Index, supply: Path) -> None:
    if _untold(index.product, supply).exists():
        _put_after(url, records_sent(index.product, [each.county for each in index.counties], supply))
        _untold(index.product, supply).unlink()


def _version(there: dict[str, IndexLine], county: str) -> int:
    return there[county].version if county in there else 0


def _new(product: str, line: IndexLine, there: dict[str, IndexLine], supply: Path) -> list[Manifest]:
    """The versions of a county that the store lacks."""
    return versions_sent(product, line.county, range(_version(there, line.county) + 1, line.version + 1), supply)


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
    """Whether an index is the one that was put. Raises Overtaken where it is neither that nor the one before."""
    try:
        now = read(store, key)
    except Refuses:
        return False
    if now == before:
        return False
    if now is None or now.content != content:
        raise Overtaken("another writer has released there meanwhile")
    return True


def _words(index: Index, url: str, told: str) -> str:
    return f"{index.title} {index.product}, as of {index.as_of}: NOT SHIPPED to {url}: {told}"


def _serves(found: Found | None, product: str) -> str:
    """What is served of a product where its index is this. Raises Lacks."""
    if found is None:
        return "Nothing of it is served there."
    return f"The release as of {index_there(found.content, product).as_of} is served there, whole."


def served_there(product: str, url: str) -> str:
    """Which release of a product a store serves, in a sentence; that it is not known where the store does not say."""
    try:
        return _serves(read(opened(url), index_key(product)), product)
    except Refuses as error:
        return f"Whether this release or the one before is served there is not known ({error}); either is whole."


def words(done: Shipped, url: str) -> str:
    """What was shipped, in a line."""
    head = f"{done.product}, as of {done.as_of}"
    if not done.objects:
        return f"{head}: {url} has it already."
    if not done.counties:
        return f"{head}: {url} had lost {done.objects:,} objects of it; they are there again, {done.size:,} bytes."
    return f"{head}: shipped to {url}, {done.counties} counties, {done.objects:,} objects, {done.size:,} bytes."
