"""Killing a release at random moments, and judging what is served afterwards. Used by the short and the long test."""

from __future__ import annotations

import hashlib
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

from pipelines.checking.whole import verify
from pipelines.dictionary import current
from pipelines.publishing.publish import release_product
from schemas.manifest import Manifest
from schemas.product import all_products
from schemas.snapshot import files
from tests.begun import kill_within, timed

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


def kill_at_random(days: Days, folder: Path, kills: int, seed: int) -> None:
    """Kill releases at random moments until so many kills met one at work; check what is served, then let it finish."""
    dice = random.Random(seed)
    complete = digest(days.second)
    assert digest(days.first) != complete
    allowed = {county: {version(days.first, county), version(days.second, county)} for county in COUNTIES}
    duration = timed(release, days.home, shutil.copytree(days.first, folder / "timed"))
    met = 0
    for number in range(4 * kills):
        supply = folder / f"supply-{number}"
        shutil.copytree(days.first, supply)
        is_met, duration = kill_within(duration, dice, release, days.home, supply)
        assert verify(PRODUCT, supply) == []
        assert all(version(supply, county) in allowed[county] for county in COUNTIES)
        release(days.home, supply)
        assert digest(supply) == complete
        shutil.rmtree(supply)
        met += is_met
        if met == kills:
            return
    raise AssertionError(f"of {4 * kills} kills {met} met a release at work: {kills} were to")


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
