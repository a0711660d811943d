"""Which versions of a county's product are kept: the newest, what stood of late, what is pinned, and all below them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.retention.old_versions import kept_manifests
from schemas.manifest import canonical, manifest_file
from schemas.pins import Pin
from schemas.product import all_products
from schemas.retention import FREED, Freed, Keep
from tests.manifests import manifest

PRODUCT = all_products()["enterprise_mirror"]
COUNTY = "330110"
# Versions 1 to 5 of the first five days of July; 3 and 5 stand on snapshots of another.
CHAIN = [
    manifest(version=version, as_of=f"2026-07-0{version}", base=base)
    for version, base in ((1, None), (2, None), (3, 2), (4, None), (5, 4))
]


def pin(version: int, county: str = COUNTY) -> Pin:
    """A pin on a version of a county's product."""
    return Pin(grant=1, county=county, product=PRODUCT.key, version=version, until="2026-12-31")


@pytest.mark.parametrize(
    ("keep", "pins", "freed", "oldest"),
    [
        (Keep(newest=1, days=0), (), Freed(), 4),
        (Keep(newest=0, days=0), (), Freed(), 4),
        (Keep(newest=2, days=0), (), Freed(), 4),
        (Keep(newest=3, days=0), (), Freed(), 2),
        (Keep(newest=1, days=1), (), Freed(), 4),
        (Keep(newest=1, days=2), (), Freed(), 2),
        (Keep(newest=1, days=0), (pin(3),), Freed(), 2),
        (Keep(newest=1, days=0), (pin(1),), Freed(), 1),
        (Keep(newest=1, days=0), (pin(1, "330106"),), Freed(), 4),
        (Keep(newest=5, days=9), (pin(1),), Freed(oldest=4), 4),
    ],
    ids=["the newest with what it stands on", "never none", "two newest", "three with the second's base",
         "whatever stood after the day", "of two days", "pinned with its base", "pinned", "of another county",
         "what is gone stays gone"],
)  # fmt: skip
def test_a_version_is_kept_as_long_as_somebody_needs_it(
    keep: Keep, pins: tuple[Pin, ...], freed: Freed, oldest: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PRODUCT, "keep", keep)
    folder = tmp_path / COUNTY / PRODUCT.key
    manifest_file(folder, 1).parent.mkdir(parents=True)
    for each in CHAIN:
        manifest_file(folder, each.version).write_bytes(canonical(each))
    (folder / "manifest.json").write_bytes(canonical(CHAIN[-1]))
    (folder / FREED).write_bytes(canonical(freed))
    kept = [each.version for each in kept_manifests(PRODUCT, tmp_path, pins, "2026-07-05")]
    assert kept == list(range(oldest, 6))
