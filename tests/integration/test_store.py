"""Releases shipped to a real server that speaks S3: whole or absent there, whoever refuses, breaks off or is second."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import dagster
import obstore
import polars as pl
import pytest

from assets import shipping
from gateway import __main__ as gateway
from gateway.kept import grants, pins
from gateway.kept.database import open_database
from gateway.supply.mirror import catch_up
from pipelines import verify
from pipelines.dictionary import current
from pipelines.retention import gc
from pipelines.retention.freeing import Free
from pipelines.retention.in_store import free_there
from pipelines.shipping import __main__ as command
from pipelines.shipping import order, restore
from pipelines.shipping.restore import restore as take_over
from pipelines.shipping.ship import NotShipped, Shipped, index_in, ship, ship_whole
from pipelines.shipping.verified import faults_of
from schemas.manifest import NoIndex, canonical, index_file, manifest_file, read_manifest
from schemas.pins import Pins
from schemas.product import all_products
from schemas.retention import read_freed
from schemas.snapshot import files
from schemas.store import Refuses, index_key, opened, read
from schemas.typed import typed
from tests.killing import PRODUCT
from tests.published import bytes_below, manifest_of
from tests.retention import aged, collect, four_versions
from tests.servers.gateway import told
from tests.servers.s3 import refusing
from tests.shipping import (
    COUNTIES,
    Days,
    as_of,
    at,
    days,
    forked,
    kill_at_random,
    line_of,
    lying,
    objects,
    place,
    server,
    write_index,
)

__all__ = ["aged", "days", "four_versions", "server"]
FIRST, SECOND = "2026-06-30", "2026-07-01"


@pytest.fixture
def there(server: str) -> Iterator[str]:
    """The same, in an operator's environment."""
    with at(server):
        yield server


def shipped(supply: Path, url: str) -> Shipped:
    """Ship the product of the tests."""
    return ship(PRODUCT.key, supply, url)


def test_what_is_shipped_is_what_lies_here_and_a_second_time_nothing_is(days: Days, there: str) -> None:
    url = place("once")
    done = shipped(days.first, url)
    assert (done.counties, done.objects) == (len(COUNTIES), len(lying(days.first)))
    assert objects(url) == lying(days.first) and as_of(url) == FIRST
    again = shipped(days.first, url)
    assert (again.counties, again.objects, again.size) == (0, 0, 0)
    assert shipped(days.second, url).objects < done.objects
    assert objects(url) == lying(days.second) and as_of(url) == SECOND
    assert faults_of(PRODUCT, url) == []


def test_a_damaged_a_missing_and_a_foreign_object_are_found(days: Days, there: str) -> None:
    url = place("damaged")
    shipped(days.second, url)
    keys = sorted(key for key in objects(url) if key.startswith(f"{COUNTIES[0]}/") and "/L1/snapshot" in key)
    obstore.put(opened(url), keys[0], b"PAR1 of another")
    (found,) = [each for each in faults_of(PRODUCT, url) if "is not the file" in each]
    assert keys[0].split("/", 2)[2] in found
    obstore.delete(opened(url), keys[0])
    assert [each for each in faults_of(PRODUCT, url) if f"{keys[0].split('/', 2)[2]} is missing" in each]
    (manifest,) = [key for key in objects(url) if key.startswith(f"{COUNTIES[1]}/{PRODUCT.key}/manifests/000001")]
    obstore.put(opened(url), manifest, b"{}")
    assert [each for each in faults_of(PRODUCT, url) if each.endswith("not the manifest that was published")]


