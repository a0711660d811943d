"""Releases: the same bytes in two folders, nothing for nothing, moves as delete and insert, kills that tear nothing."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import sys
import time
from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines import release as release_module
from pipelines.checking.whole import verify
from pipelines.dictionary import HOME, admit, current, load
from pipelines.disk.fused import state
from pipelines.fusing.assemble import fuse_entity
from pipelines.gather import NotReady
from pipelines.publishing import making
from pipelines.publishing.publish import release_product
from pipelines.releasing import fold, snapshots
from pipelines.releasing.county import Published
from pipelines.releasing.fold import rows_of
from schemas.china import today
from schemas.entity import all_entities
from schemas.manifest import Index, Manifest
from schemas.product import all_products
from schemas.snapshot import ORIGIN
from tests.chain import fused, standardised
from tests.killing import COUNTIES, PRODUCT, Days, kill_at_random, release
from tests.published import EVERY_COUNTY, bytes_below, manifest_of, snapshot
from tests.sequences import next_day


def publish(home: Path, only: Collection[str] | None = None) -> int:
    """Release all counties of a home, or only some; how many got a new version."""
    return sum(each.is_new for each in published(home, only))


def published(home: Path, only: Collection[str] | None = None) -> list[Published]:
    """The same; what became of each."""
    return release_product(PRODUCT, current(), home, home / "supply", lambda _: None, only)


@pytest.fixture(scope="module")
def days(small_province: Path, tmp_path_factory: pytest.TempPathFactory) -> Days:
    """Two days of the small demo, released for ten counties."""
    folder = tmp_path_factory.mktemp("days")
    home = folder / "home"
    shutil.copytree(small_province, home)
    fused(home / "inbox", home)
    release(home, folder / "first")
    next_day(home)
    fused(home / "inbox", home)
    shutil.copytree(folder / "first", folder / "second")
    release(home, folder / "second")
    return Days(home, folder / "first", folder / "second")


def test_all_names_of_a_version_are_on_the_disk_before_its_pointer(
    days: Days, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut a pointer may else stand without what it names, or a county without its folder."""
    durable, bare, sync, move = dict[Path, set[str]](), set[Path](), os.fsync, os.replace

    def fsync(handle: int) -> None:
        sync(handle)
        if (folder := Path(f"/proc/self/fd/{handle}").readlink()).is_dir():
            durable[folder] = {each.name for each in folder.iterdir()}

    def replace(source: Path, target: Path) -> None:
        if target.name == "manifest.json":
            below = (each for each in target.parent.rglob("*") if each.suffix != ".part" and each.name != target.name)
            names = (*below, target.parent, target.parent.parent)
            bare.update(each for each in names if each.name not in durable.get(each.parent, set()))
        move(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    published = release_product(PRODUCT, current(), days.home, tmp_path / "supply", lambda _: None, COUNTIES)
    assert all(each.is_new for each in published) and bare == set()


def test_two_folders_give_the_same_bytes_and_a_second_run_publishes_nothing(
    released: Path, small_province: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    fused(small_province / "inbox", other)
    assert publish(other) == EVERY_COUNTY
    before = bytes_below(other / "supply")
    own = {name: content for name, content in bytes_below(released / "supply").items() if PRODUCT.key in name}
    assert before == own
    assert publish(other) == 0
    assert bytes_below(other / "supply") == before
    assert verify(PRODUCT, other / "supply") == []


def test_counties_are_told_the_same_alone_and_in_sets(
    days: Days, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, looked_at = list[int](), release_module.found_beside

    def counted(product: Any, some: Any, basis: Any) -> Any:
        sizes.append(len(some))
        return looked_at(product, some, basis)

    monkeypatch.setattr(release_module, "found_beside", counted)
    shutil.copytree(days.first, tmp_path / "together")
    release(days.home, tmp_path / "together")
    assert max(sizes) > 1
    monkeypatch.setattr(release_module, "_CELLS", 0)
    sizes.clear()
    shutil.copytree(days.first, tmp_path / "alone")
    release(days.home, tmp_path / "alone")
    assert set(sizes) == {1}
    assert bytes_below(tmp_path / "alone") == bytes_below(tmp_path / "together") == bytes_below(days.second)


def test_views_hold_no_column_above_their_level(first_release: Path) -> None:
    folder = first_release / "supply" / "330110" / PRODUCT.key
    manifest = manifest_of(folder)
    columns = {
        level: pl.read_parquet_schema(folder / view.snapshot.path).keys() for level, view in manifest.views.items()
    }
    assert "revenue" not in columns["L1"] | columns["L2"] and "revenue" in columns["L3"]
    assert "insured" not in columns["L1"] and "insured" in columns["L2"]
    changes = pl.read_parquet_schema(folder / manifest.views["L1"].changes.path)
    assert "revenue" not in changes and {"_change_type", "_cause"} <= changes.keys()


def test_an_enterprise_that_moves_is_a_delete_here_and_an_insert_there(released: Path) -> None:
    next_day(released)
    fused(released / "inbox", released)
    assert 0 < publish(released) <= EVERY_COUNTY
    events = pl.read_parquet(released / "truth" / "events.parquet").filter(pl.col("event") == "moved")
    seen = 0
    for code, before, after in events.select("credit_code", "before", "after").iter_rows():
        here, there = change_of(released, before[:6], code), change_of(released, after[:6], code)
        seen += here == "delete" and there == "insert"
    assert seen > 0


def change_of(home: Path, county: str, code: str) -> str | None:
    """What the last version of a county says of one enterprise."""
    folder = home / "supply" / county / PRODUCT.key
    manifest = Manifest.model_validate_json((folder / "manifest.json").read_bytes())
    changes = pl.read_parquet(folder / manifest.views["L3"].changes.path).filter(pl.col("credit_code") == code)
    return changes["_change_type"].item() if changes.height == 1 else None


def test_a_county_that_fails_keeps_its_version_and_the_others_go_on(
    released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = released / "fused" / "enterprise" / "values" / "00.parquet"
    table = pl.read_parquet(values)
    broken = pl.when(pl.col("county") == "330782").then(pl.lit("坏")).otherwise("name")
    renamed = pl.when(pl.col("county") == "330110").then(pl.col("name") + "（新）").otherwise(broken)
    table.with_columns(renamed.alias("name")).write_parquet(values)
    assert publish(released, COUNTIES) == 1
    index = Index.model_validate_json((released / "supply" / "index" / f"{PRODUCT.key}.json").read_bytes())
    told = {each.county: each for each in index.counties}
    assert told["330782"].version == 1 and "name/length" in str(told["330782"].held)
    assert told["330110"].version == 2 and told["330110"].held is None
    assert all(each.version == 1 for each in index.counties if each.county != "330110")
    assert verify(PRODUCT, released / "supply") == []


def test_who_cannot_go_on_lets_the_lock_go_once_nothing_is_written_any_more(
    days: Days, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other counties are being made meanwhile, and lay down their manifests."""
    held, lay_down, supply = list[bool](), release_module._lay_down, tmp_path / "supply"

    def slowly(*told: Any) -> None:
        lay_down(*told)
        time.sleep(0.2)
        held.append(_is_held(supply / ".lock"))

    def full(_: Published) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(release_module, "_lay_down", slowly)
    with pytest.raises(OSError, match="No space left") as kept:
        release_product(PRODUCT, current(), days.home, supply, full, COUNTIES)
    before = len(held)
    time.sleep(1)
    assert before > 1 and all(held) and len(held) == before and kept.tb is not None


def _is_held(lock: Path) -> bool:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_verify_finds_a_file_that_was_touched(released: Path) -> None:
    snapshot = next((released / "supply" / "330110" / PRODUCT.key).rglob("snapshot-*.parquet"))
    snapshot.write_bytes(snapshot.read_bytes() + b"\0")
    assert any("not the file that was published" in fault for fault in verify(PRODUCT, released / "supply"))


def test_a_version_told_by_its_changes_gives_the_bytes_of_one_written_whole(
    days: Days, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, since = (shutil.copytree(days.first, tmp_path / name) for name in ("whole", "since"))
    release(days.home, since)
    monkeypatch.setattr(fold, "MOST_CHANGED", -1.0)
    release(days.home, whole)
    stood = 0
    for county in COUNTIES:
        one, other = whole / county / PRODUCT.key, since / county / PRODUCT.key
        manifest = manifest_of(other)
        stood += manifest.base is not None
        for level, view in manifest_of(one).views.items():
            assert view.snapshot is not None and view.changes == manifest.views[level].changes
            assert snapshot(other, manifest, level).read_bytes() == (one / view.snapshot.path).read_bytes()
    assert stood > 0


def test_who_writes_a_snapshot_down_is_told_that_it_is_freed_again(
    days: Days, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    supply = shutil.copytree(days.first, tmp_path / "supply")
    release(days.home, supply)
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    told = set[bool]()
    for county in COUNTIES:
        monkeypatch.setattr(sys, "argv", ["snapshots", county])
        assert snapshots.main() == 0
        is_made = manifest_of(supply / county / PRODUCT.key).base is not None
        assert ("make gc YES=1 frees them again" in capsys.readouterr().out) == is_made
        told.add(is_made)
    assert True in told


def test_a_release_killed_at_any_moment_serves_the_old_or_the_new(days: Days, tmp_path: Path) -> None:
    kill_at_random(days, tmp_path, kills=4, seed=20260630)


def test_a_release_is_rebuilt_as_known_on_an_earlier_day(province: Path, tmp_path: Path) -> None:
    mappings = shutil.copytree(HOME, tmp_path / "mappings")
    then = today() - timedelta(days=1)

    def release_as_known(name: str, known: date | None) -> dict[str, str]:
        held = load(mappings, known)
        fused(province / "inbox", tmp_path / name, held)
        release_product(PRODUCT, held, tmp_path / name, tmp_path / name / "supply", lambda _: None, COUNTIES[:2])
        return bytes_below(tmp_path / name / "supply")

    first = release_as_known("first", then)
    with (mappings / "codes" / "enterprise_type.csv").open("a") as file:
        file.write(f"market_regulation,有限责任公司,1000,1949-10-01,{today()},后来才知道的文件\n")
    with (mappings / "lists" / "enterprise_type.csv").open("a") as file:
        file.write(f"9990,后来才有的类型,9000,2,{today()},后来才知道的文件\n")
    assert release_as_known("again", then) == first
    assert release_as_known("now", None) != first


def test_without_the_feed_that_a_product_needs_nothing_is_released(province: Path) -> None:
    shutil.rmtree(province / "inbox" / "market_regulation_enterprise")
    fused(province / "inbox", province)
    with pytest.raises(NotReady, match=r"needs 市场主体登记 \(market_regulation_enterprise\): not arrived"):
        publish(province, COUNTIES[:1])
    assert not (province / "supply").exists()


def test_what_has_not_changed_is_neither_fused_nor_made_again(released: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entity, made, build = all_entities()["enterprise"], list[str](), making.build
    before, counts = state(entity, released), fuse_entity(entity, current(), released)
    assert counts["entities"] and state(entity, released) == before
    publish(released)
    monkeypatch.setattr(making, "build", lambda product, tables: made.append(product.key) or build(product, tables))
    assert publish(released) == 0 and not made
    shutil.rmtree(released / "supply" / "330110" / PRODUCT.key)
    assert publish(released) == 1 and made


def test_an_attribute_that_an_entity_gains_stops_no_product_that_does_not_tell_it(
    released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of its origin there is a column more; a county that has not changed keeps the one without it."""
    attributes = all_entities()["enterprise"].attributes
    monkeypatch.setitem(attributes, "scope_note", replace(attributes["scope"], name="scope_note"))
    shutil.rmtree(released / "fused")
    told = list[set[str]]()
    for _ in range(2):
        next_day(released)
        fused(released / "inbox", released)
        new = [each for each in published(released) if each.is_new]
        told.append({each.county for each in new})
        assert all("scope_note" in origin_of(released, each.county).columns for each in new)
    first, second = told
    assert first & second and second - first and len(first | second) < EVERY_COUNTY
    assert verify(PRODUCT, released / "supply") == []


def origin_of(home: Path, county: str) -> pl.DataFrame:
    """The origin of what a county is served."""
    folder = home / "supply" / county / PRODUCT.key
    return rows_of(folder, manifest_of(folder), ORIGIN, (PRODUCT.identifier,))


def test_a_home_that_lacks_the_newest_day_does_not_take_back_what_is_served_unless_it_is_admitted(
    days: Days, small_province: Path, tmp_path: Path
) -> None:
    home, mappings = tmp_path / "restored", shutil.copytree(HOME, tmp_path / "mappings")
    fused(small_province / "inbox", home)
    supply = shutil.copytree(days.second, home / "supply")
    before = bytes_below(supply)
    with pytest.raises(NotReady) as refusal:
        publish(home, COUNTIES)
    said = str(refusal.value)
    assert "in use here is of 2026-06-30, and the release that is served is of 2026-07-01. It rests on" in said
    assert "tax_registration/20260701.csv of 2026-07-01 (" in said and "tax_registration/20260630" not in said
    assert "Put into the inbox what has not landed here and run again" in said
    admission = {"scope": PRODUCT.key, "subject": "2026-07-01/2026-06-30", "rule": "earlier_day", "by": "张三"}
    assert f"SUBJECT={admission['subject']} RULE={admission['rule']}" in said and bytes_below(supply) == before
    admit(admission | {"known": f"{today()}", "basis": "7 月 1 日的批次作废"}, mappings)
    told = release_product(PRODUCT, load(mappings), home, supply, lambda _: None, COUNTIES)
    assert {each.manifest.as_of for each in told if each.is_new and each.manifest} == {"2026-06-30"}


def test_what_has_been_standardised_since_it_was_fused_is_not_released_as_what_rows_rest_on(days: Days) -> None:
    home = shutil.copytree(days.home, days.home.with_name("ahead"))
    next_day(home)
    standardised(home / "inbox", home)
    supply = shutil.copytree(days.second, home / "supply")
    before = bytes_below(supply)
    for product in (PRODUCT, all_products()["data_quality"]):
        with pytest.raises(
            NotReady,
            match=r"tax_registration has been standardised since enterprise was fused: materialize fused/enterprise ",
        ):
            release_product(product, current(), home, supply, lambda _: None, COUNTIES)
    assert bytes_below(supply) == before
    fused(home / "inbox", home)
    assert publish(home, COUNTIES) > 0


def test_what_was_fused_by_other_ranks_is_not_released_under_those_of_now(days: Days) -> None:
    home = shutil.copytree(days.home, days.home.with_name("ranked"))
    mappings = shutil.copytree(HOME, home / "edited")
    with (mappings / "authority.csv").open("a") as stream:
        stream.write("enterprise,name,tax_registration,1,2026-06-01,2026-06-01,测试\n")
        stream.write("enterprise,name,market_regulation_enterprise,2,2026-06-01,2026-06-01,测试\n")
    edited, supply = load(mappings), shutil.copytree(days.second, home / "supply")
    before = bytes_below(supply)
    with pytest.raises(NotReady, match=r"mappings/authority.csv has been edited since enterprise was fused: materiali"):
        release_product(PRODUCT, edited, home, supply, lambda _: None, COUNTIES)
    assert bytes_below(supply) == before
    fused(home / "inbox", home, edited)
    told = release_product(PRODUCT, edited, home, supply, lambda _: None, COUNTIES)
    assert {cause for each in told if each.is_new for causes in each.manifest.changes.values() for cause in causes} == {
        "authority"
    }
