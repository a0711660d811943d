"""What retention frees and what it never does; a home of which old things are freed goes on as if none were."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from assets.evidence import fate
from gateway.kept import grants, pins, tokens
from gateway.kept.database import open_database
from gateway.settings import Settings
from pipelines import grounds
from pipelines import land as landing
from pipelines.checking.whole import verify, verify_newest
from pipelines.dictionary import current
from pipelines.disk.deliveries import deliveries
from pipelines.disk.standard import NotKept
from pipelines.disk.store import only_one
from pipelines.gather import gather
from pipelines.releasing import snapshots
from pipelines.retention import gc
from pipelines.retention.freeing import Free, keep, remove
from pipelines.retention.old_deliveries import old_deliveries
from pipelines.standard.standardise import standardise
from pipelines.verify import faults_below
from schemas.feed import Keep
from schemas.pins import FILE, Pin, Pins
from schemas.retention import read_freed
from tests.gateway import PRODUCT, SCHEMA
from tests.published import manifest_of, rows
from tests.repeating import TAX, deliver, files, known, unlike
from tests.retention import (
    MIRROR,
    aged,
    collect,
    counties,
    everything,
    folder_of,
    four_versions,
    free,
    oldest,
    promise_anew,
    served,
)
from tests.servers.gateway import serving, told

__all__ = ["aged", "four_versions"]


def test_what_would_be_freed_is_said_and_nothing_is_touched(
    aged: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(aged)
    assert collect(monkeypatch) == 0
    said = capsys.readouterr().out
    county = next(counties(aged))
    assert f"  {county}/{PRODUCT}: versions before {served(aged, county).version} of" in said
    assert "deliveries: " in said and "  science_technology_list/2026-06-30-" in said
    # What is in use of the taxpayers repeats rows of their first file.
    assert "  tax_registration/2026-06-30-" not in said
    assert "would be freed. Nothing is yet; free it: make gc YES=1" in said
    assert everything(aged) == before


def test_what_is_freed_is_gone_and_what_is_kept_is_whole(
    aged: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder_of(aged, next(counties(aged))) / "L3" / ".snapshot.parquet.killed.part").write_bytes(b"PAR1")
    before = everything(aged)
    assert collect(monkeypatch, "--yes") == 0
    told = capsys.readouterr().out
    kept = told.index("Everything that is kept is whole and as promised.")
    assert told.index(f"{MIRROR.title} ({PRODUCT}) is read …") < kept
    after = everything(aged)
    gone = before.keys() - after.keys()
    assert gone and all(after[file] == before[file] for file in after.keys() & before.keys())
    assert all(file.startswith(("supply/", "landed/", "standard/")) for file in gone)
    assert not [file for file in gone if "manifest" in file or "contracts/" in file or file.endswith(".json")]
    for county in counties(aged):
        manifest = served(aged, county)
        assert oldest(aged, county) == manifest.version
        assert len(list((folder_of(aged, county) / "manifests").iterdir())) == manifest.version
        assert {file.name for file in (folder_of(aged, county) / "L3").iterdir()} == {
            Path(manifest.views["L3"].snapshot.path).name, Path(manifest.views["L3"].changes.path).name,
        }  # fmt: skip
    assert collect(monkeypatch, "--yes") == 0
    assert "Everything is kept" in capsys.readouterr().out


def test_what_was_half_written_in_a_folder_that_goes_is_freed_with_it_and_what_comes_behind(tmp_path: Path) -> None:
    """As a worker that was killed leaves it."""
    old, left, behind = tmp_path / "standard.parquet", tmp_path / "standard.parquet" / ".7.part", tmp_path / ".8.part"
    old.mkdir()
    for file in (left, behind):
        file.write_bytes(b"PAR1")
    remove([Free("deliveries", "old", (old,)), Free("half written", "left", (left,)), Free("", "", (behind,))])
    assert not old.exists() and not behind.exists()


def test_an_old_delivery_whose_rows_lie_with_one_that_was_done_again_is_told_and_nothing_is_freed(
    aged: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def done_again() -> None:
        raise NotKept("tax_registration: rows of 2026-06-02 lie with 2026-06-01, which has been done again")

    kept = Free("deliveries", "tax_registration", (), first=done_again)
    monkeypatch.setattr(gc, "spare", lambda _: [kept])
    before = everything(aged)
    assert collect(monkeypatch, "--yes") == 1
    assert "which has been done again" in capsys.readouterr().out and everything(aged) == before


def test_a_record_that_a_disk_has_cut_short_is_named_and_nothing_is_freed(
    aged: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder_of(aged, next(counties(aged))) / "freed.json"
    file.write_text("{")
    before, said = everything(aged), f"{file}: found 1 bytes that are none, expected the record of what is freed"
    assert any(said in fault for fault in faults_below(aged))
    assert collect(monkeypatch, "--yes") == 2 and said in capsys.readouterr().err
    assert everything(aged) == before


def test_what_a_killed_run_left_half_written_is_said_and_freed(
    aged: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was about to be replaced is no such thing: it gets its name again."""
    left = ("landed/tax_registration/0123456789ab.part", "refused/tax_registration/0123456789ab/.a.csv.9.part")
    within, moved = f"{left[0]}/rows.parquet/.00000.parquet.7.part", "standard/tax_registration/2026-06-30.last.part"
    for name in (within, left[1], f"{moved}/outcome.json"):
        (aged / name).parent.mkdir(parents=True)
        (aged / name).write_bytes(b"PAR1")
    assert collect(monkeypatch) == 0
    said = capsys.readouterr().out
    assert "half written: 2 files, 8 bytes" in said and all(f"  {name}: 1 files, 4 bytes" in said for name in left)
    assert (aged / within).exists()
    assert collect(monkeypatch, "--yes") == 0
    assert not any((aged / name).exists() for name in left) and (aged / moved).exists()


