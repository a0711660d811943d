"""What retention has freed on disk, freed in the object store too, the records first. Decides nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError

from pipelines.promises.versions import versions
from pipelines.retention.freeing import Free
from pipelines.retention.old_versions import ROOM, folders_of, paths_of
from pipelines.retention.pins import pinned
from schemas.pins import Pin
from schemas.product import all_products
from schemas.retention import FREED, read_freed
from schemas.store import Listed, Refuses, index_key, listed, opened, read, record_key, why
from schemas.typed import typed

if TYPE_CHECKING:
    from obstore.store import S3Store

# What was put there so lately may be of a release that another home is about to point at; in a day it has.
_SETTLED = timedelta(days=1)


def not_shipped(supply: Path, url: str) -> list[str]:
    """The products of which the store at `url` serves another release than `supply`: neither there nor here anything
    of them is freed, as only of equal indexes it is known what is named and what may be pinned. Raises Refuses.
    """
    return [each.key for each in all_products().values() if not _is_alike(each.key, supply, url)]


def _is_alike(product: str, supply: Path, url: str) -> bool:
    file, found = supply / index_key(product), read(opened(url), index_key(product))
    return found is None or (file.exists() and file.read_bytes() == found.content)


def record_there(some: Collection[Free], url: str) -> None:
    """Write down in the store what is to be freed of counties' products, before any of it goes. Raises Refuses."""
    try:
        for one in some:
            if one.room == ROOM and one.note is not None:
                county, product = one.note.parts[-3:-1]
                obstore.put(opened(url), record_key(county, product), one.content)
    except (BaseError, FileNotFoundError) as error:
        raise Refuses(why(error)) from error


def free_there(supply: Path, pins: tuple[Pin, ...], url: str) -> str:
    """Free what is not kept below `supply` in the store at `url`; says what came of it. Raises Refuses.

    A county is left alone of which a pin holds what is freed here: it was freed where the pin was not known.
    """
    store, gone, held = opened(url), 0, list[str]()
    left = not_shipped(supply, url)
    for product in all_products().values():
        if product.key in left or read(store, index_key(product.key)) is None:
            continue
        for folder in folders_of(product, supply):
            if wanted := _wanted(folder, pins):
                held.append(f"{folder.parent.name}/{folder.name} version {wanted[0]}")
            else:
                gone += _freed(store, folder)
    told = [f"{gone:,} objects are freed at {url}."]
    told += [f"Not freed there, as it serves another release: {', '.join(left)}; make ship first."] * bool(left)
    told += [f"Not freed there, as a grant pins it: {', '.join(held)}; see: {typed('gateway pins')}"] * bool(held)
    return " ".join(told)


def _wanted(folder: Path, pins: tuple[Pin, ...]) -> list[int]:
    """The versions of a county that are pinned and freed here."""
    freed, held = read_freed(folder), pinned(pins, folder.parent.name, folder.name)
    return sorted(version for version in held if not freed.has_snapshot(version))


def _may_go(there: Listed) -> bool:
    return there.key.endswith(".parquet") and there.put < datetime.now(UTC) - _SETTLED


def _freed(store: S3Store, folder: Path) -> int:
    """Free what no version of a county keeps; readers know of it before it goes."""
    county, product = folder.parent.name, folder.name
    freed, (_, chain) = read_freed(folder), versions(folder)
    named = {f"{county}/{product}/{path}" for manifest in chain for path in paths_of(manifest, freed)}
    lying = {each.key for each in listed(store, f"{county}/{product}/") if _may_go(each)}
    try:
        if (folder / FREED).exists():
            obstore.put(store, record_key(county, product), folder / FREED)
        if gone := sorted(lying - named):
            obstore.delete(store, gone)
        return len(gone)
    except (BaseError, FileNotFoundError) as error:
        raise Refuses(why(error)) from error
