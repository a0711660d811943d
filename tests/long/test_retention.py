"""Retention over whole days: days that count, pins, kills at every moment, and a home that goes on once freed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from gateway.kept import grants, pins
from gateway.kept.database import open_database
from gateway.settings import Settings
from pipelines import grounds
from pipelines.checking.whole import verify
from pipelines.dictionary import current
from pipelines.disk.deliveries import deliveries
from pipelines.publishing.publish import release_product
from pipelines.releasing import county, differing, manifests
from pipelines.retention import freeing
from schemas.feed import all_feeds
from schemas.manifest import Manifest
from schemas.product import Product
from schemas.retention import Keep
from tests.chain import fused
from tests.conftest import REPOSITORY
from tests.gateway import PRODUCT
from tests.retention import MIRROR, aged, collect, counties, folder_of, four_versions, oldest, served
from tests.servers.gateway import told

__all__ = ["aged", "four_versions"]


def test_a_version_that_stood_within_the_days_is_kept(aged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    county = next(counties(aged))
    monkeypatch.setattr(Product, "keep", Keep(newest=1, days=1))
    collect(monkeypatch, "--yes")
    today = served(aged, county).as_of
    chain = [_manifest(aged, county, version) for version in range(1, served(aged, county).version + 1)]
    stood = [one.version for one, after in pairwise(chain) if after.as_of > _day_before(today)]
    wanted = {*stood, chain[-1].version}
    stands_on = {each.base for each in chain if each.version in wanted and each.base is not None}
    assert oldest(aged, county) == min(wanted | stands_on)
    assert verify(MIRROR, aged / "supply") == []


def _day_before(day: str) -> str:
    return Keep(newest=1, days=1).since(day)


def _manifest(home: Path, county: str, version: int) -> Manifest:
    return Manifest.model_validate_json((folder_of(home, county) / f"manifests/{version:06d}.json").read_bytes())


def test_the_gateway_writes_the_pins_that_retention_reads(aged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    county = next(counties(aged))
    settings = _settings(aged)
    engine = open_database(settings)
    to = grants.add_recipient(engine, county, "数据局")
    given, later = (
        grants.grant(engine, to, PRODUCT, "L2", purpose=purpose, approver="张三", days=30)
        for purpose in ("审计", "复核")
    )
    pins.pin(engine, settings, county, given, 2)
    assert collect(monkeypatch, "--yes") == 0
    assert pins.pinned(engine, given.id) == [2] and oldest(aged, county) == (_manifest(aged, county, 2).base or 2)
    grants.revoke(engine, given.id)
    assert pins.write(engine, settings.state).pins == ()
    assert collect(monkeypatch, "--yes") == 0
    assert oldest(aged, county) == served(aged, county).version
    with pytest.raises(ValueError, match="Version 1 of enterprise_mirror is not kept any more"):
        pins.pin(engine, settings, county, later, 1)
    assert pins.pinned(engine, later.id) == []


def _settings(home: Path) -> Settings:
    return told(home / "supply", home / "gateway")


@pytest.mark.parametrize("after", [0, 1, 7, 60])
def test_killed_in_the_middle_what_is_kept_is_whole_and_the_next_time_finishes(
    aged: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    unlink, left = Path.unlink, after

    def stopping(path: Path, **more: bool) -> None:
        """What is written aside is put away as ever; of what is freed the first that is one too many ends it."""
        nonlocal left
        if path.suffix != ".part":
            if left == 0 and "supply" in path.parts:
                raise KeyboardInterrupt
            left -= 1
        unlink(path, **more)

    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(freeing.Path, "unlink", stopping)
        collect(killed, "--yes")
    assert verify(MIRROR, aged / "supply") == []
    assert collect(monkeypatch, "--yes") == 0
    county = next(counties(aged))
    assert len(list((folder_of(aged, county) / "L3").iterdir())) == 2


def test_a_home_that_was_freed_goes_on_as_one_that_was_not(aged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next day, and another revision of the code on which every delivery that can be is read anew."""
    whole = shutil.copytree(aged, aged.with_name("whole"), ignore=shutil.ignore_patterns(".lock"))
    assert collect(monkeypatch, "--yes") == 0
    freed = [name for feed in all_feeds().values() for name in _freed_rows(feed.key, aged)]
    assert freed
    subprocess.run([sys.executable, "-m", "demo", "--out", aged, "--refresh"], cwd=REPOSITORY, check=True)
    for empty in (file for file in (aged / "inbox").rglob("*") if file.is_file() and file.stat().st_size == 0):
        empty.unlink()
    shutil.rmtree(whole / "inbox")
    shutil.copytree(aged / "inbox", whole / "inbox")
    _release(aged)
    _release(whole)
    assert _newest(aged) == _newest(whole)
    for module in (grounds, county, differing, manifests):
        monkeypatch.setattr(module, "code_revision", lambda: "another")
    _release(aged)
    _release(whole)
    assert _newest(aged) == _newest(whole)
    assert verify(MIRROR, aged / "supply") == []


def _freed_rows(feed: str, home: Path) -> list[str]:
    had = deliveries(all_feeds()[feed], home)
    return [each.name for each in had if not (home / "landed" / feed / each.name / "rows.parquet").exists()]


def _release(home: Path) -> None:
    fused(home / "inbox", home)
    release_product(MIRROR, current(), home, home / "supply", lambda _: None)


def _newest(home: Path) -> dict[str, bytes]:
    return {
        str(pointer.relative_to(home)): pointer.read_bytes()
        for pointer in sorted((home / "supply").glob(f"*/{PRODUCT}/manifest.json"))
    }