def test_a_snapshot_is_not_written_down_while_retention_frees_what_no_version_names(
    aged: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["snapshots", next(counties(aged))])
    writing = threading.Thread(target=snapshots.main)
    with only_one(aged / "supply"):
        writing.start()
        writing.join(2)
        assert writing.is_alive() and not capsys.readouterr().out
    writing.join()
    assert f"{PRODUCT}, L3: " in capsys.readouterr().out


def test_what_a_feed_tells_of_itself_outlives_what_is_freed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    monkeypatch.setattr(landing, "before", lambda *_: None)
    monkeypatch.setattr(TAX, "keep", Keep(newest=1, days=0))
    for day, lines in enumerate(files(3, days=6)):
        deliver(day, lines, current(), tmp_path)
    before = fate(gather(TAX, tmp_path))
    assert "newer_in_delivery" in before and "later_delivery" in before
    freed = list(old_deliveries(TAX, tmp_path, ()))
    free(freed)
    assert len(freed) > 2 and fate(gather(TAX, tmp_path)) == before


def test_what_lies_below_what_is_kept_stays_through_all_that_it_lies_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each day's file has lost the oldest rows: the last repeats none of the first, but others that do."""
    monkeypatch.setattr(TAX, "keep", Keep(newest=1, days=0))
    lines = next(files(3, days=1, rows=110))
    for day in range(20):
        deliver(day, lines[3 * day : 3 * day + 40], current(), tmp_path)
    before = known(tmp_path)
    free(list(old_deliveries(TAX, tmp_path, ())))
    monkeypatch.setattr(grounds, "code_revision", lambda: "another")
    for each in deliveries(TAX, tmp_path):
        standardise(TAX, each, current(), tmp_path)
    assert unlike(known(tmp_path), before) == []


@pytest.mark.parametrize("rested_on", [0, 1])
def test_since_when_a_row_stands_outlives_the_rows_that_it_stood_with(
    rested_on: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second file repeats the first, the third is done whole and held against the second, of which nothing is left;
    then all that can be is done again."""
    monkeypatch.setattr(TAX, "keep", Keep(newest=1, days=0))
    first = next(files(3, days=1, rows=60))
    third = [line + "1" if at < 30 else line for at, line in enumerate(first[:-1])]
    told = [deliver(day, lines, current(), tmp_path / "new") for day, lines in enumerate([first, first[:-1], third])]
    assert [bool(each.stands_on) for each in told] == [False, True, False]
    shutil.copytree(tmp_path / "new" / "landed", tmp_path / "whole" / "landed")
    free(list(old_deliveries(TAX, tmp_path / "new", [each.delivery.sha256 for each in told[:rested_on]])))
    assert not list((tmp_path / "new").glob(f"standard/*/{told[1].delivery.name}/standard.parquet"))
    monkeypatch.setattr(grounds, "code_revision", lambda: "another")
    for home in (tmp_path / "new", tmp_path / "whole"):
        done = [standardise(TAX, each, current(), home) for each in deliveries(TAX, home)]
        assert done[-1].translated == len(third)
    assert known(tmp_path / "new")["holding"]["since"].n_unique() == 2
    assert unlike(known(tmp_path / "new"), known(tmp_path / "whole")) == []


def test_what_is_kept_of_rows_is_on_the_disk_before_they_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a power cut nothing else would tell it."""
    monkeypatch.setattr(TAX, "keep", Keep(newest=1, days=0))
    first = next(files(3, days=1, rows=60))
    third = [line + "1" if at < 30 else line for at, line in enumerate(first[:-1])]
    for day, lines in enumerate([first, first[:-1], third]):
        deliver(day, lines, current(), tmp_path)
    synced, sync = set[int](), os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.add(os.fstat(handle).st_ino), sync(handle)))
    keep(list(old_deliveries(TAX, tmp_path, [])))
    (days,) = tmp_path.glob("standard/*/*/days.parquet")
    assert {days.stat().st_ino, days.parent.stat().st_ino} <= synced


