"""The gateway over a supply in an object store: the same answers, whatever the store refuses or is moved to."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import delta_sharing
import httpx
import obstore
import polars
import pytest
from anyio import to_thread

from gateway import __main__ as gateway
from gateway import app
from gateway.kept import grants
from gateway.settings import Settings, settings
from gateway.supply import bringing, described, folded, increment, mirror, turns
from gateway.supply.mirror import brought_up, catch_up, follow
from pipelines.shipping.ship import ship
from schemas.ledger import FOLDER
from schemas.manifest import File, Manifest
from schemas.odcs import contract_path
from schemas.store import Refuses, index_key, opened, record_key
from tests.gateway import SCHEMA
from tests.killing import PRODUCT
from tests.published import manifest_of, rows
from tests.servers.gateway import Served, serving, told
from tests.servers.s3 import Refusing, refusing
from tests.shipping import COUNTIES, Days, at, days, place, sent, server

__all__ = ["days", "server"]
COUNTY = COUNTIES[0]


def over(url: str, state: Path) -> Settings:
    """Settings of a gateway over a store, whose mirror is brought up to it."""
    made = replace(told(state / "mirror", state), store=url)
    catch_up(url, made.supply, {})
    return made


def widest(supply: Path) -> tuple[Manifest, File]:
    """What is served to the county on disk: its manifest and the widest view's snapshot or changes."""
    manifest = manifest_of(supply / COUNTY / PRODUCT.key)
    view = list(manifest.views.values())[-1]
    return manifest, view.snapshot or view.changes


def address(version: int, kind: str = "snapshot") -> str:
    """The address of a county's file."""
    return f"/files/{COUNTY}/{PRODUCT.key}/L3/{version}/{kind}.parquet"


def asking(at_door: Served, token: str) -> httpx.Client:
    """A client of the gateway with a token."""
    return httpx.Client(base_url=at_door.settings.address, headers={"Authorization": f"Bearer {token}"}, timeout=60)


def test_files_ranges_and_tables_come_out_of_the_store(days: Days, server: str, tmp_path: Path) -> None:
    url = place("served")
    with at(server):
        ship(PRODUCT.key, days.second, url)
        with serving(over(url, tmp_path)) as door, asking(door, token := door.recipient(COUNTY)) as http:
            manifest, _ = widest(days.second)
            promised = days.second / COUNTY / PRODUCT.key / contract_path(manifest.contract_sha256)
            assert http.get(f"/counties/{COUNTY}/{PRODUCT.key}/latest/contract.yaml").content == promised.read_bytes()
            first = manifest_of(days.second / COUNTY / PRODUCT.key, 1).views["L3"].snapshot
            assert first is not None
            published = (days.second / COUNTY / PRODUCT.key / first.path).read_bytes()
            assert not (door.settings.supply / COUNTY / PRODUCT.key / first.path).exists()
            part = http.get(address(1), headers={"Range": "bytes=4-99"})
            assert (part.status_code, part.content) == (206, published[4:100])
            assert http.get(address(1)).content == published
            assert door.record(what="served", bytes=96)["file"] == first.path
            table = delta_sharing.load_as_pandas(f"{door.profile(token)}#{COUNTY}.{SCHEMA}.L3")
            assert len(table) == manifest.rows == rows(days.second / COUNTY / PRODUCT.key, manifest, "L3").height
            assert http.get(address(1).replace(COUNTY, COUNTIES[1])).status_code == 404
            for grant in grants.grants_of(door.door.engine, 1):
                grants.revoke(door.door.engine, grant.id)
            assert http.get(address(1)).status_code == 404


def test_a_release_is_served_once_its_index_is_there_and_not_before(days: Days, server: str, tmp_path: Path) -> None:
    url = place("moved")
    with at(server):
        ship(PRODUCT.key, days.first, url)
        made = over(url, tmp_path)
        with serving(made) as door, asking(door, door.recipient(COUNTY)) as http:
            assert http.get(address(1)).status_code == 200
            for key, file in sent(days.second).items():
                if not key.startswith("index/"):
                    obstore.put(opened(url), key, file)
            catch_up(url, made.supply, known := {})
            assert http.get(address(2, "changes")).status_code == 404
            ship(PRODUCT.key, days.second, url)
            catch_up(url, made.supply, known)
            assert http.get(address(2, "changes")).status_code == 200
            assert http.get(address(1)).status_code == 200


