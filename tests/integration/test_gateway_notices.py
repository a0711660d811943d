"""Notices reach a real webhook: signed, once, again after a failure, and as a DingTalk robot reads them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import shutil
import socket
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from sqlalchemy import select, update

from gateway.door import Door, open_door
from gateway.kept import grants
from gateway.kept.database import NOTICES, WEBHOOKS
from gateway.kept.waiting import WAITS, not_received
from gateway.kept.webhooks import Webhook, add_webhook, webhooks
from gateway.serving import notices, posting, rounds
from gateway.serving.message import Message, of_release
from gateway.serving.notices import look, send_due
from gateway.serving.watching import watch
from gateway.supply.counted import Counted
from schemas.manifest import Manifest, NoManifest
from tests.gateway import COUNTY, PRODUCT
from tests.servers.gateway import told
from tests.servers.robot import Robot, robots, try_to_the_end


@pytest.fixture
def door(three_versions: Path, tmp_path: Path) -> Door:
    """A gateway's door before the county's last release, which `release` makes."""
    folder = tmp_path / "supply" / COUNTY / PRODUCT
    shutil.copytree(three_versions / "supply" / COUNTY / PRODUCT, folder)
    shutil.copy(folder / "manifests" / "000001.json", folder / "manifest.json")
    return open_door(told(tmp_path / "supply", tmp_path / "state"))


def release(door: Door, version: int) -> None:
    """A version of which the L1 view has 3 updates and a delete, and the widest view more."""
    folder = door.settings.supply / COUNTY / PRODUCT
    manifest = json.loads((folder / "manifests" / "000001.json").read_bytes())
    manifest["version"], manifest["changes"] = version, {"update": {"dictionary": 9}, "delete": {"source": 1}}
    told = {"_change_type": ["update_postimage"] * 3 + ["delete"], "_cause": ["dictionary"] * 3 + ["source"]}
    pl.DataFrame(told).write_parquet(folder / "L1" / "changed.parquet")
    manifest["views"]["L1"]["changes"] |= {"path": "L1/changed.parquet", "rows": 4}
    for name in (f"manifests/{version:06d}.json", "new.json"):
        (folder / name).write_text(json.dumps(manifest))
    (folder / "new.json").replace(folder / "manifest.json")


def subscribed(door: Door, robot: Robot, form: str, secret: str = "") -> str:
    to = grants.add_recipient(door.engine, COUNTY, "余杭区数据局")
    grants.grant(door.engine, to, PRODUCT, "L1", purpose="试用", approver="测试", days=1)
    made = add_webhook(door.engine, door.settings.supply, to, robot.url, form, secret)
    assert look(door) == 0 and send_due(door) == 0
    return made.secret


def test_each_release_is_told_once_and_signed(door: Door, robot: Robot) -> None:
    secret = subscribed(door, robot, "plain")
    release(door, 2)
    assert (look(door), look(door), send_due(door), send_due(door)) == (1, 0, 1, 0)
    ((_, headers, body),) = robot.posted
    signed = f"{headers['X-Jubian-Timestamp']}.".encode() + body
    assert headers["X-Jubian-Signature"] == hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    notice = json.loads(body)
    assert (notice["county"], notice["product"], notice["version"]) == (COUNTY, PRODUCT, 2)
    assert "修改 3 行（对照表 3）" in notice["summary"] and "删除 1 行" in notice["summary"]


def told_of(robot: Robot) -> list[int]:
    """The versions that were told, in order."""
    return [json.loads(body)["version"] for _, _, body in robot.posted]


def test_a_first_release_and_versions_between_two_looks_are_told_each(door: Door, robot: Robot) -> None:
    pointer = door.settings.supply / COUNTY / PRODUCT / "manifest.json"
    pointer.unlink()
    subscribed(door, robot, "plain")
    release(door, 1)
    assert (look(door), look(door), send_due(door)) == (1, 0, 1)
    for version in (2, 3, 4):
        release(door, version)
    assert (look(door), look(door), send_due(door)) == (3, 0, 3)
    assert told_of(robot) == [1, 2, 3, 4]


def test_a_version_that_comes_before_the_first_look_is_told(door: Door, robot: Robot) -> None:
    to = grants.add_recipient(door.engine, COUNTY, "余杭区数据局")
    grants.grant(door.engine, to, PRODUCT, "L1", purpose="试用", approver="测试", days=1)
    add_webhook(door.engine, door.settings.supply, to, robot.url, "plain")
    release(door, 2)
    assert (look(door), send_due(door), told_of(robot)) == (1, 1, [2])


def test_a_webhook_is_added_once_all_that_it_is_to_know_can_be_read(door: Door, robot: Robot) -> None:
    for version in range(2, 6):
        release(door, version)
    pointer = door.settings.supply / COUNTY / PRODUCT / "manifest.json"
    whole = pointer.read_bytes()
    pointer.write_bytes(whole[:500])
    with pytest.raises(NoManifest, match="expected the manifest that was published"):
        subscribed(door, robot, "plain")
    assert webhooks(door.engine) == []
    pointer.write_bytes(whole)
    subscribed(door, robot, "plain")


def test_of_what_is_granted_later_only_later_versions_are_told(door: Door, robot: Robot) -> None:
    to = grants.add_recipient(door.engine, COUNTY, "余杭区数据局")
    add_webhook(door.engine, door.settings.supply, to, robot.url, "plain")
    for version in (2, 3):
        release(door, version)
    assert look(door) == 0
    grants.grant(door.engine, to, PRODUCT, "L1", purpose="试用", approver="测试", days=1)
    assert look(door) == 0
    release(door, 4)
    assert (look(door), send_due(door), told_of(robot)) == (1, 1, [4])


def test_a_dingtalk_robot_is_told_in_its_own_form(door: Door, robot: Robot) -> None:
    secret = "SEC" + "0123456789abcdef" * 4  # DingTalk makes it, and shows it on the robot's page
    assert subscribed(door, robot, "dingtalk", secret) == secret
    release(door, 2)
    robot.answers = [(200, '{"errcode":310000,"errmsg":"签名不匹配"}'.encode())]
    assert (look(door), send_due(door)) == (1, 0)
    path, _, body = robot.posted[0]
    query = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    signed = hmac.new(secret.encode(), f"{query['timestamp']}\n{secret}".encode(), hashlib.sha256).digest()
    assert base64.b64decode(query["sign"]) == signed and "access_token" in query
    assert json.loads(body)["markdown"]["title"] == "企业镜像 第 2 版"


def test_a_dingtalk_robot_that_has_no_secret_is_told_unsigned_where_it_is(door: Door, robot: Robot) -> None:
    assert subscribed(door, robot, "dingtalk") == ""
    release(door, 2)
    assert (look(door), send_due(door)) == (1, 1)
    path, _, body = robot.posted[0]
    assert list(parse_qs(urlsplit(path).query)) == ["access_token"]
    assert "余杭区" in json.loads(body)["markdown"]["text"], "the keyword that a robot may be secured by"


def test_what_was_not_received_is_sent_again_and_given_up_in_the_end(door: Door, robot: Robot) -> None:
    subscribed(door, robot, "plain")
    release(door, 2)
    robot.answers = [(500, b"")] * (len(WAITS) + 1)
    assert look(door) == 1
    try_to_the_end(door.engine, NOTICES, lambda: send_due(door))
    assert len(robot.posted) == len(WAITS) + 1
    with door.engine.connect() as connection:
        failed = connection.execute(select(NOTICES.c.error).where(NOTICES.c.sent.is_(None))).scalar_one()
    assert failed.startswith("500")
    (hook,) = webhooks(door.engine)
    assert not_received(door.engine)[hook.id] == (
        "version 2 of enterprise_mirror was not received (500 Internal Server Error); tried 7 of 7 times"
    )
    release(door, 3)
    assert (look(door), send_due(door)) == (1, 1)
    assert not_received(door.engine) == {}


def test_a_webhook_that_is_gone_holds_nothing_up(door: Door, robot: Robot) -> None:
    subscribed(door, robot, "plain")
    robot.server_close()
    release(door, 2)
    assert (look(door), send_due(door)) == (1, 0)
    (to,) = grants.recipients(door.engine, COUNTY)
    odd = ("https://192.168.1.999/", "https://xn--/x", "https://\u2603.net/", "https://robot/?q=\ud800")
    for none in ("file:///etc/passwd", "https:///robot", "https://oapi.dingtalk.com /robot", "https://robot:x/", *odd):
        with pytest.raises(ValueError, match="write an https address"):
            add_webhook(door.engine, door.settings.supply, to, none, "plain")


def test_an_address_that_is_none_and_a_version_that_cannot_be_read_hold_nobody_else_up(
    door: Door, robot: Robot
) -> None:
    to = grants.add_recipient(door.engine, COUNTY, "统计局")
    grants.grant(door.engine, to, PRODUCT, "L1", purpose="试用", approver="测试", days=1)
    add_webhook(door.engine, door.settings.supply, to, robot.url, "plain")
    with door.engine.begin() as connection:  # one of before such were refused
        connection.execute(update(WEBHOOKS).values(url="https://192.168.1.999/"))
    subscribed(door, robot, "plain")
    release(door, 2)
    assert (look(door), send_due(door)) == (2, 1)
    release(door, 3)
    assert look(door) == 2
    release(door, 4)
    (door.settings.supply / COUNTY / PRODUCT / "manifests" / "000003.json").write_text('{"of": "another form"}')
    assert (look(door), send_due(door)) == (2, 1)
    with door.engine.connect() as connection:
        errors = connection.execute(select(NOTICES.c.error).where(NOTICES.c.sent.is_(None))).scalars().all()
    assert sum("InvalidURL: " in each for each in errors) == 2
    assert sum("version 3 of" in each for each in errors) == 2


def outcomes(door: Door) -> list[tuple[int, bool, str]]:
    """Of each notice of version 2 how often it was tried, whether it was received, and why not."""
    columns = NOTICES.c
    asked = select(columns.tries, columns.sent.is_not(None), columns.error).where(columns.version == 2)
    with door.engine.connect() as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(asked.order_by(columns.id))]


@pytest.mark.parametrize(
    ("answer", "url", "why"),
    [(b"[" * 60_000, "", "DingTalk answered '[[["), (b"\0\x1b[2J", "", r"DingTalk answered '\x00\x1b[2J'"),
     (b"", "https://xn--/x", "IDNAError: "), (b"", "https://robot/?q=\ud800", "UnicodeEncodeError: ")],
)  # fmt: skip
def test_whatever_trouble_one_webhook_brings_is_its_reason_and_holds_nobody_else_up(
    door: Door, robot: Robot, monkeypatch: pytest.MonkeyPatch, answer: bytes, url: str, why: str
) -> None:
    with robots() as odd:
        odd.answers = [(200, answer)]
        subscribed(door, odd, "dingtalk")
        subscribed(door, robot, "plain")
        first, second = webhooks(door.engine)
        amiss = [replace(first, url=url or first.url), second]
        monkeypatch.setattr(rounds, "webhooks", lambda _: amiss)
        release(door, 2)
        assert (look(door), send_due(door)) == (2, 1)
    (tries, is_sent, error), received = outcomes(door)
    assert (tries, is_sent, received) == (1, False, (1, True, "")) and error.startswith(why)


def test_what_goes_wrong_with_one_webhook_is_raised_once_all_others_have_been_told(
    door: Door, robot: Robot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        subscribed(door, robot, "plain")
    first = webhooks(door.engine)[0].id

    def broken(hook: Webhook, manifest: Manifest, counts: Counted, now: float) -> Message:
        if hook.id == first:
            raise KeyError("another form")
        return of_release(hook, manifest, counts, now)

    monkeypatch.setattr(notices, "of_release", broken)
    release(door, 2)
    assert look(door) == 2
    with pytest.raises(KeyError, match="another form"):
        send_due(door)
    assert told_of(robot) == [2] and outcomes(door) == [(0, False, ""), (1, True, "")]


def test_an_endpoint_that_never_ends_its_answer_holds_nobody_else_up(
    door: Door, robot: Robot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "_DEADLINE", 0.5)
    monkeypatch.setattr(posting, "_MOST_READ", 1 << 30)
    subscribed(door, robot, "plain")
    with Robot() as slow:
        slow.drips = True
        threading.Thread(target=slow.serve_forever, daemon=True).start()
        subscribed(door, slow, "plain")
        release(door, 2)
        begun = time.monotonic()
        assert (look(door), send_due(door)) == (2, 1) and time.monotonic() - begun < 5
        slow.stopped.set()
        slow.shutdown()
    with door.engine.connect() as connection:
        assert connection.execute(select(NOTICES.c.error)).scalars().all().count("no whole answer within 0.5 seconds")


def test_a_name_that_no_resolver_answers_holds_nobody_else_up(
    door: Door, robot: Robot, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up, is_over = socket.getaddrinfo, threading.Event()

    def silent(host: str | bytes, *more: Any, **told: Any) -> Any:
        if host not in ("robot.example", b"robot.example"):
            return look_up(host, *more, **told)
        is_over.wait(20)
        raise socket.gaierror("no resolver answers")

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    monkeypatch.setattr(posting, "_DEADLINE", 0.5)
    subscribed(door, robot, "plain")
    (to,) = grants.recipients(door.engine, COUNTY)
    add_webhook(door.engine, door.settings.supply, to, "https://robot.example/", "plain")
    release(door, 2)
    begun = time.monotonic()
    assert (look(door), send_due(door)) == (2, 1) and time.monotonic() - begun < 5
    is_over.set()
    assert [is_sent for _, is_sent, _ in outcomes(door)] == [True, False]


def test_nothing_is_told_of_a_grant_that_has_ended(door: Door, robot: Robot) -> None:
    subscribed(door, robot, "plain")
    release(door, 2)
    assert look(door) == 1
    (grant,) = grants.holding(door.engine, 1)
    assert grants.revoke(door.engine, grant.id)
    assert send_due(door) == 0 and send_due(door) == 0 and robot.posted == []


def test_notices_go_on_after_whatever_goes_wrong(door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    stop, rounds = threading.Event(), list[str]()

    def broken(_: Door) -> int:
        rounds.append("look")
        raise KeyError("another form")

    def counting(_: Door) -> int:
        rounds.append("send")
        if len(rounds) > 5:
            stop.set()
        return 0

    watch(door, (broken, counting), 0.01, stop)
    assert rounds == ["look", "send"] * 3
    assert "Notices wait (KeyError: 'another form'). They are tried again" in capsys.readouterr().out
