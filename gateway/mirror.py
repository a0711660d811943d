"""A supply in an object store, as it lies on this machine's disk: brought up to the store, files as they are asked for.

What the store's indexes name is pointed to here county by county, each whole, and stays served where the store does
not answer. Contracts and files never change under their names: each is brought once, by whoever asks first.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from schemas.manifest import Index, Standing
from schemas.retention import FREED
from schemas.store import INDEXES, RECORDS, Refuses, chain, fetch, manifest_file, opened, read, tags

# The file that says of which store a folder is the mirror.
_MARK = ".store"
# A release is served so soon after it is shipped.
SECONDS = 5
# A file that nobody has asked for in so many days is let go, and brought again for whoever does.
_KEPT_DAYS, _DAY = 30, 86_400
_AT_ONCE = 16
# Counties may ask for a file at once: the first brings it while the others wait.
_LOCKS = [threading.Lock() for _ in range(64)]
_LOG = logging.getLogger(__name__)

Known = dict[str, str]


def here(file: Path) -> Path:
    """A file four levels below a supply, brought from the store first where the supply is a mirror and lacks it.

    Raises Refuses, also where the store has not got it: what is freed there is told here moments later.
    """
    url = _store_of(file.parents[3])
    if url is None:
        return file
    with _LOCKS[hash(file) % len(_LOCKS)]:
        if file.exists():
            _asked_for(file)
        else:
            _bring(url, file)
    return file


_STORES: dict[Path, str] = {}


def _store_of(supply: Path) -> str | None:
    """The store of which a folder is the mirror; None of a folder that is none."""
    if supply not in _STORES and (supply / _MARK).exists():
        _STORES[supply] = (supply / _MARK).read_text()
    return _STORES.get(supply)


def _asked_for(file: Path) -> None:
    if time.time() - file.stat().st_mtime > _DAY:
        os.utime(file)


def _bring(url: str, file: Path) -> None:
    """Bring a file, of which the name says how its sha256 begins."""
    key = file.relative_to(file.parents[3]).as_posix()
    if not fetch(opened(url), key, file, sha256=file.stem.rsplit("-", 1)[-1]):
        raise Refuses(f"{key} is not there")


def catch_up(url: str, supply: Path, known: Known) -> None:
    """Point below `supply` to what the store serves now; `known` are the tags of what was read before.

    Killed at any moment, each county is served its old or its new version. Raises Refuses.
    """
    _begin(url, supply)
    store = opened(url)
    for key, tag in tags(store, RECORDS):
        if not tag or known.get(key) != tag:
            county, product = Path(key).with_suffix("").parts[1:]
            fetch(store, key, supply / county / product / FREED)
            known[key] = tag
    for key, tag in tags(store, INDEXES):
        if (not tag or known.get(key) != tag) and (found := read(store, key)) is not None:
            _point(url, Index.model_validate_json(found.content), supply)
            _put(found.content, supply / key)
            known[key] = found.tag
            _let_go(supply)


def _begin(url: str, supply: Path) -> None:
    """A folder that is the mirror of this store, and of no other."""
    mark = supply / _MARK
    if mark.exists() and mark.read_text() != url:
        shutil.rmtree(supply)
    if not mark.exists():
        _put(url.encode(), mark)
    _STORES[supply] = url


def _point(url: str, index: Index, supply: Path) -> None:
    """Point to what an index names, some counties at a time."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(partial(_move, url, index.product, supply), index.counties):
            pass


def _move(url: str, product: str, supply: Path, line: Standing) -> None:
    """Point to a county's version, where it is another, once its manifest and all before it are here."""
    folder = supply / line.county / product
    pointer = folder / "manifest.json"
    if not line.version or (pointer.exists() and _sha256(pointer.read_bytes()) == line.manifest_sha256):
        return
    for version, content in chain(opened(url), product, line, folder):
        _put(content, manifest_file(folder, version))
    _put(manifest_file(folder, line.version).read_bytes(), pointer)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _put(content: bytes, file: Path) -> None:
    """Write a file whole or not at all, whichever process comes last."""
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f".{file.name}.{uuid.uuid4().hex}.part")
    aside.write_bytes(content)
    os.replace(aside, file)


def _let_go(supply: Path) -> None:
    """Remove files that nobody has asked for in a long time, and what a killed process left of one."""
    oldest = time.time() - _KEPT_DAYS * _DAY
    for file in (*supply.glob("*/*/*/*.parquet"), *supply.glob("*/*/*/.*.part")):
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)


def follow(url: str, supply: Path, stop: threading.Event, seconds: float = SECONDS) -> None:
    """Catch up now and then until told to stop; a store that does not answer is told once, until it does."""
    known, is_away = Known(), False
    while not stop.wait(seconds):
        try:
            catch_up(url, supply, known)
            is_away = False
        except (Refuses, OSError) as error:
            if not is_away:
                _LOG.warning("%s does not answer (%s); what is on this machine stays served.", url, error)
            is_away = True
