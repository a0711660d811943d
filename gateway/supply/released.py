"""What is released, read from manifests alone: products, versions, the files of a view. Knows no recipient."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from gateway.refused import Refused, freed, tell_damaged, unknown
from gateway.supply.mirror import here
from schemas.china import CHINA
from schemas.manifest import File, Manifest, NoManifest, View, index_file, manifest_file, read_index, read_manifest
from schemas.retention import FREED, NOTHING, Freed, read_freed

_POINTER = "manifest.json"
_COUNTY = re.compile(r"^\d{6}$")
_PRODUCT = re.compile(r"^[a-z][a-z0-9_]{0,63}$")
Read = TypeVar("Read")


@dataclass(frozen=True)
class Moment:
    """One version: its number, the major step of its contract, its moment in milliseconds since 1970."""

    version: int
    major: int
    at: int


@dataclass(frozen=True)
class Line:
    """The versions of one county's product under one major step of its contract, the oldest first; never empty.

    Those that `gone` tells of are there too: they were released, and their moments do not move when they are freed.
    """

    county: str
    product: str
    major: int
    moments: tuple[Moment, ...]
    gone: Freed = NOTHING

    @property
    def latest(self) -> Moment:
        """The newest version."""
        return self.moments[-1]

    def moment(self, version: int) -> Moment:
        """The moment of a version of this line; refused where it has none or keeps nothing of it."""
        for each in self.moments:
            if each.version == version:
                return self.kept(each)
        raise unknown(f"Version {version} of {self.product}_v{self.major}")

    def kept(self, moment: Moment) -> Moment:
        """A moment of this line, refused where nothing of its version is kept."""
        if moment.version < self.gone.oldest:
            what = f"Version {moment.version} of {self.product}_v{self.major}"
            raise freed(what, _kept_of(self.gone, moment.version, self.latest.version), self.latest.version)
        return moment


def products(supply: Path, county: str) -> list[str]:
    """The products released for a county, also those that a disk has lost since."""
    folder = supply / county
    if not _COUNTY.match(county) or not folder.is_dir():
        return []
    names = sorted(each.name for each in folder.iterdir() if _PRODUCT.match(each.name))
    return [each for each in names if (folder / each / _POINTER).exists() or _is_lost(supply, county, each)]


def _is_lost(supply: Path, county: str, product: str) -> bool:
    """Whether the index, which is written last, tells of a version whose pointer is not there any more."""
    index = read_index(index_file(supply, product))
    return any(each.county == county and each.version for each in index.counties) if index else False


def whole(read: Callable[[Path, str, str], Read], supply: Path, county: str, keys: Iterable[str]) -> dict[str, Read]:
    """What is read of each of these products; one that is damaged is told in the log, and keeps back no other."""
    by_product = dict[str, Read]()
    for product in keys:
        try:
            by_product[product] = read(supply, county, product)
        except NoManifest as error:
            tell_damaged(str(error))
    return by_product


def served(supply: Path, county: str, product: str) -> Manifest:
    """The manifest that is served now; refused where nothing is released. Raises NoManifest for one that is damaged."""
    if not _COUNTY.match(county) or not _PRODUCT.match(product):
        raise unknown(f"{county}/{product}")
    pointer = supply / county / product / _POINTER
    try:
        stat = pointer.stat()
        return _pointed(pointer, stat.st_mtime_ns, stat.st_ino)
    except FileNotFoundError:
        if _is_lost(supply, county, product):
            raise NoManifest(pointer, "no file") from None
        raise unknown(f"{county}/{product}") from None


@lru_cache(maxsize=4096)
def _pointed(pointer: Path, changed: int, inode: int) -> Manifest:
    """A pointer's content for as long as it is the same file; a release replaces it whole."""
    del changed, inode
    return read_manifest(pointer)


