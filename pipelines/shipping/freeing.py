"""What retention has freed on disk, freed in the object store too, the records first. Decides nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError

from pipelines.promises.versions import versions
from pipelines.retention.old_versions import folders_of, paths_of
from schemas.product import all_products
from schemas.retention import FREED, read_freed
from schemas.store import Listed, Refuses, index_key, listed, opened, read, record_key, why

if TYPE_CHECKING:
    from obstore.store import S3Store

# What was put there so lately may be of a release that another home is about to point at; in a day it has.
_SETTLED = timedelta(days=1)


def free_there(supply: Path, url: str) -> str:
    """Free what is not kept below `supply` in the store at `url`; says what came of it. Raises Refuses.

    A product whose last release is not shipped is left alone: only of equal indexes is it known what is named.
    """
    store, gone, left = opened(url), 0, list[str]()
    for product in all_products().values():
        file = supply / index_key(product.key)
        found = read(store, index_key(product.key))
        if not file.exists() or found is None:
            continue
        if found.content == file.read_bytes():
            gone += sum(_freed(store, folder) for folder in folders_of(product, supply))
        else:
            left.append(product.key)
    told = f"{gone:,} objects are freed at {url}."
    other = f" Not freed there, as it serves another release: {', '.join(left)}; make ship first."
    return told + other if left else told


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
