"""Which versions of a county's product are kept: the newest, what stood of late, what is pinned, and all below them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, cast

import pytest

from pipelines.retention.old_versions import kept_manifests
from schemas.manifest import IndexLine, canonical, manifest_file
from schemas.pins import Pin
from schemas.product import all_products
from schemas.retention import FREED, Freed, Keep
from schemas.store import Lacks, told
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
    ("one", "other", "both"),
    [
        (Freed(), Freed(oldest=3), Freed(oldest=3)),
        (Freed(oldest=2, bare=(3,)), Freed(oldest=1, bare=(2, 5)), Freed(oldest=4, bare=(5,))),
        (Freed(oldest=4), Freed(oldest=2, bare=(3, 4)), Freed(oldest=5)),
    ],
)
def test_what_one_of_two_records_says_is_gone_is_gone(one: Freed, other: Freed, both: Freed) -> None:
    assert one.and_what(other) == other.and_what(one) == both
    versions = range(1, 6)
    kept = {each for each in versions if one.has_snapshot(each) and other.has_snapshot(each)}
    assert kept == {each for each in versions if both.has_snapshot(each)}


def test_a_manifest_of_another_form_is_named_with_what_to_run(tmp_path: Path) -> None:
    """As where code was taken back: the store has versions that a newer one has shipped."""
    content = b'{"form": "of tomorrow"}'
    manifest_file(tmp_path, 2).parent.mkdir()
    manifest_file(tmp_path, 2).write_bytes(content)
    line = IndexLine(
        county=COUNTY, county_name="余杭区", version=2, manifest_sha256=hashlib.sha256(content).hexdigest(), rows=1
    )
    with pytest.raises(
        Lacks, match=rf"version 2 of {COUNTY}/{PRODUCT.key} is of no form.*run the code that shipped it"
    ):
        list(told(cast(Any, None), PRODUCT.key, line, tmp_path))


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
