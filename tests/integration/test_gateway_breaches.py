"""Broken promises reach a real webhook: late feeds and held data, each once, those found together in one message."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.door import Door, open_door
from gateway.kept import grants
from gateway.kept.database import BREACHES
from gateway.kept.waiting import WAITS, not_received
from gateway.kept.webhooks import Webhook, add_webhook, webhooks
from gateway.serving import breached
from gateway.serving.breached import look, send_due
from gateway.serving.message import of_breaches
from gateway.supply.breaches import breaches
from gateway.supply.promise import last_due
from schemas.china import CHINA
from schemas.feed import all_feeds
from schemas.manifest import Input
from tests.gateway import COUNTY, PRODUCT
from tests.manifests import manifest
from tests.published import hold
from tests.servers.gateway import told
from tests.servers.robot import Robot, try_to_the_end

REGISTER = all_feeds()["market_regulation_enterprise"]
# All feeds of the demo are of these days; nothing that has arrived is late.
IN_TIME, LONG_AFTER = datetime(2026, 7, 2, 5, tzinfo=CHINA), datetime(2026, 9, 30, 12, tzinfo=CHINA)


@pytest.fixture
def door(three_versions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Door:
    """A gateway's door over a county's releases, at a moment at which nothing is late."""
    supply = tmp_path / "supply"
    shutil.copytree(three_versions / "supply" / COUNTY, supply / COUNTY)
    shutil.copytree(three_versions / "supply" / "index", supply / "index")
    monkeypatch.setattr(breached, "now", lambda: IN_TIME)
    return open_door(told(supply, tmp_path / "state"))


def subscribed(door: Door, robot: Robot, form: str = "plain") -> grants.Grant:
    """A recipient with a grant and a webhook that has heard what is broken already."""
    to = grants.add_recipient(door.engine, COUNTY, "余杭区数据局")
    given = grants.grant(door.engine, to, PRODUCT, "L1", purpose="试用", approver="测试", days=1)
    add_webhook(door.engine, door.settings.supply, to, robot.url, form)
    assert send_due(door) == 0
    assert look(door) == send_due(door)
    robot.posted.clear()
    return given


def told_of(robot: Robot) -> list[dict[str, Any]]:
    """The breaches of the only message."""
    ((_, _, body),) = robot.posted
    notice = json.loads(body)
    assert notice["event"] == "breached" and notice["county"] == COUNTY
    return notice["breaches"]


def test_all_feeds_that_are_late_are_told_once_in_one_message(
    door: Door, robot: Robot, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribed(door, robot)
    monkeypatch.setattr(breached, "now", lambda: LONG_AFTER)
    found = look(door)
    assert found > 1 and look(door) == 0 and (send_due(door), send_due(door)) == (found, 0)
    late = {each["about"]: each["words"] for each in told_of(robot)}
    assert len(late) == found
    words = next(words for about, words in late.items() if about.startswith(f"late/{REGISTER.key}/2026-"))
    assert words.startswith(f"{REGISTER.title}（{REGISTER.department_title}）：最近一次应于 2026-09-29 ")
    assert "如有急用，请联系省数据局催办" in words


def test_a_feed_is_late_once_the_night_after_it_was_due_has_passed_without_it(tmp_path: Path) -> None:
    day = date(2026, 7, 1)
    rests = (Input(feed=REGISTER.key, file="", sha256="", as_of=day.isoformat(), rows=1),)
    version = manifest(inputs=rests)
    due = last_due(REGISTER.due.cron, datetime(2026, 7, 2 + REGISTER.due.every_days, 23, 59, tzinfo=CHINA))
    assert due is not None and due.date() - timedelta(days=REGISTER.due.every_days) > day
    before, after = due + timedelta(days=1, minutes=-1), due + timedelta(days=1)
    assert list(breaches(tmp_path, version, before)) == []
    (late,) = breaches(tmp_path, version, after)
    assert late.about == f"late/{REGISTER.key}/{day}"


def test_that_a_countys_newest_data_are_held_back_is_told_with_the_reason(door: Door, robot: Robot) -> None:
    subscribed(door, robot)
    hold(door.settings.supply, PRODUCT, COUNTY)
    assert (look(door), look(door), send_due(door), send_due(door)) == (1, 0, 1, 0)
    (held,) = told_of(robot)
    assert held["about"].startswith("held/") and "行数由 1,000 行骤减为 490 行" in held["words"]


def test_a_robot_is_told_in_its_own_form_and_what_products_share_once(door: Door, robot: Robot) -> None:
    subscribed(door, robot, "dingtalk")
    hold(door.settings.supply, PRODUCT, COUNTY)
    assert (look(door), send_due(door)) == (1, 1)
    ((_, _, body),) = robot.posted
    assert json.loads(body)["markdown"]["title"] == "供给承诺提醒"
    row = {"county": COUNTY, "county_name": "余杭区", "product": "p", "about": "a", "words": "税务登记：迟到"}
    some = [row | {"title": "企业镜像"}, row | {"title": "产业画像"}, row | {"title": "企业标签", "words": "另"}]
    _, body, _ = of_breaches(Webhook(1, 1, "http://127.0.0.1/", "dingtalk", "s"), some, 0)
    text = "### 余杭区 供给承诺提醒\n\n【企业镜像、产业画像】税务登记：迟到\n\n【企业标签】另"
    assert json.loads(body)["markdown"]["text"] == text


def test_what_was_not_received_is_sent_again_and_said_so(door: Door, robot: Robot) -> None:
    subscribed(door, robot)
    hold(door.settings.supply, PRODUCT, COUNTY)
    robot.answers = [(500, b"")] * (len(WAITS) + 1)
    assert look(door) == 1
    try_to_the_end(door.engine, BREACHES, lambda: send_due(door))
    assert len(robot.posted) == len(WAITS) + 1
    (hook,) = webhooks(door.engine)
    assert not_received(door.engine)[hook.id] == (
        f"that a promise of {PRODUCT} is broken was not received (500 Internal Server Error); tried 7 of 7 times"
    )


def test_what_was_given_up_with_a_grant_is_told_under_the_next_one(door: Door, robot: Robot) -> None:
    given = subscribed(door, robot)
    hold(door.settings.supply, PRODUCT, COUNTY)
    robot.answers = [(500, b"")]
    assert (look(door), send_due(door)) == (1, 0)
    assert grants.revoke(door.engine, given.id)
    try_to_the_end(door.engine, BREACHES, lambda: send_due(door))
    assert look(door) == 0
    (to,) = grants.recipients(door.engine, COUNTY)
    grants.grant(door.engine, to, PRODUCT, "L1", purpose="试用", approver="测试", days=1)
    robot.posted.clear()
    assert (look(door), look(door), send_due(door), send_due(door)) == (1, 0, 1, 0)
    (held,) = told_of(robot)
    assert held["about"].startswith("held/")


def test_nothing_is_told_of_a_grant_that_has_ended(door: Door, robot: Robot) -> None:
    given = subscribed(door, robot)
    hold(door.settings.supply, PRODUCT, COUNTY)
    assert look(door) == 1 and grants.revoke(door.engine, given.id)
    assert send_due(door) == 0 and robot.posted == []
    hold(door.settings.supply, PRODUCT, COUNTY)
    assert look(door) == 0
