"""A home with old versions and deliveries, and policies short enough that most of it may go. For tests of retention."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from pipelines.dictionary import current
from pipelines.disk.store import only_one
from pipelines.publishing.publish import release_product
from pipelines.retention import gc
from pipelines.retention.freeing import Free, keep, record, remove
from schemas.feed import Feed
from schemas.manifest import Manifest
from schemas.product import Product, all_products
from schemas.retention import Keep, read_freed
from tests.gateway import PRODUCT

__all__ = ["aged", "four_versions"]
MIRROR = all_products()[PRODUCT]
_NEXT = f"{MIRROR.version}1"


@pytest.fixture(scope="session")
def four_versions(three_versions: Path, shared_folder: Path) -> Path:
    """A home of three days and one more version of every county, by a contract of another number; only to be read."""
    folder = shared_folder / "four"
    with only_one(folder):
        if not (folder / "done").exists():
            home = shutil.copytree(three_versions, folder / "home", ignore=shutil.ignore_patterns(".lock"))
            with pytest.MonkeyPatch.context() as promise:
                promise.setattr(MIRROR, "version", _NEXT)
                release_product(MIRROR, current(), home, home / "supply", lambda _: None)
            (folder / "done").touch()
    return folder / "home"


@pytest.fixture
def aged(four_versions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of one's own with three days and four versions behind it, of which only the last is to be kept."""
    monkeypatch.setattr(Product, "keep", Keep(newest=1, days=0))
    monkeypatch.setattr(Feed, "keep", Keep(newest=1, days=0))
    monkeypatch.setattr(gc, "all_products", lambda: {PRODUCT: MIRROR})
    monkeypatch.setattr("pipelines.verify.offered_products", lambda: {PRODUCT: MIRROR})
    monkeypatch.setattr(MIRROR, "version", _NEXT)
    home = shutil.copytree(four_versions, tmp_path / "aged", ignore=shutil.ignore_patterns(".lock"))
    monkeypatch.setenv("JUBIAN_HOME", str(home))
    return home


def promise_anew(home: Path, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Release every county so many times by a contract of another number; each such version has its own snapshot."""
    for _ in range(times):
        monkeypatch.setattr(MIRROR, "version", f"{MIRROR.version}1")
        release_product(MIRROR, current(), home, home / "supply", lambda _: None)


def collect(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """`make gc`, in this process and under this test's policies."""
    monkeypatch.setattr("sys.argv", ["gc", *arguments])
    return gc.main()


def everything(folder: Path) -> dict[str, str]:
    """The sha256 of each file below a folder but for locks."""
    files = (file for file in folder.rglob("*") if file.is_file() and file.name != ".lock")
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def served(home: Path, county: str) -> Manifest:
    """What is served to a county."""
    return Manifest.model_validate_json((folder_of(home, county) / "manifest.json").read_bytes())


def folder_of(home: Path, county: str) -> Path:
    """Where the mirror of a county is published."""
    return home / "supply" / county / PRODUCT


def counties(home: Path) -> Iterator[str]:
    """The counties that every day has changed, in order."""
    for pointer in sorted((home / "supply").glob(f"*/{PRODUCT}/manifest.json")):
        if Manifest.model_validate_json(pointer.read_bytes()).version >= 4:
            yield pointer.parent.parent.name


def oldest(home: Path, county: str) -> int:
    """The oldest version of which files are kept."""
    return read_freed(folder_of(home, county)).oldest


def free(some: Collection[Free]) -> None:
    """Free what is told to be, in the order of `make gc`."""
    for step in (keep, record, remove):
        step(some)