def released(supply: Path, county: str, product: str, version: int) -> Manifest:
    """The manifest of a version; refused where it was never released or is not kept any more."""
    current = served(supply, county, product)
    if version == current.version:
        return current
    if version > current.version:  # what a release lays down before its pointer moves is nobody's yet
        raise unknown(f"Version {version} of {product}")
    try:
        return _kept(manifest_file(supply / county / product, version))
    except FileNotFoundError:
        raise unknown(f"Version {version} of {product}") from None


@lru_cache(maxsize=1 << 14)
def _kept(file: Path) -> Manifest:
    return read_manifest(file)


def lines(supply: Path, county: str, product: str) -> list[Line]:
    """The version lines of a county's product, the oldest first; one whose last snapshot is freed is none any more."""
    moments = _moments(supply, county, product, served(supply, county, product).version)
    majors = sorted({each.major for each in moments})
    gone = freed_of(supply / county / product)
    all_lines = [
        Line(county, product, major, tuple(each for each in moments if each.major == major), gone) for major in majors
    ]
    return [each for each in all_lines if gone.has_snapshot(each.latest.version)]


def freed_of(folder: Path) -> Freed:
    """What is not kept any more of a county's product."""
    try:
        stat = (folder / FREED).stat()
    except FileNotFoundError:
        return NOTHING
    return _freed(folder, stat.st_mtime_ns, stat.st_ino)


@lru_cache(maxsize=4096)
def _freed(folder: Path, changed: int, inode: int) -> Freed:
    """A record's content for as long as it is the same file."""
    del changed, inode
    return read_freed(folder)


@lru_cache(maxsize=4096)
def _moments(supply: Path, county: str, product: str, latest: int) -> tuple[Moment, ...]:
    """Every kept version's moment: midnight of its as-of day, each at least a second behind the one before.

    A release bears no clock of its own (the same inputs give the same bytes); several of one day stay in order.
    """
    moments: list[Moment] = []
    for version in range(1, latest + 1):
        try:
            manifest = released(supply, county, product, version)
        except Refused:  # freed, or never laid down; a disk that fails is neither, and is not kept in mind
            if version == latest:
                raise
            continue
        day = datetime.combine(date.fromisoformat(manifest.as_of), time(), CHINA)
        at = int(day.timestamp() * 1000)
        earliest = moments[-1].at + 1000 if moments else at
        moments.append(Moment(version, major_of(manifest), max(at, earliest)))
    return tuple(moments)


def major_of(manifest: Manifest) -> int:
    """The first number of the contract's version, which names the version line."""
    return int(manifest.contract_version.split(".")[0])


def view_of(manifest: Manifest, level: str) -> View:
    """One view of a version; refused where it has none of that level."""
    if level not in manifest.views:
        raise unknown(f"{manifest.product}/{level}")
    return manifest.views[level]


def _kept_of(gone: Freed, version: int, newest: int) -> str:
    """What is kept where a version is not."""
    if version > gone.oldest:
        return "only its changes are kept"
    return f"versions are kept from {gone.oldest} on" if gone.oldest < newest else f"only version {newest} is kept"


def path_of(supply: Path, manifest: Manifest, file: File) -> Path:
    """Where a file that a manifest names lies; refused where it is not kept any more."""
    folder = supply / manifest.county / manifest.product
    gone = freed_of(folder)
    if not gone.has_file(manifest, file.path):
        raise _freed_version(supply, manifest, gone)
    return here(folder / file.path)


def refuse_freed(supply: Path, manifest: Manifest) -> None:
    """Refuse a version of which by the record no snapshot is kept, though what it stands on may still lie there."""
    gone = freed_of(supply / manifest.county / manifest.product)
    if not gone.has_snapshot(manifest.version):
        raise _freed_version(supply, manifest, gone)


def _freed_version(supply: Path, manifest: Manifest, gone: Freed) -> Refused:
    newest = served(supply, manifest.county, manifest.product).version
    kept = _kept_of(gone, manifest.version, newest)
    return freed(f"Version {manifest.version} of {manifest.product}", kept, newest)


def schema_of(manifest: Manifest) -> str:
    """What Delta Sharing calls a product's version line; its views are tables in it."""
    return f"{manifest.product}_v{major_of(manifest)}"
