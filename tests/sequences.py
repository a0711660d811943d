"""Homes that are brought up to date step by step, and the same from nothing, held beside one another. For tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pipelines.dictionary import Mappings
from pipelines.engine.local import SIZES, Sizes
from pipelines.publishing.publish import release_product
from schemas.product import all_products
from tests.chain import fused
from tests.conftest import ENTERPRISE_PRODUCTS, REPOSITORY
from tests.published import manifest_of, snapshot


def next_day(home: Path) -> None:
    """Let the demo's next day arrive in the inbox."""
    command = [sys.executable, "-m", "demo", "--out", str(home), "--refresh"]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)


def bring_up(inbox: Path, home: Path, mappings: Mappings, sizes: Sizes = SIZES) -> int:
    """Land, reconcile and release what is in an inbox, below a home; how many counties got new versions.

    Of the products of each enterprise: the others are made whole whatever has changed.
    """
    fused(inbox, home, mappings, sizes)
    told = [
        release_product(all_products()[key], mappings, home, home / "supply", lambda _: None)
        for key in ENTERPRISE_PRODUCTS
    ]
    return sum(each.is_new for published in told for each in published)


def snapshots(home: Path) -> dict[str, bytes]:
    """The bytes of every served snapshot by county, product and view, written whole where a version has none."""
    told: dict[str, bytes] = {}
    for pointer in sorted((home / "supply").glob("*/*/manifest.json")):
        folder, manifest = pointer.parent, manifest_of(pointer.parent)
        for level in manifest.views:
            file = snapshot(folder, manifest, level)
            told[f"{folder.parent.name}/{folder.name}/{level}"] = file.read_bytes()
    return told


def counted(home: Path) -> dict[str, object]:
    """What each served manifest says of rows and disputes."""
    pointers = sorted((home / "supply").glob("*/*/manifest.json"))
    manifests = [manifest_of(pointer.parent) for pointer in pointers]
    return {f"{each.county}/{each.product}": (each.rows, each.disputed) for each in manifests}
