"""Files brought out of an object store for whoever asks first, each once; nobody waits long. Points to nothing."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from pathlib import Path

from schemas.store import NoPlace, Refuses, fetch, opened

# So many requests may wait for the store, and so many files be on their way: the others are answered meanwhile.
MOST = 100
# So long a request waits; the file goes on coming, for whoever asks again.
_SECONDS = 20
_AT_ONCE = threading.Semaphore(16)
_WAITING = threading.Semaphore(MOST)
_LOOKING = threading.Lock()
_COMING: dict[Path, Future[None]] = {}
_LOG = logging.getLogger(__name__)


def brought(url: str, file: Path) -> None:
    """Wait until a file four levels below a mirror is there. Raises Refuses, also where it takes longer than a moment.

    Its name says how its sha256 begins.
    """
    if not _WAITING.acquire(blocking=False):
        raise Refuses(f"{MOST} requests wait for {url}")
    try:
        coming = _on_its_way(url, file)
        if coming is not None:
            coming.result(_SECONDS)
    except TimeoutError:
        raise Refuses(f"{file.name} has not come within {_SECONDS} seconds") from None
    finally:
        _WAITING.release()


def _on_its_way(url: str, file: Path) -> Future[None] | None:
    """What is done when the file is there, begun where nobody has; None where it has come meanwhile."""
    with _LOOKING:
        if file in _COMING or file.exists():
            return _COMING.get(file)
        if len(_COMING) >= MOST:
            raise Refuses(f"{MOST} files are on their way from {url}")
        coming = _COMING[file] = Future[None]()
    # Of no pool: a gateway that is stopped would wait for a pool's threads, and so for a store that is silent.
    threading.Thread(target=_bring, args=(url, file, coming), daemon=True).start()
    return coming


def _bring(url: str, file: Path, coming: Future[None]) -> None:
    try:
        with _AT_ONCE:
            _fetch(url, file)
        coming.set_result(None)
    except Exception as error:
        coming.set_exception(error)
    finally:
        with _LOOKING:
            del _COMING[file]


def _fetch(url: str, file: Path) -> None:
    key = file.relative_to(file.parents[3]).as_posix()
    try:
        is_there = fetch(opened(url), key, file, sha256=file.stem.rsplit("-", 1)[-1])
    except NoPlace as error:
        raise Refuses(str(error)) from error
    except OSError as error:
        line = unwritable(file, error)
        _LOG.warning("%s", line)
        raise Refuses(line) from error
    if not is_there:
        raise Refuses(f"{key} is not there")


def unwritable(where: Path, error: OSError) -> str:
    """What to do where this machine and not the store is in the way."""
    what = f"{where} cannot be written on this machine ({error.strerror or error}); what is there stays served."
    return f"{what} Make room on its disk (df -h {where.parent}), or let the gateway's user write there."
