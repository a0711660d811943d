"""Supplies shipped to a server that speaks S3, and what is served there afterwards. Used by short and long tests."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import obstore
import pytest

from pipelines.shipping.ship import index_in, ship
from pipelines.shipping.verified import faults_of
from schemas.manifest import Index, IndexLine, canonical, fingerprint, read_manifest
from schemas.odcs import contract_path
from schemas.snapshot import files
from schemas.store import index_key, opened, read
from tests.begun import kill_within, timed
from tests.killing import PRODUCT
from tests.servers.s3 import BUCKET, environment, store

# Of the demo's counties some that each of its first days has changed.
COUNTIES = ("330105", "330212", "330382")


@dataclass(frozen=True)
class Days:
    """A supply of three counties as it was after the first day and after the second, in folders of their own."""

    first: Path
    second: Path


@pytest.fixture(scope="module")
def days(three_versions: Path, tmp_path_factory: pytest.TempPathFactory) -> Days:
    """Two days of three counties."""
    return days_of(three_versions, tmp_path_factory.mktemp("days"))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a server that speaks S3."""
    with store() as address:
        yield address


def days_of(home: Path, folder: Path) -> Days:
    """The first two days of a home that has released more, for three of its counties."""
    made = Days(folder / "first", folder / "second")
    for version, supply in enumerate((made.first, made.second), start=1):
        lines = [_county(home / "supply", county, version, supply) for county in COUNTIES]
        write_index(home / "supply", lines, supply)
    return made


def _county(source: Path, county: str, version: int, supply: Path) -> IndexLine:
    """A county as it was at a version; its line in the index."""
    old, new = (each / county / PRODUCT.key for each in (source, supply))
    (new / "manifests").mkdir(parents=True)
    for number in range(1, version + 1):
        name = f"manifests/{number:06d}.json"
        manifest = read_manifest(old / name)
        for path in (name, contract_path(manifest.contract_sha256), *(file.path for file in files(manifest))):
            (new / path).parent.mkdir(exist_ok=True)
            shutil.copyfile(old / path, new / path)
    shutil.copyfile(old / name, new / "manifest.json")
    return line_of(new)


def line_of(folder: Path) -> IndexLine:
    """The line in the index of what is served of a county."""
    told = read_manifest(folder / "manifest.json")
    names = {"county": told.county, "county_name": told.county_name}
    return IndexLine(**names, version=told.version, manifest_sha256=fingerprint(told), rows=told.rows)


def write_index(source: Path, lines: list[IndexLine], supply: Path) -> None:
    """An index like another supply's, of these lines."""
    served = read_manifest(supply / lines[0].county / PRODUCT.key / "manifest.json")
    index = index_in((source / index_key(PRODUCT.key)).read_bytes())
    told = {"as_of": served.as_of, "inputs": served.inputs, "counties": tuple(lines), "rests": {}}
    file = supply / index_key(PRODUCT.key)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(canonical(Index(**{**dict(index), **told})))


def forked(supply: Path, folder: Path) -> Path:
    """The same release as another home would have made it: of the same data, by another revision of the code."""
    other = shutil.copytree(supply, folder / "forked")
    for county in COUNTIES:
        pointer = other / county / PRODUCT.key / "manifest.json"
        told = read_manifest(pointer).model_copy(update={"code_revision": "another"})
        for file in (pointer, pointer.parent / "manifests" / f"{told.version:06d}.json"):
            file.write_bytes(canonical(told))
    write_index(supply, [line_of(other / county / PRODUCT.key) for county in COUNTIES], other)
    return other


@contextmanager
def at(address: str) -> Iterator[None]:
    """The environment of an operator whose store is at an address; stores opened before are opened anew."""
    before = dict(os.environ)
    os.environ.update(environment(address))
    opened.cache_clear()
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        opened.cache_clear()


def place(name: str) -> str:
    """A place of a test's own."""
    return f"s3://{BUCKET}/{name}"


def as_of(url: str) -> str | None:
    """The day as of which the product is served at a URL; None where nothing is."""
    found = read(opened(url), index_key(PRODUCT.key))
    return None if found is None else index_in(found.content).as_of


def objects(url: str) -> dict[str, str]:
    """The sha256 of every object at a URL."""
    keys = [each["path"] for some in obstore.list(opened(url)) for each in some]
    return {key: hashlib.sha256(bytes(obstore.get(opened(url), key).bytes())).hexdigest() for key in keys}


def sent(supply: Path) -> dict[str, Path]:
    """Every file of a supply that is to be shipped, by its key."""
    files = [each for each in supply.rglob("*") if each.is_file() and each.name not in (".lock", "manifest.json")]
    return {_key(each, supply): each for each in files}


def lying(supply: Path) -> dict[str, str]:
    """The sha256 of each."""
    return {key: hashlib.sha256(file.read_bytes()).hexdigest() for key, file in sent(supply).items()}


def _key(file: Path, supply: Path) -> str:
    stem = f"{file.stem}-{hashlib.sha256(file.read_bytes()).hexdigest()[:16]}"
    named = file.with_stem(stem) if file.parent.name == "manifests" else file
    return named.relative_to(supply).as_posix()


def kill_at_random(days: Days, kills: int, seed: int) -> None:
    """Kill writers at random moments until so many kills met one at work.

    What is served is whole, and the next writer goes on.
    """
    dice, met = random.Random(seed), 0
    supplies = {each: timed(ship, PRODUCT.key, each, place(f"timed-{seed}")) for each in (days.first, days.second)}
    known = {None, _told(days.first), _told(days.second)}
    for number in range(2 * kills):
        url = place(f"killed-{seed}-{number}")
        for supply, duration in supplies.items():
            is_met, supplies[supply] = kill_within(duration, dice, ship, PRODUCT.key, supply, url)
            assert as_of(url) in known
            assert as_of(url) is None or faults_of(PRODUCT, url) == []
            ship(PRODUCT.key, supply, url)
            assert objects(url) == lying(supply)
            met += is_met
        if met >= kills:
            return
    raise AssertionError(f"of {4 * kills} kills {met} met a writer at work: {kills} were to")


def _told(supply: Path) -> str:
    return index_in((supply / index_key(PRODUCT.key)).read_bytes()).as_of
