"""Killing a release at random moments, and judging what is served afterwards. Used by the short and the long test."""

from __future__ import annotations

import hashlib
import random
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from pipelines.dictionary import current
from pipelines.promises.whole import verify
from pipelines.publish import release_product
from schemas.manifest import Manifest
from schemas.product import all_products
from schemas.snapshot import files
from tests.begun import begin, kill, timed

PRODUCT = all_products()["enterprise_mirror"]
COUNTIES = ("330102", "330105", "330106", "330108", "330109", "330110", "330281", "330282", "330382", "330782")


@dataclass(frozen=True)
class Days:
    """A home fused for the second day, and the supply as it was after the first and is after the second."""

    home: Path
    first: Path
    second: Path


def release(home: Path, supply: Path) -> None:
    """Release the ten counties from what is fused below `home`."""
    release_product(PRODUCT, current(), home, supply, lambda _: None, COUNTIES)


def kill_at_random(days: Days, folder: Path, kills: int, seed: int) -> int:
    """Kill a release `kills` times, each at another moment; check what is served, then let it finish.

    Gives how many of the kills met a release that was still at work.
    """
    dice = random.Random(seed)
    served_before, complete = digest(days.first), digest(days.second)
    allowed = {county: {version(days.first, county), version(days.second, county)} for county in COUNTIES}
    duration = timed(release, days.home, shutil.copytree(days.first, folder / "timed"))
    met = 0
    for number in range(kills):
        supply = folder / f"supply-{number}"
        shutil.copytree(days.first, supply)
        met += _killed(days.home, supply, dice.uniform(0, duration))
        assert verify(PRODUCT, supply) == []
        assert all(version(supply, county) in allowed[county] for county in COUNTIES)
        release(days.home, supply)
        assert digest(supply) == complete
        shutil.rmtree(supply)
    assert served_before != complete
    return met


def _killed(home: Path, supply: Path, after: float) -> bool:
    """Begin a release in a process of its own and kill it after so many seconds of work; was it still at work?"""
    process = begin(release, home, supply)
    time.sleep(after)
    return kill(process)


def version(supply: Path, county: str) -> str:
    """The sha256 of the manifest that is served to a county."""
    return hashlib.sha256((supply / county / PRODUCT.key / "manifest.json").read_bytes()).hexdigest()


def digest(supply: Path) -> dict[str, str]:
    """The sha256 of every served file of a supply: what manifests name, the manifests, the index."""
    named = [supply / "index" / f"{PRODUCT.key}.json"]
    for county in COUNTIES:
        folder = supply / county / PRODUCT.key
        manifest = Manifest.model_validate_json((folder / "manifest.json").read_bytes())
        named += [folder / "manifest.json", *(folder / file.path for file in files(manifest))]
    return {str(file.relative_to(supply)): hashlib.sha256(file.read_bytes()).hexdigest() for file in named}
