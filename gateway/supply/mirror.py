"""A supply in an object store, as it lies on this machine's disk: brought up to the store, files as they are asked for.

What the store's indexes name is pointed to here county by county, each whole, and stays served where the store does
not answer. Contracts and files never change under their names: each is brought once, by whoever asks first.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from gateway.supply.bringing import brought, unwritable
from schemas.alone import alone
from schemas.manifest import Index, IndexLine
from schemas.put import put_bytes
from schemas.retention import FREED, Freed
from schemas.store import (
    INDEXES,
    RECORDS,
    Lacks,
    NoPlace,
    Refuses,
    chain,
    indexed,
    manifest_file,
    opened,
    read,
    recorded,
    tags,
)

# The file that says of which store a folder is the mirror.
_MARK = ".store"
# A release is served so soon after it is shipped.
SECONDS = 5
# A file that nobody has asked for in so many days is let go, and brought again for whoever does.
_KEPT_DAYS, _DAY = 30, 86_400
_AT_ONCE = 16
_LOG = logging.getLogger(__name__)

Tags = dict[str, str]
# What is in the way of serving what the store serves: a line for a person, by what it is about.
Troubles = dict[str, str]
_STAYS = "what is on this machine stays served."
_UPGRADE = "Let the gateway run the code that releases are made by, and start it anew; or remove what is not theirs."
_TELL = "It is tried again; if it stays so, start the gateway anew, and tell the maintainers this line."


def here(file: Path) -> Path:
    """A file four levels below a supply, brought from the store first where the supply is a mirror and lacks it.

    Raises Refuses, also where it does not come soon, cannot be written here, or the store has not got it: what is freed
    there is told here moments later. What is here is waited for by nobody.
    """
    url = _store_of(file.parents[3])
    if url is None:
        return file
    if file.exists():
        _asked_for(file)
    else:
        brought(url, file)
    return file


_STORES: dict[Path, str] = {}


def _store_of(supply: Path) -> str | None:
    """The store of which a folder is the mirror; None of a folder that is none."""
    if supply not in _STORES and (supply / _MARK).exists():
        _STORES[supply] = (supply / _MARK).read_text()
    return _STORES.get(supply)


def _asked_for(file: Path) -> None:
    """Note that a file is in use; one that cannot be noted is served all the same."""
    with contextlib.suppress(OSError):
        if time.time() - file.stat().st_mtime > _DAY:
            os.utime(file)


def catch_up(url: str, supply: Path, known_tags: Tags) -> Troubles:
    """Point below `supply` to what the store serves now; `known_tags` are of what was read before.

    Gives what of it cannot be taken over. Killed at any moment, each county is served its old or its new version.
    Raises Refuses where the store does not answer, OSError where nothing can be written here.
    """
    if not _is_of(url, supply):
        known_tags.clear()
        with _alone(supply):
            _begin(url, supply)
    store = opened(url)
    listed = [*tags(store, RECORDS), *tags(store, INDEXES)]
    new = [
        (key, tag)
        for key, tag in listed
        if (indexed(key) or recorded(key)) and not (tag and known_tags.get(key) == tag)
    ]
    if not new:
        return {}
    # Read behind the lock, so that nobody points to what was read before another pointed.
    with _alone(supply):
        return _take_all(url, new, supply, known_tags)


def _alone(supply: Path) -> AbstractContextManager[None]:
    """One process at a time brings a mirror up to its store; the lock lies beside it, as a mirror may be removed."""
    return alone(supply.with_name(f".{supply.name}.lock"))


def _take_all(url: str, new: Sequence[tuple[str, str]], supply: Path, known_tags: Tags) -> Troubles:
    troubles = Troubles()
    for key, tag in new:
        try:
            known_tags[key] = _take(url, key, supply)
        except Lacks as error:
            troubles[key] = f"{url}: {error}; {_STAYS} Where releases are made: make ship puts it again."
        except (ValueError, TypeError) as error:
            known_tags[key], what = tag, f"{url}/{key} is of a form that is not known here ({_in_a_line(error)})"
            troubles[key] = f"{what}; {_STAYS} {_UPGRADE}"
    return troubles


def _in_a_line(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error).split("\n", 1)[0]
    return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:3])


def _take(url: str, key: str, supply: Path) -> str:
    """Take over a record or an index as it is now; gives its tag, empty where it has gone."""
    if (entry := read(opened(url), key)) is None:
        return ""
    if (subject := recorded(key)) is not None:
        Freed.model_validate_json(entry.content)
        put_bytes(entry.content, supply.joinpath(*subject, FREED))
    else:
        index = Index.model_validate_json(entry.content)
        if index.product != indexed(key):
            raise ValueError(f"it tells of {index.product}")
        _point(url, index, supply)
        put_bytes(entry.content, supply / key)
        _let_go(supply)
    return entry.tag


def _is_of(url: str, supply: Path) -> bool:
    mark = supply / _MARK
    return _STORES.get(supply) == url and mark.exists() and mark.read_text() == url


def _begin(url: str, supply: Path) -> None:
    """Make a folder the mirror of this store, and of no other."""
    mark = supply / _MARK
    if mark.exists() and mark.read_text() != url:
        shutil.rmtree(supply)
    if not mark.exists():
        put_bytes(url.encode(), mark)
    _STORES[supply] = url


def _point(url: str, index: Index, supply: Path) -> None:
    """Point to what an index names, some counties at a time."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(partial(_move, url, index.product, supply), index.counties):
            pass


def _move(url: str, product: str, supply: Path, line: IndexLine) -> None:
    """Point to a county's version, where it is another, once its manifest and all before it are here."""
    folder = supply / line.county / product
    pointer = folder / "manifest.json"
    if not line.version or (pointer.exists() and _sha256(pointer.read_bytes()) == line.manifest_sha256):
        return
    for each in chain(opened(url), product, line, folder):
        put_bytes(each.content, manifest_file(folder, each.version))
    put_bytes(manifest_file(folder, line.version).read_bytes(), pointer)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _let_go(supply: Path) -> None:
    """Remove files that nobody has asked for in a long time, and what a killed process left of one.

    One that is being brought may get its name meanwhile.
    """
    oldest = time.time() - _KEPT_DAYS * _DAY
    for file in (*supply.glob("*/*/*/*.parquet"), *supply.glob("*/*/*/.*.part")):
        with contextlib.suppress(FileNotFoundError):
            if file.stat().st_mtime < oldest:
                file.unlink()


def brought_up(url: str, supply: Path, known_tags: Tags) -> Troubles:
    """Catch up as far as can be; gives what is in the way, a line each by what it is about. Raises nothing."""
    try:
        return catch_up(url, supply, known_tags)
    except Refuses as error:
        return {url: f"{url} does not answer ({error}); {_STAYS}"}
    except NoPlace as error:
        return {url: f"{url} cannot be asked: {error} {_STAYS.capitalize()}"}
    except OSError as error:
        return {str(supply): unwritable(supply, error)}
    except Exception as error:
        what = f"{type(error).__name__}: {_in_a_line(error)}"
        return {type(error).__name__: f"{supply} is not brought up to {url} ({what}); {_STAYS} {_TELL}"}


def follow(url: str, supply: Path, stop: threading.Event, seconds: float = SECONDS) -> None:
    """Catch up now and then until told to stop, whatever is in the way; each trouble is told once, while it lasts."""
    known_tags, before = Tags(), Troubles()
    while not stop.wait(seconds):
        now = brought_up(url, supply, known_tags)
        for line in (line for about, line in now.items() if about not in before):
            _LOG.warning("%s", line)
        before = now