def test_by_its_own_policy_nothing_of_three_days_is_old(
    three_versions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = shutil.copytree(three_versions, tmp_path / "home", ignore=shutil.ignore_patterns(".lock"))
    monkeypatch.setenv("JUBIAN_HOME", str(home))
    assert collect(monkeypatch, "--yes") == 0
    assert "Everything is kept" in capsys.readouterr().out


def test_a_pinned_version_is_kept_with_the_changes_that_lead_on_from_it(
    aged: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    county, other = list(counties(aged))[:2]
    first = served(aged, county).version
    promise_anew(aged, monkeypatch, times=2)
    (aged / "gateway").mkdir(exist_ok=True)
    held = Pin(grant=1, county=county, product=PRODUCT, version=first, until="2099-01-01")
    (aged / "gateway" / FILE).write_text(Pins(pins=(held,)).model_dump_json())
    assert collect(monkeypatch, "--yes") == 0
    last, told_of = first + 2, f"  {county}/{PRODUCT}: versions before {first} of"
    (said,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith(told_of))
    assert f" of {last}; the tables of {first + 1} of {last}, whose changes are kept; kept beyond the policy: " in said
    assert f": version {first}, which grant 1 pins until 2099-01-01: " in said
    assert read_freed(folder_of(aged, county)).oldest == first
    assert read_freed(folder_of(aged, county)).bare == (first + 1,)
    assert oldest(aged, other) == served(aged, other).version
    with serving(_settings(aged)) as gateway:
        token = gateway.recipient(county)
        with httpx.Client(base_url=gateway.settings.address, headers=_bearer(token)) as http:
            table = f"/delta-sharing/shares/{county}/schemas/{SCHEMA}/tables/L3"
            assert http.post(f"{table}/query", json={"version": first}).status_code == 200
            for end in (first + 1, last):
                between = {"startingVersion": first + 1, "endingVersion": end}
                told = http.get(f"{table}/changes", params=between)
                # Their promise alone is another: no row has changed, so that no file is named.
                assert (told.status_code, len(told.text.splitlines())) == (200, 2), end
            refused = http.post(f"{table}/query", json={"version": first + 1})
            assert refused.status_code == 404
            assert "not kept any more (retention): only its changes are kept" in refused.json()["message"]


def test_what_a_pin_keeps_is_said_beside_files_that_are_nobodys(
    aged: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    county = next(counties(aged))
    (folder_of(aged, county) / "L3" / ".snapshot.parquet.killed.part").write_bytes(b"PAR1")
    (aged / "gateway").mkdir(exist_ok=True)
    held = Pin(grant=7, county=county, product=PRODUCT, version=1, until="2099-01-01")
    (aged / "gateway" / FILE).write_text(Pins(pins=(held,)).model_dump_json())
    assert collect(monkeypatch) == 0
    (said,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith(f"  {county}/{PRODUCT}: "))
    assert f"{PRODUCT}: files that no version names; kept beyond the policy: version 1, which grant 7 pins un" in said
    assert " pins until 2099-01-01: 1 files, 4 bytes" in said


def granted(settings: Settings, county: str) -> tuple[Engine, grants.Grant]:
    """A database with a grant of a county's product."""
    engine = open_database(settings)
    to = grants.add_recipient(engine, county, "数据局")
    return engine, grants.grant(engine, to, PRODUCT, "L3", purpose="审计", approver="张三", days=300)


def test_a_pin_ends_by_the_clock_of_the_gateway_and_not_by_the_day_of_a_delivery(
    aged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = next(counties(aged))
    engine, given = granted(_settings(aged), county)
    pins.pin(engine, _settings(aged), county, given, 1)
    monkeypatch.setattr(gc, "_today", lambda *_: "2062-07-01")
    assert collect(monkeypatch, "--yes") == 0
    assert oldest(aged, county) == 1
    monkeypatch.setattr("gateway.kept.pins.time.time", lambda: given.expires + 1)
    assert pins.write(engine, aged / "gateway").pins == ()
    assert collect(monkeypatch, "--yes") == 0
    assert oldest(aged, county) == served(aged, county).version


def test_a_pin_that_is_given_while_retention_seeks_is_kept(
    aged: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    county, say = next(counties(aged)), gc.say
    engine, given = granted(_settings(aged), county)

    def meanwhile(found: list[Free]) -> None:
        say(found)
        if not pins.pinned(engine, given.id):
            pins.pin(engine, _settings(aged), county, given, 1)

    monkeypatch.setattr(gc, "say", meanwhile)
    assert collect(monkeypatch, "--yes") == 0
    assert "Pins have changed meanwhile" in capsys.readouterr().out
    assert read_freed(folder_of(aged, county)).has_snapshot(1) and verify(MIRROR, aged / "supply") == []
    assert (folder_of(aged, county) / manifest_of(folder_of(aged, county), 1).views["L3"].snapshot.path).exists()


def test_a_pin_that_is_given_while_it_is_written_down_what_is_freed_waits_and_is_refused(
    aged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county, record, told = next(counties(aged)), gc.record, list[str]()
    engine, given = granted(_settings(aged), county)

    def asks() -> None:
        try:
            pins.pin(engine, _settings(aged), county, given, 1)
        except ValueError as error:
            told.append(str(error))

    def slowly(found: list[Free]) -> None:
        pinning.start()
        pinning.join(1)
        assert pinning.is_alive() and told == []
        record(found)

    pinning = threading.Thread(target=asks)
    monkeypatch.setattr(gc, "record", slowly)
    assert collect(monkeypatch, "--yes") == 0
    pinning.join(20)
    assert told == [f"Version 1 of {PRODUCT} is not kept any more and cannot be pinned."]
    assert pins.pinned(engine, given.id) == []


def test_what_a_kept_version_stands_on_is_kept(aged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    county = next(counties(aged))
    manifest = manifest_of(folder_of(aged, county), 3)
    assert manifest.base == 1 and manifest.views["L3"].snapshot is None
    (aged / "gateway").mkdir(exist_ok=True)
    held = Pin(grant=1, county=county, product=PRODUCT, version=3, until="2099-01-01")
    (aged / "gateway" / FILE).write_text(Pins(pins=(held,)).model_dump_json())
    before = rows(folder_of(aged, county), manifest, "L3")
    assert collect(monkeypatch, "--yes") == 0
    assert rows(folder_of(aged, county), manifest, "L3").equals(before)
    assert oldest(aged, county) == 1 and verify(MIRROR, aged / "supply") == []


def test_a_file_of_pins_that_cannot_be_read_frees_nothing(
    aged: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (aged / "gateway").mkdir(exist_ok=True)
    (aged / "gateway" / FILE).write_text('{"pins": [')
    before = everything(aged)
    assert collect(monkeypatch, "--yes") == 1
    assert "python -m gateway pins" in capsys.readouterr().out
    assert everything(aged) == before


def test_the_gateway_says_of_what_is_freed_that_it_is(aged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    county = next(counties(aged))
    last = served(aged, county).version
    settings = _settings(aged)
    with serving(settings) as gateway:
        token = gateway.recipient(county)
        with httpx.Client(base_url=settings.address, headers=_bearer(token)) as http:
            table = f"/delta-sharing/shares/{county}/schemas/{SCHEMA}/tables/L3"
            before = http.post(f"{table}/query", json={}).text.splitlines()[1]
            assert http.get(f"/files/{county}/{PRODUCT}/L3/1-{last}/changes.parquet").status_code == 200
            assert collect(monkeypatch, "--yes") == 0
            asked = [
                http.post(f"{table}/query", json={"version": 1}),
                http.post(f"{table}/query", json={"timestamp": "2026-06-30 12:00:00"}),
                http.get(f"{table}/changes", params={"startingVersion": 2}),
                http.get(f"{table}/changes", params={"startingTimestamp": "2026-06-30 00:00:00"}),
                http.get(f"/files/{county}/{PRODUCT}/L3/1/snapshot.parquet"),
                http.get(f"/files/{county}/{PRODUCT}/L3/1-{last}/changes.parquet"),
                http.get(f"/counties/{county}/{PRODUCT}/1/L3/files.json"),
            ]
            assert [each.status_code for each in asked] == [404] * len(asked)
            assert all("is not kept any more (retention)" in each.json()["message"] for each in asked)
            assert all(f"take the snapshot of version {last}" in each.json()["message"] for each in asked)
            assert http.post(f"{table}/query", json={}).text.splitlines()[1] == before
            assert http.get(f"{table}/changes", params={"startingVersion": last + 1}).status_code == 200
            assert http.get(f"/counties/{county}/{PRODUCT}/1/manifest.json").status_code == 200
            never = http.post(f"{table}/query", json={"version": 99})
            assert never.status_code == 404 and "retention" not in never.json()["message"]


def _settings(home: Path) -> Settings:
    return told(home / "supply", home / "gateway")


def _bearer(token: str) -> dict[str, str]:
    assert tokens.hashed(token)
    return {"Authorization": f"Bearer {token}"}


def test_verify_finds_damage_in_what_is_kept(aged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    county, other, third = list(counties(aged))[:3]
    assert collect(monkeypatch, "--yes") == 0
    snapshot = folder_of(aged, county) / served(aged, county).views["L2"].snapshot.path
    snapshot.write_bytes(snapshot.read_bytes()[:-1] + b"\0")
    (folder_of(aged, other) / served(aged, other).views["L1"].changes.path).unlink()
    (folder_of(aged, third) / "manifests" / "000001.json").write_bytes(
        (folder_of(aged, third) / "manifests" / "000001.json").read_bytes().replace(b"2026", b"2025")
    )
    found = verify(MIRROR, aged / "supply")
    assert any(fault.startswith(f"{county}/") and "is not the file that was published" in fault for fault in found)
    assert any(fault.startswith(f"{other}/") and "is missing" in fault for fault in found)
    assert any(fault.startswith(f"{third}/") and "does not name version 1" in fault for fault in found)


def test_verify_names_a_version_whose_snapshot_is_gone_and_goes_on(aged: Path) -> None:
    county, other = list(counties(aged))[:2]
    first = manifest_of(folder_of(aged, county), 1).views["L1"].snapshot
    (folder_of(aged, county) / first.path).unlink()
    (folder_of(aged, other) / served(aged, other).views["L1"].changes.path).unlink()
    found = verify(MIRROR, aged / "supply")
    assert f"{county}/{PRODUCT}: {first.path} is missing" in found
    assert any(f"{county}/{PRODUCT}: version 4, or one that it comes after, cannot be read" in each for each in found)
    assert any(each.startswith(f"{other}/") and "is missing" in each for each in found)


@pytest.mark.parametrize(
    ("name", "size", "found"),
    [
        ("manifests/000001.json", 0, "no file"),
        ("manifests/000003.json", 100, "100 bytes that are none"),
        ("manifest.json", 100, "100 bytes that are none"),
    ],
)
def test_a_manifest_that_a_disk_has_damaged_is_named_and_nothing_is_freed(
    name: str, size: int, found: str, aged: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a lost manifest names would seem to be nobody's: it would be freed, and could not be brought again."""
    file = folder_of(aged, next(counties(aged))) / name
    os.truncate(file, size) if size else file.unlink()
    before, said = everything(aged), f"{file}: found {found}, expected the manifest that was published; bring it again"
    assert any(said in fault for fault in faults_below(aged))
    assert collect(monkeypatch, "--yes") == 2 and said in capsys.readouterr().err
    assert everything(aged) == before


def test_a_county_whose_pointer_is_lost_is_named_and_nothing_is_freed(
    aged: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pointer = folder_of(aged, next(counties(aged))) / "manifest.json"
    pointer.unlink()
    before = everything(aged)
    for asked in ((), ("--yes",)):
        assert collect(monkeypatch, *asked) == 2 and f"{pointer}: found no file" in capsys.readouterr().err
    assert everything(aged) == before


def test_a_record_that_frees_what_is_served_is_a_fault(
    aged: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    county = next(counties(aged))
    last = served(aged, county).version
    record = folder_of(aged, county) / "freed.json"
    record.write_text(f'{{"oldest": {last + 1}, "bare": []}}')
    for found in (verify(MIRROR, aged / "supply"), verify_newest(folder_of(aged, county))):
        assert any("is served, but told to be freed" in fault for fault in found)
    before = everything(aged)
    assert collect(monkeypatch, "--yes") == 2
    assert f"{record}: found version {last}, which is served, told to be freed" in capsys.readouterr().err
    assert everything(aged) == before


def test_what_a_withdrawn_product_rests_on_is_kept(
    aged: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = folder_of(aged, next(counties(aged)))
    shutil.copytree(old, old.with_name("withdrawn"))
    assert collect(monkeypatch) == 0
    said = capsys.readouterr().out
    assert "deliveries: " not in said and "withdrawn" not in said