def test_what_was_brought_is_served_while_the_store_is_silent_and_the_rest_asked_for_again(
    days: Days, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schemas.store._TIMES", 1)
    url = place("silent")
    with at(server):
        ship(PRODUCT.key, days.second, url)
    with refusing(server, every=0) as proxy, at(proxy.address), serving(over(url, tmp_path)) as door:
        http = asking(door, door.recipient(COUNTY))
        assert http.get(address(1)).status_code == 200
        proxy.refuses = lambda method, path: True
        assert http.get(address(1)).status_code == 200
        away = http.get(address(2, "changes"))
        assert (away.status_code, away.headers["Retry-After"]) == (503, "30")
        proxy.refuses = None
        assert http.get(address(2, "changes")).status_code == 200


def test_a_setting_of_the_store_that_cannot_be_meant_is_told_and_what_was_brought_is_served(
    days: Days, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = place("misset")
    with at(server):
        ship(PRODUCT.key, days.second, url)
    with at(server), serving(over(url, tmp_path)) as door:
        http = asking(door, door.recipient(COUNTY))
        assert http.get(address(1)).status_code == 200
        with monkeypatch.context() as wrong:
            wrong.setenv("AWS_ENDPOINT_URL", "objects.example")
            opened.cache_clear()
            assert brought_up(url, door.settings.supply, {}) == {
                url: f"{url} cannot be asked: AWS_ENDPOINT_URL is 'objects.example'; expected https://HOST or "
                "https://HOST:PORT. What is on this machine stays served."
            }
            assert http.get(address(1)).status_code == 200
            away = http.get(address(2, "changes"))
            assert (away.status_code, away.headers["Retry-After"]) == (503, "30")


@contextmanager
def silent(proxy: Refusing) -> Iterator[None]:
    """A store that accepts and does not answer, while the `with` lasts."""
    speaks = threading.Event()
    proxy.refuses = lambda method, path: not speaks.wait()
    try:
        yield
    finally:
        proxy.refuses = None
        speaks.set()


def test_what_is_here_is_answered_at_once_while_many_wait_for_a_store_that_is_silent(
    days: Days, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "_WAITING", threading.Semaphore(4))
    monkeypatch.setattr(bringing, "_SECONDS", 3)
    url, answered = place("stalled"), list[int]()
    with at(server):
        ship(PRODUCT.key, days.second, url)
    with refusing(server, every=0) as proxy, at(proxy.address), serving(over(url, tmp_path)) as door:
        http, asks = asking(door, door.recipient(COUNTY)), list[threading.Thread]()
        assert http.get(address(1)).status_code == 200
        with silent(proxy):
            for county in COUNTIES:
                token, steps = door.recipient(county), product(("L1", "L2", "L3"), (1, 2), ("snapshot", "changes"))
                for level, version, kind in steps:
                    path = f"/files/{county}/{PRODUCT.key}/{level}/{version}/{kind}.parquet"
                    if (county, path) != (COUNTY, address(1)):
                        other = asking(door, token)
                        asks += [threading.Thread(target=lambda a=other, p=path: answered.append(a.get(p).status_code))
                                 for _ in range(2)]  # fmt: skip
            for each in asks:
                each.start()
            time.sleep(1)
            for _ in range(3):
                began = time.monotonic()
                assert http.get(address(1), timeout=2).status_code == 200
                assert http.get("/delta-sharing/shares", timeout=2).status_code == 200
                assert time.monotonic() - began < 2
            for each in asks:
                each.join(10)
            assert answered == [503] * len(asks)
        deadline = time.monotonic() + 60
        while (again := http.get(address(2, "changes")).status_code) == 503 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert again == 200


def test_whoever_waits_for_a_contract_or_a_snapshot_s_files_keeps_none_waiting_whose_are_here(
    days: Days, server: str, tmp_path: Path
) -> None:
    url = place("held")
    with at(server):
        ship(PRODUCT.key, days.second, url)
    with refusing(server, every=0) as proxy, at(proxy.address):
        made = over(url, tmp_path)
        manifest = manifest_of(made.supply / COUNTY / PRODUCT.key)
        assert manifest.views["L3"].snapshot is None
        asks = [
            threading.Thread(target=described.contract, args=(described.contract_file(made.supply, manifest),)),
            threading.Thread(target=folded.snapshot, args=(made, manifest, "L3")),
            threading.Thread(target=increment.increment, args=(made, COUNTY, PRODUCT.key, "L3", 1, 2)),
        ]
        with silent(proxy):
            for each in asks:
                each.start()
            time.sleep(0.5)
            are_free = [lock.acquire(timeout=1) for lock in (described._READING, turns._MAKING)]
            for lock, is_free in zip((described._READING, turns._MAKING), are_free, strict=True):
                if is_free:
                    lock.release()
        for each in asks:
            each.join(60)
    assert are_free == [True, True]


def test_a_gateway_over_a_store_has_threads_for_those_that_wait_for_it(tmp_path: Path) -> None:
    async def threads(store: str) -> float:
        async with app._watching(app.make(replace(told(tmp_path / "mirror", tmp_path), store=store))):
            return to_thread.current_default_thread_limiter().total_tokens

    assert asyncio.run(threads("s3://a/b")) == asyncio.run(threads("")) + bringing.MOST


def test_a_disk_that_is_full_is_called_that_and_what_lies_there_is_served(
    days: Days, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    url, stop = place("full"), threading.Event()
    with at(server):
        ship(PRODUCT.key, days.first, url)
        with serving(over(url, tmp_path)) as door, asking(door, door.recipient(COUNTY)) as http:
            assert http.get(address(1)).status_code == 200
            monkeypatch.setattr(bringing, "fetch", full)
            monkeypatch.setattr(mirror, "put_bytes", full)
            monkeypatch.setattr(os, "utime", full)
            monkeypatch.setattr(mirror, "_DAY", -1)
            assert http.get(address(1)).status_code == 200
            away = http.get(address(1, "changes"))
            assert (away.status_code, away.headers["Retry-After"]) == (503, "30")
            assert "cannot be brought here just now" in away.json()["message"]
            threading.Timer(0.5, stop.set).start()
            follow(url, door.settings.supply, stop, 0.05)
    brought, followed = (record.getMessage() for record in caplog.records)
    for line in (brought, followed):
        assert "cannot be written on this machine (No space left on device)" in line and "df -h" in line
        assert "does not answer" not in line


def test_a_store_that_refuses_every_tenth_call_is_not_noticed(days: Days, server: str, tmp_path: Path) -> None:
    url = place("tenth-read")
    with at(server):
        ship(PRODUCT.key, days.second, url)
    with refusing(server, every=10) as proxy, at(proxy.address), serving(over(url, tmp_path)) as door:
        for county in COUNTIES:
            with asking(door, door.recipient(county)) as http:
                for version in (1, 2):
                    manifest = manifest_of(days.second / county / PRODUCT.key, version)
                    for level, view in manifest.views.items():
                        got = http.get(f"/files/{county}/{PRODUCT.key}/{level}/{version}/changes.parquet")
                        assert hashlib.sha256(got.content).hexdigest() == view.changes.sha256
        assert proxy.refused >= 2


def test_a_file_that_is_not_the_published_one_is_not_served(days: Days, server: str, tmp_path: Path) -> None:
    url = place("wrong")
    with at(server):
        ship(PRODUCT.key, days.first, url)
        file = manifest_of(days.first / COUNTY / PRODUCT.key).views["L3"].changes
        obstore.put(opened(url), f"{COUNTY}/{PRODUCT.key}/{file.path}", b"x" * file.size)
        with serving(over(url, tmp_path)) as door, asking(door, door.recipient(COUNTY)) as http:
            assert http.get(address(1, "changes")).status_code == 503


def test_a_gateway_follows_the_store(days: Days, server: str, tmp_path: Path) -> None:
    url, stop = place("followed"), threading.Event()
    with at(server):
        ship(PRODUCT.key, days.first, url)
        made = over(url, tmp_path)
        follower = threading.Thread(target=follow, args=(url, made.supply, stop, 0.05))
        follower.start()
        ship(PRODUCT.key, days.second, url)
        deadline = time.monotonic() + 20
        while manifest_of(made.supply / COUNTY / PRODUCT.key).version < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        stop.set()
        follower.join()


def test_whoever_read_the_index_before_a_release_does_not_take_the_mirror_back(
    days: Days, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command reads the index and is slow; meanwhile a release is shipped and the gateway follows it."""
    url, point, reads, goes_on = place("back"), mirror._point, threading.Event(), threading.Event()

    def slowly(*arguments: Any) -> None:
        monkeypatch.setattr(mirror, "_point", point)
        reads.set()
        goes_on.wait(20)
        point(*arguments)

    with at(server):
        ship(PRODUCT.key, days.first, url)
        made, known = tmp_path / "mirror", dict[str, str]()
        catch_up(url, made, known)
        monkeypatch.setattr(mirror, "_point", slowly)
        command = threading.Thread(target=catch_up, args=(url, made, {}))
        command.start()
        assert reads.wait(20)
        ship(PRODUCT.key, days.second, url)
        gateway_too = threading.Thread(target=catch_up, args=(url, made, known))
        gateway_too.start()
        gateway_too.join(1)
        goes_on.set()
        command.join(20)
        gateway_too.join(20)
        for _ in range(2):
            assert {manifest_of(made / county / PRODUCT.key).version for county in COUNTIES} == {2}
            catch_up(url, made, known)


def test_a_mirror_that_is_removed_while_the_gateway_follows_is_there_again(
    days: Days, server: str, tmp_path: Path
) -> None:
    url, known = place("removed"), dict[str, str]()
    with at(server):
        ship(PRODUCT.key, days.first, url)
        catch_up(url, tmp_path / "mirror", known)
        shutil.rmtree(tmp_path / "mirror")
        catch_up(url, tmp_path / "mirror", known)
    assert manifest_of(tmp_path / "mirror" / COUNTY / PRODUCT.key).version == 1


def _stray(url: str) -> None:
    for key in ("freed/README.txt", "freed/33/x.json", "index/enterprise_mirror.json.bak"):
        obstore.put(opened(url), key, b"hello")


def _newer_forms(url: str) -> None:
    """An index and a record with a field more, as of a daemon that was upgraded first; an index misnamed."""
    index = json.loads(bytes(obstore.get(opened(url), index_key(PRODUCT.key)).bytes()))
    obstore.put(opened(url), index_key("another"), json.dumps({**index, "product": "another", "more": 1}).encode())
    obstore.put(opened(url), index_key("a_copy"), json.dumps(index).encode())
    obstore.put(opened(url), record_key(COUNTY, "another"), b'{"oldest": 1, "more": 1}')


def _another_s_manifest_is_missing(url: str) -> None:
    """A product that was shipped by half: its index names what is not there."""
    index = json.loads(bytes(obstore.get(opened(url), index_key(PRODUCT.key)).bytes()))
    obstore.put(opened(url), index_key("another"), json.dumps({**index, "product": "another"}).encode())


@pytest.mark.parametrize(("spoil", "told"), [
    (_stray, []),
    (_newer_forms, ["freed/330105/another.json is of a form that is not known here (more: Extra inputs",
                    "index/a_copy.json is of a form that is not known here (it tells of enterprise_mirror)",
                    "index/another.json is of a form that is not known here (more: Extra inputs"]),
    (_another_s_manifest_is_missing, ["/another/manifests/000001-"]),
])  # fmt: skip
def test_a_gateway_follows_the_store_past_keys_that_it_cannot_take_over_and_tells_each_once(
    days: Days, server: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, spoil: Callable[[str], None],
    told: list[str],
) -> None:  # fmt: skip
    url, stop = place(spoil.__name__), threading.Event()
    with at(server):
        ship(PRODUCT.key, days.first, url)
        made = over(url, tmp_path)
        spoil(url)
        follower = threading.Thread(target=follow, args=(url, made.supply, stop, 0.05))
        follower.start()
        time.sleep(0.5)
        ship(PRODUCT.key, days.second, url)
        deadline = time.monotonic() + 20
        while manifest_of(made.supply / COUNTY / PRODUCT.key).version < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        stop.set()
        follower.join()
    assert {manifest_of(made.supply / county / PRODUCT.key).version for county in COUNTIES} == {2}
    lines = sorted(record.getMessage() for record in caplog.records)
    assert len(lines) == len(told) and all(part in line for part, line in zip(told, lines, strict=True))
    assert all("stays served" in line for line in lines)
    assert not (made.supply / COUNTY / "another" / "freed.json").exists()


def test_a_gateway_follows_on_after_whatever_goes_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, left = threading.Event(), iter([KeyError("x"), KeyError("x"), RuntimeError("y")])

    def broken(*_: object) -> dict[str, str]:
        if (error := next(left, None)) is None:
            stop.set()
            return {}
        raise error

    monkeypatch.setattr(mirror, "catch_up", broken)
    follow("s3://a/b", tmp_path, stop, 0.01)
    assert ["KeyError: 'x'" in each.getMessage() for each in caplog.records] == [True, False]
    assert all("start the gateway anew" in each.getMessage() for each in caplog.records)


def test_a_gateway_that_is_cut_off_while_it_follows_serves_each_county_whole_and_goes_on(
    days: Days, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schemas.store._TIMES", 1)
    url = place("cut-off")
    with at(server):
        ship(PRODUCT.key, days.first, url)
        made = over(url, tmp_path)
        ship(PRODUCT.key, days.second, url)
    with refusing(server, every=0) as proxy, at(proxy.address):
        proxy.refuses = lambda method, path: f"/{COUNTIES[1]}/" in path
        with pytest.raises(Refuses):
            catch_up(url, made.supply, known := {})
        assert manifest_of(made.supply / COUNTIES[1] / PRODUCT.key) == manifest_of(
            days.first / COUNTIES[1] / PRODUCT.key
        )
        proxy.refuses = None
        catch_up(url, made.supply, known)
    for county in COUNTIES:
        assert manifest_of(made.supply / county / PRODUCT.key) == manifest_of(days.second / county / PRODUCT.key)


def test_what_nobody_asks_for_is_let_go_and_another_store_is_another_mirror(
    days: Days, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = place("old")
    with at(server):
        ship(PRODUCT.key, days.first, url)
        made = over(url, tmp_path)
        manifest, file = widest(days.first)
        lies = mirror.here(made.supply / COUNTY / PRODUCT.key / file.path)
        assert lies.exists()
        monkeypatch.setattr(mirror, "_KEPT_DAYS", -1)
        catch_up(url, made.supply, {})
        assert not lies.exists() and mirror.here(lies).exists()
        ship(PRODUCT.key, days.second, other := place("another"))
        assert over(other, tmp_path).supply == made.supply and not lies.exists()
        assert manifest_of(made.supply / COUNTY / PRODUCT.key).version == manifest.version + 1


def test_a_file_that_gets_its_name_while_a_gateway_follows_is_no_trouble(
    days: Days, server: str, tmp_path: Path
) -> None:
    """It is listed under the name that it is written under, and no more there when it is looked at."""
    url = place("renamed")
    with at(server):
        ship(PRODUCT.key, days.first, url)
        made = over(url, tmp_path)
        folder = made.supply / COUNTY / PRODUCT.key / "L1"
        folder.mkdir()
        (folder / ".snapshot.parquet.0.part").symlink_to(folder / "gone")
        ship(PRODUCT.key, days.second, url)
        assert brought_up(url, made.supply, {}) == {}


def test_the_environment_names_the_store_and_the_shelf_shows_where_it_is(
    days: Days, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = place("shelf")
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    with at(server):
        ship(PRODUCT.key, days.first, url)
        monkeypatch.setenv("JUBIAN_SUPPLY", url)
        assert gateway.main(["shelf", COUNTY]) == 0
        (line,) = re.findall(rf"open it: (.*'{url}/{COUNTY}/{PRODUCT.key}/L3/snapshot-.*)", capsys.readouterr().out)
        assert eval(line, {"polars": polars}).height == 5
        assert settings().supply == tmp_path / "gateway" / "mirror"
        assert settings().ledger == tmp_path / FOLDER
    monkeypatch.setenv("JUBIAN_SUPPLY", str(tmp_path / "folder"))
    assert (settings().store, settings().supply) == ("", tmp_path / "folder")
    assert settings().ledger == tmp_path / FOLDER
    monkeypatch.setenv("JUBIAN_SUPPLY", "gs://bucket/prefix")
    with pytest.raises(ValueError, match=r"may be a folder or s3://"):
        settings()