def test_what_the_store_has_lost_is_put_there_again_by_the_command(
    days: Days, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = place("lost")
    shutil.copytree(days.second, tmp_path / "supply")
    (tmp_path / "supply" / COUNTIES[1] / PRODUCT.key / "freed.json").write_text('{"oldest": 1, "bare": []}')
    shipped(tmp_path / "supply", url)
    whole = objects(url)
    assert f"freed/{COUNTIES[1]}/{PRODUCT.key}.json" in whole
    mine = [key for key in whole if key.startswith(f"{COUNTIES[0]}/")]
    lost = [next(key for key in mine if word in key) for word in ("/L1/", "/origin/", "/manifests/", "/contracts/")]
    obstore.delete(opened(url), [*lost, f"freed/{COUNTIES[1]}/{PRODUCT.key}.json"])
    (cut,) = (key for key in mine if "/L3/snapshot" in key)
    obstore.put(opened(url), cut, b"PAR1")
    assert faults_of(PRODUCT, url) and shipped(tmp_path / "supply", url).objects == 0
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    monkeypatch.setenv("JUBIAN_SUPPLY", url)
    assert command.main() == 0
    assert f"{url} had lost 6 objects of it; they are there again" in capsys.readouterr().out
    assert objects(url) == whole and faults_of(PRODUCT, url) == []
    assert command.main() == 0 and "has it already" in capsys.readouterr().out


def test_a_file_that_this_disk_has_damaged_is_not_shipped(days: Days, there: str, tmp_path: Path) -> None:
    url, supply = place("not-damaged"), shutil.copytree(days.second, tmp_path / "supply")
    shipped(days.first, url)
    folder = supply / COUNTIES[0] / PRODUCT.key
    file = folder / manifest_of(folder, 2).views["L2"].changes.path
    file.write_bytes(file.read_bytes()[:-1] + b"\0")
    with pytest.raises(NotShipped, match=rf"{file} is not the file that was published.*as of {FIRST} is served"):
        shipped(supply, url)
    assert as_of(url) == FIRST and faults_of(PRODUCT, url) == []


def test_an_index_that_this_disk_has_cut_short_is_named_with_what_writes_it_anew(
    days: Days, there: str, tmp_path: Path
) -> None:
    supply = shutil.copytree(days.second, tmp_path / "supply")
    os.truncate(index_file(supply, PRODUCT.key), 20)
    with pytest.raises(NoIndex, match=r"found 20 bytes that are none.*make run writes it anew"):
        shipped(supply, place("cut-index"))


@pytest.mark.parametrize("what", ["file", "manifest"])
def test_a_file_that_this_disk_has_lost_is_named_with_the_way_back(
    days: Days, there: str, tmp_path: Path, what: str
) -> None:
    url, supply = place(f"lost-here-{what}"), shutil.copytree(days.second, tmp_path / "supply")
    folder = supply / COUNTIES[0] / PRODUCT.key
    changes = folder / manifest_of(folder, 2).views["L2"].changes.path
    file = changes if what == "file" else manifest_file(folder, 2)
    shipped(days.first, url)
    file.unlink()
    said = rf"{file} is missing: this disk has lost it.*as of {{}} is served there, whole.*{{}}"
    with pytest.raises(NotShipped, match=said.format(FIRST, "make restore, make run")):
        shipped(supply, url)
    shipped(days.second, url)
    with pytest.raises(NotShipped, match=said.format(SECOND, r"\. Bring it again from there: make restore$")):
        ship_whole(PRODUCT.key, supply, url)


def test_a_store_that_refuses_every_tenth_call_has_the_release_all_the_same(days: Days, server: str) -> None:
    url = place("tenth")
    with refusing(server, every=10) as proxy, at(proxy.address):
        for supply in (days.first, days.second):
            shipped(supply, url)
        assert faults_of(PRODUCT, url) == []
        assert proxy.refused >= proxy.calls // 10 >= 10
    with at(server):
        assert objects(url) == lying(days.second)


@pytest.mark.parametrize("fault", range(3))
def test_the_last_step_counts_as_done_only_where_it_is(days: Days, server: str, fault: int) -> None:
    """The PUT of the index is refused, broken off before the store hears of it, or after."""
    url = place(f"last-{fault}")
    with at(server):
        shipped(days.first, url)
    with refusing(server, every=0) as proxy, at(proxy.address):
        proxy.refuses = lambda method, path: method == "PUT" and "/index/" in path
        proxy.refused = fault
        assert shipped(days.second, url).counties
        assert proxy.refused > fault
    with at(server):
        assert as_of(url) == SECOND


def test_a_store_that_goes_silent_serves_what_it_did_and_it_is_said(
    days: Days, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schemas.store._TIMES", 1)
    url = place("silent")
    with at(server):
        shipped(days.first, url)
    with refusing(server, every=0) as proxy, at(proxy.address):
        proxy.refuses = lambda method, path: method == "PUT"
        with pytest.raises(
            NotShipped, match=f"NOT SHIPPED to .*release as of {FIRST} is served there, whole.*make ship"
        ):
            shipped(days.second, url)
        proxy.refuses = lambda method, path: "/index/" in path
        with pytest.raises(NotShipped, match="What is served there was not touched"):
            shipped(days.second, url)
    with at(server):
        assert as_of(url) == FIRST and faults_of(PRODUCT, url) == []
        shipped(days.second, url)
        assert as_of(url) == SECOND


@pytest.mark.parametrize(
    ("address", "allowed", "reason"),
    [
        ("http://127.0.0.1:9", "true", "Connection refused"),
        ("{}", "false", "an address without TLS needs AWS_ALLOW_HTTP=true"),
        ("{tls}", "true", "what answers there speaks no TLS"),
        ("http://store.invalid", "true", "failed to lookup address"),
    ],
)
def test_why_a_store_cannot_be_asked_is_told(
    server: str, monkeypatch: pytest.MonkeyPatch, address: str, allowed: str, reason: str
) -> None:
    """An address, a name, a port and a variable are mended by different people."""
    monkeypatch.setattr("schemas.store._TIMES", 0)
    with at(address.format(server, tls=server.replace("http:", "https:"))):
        monkeypatch.setenv("AWS_ALLOW_HTTP", allowed)
        with pytest.raises(Refuses, match=reason):
            read(opened(place(f"why-{reason.partition(' ')[0]}")), "index/x.json")


def test_the_stores_own_word_of_why_it_refuses_is_told(days: Days, there: str) -> None:
    with pytest.raises(NotShipped, match=r"404 Not Found \(NoSuchBucket\)"):
        shipped(days.first, "s3://no-such-bucket/supply")


def test_where_nobody_answers_after_the_last_step_that_is_said(
    days: Days, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schemas.store._TIMES", 1)
    monkeypatch.setattr("pipelines.shipping.ship._PAUSE_SECONDS", 0)
    url = place("unsure")
    with at(server):
        shipped(days.first, url)
    with refusing(server, every=0) as proxy, at(proxy.address):
        has_begun = threading.Event()

        def refuses(method: str, path: str) -> bool:
            if method == "PUT" and "/index/" in path:
                has_begun.set()
            return has_begun.is_set()

        proxy.refuses = refuses
        with pytest.raises(NotShipped, match=r"served there is not known .* either is whole"):
            shipped(days.second, url)
    with at(server):
        assert as_of(url) in (FIRST, SECOND) and faults_of(PRODUCT, url) == []


def test_killed_at_random_moments_a_release_is_there_or_not(days: Days, there: str) -> None:
    kill_at_random(days, kills=1, seed=5)


def test_of_two_writers_one_is_told_that_the_other_was_first(days: Days, there: str, tmp_path: Path) -> None:
    """Both come after what is served; whichever moves the index second finds it moved."""
    url = place("two")
    shipped(days.first, url)
    other = forked(days.second, tmp_path)
    meet, said = threading.Barrier(2), list[str]()

    def write(supply: Path) -> None:
        meet.wait()
        try:
            shipped(supply, url)
            said.append("shipped")
        except NotShipped as error:
            said.append(str(error))

    threads = [threading.Thread(target=write, args=(supply,)) for supply in (days.second, other)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    (refusal,) = [each for each in said if each != "shipped"]
    assert "One home alone may release there" in refusal and "is served there, whole" in refusal
    assert faults_of(PRODUCT, url) == []
    index = objects(url)[f"index/{PRODUCT.key}.json"]
    assert index in (lying(days.second)[f"index/{PRODUCT.key}.json"], lying(other)[f"index/{PRODUCT.key}.json"])


def test_a_home_that_lags_behind_does_not_take_the_store_back(days: Days, there: str) -> None:
    url = place("lags")
    shipped(days.second, url)
    with pytest.raises(NotShipped, match=r"is not one of this supply's.*make restore"):
        shipped(days.first, url)
    assert as_of(url) == SECOND


def test_a_home_that_lags_by_a_day_that_changed_nothing_does_not_take_the_store_back(
    days: Days, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home of yesterday's backup, of a product of which today has no new version, only later deliveries."""
    url, later, today = place("lags-by-a-day"), "2026-07-02", shutil.copytree(days.second, tmp_path / "today")
    file = index_file(today, PRODUCT.key)
    index = index_in(file.read_bytes())
    inputs = tuple(each.model_copy(update={"as_of": later}) for each in index.inputs)
    file.write_bytes(canonical(index.model_copy(update={"as_of": later, "inputs": inputs})))
    shipped(today, url)
    with pytest.raises(NotShipped, match=rf"of {later}, this one on none after {SECOND} .*make admit.*make restore"):
        shipped(days.second, url)
    assert as_of(url) == later
    row = {"scope": PRODUCT.key, "subject": f"{later}/{SECOND}", "rule": "earlier_day"}
    told = current()
    monkeypatch.setattr(order, "current", lambda: replace(told, admissions=pl.DataFrame([row])))
    shipped(days.second, url)
    assert as_of(url) == SECOND


def test_an_index_of_another_form_is_named_and_stops_nothing_else(
    days: Days, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As where the code was taken back after it had shipped."""
    url, key = place("another-form"), index_key(PRODUCT.key)
    shipped(days.first, url)
    told = (days.first / key).read_bytes().replace(b'"as_of"', b'"as_at"', 1)
    obstore.put(opened(url), key, told)
    before = objects(url)
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    monkeypatch.setenv("JUBIAN_SUPPLY", url)
    form = f"{key} is no index of a form that is known here: run the code that shipped it"
    with pytest.raises(NotShipped, match=form):
        shipped(days.second, url)
    assert f"{PRODUCT.key}: {form}" in "; ".join(faults_of(PRODUCT, url))
    last = sorted(all_products())[-1]
    assert restore.main() == 1
    said = capsys.readouterr().out
    assert f"{PRODUCT.key}: NOT restored: {form}" in said and f"{last}: nothing is served" in said
    assert objects(url) == before


@pytest.mark.parametrize("content", [b'{"old', b'{"oldest": 1, "bare": [], "since": 1}'], ids=["cut", "another-form"])
def test_a_record_of_another_form_is_named_and_neither_taken_over_nor_in_the_way_of_another_county(
    days: Days, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    content: bytes,
) -> None:  # fmt: skip
    shutil.copytree(days.second, tmp_path / "supply")
    record = tmp_path / "supply" / COUNTIES[0] / PRODUCT.key / "freed.json"
    record.write_bytes(b'{"oldest": 1, "bare": []}')
    url = restorable(tmp_path / "supply", f"record-{len(content)}", tmp_path, monkeypatch)
    before, key = bytes_below(tmp_path / "supply"), f"freed/{COUNTIES[0]}/{PRODUCT.key}.json"
    obstore.put(opened(url), key, content)
    form = f"{key} is no record of a form that is known here: run the code that shipped it, or make ship"
    (fault,) = faults_of(PRODUCT, url)
    assert fault.startswith(f"{COUNTIES[0]}/{PRODUCT.key}: {form}")
    next((tmp_path / "supply" / COUNTIES[1]).glob("*/L1/*.parquet")).unlink()
    assert restore.main() == 1
    said = capsys.readouterr().out
    assert f"{PRODUCT.key}: NOT restored: {form}" in said and f"{sorted(all_products())[-1]}: nothing is served" in said
    assert bytes_below(tmp_path / "supply") == before
    assert command.main() == 0 and faults_of(PRODUCT, url) == []


def restorable(supply: Path, name: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Ship a supply to a place of its own, from which commands restore to a home that has nothing; gives its URL."""
    url = place(name)
    shipped(supply, url)
    monkeypatch.setenv("JUBIAN_HOME", str(home))
    monkeypatch.setenv("JUBIAN_SUPPLY", url)
    return url


def test_a_full_disk_is_called_that_by_who_restores_and_by_who_verifies(
    days: Days, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = restorable(days.first, "full-here", tmp_path, monkeypatch)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("schemas.store.os.fsync", full)
        assert restore.main() == 1
        said = capsys.readouterr().out
        assert f"{tmp_path / 'supply'} cannot be written (No space left on device)" in said and "make restore" in said
        told = faults_of(PRODUCT, url)
        assert len(told) == len(COUNTIES) and all(
            "No space left on device" in each and "TMPDIR=" in each for each in told
        )
    assert restore.main() == 0 and bytes_below(tmp_path / "supply") == bytes_below(days.first)


def test_what_is_restored_is_what_was_shipped(
    days: Days, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    restorable(days.second, "restored", tmp_path, monkeypatch)
    assert restore.main() == 0
    assert "3 counties" in capsys.readouterr().out
    assert bytes_below(tmp_path / "supply") == bytes_below(days.second)
    assert restore.main() == 0 and "left alone" in capsys.readouterr().out
    shutil.rmtree(tmp_path / "supply" / COUNTIES[0])
    (tmp_path / "supply" / "index" / f"{PRODUCT.key}.json").unlink()
    assert restore.main() == 0 and bytes_below(tmp_path / "supply") == bytes_below(days.second)


def test_what_this_disk_has_lost_or_damaged_of_what_is_served_there_is_brought_again(
    days: Days, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    restorable(days.second, "restored-again", tmp_path, monkeypatch)
    assert restore.main() == 0
    folders = [tmp_path / "supply" / county / PRODUCT.key for county in COUNTIES]
    next(folders[0].glob("L1/changes-*.parquet")).unlink()
    manifest_file(folders[0], 1).unlink()
    for file in (next(folders[1].glob("contracts/*")), folders[1] / "manifest.json", manifest_file(folders[2], 2)):
        os.truncate(file, 20)
    flipped = next(folders[2].glob("L2/*.parquet"))
    flipped.write_bytes(flipped.read_bytes()[:-1] + b"\0")
    capsys.readouterr()
    assert restore.main() == 0
    assert f"{PRODUCT.key}: 6 files that were missing or damaged have come again" in capsys.readouterr().out
    assert bytes_below(tmp_path / "supply") == bytes_below(days.second)


def test_what_the_store_has_lost_too_is_named_with_what_to_do(
    days: Days, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = restorable(days.second, "lost-twice", tmp_path, monkeypatch)
    assert restore.main() == 0
    file = next((tmp_path / "supply").glob("33*/*/L1/*.parquet"))
    file.unlink()
    obstore.delete(opened(url), str(file.relative_to(tmp_path / "supply")))
    assert restore.main() == 1
    said = capsys.readouterr().out
    assert f"{file.name} is missing\n" in said and "not come whole from the store either" in said


@pytest.mark.parametrize("index", ["none", "the store's"])
def test_a_pointer_to_a_version_that_is_not_the_store_s_is_put_right(
    days: Days, there: str, tmp_path: Path, index: str
) -> None:
    """Another home's first release, which was killed before its index, or a digit that this disk has damaged."""
    url = place(f"pointed-{index[:3]}")
    shipped(days.first, url)
    other = forked(days.first, tmp_path)
    shutil.rmtree(other / "index")
    if index != "none":
        shutil.copytree(days.first / "index", other / "index")
    take_over(PRODUCT.key, other, url)
    assert bytes_below(other) == bytes_below(days.first)


def test_who_restores_does_not_step_back_behind_a_release_that_was_killed_before_its_index(
    days: Days, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restorable(days.first, "killed-before-its-index", tmp_path, monkeypatch)
    assert restore.main() == 0
    shutil.copytree(days.second / COUNTIES[0], tmp_path / "supply" / COUNTIES[0], dirs_exist_ok=True)
    before = bytes_below(tmp_path / "supply")
    assert restore.main() == 0 and bytes_below(tmp_path / "supply") == before


def test_a_product_that_cannot_be_restored_is_named_and_the_others_are_there(
    days: Days, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = restorable(days.second, "lacking", tmp_path, monkeypatch)
    index = tmp_path / "supply" / "index" / f"{PRODUCT.key}.json"
    index.parent.mkdir(parents=True)
    index.write_text("{}")
    assert restore.main() == 1
    said = capsys.readouterr().out
    assert f"{PRODUCT.key}: NOT restored: left alone" in said
    assert "Where it is the newer one: make ship" in said and "move it away first" in said
    shutil.rmtree(tmp_path / "supply")
    key = next(each["path"] for page in obstore.list(opened(url)) for each in page if "/manifests/" in each["path"])
    obstore.delete(opened(url), key)
    assert restore.main() == 1
    said = capsys.readouterr().out
    assert f"{PRODUCT.key}: NOT restored: {key}" in said and "then: make restore" in said
    assert "does not answer" not in said and f"{sorted(all_products())[-1]}: nothing is served" in said


def test_of_a_wrong_place_no_command_says_that_all_is_well(
    days: Days, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    monkeypatch.setenv("JUBIAN_SUPPLY", place("another-prefix"))
    assert restore.main() == 1 and "Is the prefix right?" in capsys.readouterr().out
    for wrong in ("https://store.local/jubian", "s3:/jubian/supply", "s3://"):
        monkeypatch.setenv("JUBIAN_SUPPLY", wrong)
        for main in (command.main, restore.main, verify.main):
            assert main() == 2
            assert f"JUBIAN_SUPPLY is {wrong}; it may be a folder or s3://BUCKET/PREFIX." in capsys.readouterr().err
    monkeypatch.setenv("JUBIAN_SUPPLY", place("known"))
    monkeypatch.setenv("JUBIAN_KNOWN", FIRST)
    for main in (command.main, restore.main):
        assert main() == 1 and "What was known on a day is neither shipped" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("AWS_ENDPOINT_URL", "objects.example", "AWS_ENDPOINT_URL is 'objects.example'; expected https://HOST"),
        ("AWS_ENDPOINT_URL", "", "AWS_ENDPOINT_URL is ''; expected https://HOST"),
        ("AWS_ENDPOINT", "https://objects.example:99999", "expected https://HOST or https://HOST:PORT."),
        ("AWS_SECRET_ACCESS_KEY", "geheim\n", "AWS_SECRET_ACCESS_KEY has a line break"),
        ("AWS_TIMEOUT", "60", 'failed to parse "60" as Duration); see: docs/object-store.md.'),
        ("AWS_ALLOW_HTTP", "ja", 'failed to parse "ja" as boolean'),
    ],
    ids=["no-scheme", "empty", "port", "line-break", "no-unit", "no-boolean"],
)
def test_a_setting_of_the_store_that_cannot_be_meant_ends_each_command_with_a_line(
    days: Days, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    name: str, text: str, told: str,
) -> None:  # fmt: skip
    shutil.copytree(days.first, tmp_path / "supply")
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    monkeypatch.setenv("JUBIAN_SUPPLY", place("misset"))
    monkeypatch.setenv(name, text)
    for main in (command.main, restore.main, verify.main, partial(collect, monkeypatch)):
        assert main() == 2
        said = capsys.readouterr()
        assert told in said.err and said.err.count("\n") == 1 and not said.out and "geheim" not in said.err


@pytest.fixture
def few(aged: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with four versions of three counties, of which only the last is to be kept."""
    supply = aged / "supply"
    for folder in supply.glob("33*"):
        if folder.name not in COUNTIES:
            shutil.rmtree(folder)
    write_index(supply, [line_of(supply / county / PRODUCT.key) for county in COUNTIES], supply)
    monkeypatch.setattr("pipelines.verify.incomplete", lambda *_: [])
    monkeypatch.setattr("pipelines.retention.in_store.all_products", lambda: {PRODUCT.key: PRODUCT})
    monkeypatch.setattr("pipelines.shipping.verified.offered_products", lambda: {PRODUCT.key: PRODUCT})
    return aged


def test_what_is_freed_here_is_freed_there_and_what_is_kept_is_whole(
    few: Path, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url, supply = place("freed"), few / "supply"
    shipped(supply, url)
    monkeypatch.setenv("JUBIAN_SUPPLY", url)
    (few / "gateway").mkdir()
    monkeypatch.setattr("pipelines.retention.in_store._SETTLED", timedelta(0))
    before = objects(url)
    (few / "gateway" / "pins.json").write_bytes(canonical(Pins()))
    obstore.put(opened(url), f"{COUNTIES[0]}/{PRODUCT.key}/L1/snapshot-of-nobody.parquet", b"x")
    assert collect(monkeypatch, "--yes") == 0
    assert f"objects are freed at {url}." in capsys.readouterr().out
    records = {f"freed/{county}/{PRODUCT.key}.json" for county in COUNTIES}
    here = {key for key in lying(supply) if not key.endswith("/freed.json")}
    assert objects(url).keys() == here | records and here < before.keys()
    assert verify.main() == 0
    assert f"Everything served at {url} is whole and as promised." in capsys.readouterr().out


def test_a_home_that_has_freed_ships_to_a_new_place_what_is_kept_and_says_what_is_not(
    few: Path, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, supply = place("after-freeing"), few / "supply"
    assert collect(monkeypatch, "--yes") == 0
    shipped(supply, url)
    assert faults_of(PRODUCT, url) == []
    monkeypatch.setenv("JUBIAN_SUPPLY", url)
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path / "restored"))
    assert restore.main() == 0
    assert bytes_below(tmp_path / "restored" / "supply") == bytes_below(supply)


def test_what_was_freed_before_a_killed_ship_is_told_by_the_next(
    few: Path, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed behind the index and before the records, it would tell of no freed version until `make ship` is typed."""
    url, supply = place("untold"), few / "supply"
    before = shutil.copytree(supply, tmp_path / "before")
    for county in COUNTIES:
        folder = before / county / PRODUCT.key
        shutil.copyfile(manifest_file(folder, manifest_of(folder).version - 1), folder / "manifest.json")
    write_index(supply, [line_of(before / county / PRODUCT.key) for county in COUNTIES], before)
    shipped(before, url)
    assert collect(monkeypatch, "--yes") == 0
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr("pipelines.shipping.ship._put_after", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        shipped(supply, url)
    records = {f"freed/{county}/{PRODUCT.key}.json" for county in COUNTIES}
    assert as_of(url) == manifest_of(supply / COUNTIES[0] / PRODUCT.key).as_of and not records & objects(url).keys()
    told = {county: read_freed(supply / county / PRODUCT.key) for county in COUNTIES}
    take_over(PRODUCT.key, supply, url)
    assert told == {county: read_freed(supply / county / PRODUCT.key) for county in COUNTIES} != {}
    another = shutil.copytree(supply, tmp_path / "another")
    index = another / "index" / f"{PRODUCT.key}.json"
    index.write_bytes(canonical(index_in(index.read_bytes()).model_copy(update={"as_of": "2027-01-01"})))
    assert shipped(supply, url).objects == 0
    assert records <= objects(url).keys() and not list(supply.glob("*.untold"))
    for key in records:
        obstore.delete(opened(url), key)
    shipped(another, url)
    assert records <= objects(url).keys() and not list(another.glob("*.untold"))


def test_what_was_put_there_lately_is_not_freed_as_another_home_may_be_about_to_name_it(
    few: Path, there: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, key = place("lately"), f"{COUNTIES[0]}/{PRODUCT.key}/L1/snapshot-of-another-home.parquet"
    shipped(few / "supply", url)
    obstore.put(opened(url), key, b"x")
    assert free_there(few / "supply", (), url) == f"0 objects are freed at {url}." and key in objects(url)
    monkeypatch.setattr("pipelines.retention.in_store._SETTLED", timedelta(0))
    assert free_there(few / "supply", (), url) == f"1 objects are freed at {url}." and key not in objects(url)


def pinning(home: Path, url: str) -> Callable[[], None]:
    """Pins version 1 for a county at a gateway whose mirror is as it is now, and is not brought up any more."""
    settings = replace(told(home / "gateway" / "mirror", home / "gateway"), store=url)
    catch_up(url, settings.supply, {})
    engine = open_database(settings)
    pins.write(engine, settings.state)
    to = grants.add_recipient(engine, COUNTIES[0], "数据局")
    given = grants.grant(engine, to, PRODUCT.key, "L3", purpose="审计", approver="张三", days=300)
    return partial(pins.pin, engine, settings, COUNTIES[0], given, 1)


def keys_of(supply: Path, version: int) -> set[str]:
    """The objects of a version of the first county."""
    folder = supply / COUNTIES[0] / PRODUCT.key
    named = files(read_manifest(folder / "manifests" / f"{version:06d}.json"))
    return {f"{COUNTIES[0]}/{PRODUCT.key}/{file.path}" for file in named}


def test_a_pin_at_another_machine_is_kept_here_and_there_though_it_came_while_retention_sought(
    few: Path, there: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, supply, say = place("pinned"), few / "supply", gc.say
    monkeypatch.setattr("pipelines.retention.in_store._SETTLED", timedelta(0))
    shipped(supply, url)
    monkeypatch.setenv("JUBIAN_SUPPLY", url)
    pin, asked = pinning(few, url), list[int]()

    def meanwhile(found: list[Free]) -> None:
        say(found)
        if not asked:
            asked.append(1)
            pin()

    monkeypatch.setattr(gc, "say", meanwhile)
    assert collect(monkeypatch, "--yes") == 0
    assert keys_of(supply, 1) <= objects(url).keys() and keys_of(supply, 1) <= lying(supply).keys()
    assert verify.main() == 0


def test_a_version_that_was_written_down_as_freed_is_not_pinned_by_a_gateway_that_lags_nor_after_a_kill(
    few: Path, there: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, supply = place("killed-freeing"), few / "supply"
    shipped(supply, url)
    monkeypatch.setenv("JUBIAN_SUPPLY", url)
    monkeypatch.setattr("pipelines.retention.in_store._SETTLED", timedelta(0))
    pin, before = pinning(few, url), objects(url)
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(gc, "record", raising)
        collect(killed, "--yes")
    assert before.keys() <= objects(url).keys()
    with pytest.raises(ValueError, match="Version 1 of enterprise_mirror is not kept any more"):
        pin()
    assert collect(monkeypatch, "--yes") == 0
    assert not keys_of(supply, 1) & objects(url).keys()
    monkeypatch.setattr("gateway.kept.pins.read", lambda *_: raising(Refuses("no route")))
    with pytest.raises(ValueError, match=r"does not answer \(no route\).*Nothing is pinned"):
        pin()


def raising(error: object) -> None:
    """Raise it; an interrupt where it is no error."""
    raise error if isinstance(error, Refuses) else KeyboardInterrupt


def test_what_is_not_shipped_is_freed_neither_here_nor_there(
    few: Path, there: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url, supply = place("not-shipped"), few / "supply"
    monkeypatch.setattr("pipelines.retention.in_store._SETTLED", timedelta(0))
    shipped(supply, url)
    monkeypatch.setenv("JUBIAN_SUPPLY", url)
    pinning(few, url)
    write_index(supply, [line_of(supply / county / PRODUCT.key) for county in COUNTIES[:2]], supply)
    before, there_before = lying(supply), objects(url)
    assert collect(monkeypatch, "--yes") == 0
    assert "another release: enterprise_mirror; make ship first" in capsys.readouterr().out
    assert lying(supply) == before and objects(url) == there_before


def test_a_version_that_was_freed_where_its_pin_was_not_known_is_kept_there(
    few: Path, there: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url, supply = place("freed-unknown"), few / "supply"
    monkeypatch.setattr("pipelines.retention.in_store._SETTLED", timedelta(0))
    shipped(supply, url)
    assert collect(monkeypatch, "--yes") == 0
    pinning(few, url)()
    monkeypatch.setenv("JUBIAN_SUPPLY", url)
    assert collect(monkeypatch, "--yes") == 0
    said = capsys.readouterr().out
    assert f"as a grant pins it: {COUNTIES[0]}/{PRODUCT.key} version 1; see: {typed('gateway pins')}" in said
    assert keys_of(supply, 1) <= objects(url).keys()


def test_nothing_is_freed_where_the_gateway_s_pins_are_not_though_a_command_of_it_was_typed(
    few: Path, there: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url, supply = place("no-pins"), few / "supply"
    shipped(supply, url)
    monkeypatch.setenv("JUBIAN_SUPPLY", url)
    before = bytes_below(supply)
    assert collect(monkeypatch, "--yes") == 1 and "pins are not here" in capsys.readouterr().out
    for words in (["shelf", COUNTIES[0]], ["granted"], ["grants", COUNTIES[0]]):
        assert gateway.main(words) == 0
    assert collect(monkeypatch, "--yes") == 1
    assert "JUBIAN_GATEWAY_STATE=… make gc YES=1" in capsys.readouterr().out
    assert bytes_below(supply) == before


def test_who_asks_what_would_be_freed_is_not_told_to_free_it(
    few: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("schemas.store._TIMES", 0)
    monkeypatch.setenv("JUBIAN_SUPPLY", place("away"))
    (few / "gateway").mkdir()
    (few / "gateway" / "pins.json").write_bytes(canonical(Pins()))
    with at("http://127.0.0.1:9"):
        for asked, again in (((), "go on: make gc\n"), (("--yes",), "go on: make gc YES=1\n")):
            assert collect(monkeypatch, *asked) == 1 and capsys.readouterr().out.endswith(again)


def test_nothing_is_freed_there_where_another_release_is_served(few: Path, there: str) -> None:
    url, supply = place("not-freed"), few / "supply"
    shipped(supply, url)
    before = objects(url)
    write_index(supply, [line_of(supply / county / PRODUCT.key) for county in COUNTIES[:2]], supply)
    assert f"another release: {PRODUCT.key}; make ship first" in free_there(supply, (), url)
    assert objects(url) == before


def test_a_run_that_cannot_ship_fails_and_says_what_is_served(
    days: Days, there: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = place("asset")
    monkeypatch.setattr(shipping, "supply", lambda: days.second)
    shipping.ship_product(PRODUCT)
    assert capsys.readouterr().out == ""
    monkeypatch.setenv("JUBIAN_SUPPLY", url)
    shipping.ship_product(PRODUCT)
    assert f"as of {SECOND}: shipped to {url}, 3 counties" in capsys.readouterr().out
    monkeypatch.setattr(shipping, "supply", lambda: days.first)
    with pytest.raises(dagster.Failure, match="NOT SHIPPED"):
        shipping.ship_product(PRODUCT)
    assert f"The release as of {SECOND} is served there, whole." in shipping.stays(PRODUCT, None)
    monkeypatch.setenv("JUBIAN_KNOWN", FIRST)
    shipping.ship_product(PRODUCT)


def test_the_command_ships_what_is_released_and_says_so(
    days: Days, there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    assert command.main() == 1 and "nowhere to ship to" in capsys.readouterr().out
    monkeypatch.setenv("JUBIAN_SUPPLY", url := place("command"))
    assert command.main() == 1 and "Run `make run` first" in capsys.readouterr().out
    shutil.copytree(days.first, tmp_path / "supply")
    assert command.main() == 0 and f"shipped to {url}, 3 counties" in capsys.readouterr().out
    assert command.main() == 0 and f"{url} has it already" in capsys.readouterr().out


def test_a_certificate_of_several_lines_is_taken(there: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROXY_CA_CERTIFICATE", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
    assert read(opened(place("certificate")), "index/x.json") is None
