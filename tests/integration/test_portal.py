"""The portal stays shut and speaks plainly: sessions, forms, free text, other counties, a sentence in every state."""

from __future__ import annotations

import errno
import html
import json
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import httpx
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.exceptions import ColumnNotFoundError
from sqlalchemy import event, update

import gateway.supply.promise as promise
from gateway.__main__ import main
from gateway.app import make
from gateway.audit import verify
from gateway.kept import grants, requests, tokens
from gateway.kept.database import GRANTS, OBJECTIONS
from gateway.portal import asking, session, workbook
from gateway.portal.page import GUARDS
from gateway.settings import settings as configured
from gateway.supply.released import released, served
from pipelines.objections.raised import read_objections
from schemas.china import CHINA
from schemas.manifest import Absence, canonical, index_file
from schemas.objection import FILE, objections_file
from tests import published
from tests.gateway import COUNTY, PRODUCT, SCHEMA
from tests.portal import Person, alert, person, visitor
from tests.servers.gateway import Served, serving, take_the_number_of_the_one_before, told

OTHER = "330782"
PAGES = ("", f"/products/{PRODUCT}", f"/products/{PRODUCT}/columns", f"/products/{PRODUCT}/columns/status",
         f"/products/{PRODUCT}/connect", "/grants", "/objections")  # fmt: skip
# Of the menu, what leads to the first product's page.
MENU = ("/columns", "/connect")
EVIL = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}&lt;"


@pytest.fixture(scope="module")
def gateway(three_versions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(told(three_versions / "supply", tmp_path_factory.mktemp("state"))) as running:
        yield running


@pytest.fixture
def own(three_versions: Path, tmp_path: Path) -> Iterator[Served]:
    """A gateway over a supply of one's own, of which only one county is there."""
    supply = tmp_path / "supply"
    shutil.copytree(three_versions / "supply" / COUNTY, supply / COUNTY)
    shutil.copytree(three_versions / "supply" / "index", supply / "index")
    with serving(told(supply, tmp_path / "state")) as running:
        yield running


@pytest.fixture(scope="module")
def row(gateway: Served) -> dict[str, str]:
    manifest = served(gateway.settings.supply, COUNTY, PRODUCT)
    rows = published.rows(gateway.settings.supply / COUNTY / PRODUCT, manifest, "L3")
    return rows.filter(pl.col("revenue") > 0).row(0, named=True)


@pytest.fixture
def county(gateway: Served) -> Iterator[Person]:
    with person(gateway, gateway.recipient(COUNTY, "L2")) as found:
        yield found


def number(gateway: Served, token: str) -> int:
    found = tokens.good_token(gateway.door.engine, token)
    assert found is not None
    return found.recipient


def test_no_page_is_shown_to_a_stranger_and_none_is_part_of_the_protocol(gateway: Served) -> None:
    with visitor(gateway) as stranger:
        for path in (*PAGES, *MENU):
            answer = stranger.http.get(f"/portal{path}")
            assert (answer.status_code, answer.headers["location"]) == (303, "/portal/sign-in"), path
        for path in ("/grants", "/objections", "/sign-out"):
            assert stranger.http.post(f"/portal{path}", data={"csrf": "x"}).status_code in (303, 403)
    assert not [path for path in make(gateway.settings).openapi()["paths"] if "portal" in path]


def test_the_bare_address_of_the_gateway_leads_to_the_portal(gateway: Served) -> None:
    with visitor(gateway) as stranger:
        for path in ("/", "/portal/"):
            answer = stranger.http.get(path, headers={"Host": "evil.example"})
            assert (answer.status_code, answer.headers["location"]) == (303, "/portal"), path
        for path in ("/portal/grants/", "/delta-sharing/shares/"):
            answer = stranger.http.get(path, headers={"Host": "evil.example"})
            assert (answer.status_code, answer.headers.get("location")) == (404, None), path
    assert "/" not in make(gateway.settings).openapi()["paths"]


def test_every_answer_lets_nothing_of_another_host_in(county: Person) -> None:
    for path in (*PAGES, *MENU, "/style.css", "/sign-in", "/nowhere"):
        answer = county.http.get(f"/portal{path}")
        for name, value in GUARDS.items():
            assert answer.headers[name] == value or (name == "Cache-Control" and path == "/style.css"), (path, name)
        text = answer.text.replace(str(county.http.base_url).rstrip("/"), "")
        assert "http://" not in text and "https://" not in text and "<script" not in text and "style=" not in text, path


def test_every_page_names_its_icon_and_a_browser_keeps_it(county: Person) -> None:
    """Of a page that names none a browser asks for /favicon.ico, with each that it opens."""
    for path in (*PAGES, "/sign-in", "/nowhere"):
        assert 'rel="icon" type="image/svg+xml" href="/portal/icon.svg"' in county.http.get(f"/portal{path}").text, path
    icon = county.http.get("/portal/icon.svg")
    assert (icon.status_code, icon.headers["content-type"]) == (200, "image/svg+xml")
    assert "max-age" in icon.headers["cache-control"] and icon.headers["x-content-type-options"] == "nosniff"
    assert ElementTree.fromstring(icon.text).tag.endswith("svg")


@pytest.mark.parametrize("lost", ["table", "table cut short", "manifest"])
def test_of_what_the_disk_has_damaged_a_person_and_a_client_read_that_it_is_not_lost(
    own: Served, lost: str, caplog: pytest.LogCaptureFixture
) -> None:
    folder, token = own.settings.supply / COUNTY / PRODUCT, own.recipient(COUNTY, "L2")
    manifest = served(own.settings.supply, COUNTY, PRODUCT)
    table = folder / (manifest.views["L2"].snapshot or manifest.views["L2"].changes).path
    file = folder / "manifest.json" if lost == "manifest" else table
    content = file.read_bytes()
    file.unlink()
    if lost != "table":
        file.write_bytes(content[:40])
    with person(own, token) as reader:
        answer = reader.http.get(f"/portal/products/{PRODUCT}")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "3600") and "都没有丢失" in alert(answer)
        share = f"/delta-sharing/shares/{COUNTY}/schemas/{SCHEMA}/tables/L2/query"
        told = reader.http.post(share, json={}, headers={"Authorization": f"Bearer {token}"})
        assert told.status_code == 503 and "You may have it" in told.json()["message"]
    assert any(PRODUCT in each.message and "make verify" in each.message for each in caplog.records)


def test_where_a_line_has_no_room_a_person_and_a_client_are_told_to_ask_again(
    own: Served, caplog: pytest.LogCaptureFixture
) -> None:
    token, log = own.recipient(COUNTY), own.settings.log
    headers, where = {"Authorization": f"Bearer {token}"}, f"/portal/products/{PRODUCT}"
    with person(own, token) as reader, visitor(own) as stranger:
        log.unlink()
        log.symlink_to("/dev/full")
        answers = [reader.http.get(f"{where}/{each}") for each in ("workbook.xlsx", "picture.svg", "columns/status")]
        for answer in (*answers, stranger.send("/sign-in", token=token)):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "30") and "写不下" in alert(answer)
        told = reader.http.get(f"/files/{COUNTY}/{PRODUCT}/L1/1/changes.parquet", headers=headers)
        assert (told.status_code, told.headers["retry-after"]) == (503, "30") and "disk" in told.json()["message"]
        reader.read(f"/products/{PRODUCT}")
    assert f"{own.settings.state} cannot be written (No space left on device)" in caplog.text


def test_what_a_disk_says_otherwise_is_a_fault_of_ours(own: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise OSError(errno.EBADF, "Bad file descriptor")

    monkeypatch.setattr(own.door.audit, "write", fails)
    with visitor(own) as stranger:
        assert stranger.send("/sign-in", token=own.recipient(COUNTY)).status_code == 500


@pytest.mark.parametrize("lost", ["pointer", "pointer cut short"])
def test_a_damaged_product_keeps_back_no_other(own: Served, lost: str) -> None:
    folder, beside = own.settings.supply / COUNTY / PRODUCT, own.settings.supply / COUNTY / "beside"
    shutil.copytree(folder, beside)
    for file in (beside / "manifest.json", *beside.glob("manifests/*.json")):
        file.write_text(file.read_text().replace(f'"product": "{PRODUCT}"', '"product": "beside"'))
    token = own.recipient(COUNTY, "L2", PRODUCT, "beside", "never_released")
    (folder / "manifest.json").unlink()
    if lost == "pointer cut short":
        (folder / "manifest.json").write_text("{")
    with person(own, token) as reader:
        said = reader.read()
        assert "正常提供" in said and said.count("发布文件受损") == 1 and said.count("还没有发布过") == 1
        reader.read("/grants")
        headers = {"Authorization": f"Bearer {token}"}
        listed = reader.http.get(f"/counties/{COUNTY}/products", headers=headers).json()
        assert [each["product"] for each in listed["items"]] == ["beside"] and listed["damaged"] == [PRODUCT]
        assert "beside" in reader.http.get(f"/counties/{COUNTY}/releases.atom", headers=headers).text
        share = f"/delta-sharing/shares/{COUNTY}/schemas"
        (schema,) = reader.http.get(share, headers=headers).json()["items"]
        assert schema["name"].startswith("beside")
        for path in (f"{share}/{SCHEMA}/tables/L2/metadata", f"/counties/{COUNTY}/{PRODUCT}/latest/manifest.json"):
            assert reader.http.get(path, headers=headers).status_code == 503


def test_an_index_that_is_damaged_keeps_back_no_product(own: Served, caplog: pytest.LogCaptureFixture) -> None:
    index_file(own.settings.supply, PRODUCT).write_text("{")
    with person(own, own.recipient(COUNTY, "L2")) as reader:
        assert "正常提供" in reader.read() and "数据时点" in reader.read(f"/products/{PRODUCT}")
    assert any("expected the index that was published" in each.message for each in caplog.records)


def amiss(*_: object) -> None:
    """A defect of our own."""
    raise ColumnNotFoundError("no such column")


def test_a_table_whose_end_is_damaged_is_told_and_a_defect_of_ours_leaves_a_trace(
    own: Served, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, token = released(own.settings.supply, COUNTY, PRODUCT, 1).views["L2"].snapshot, own.recipient(COUNTY, "L2")
    assert first is not None
    table = own.settings.supply / COUNTY / PRODUCT / first.path
    content = table.read_bytes()
    table.write_bytes(content[:-3000] + bytes(90) + content[-2910:])
    share, headers = f"/delta-sharing/shares/{COUNTY}/schemas/{SCHEMA}/tables/L2", {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=own.settings.address, headers=headers) as http:
        assert http.post(f"{share}/query", json={"version": 1}).status_code == 503
        assert f"{table}: " in caplog.text
        monkeypatch.setattr("gateway.serving.sharing.described", amiss)
        assert http.get(f"{share}/metadata").status_code == 503
    assert "in amiss" in caplog.text and "ColumnNotFoundError" in caplog.text


@pytest.mark.parametrize("form", ["token", "profile", "upload"])
def test_a_profile_file_signs_in_however_it_is_given(gateway: Served, form: str) -> None:
    token = gateway.recipient(COUNTY)
    content = gateway.profile(token).read_text()
    with visitor(gateway) as stranger:
        proof = stranger.proof("/sign-in")
        files = {"profile": ("jubian.share", content)} if form == "upload" else None
        text = {"token": f"  {token}\n", "profile": content, "upload": ""}[form]
        answer = stranger.http.post("/portal/sign-in", data={"csrf": proof, "token": text}, files=files)
        cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith(session.COOKIE))
        assert answer.status_code == 303 and "HttpOnly" in cookie and "SameSite=lax" in cookie and "Max-Age" in cookie
        assert token not in cookie and "余杭区" in stranger.read()
    gateway.record(what="signed in", county=COUNTY)


def test_a_token_that_is_none_does_not_sign_in(gateway: Served) -> None:
    with visitor(gateway) as stranger:
        for text in ("", "x" * 5000, "{}", "[1]", '{"bearerToken": 5}', '{"clientId": "a"}', "\0", "令牌", EVIL):
            answer = stranger.send("/sign-in", token=text)
            assert answer.status_code == 401 and "申请新的配置文件" in alert(answer), text
        assert session.COOKIE not in stranger.http.cookies


def test_a_profile_file_that_holds_no_token_does_not_sign_in_and_one_that_an_editor_has_marked_does(
    gateway: Served,
) -> None:
    profile = json.dumps({"bearerToken": gateway.recipient(COUNTY)}).encode()
    for content, status in (
        (b"[" * 100_000, 401),
        (rb'{"bearerToken": "\ud800"}', 401),
        (b"\xef\xbb\xbf" + profile, 303),
    ):
        with visitor(gateway) as stranger:
            told, file = {"csrf": stranger.proof("/sign-in")}, {"profile": ("jubian.share", content)}
            answer = stranger.http.post("/portal/sign-in", data=told, files=file)
        assert answer.status_code == status, content[:30]
        assert status == 303 or "申请新的配置文件" in alert(answer)


def test_a_session_ends_with_its_token_with_its_time_and_in_a_browser_that_signs_out(gateway: Served) -> None:
    token = gateway.recipient(COUNTY)
    with person(gateway, token) as one, person(gateway, token) as other:
        one.read()
        cookie = one.http.cookies[session.COOKIE]
        assert one.send("/sign-out").status_code == 303 and one.http.get("/portal").status_code == 303
        assert session.token_of(gateway.settings, cookie) is not None, "a copy is good until its token ends"
        other.read()
        tokens.shut_out(gateway.door.engine, number(gateway, token))
        assert other.http.get("/portal").status_code == 303
        assert other.http.get("/portal", cookies={session.COOKIE: cookie}).status_code == 303
    with visitor(gateway) as stranger, pytest.MonkeyPatch.context() as patched:
        held = tokens.good_token(gateway.door.engine, gateway.recipient(COUNTY))
        assert held is not None
        fresh = session.begin(gateway.settings, held.hash)
        assert stranger.http.get("/portal", cookies={session.COOKIE: fresh}).status_code == 200
        now = time.time()
        patched.setattr(session.time, "time", lambda: now - 9 * 3600)
        old = session.begin(gateway.settings, held.hash)
        patched.undo()
        for forged in (
            old,
            fresh[:-1] + ("0" if fresh[-1] != "0" else "1"),
            fresh.replace(held.hash, tokens.hashed("another"), 1),
            session.begin(gateway.settings, str(held.id)),
            "1.2.3.4",
            "...",
            "x",
        ):
            assert stranger.http.get("/portal", cookies={session.COOKIE: forged}).status_code == 303, forged


def test_a_session_is_forgotten_only_where_it_was_sent_and_is_good_no_more(gateway: Served, county: Person) -> None:
    with visitor(gateway) as stranger:
        for answer in (stranger.http.get("/portal"), stranger.http.post("/portal/sign-out", data={"csrf": "x"})):
            assert (answer.status_code, answer.headers.get("set-cookie")) == (303, None)
        stale = stranger.http.get("/portal", cookies={session.COOKIE: "1.2.3.4"})
        assert f'{session.COOKIE}=""; ' in stale.headers["set-cookie"] and "Max-Age=0" in stale.headers["set-cookie"]


def test_a_session_of_a_token_whose_number_is_given_again_opens_nobody_elses_portal(gateway: Served) -> None:
    """As after a restore: the number that was given after the dump is now another county's."""
    with person(gateway, gateway.recipient(COUNTY)) as one:
        assert "余杭区" in one.read()
        take_the_number_of_the_one_before(gateway, gateway.recipient(OTHER))
        assert one.http.get("/portal").status_code == 303


def test_a_session_from_a_network_that_is_not_theirs_is_refused(gateway: Served) -> None:
    token = gateway.recipient(COUNTY, networks=("10.33.0.0/16",))
    with visitor(gateway) as stranger:
        answer = stranger.send("/sign-in", token=token)
        assert answer.status_code == 403 and "网络" in alert(answer)


def test_a_form_that_is_not_ours_is_refused(gateway: Served, county: Person, row: dict[str, str]) -> None:
    with person(gateway, gateway.recipient(OTHER)) as other:
        foreign = other.proof("/objections")
    said = {"product": PRODUCT, "key.credit_code": row["credit_code"], "column": "name", "right": "甲", "why": "乙",
            "contact": "丙", "level": "L1", "purpose": "丁"}  # fmt: skip
    for path in ("/objections", "/grants", "/sign-out", "/sign-in"):
        for proof in ({}, {"csrf": ""}, {"csrf": foreign}, {"csrf": "无"}):
            assert county.http.post(f"/portal{path}", data=said | proof).status_code == 403, (path, proof)
    county.read()
    assert "还没有提出过异议" in county.read("/objections") and "还没有提交过申请" in county.read("/grants")


def test_whatever_is_written_is_shown_as_it_is_and_never_read_as_markup(gateway: Served, row: dict[str, str]) -> None:
    with person(gateway, gateway.recipient(OTHER, "L2")) as other:
        folder = gateway.settings.supply / OTHER / PRODUCT
        key = published.rows(folder, published.manifest_of(folder), "L1")["credit_code"][0]
        assert other.object(PRODUCT, {"credit_code": key}, "name", EVIL, why=EVIL, contact=EVIL).status_code == 303
        asked = other.send("/grants", product=PRODUCT, level="L3", purpose=EVIL, contact=EVIL)
        assert asked.status_code == 303
        ((waits, _),) = [each for each in requests.pending(gateway.door.engine) if each[1].county == OTHER]
        requests.decline(gateway.door.engine, waits, by=EVIL, reason=EVIL)
        wrong = other.object(PRODUCT, {"credit_code": EVIL}, EVIL, EVIL, why=EVIL, contact=EVIL)
        found = [other.read("/objections"), other.read("/grants"), other.read(f"/products/{PRODUCT}/columns?q={EVIL}"),
                 wrong.text, other.http.get(f"/portal/objections?product={EVIL}&sent={EVIL}").text]  # fmt: skip
    for page in found:
        assert "<script" not in page and "<img" not in page
    assert "&lt;script&gt;" in found[0] and "&lt;script&gt;" in found[1] and "{{ 7*7 }}" in found[0]


def test_an_objection_that_cannot_be_taken_is_refused_in_words(
    gateway: Served, county: Person, row: dict[str, str]
) -> None:
    key = {"credit_code": row["credit_code"]}
    elsewhere = gateway.settings.supply / OTHER / PRODUCT
    foreign = published.rows(elsewhere, published.manifest_of(elsewhere), "L1")["credit_code"][0]
    cases: list[tuple[dict[str, str], str, str, dict[str, str], str]] = [
        ({"credit_code": "91330110000000000X"}, "name", "甲", {}, "没有主键为“91330110000000000X”的行"),
        ({"credit_code": foreign}, "name", "甲", {}, f"“统一社会信用代码”中没有“{foreign}”，写法如“91"),
        ({"credit_code": ""}, "name", "甲", {}, "请填写主键"),
        (key, "nothing", "甲", {}, "没有可以提异议的列“nothing”"),
        (key, "revenue", "1", {}, "授权视图 L2 中没有可以提异议的列“revenue”"),
        (key, "objected", "false", {}, "没有可以提异议的列"),
        (key, "name", row["name"], {}, "无需提异议"),
        (key, "name", "", {}, "请填写您认为正确的值"),
        (key, "name", "长" * 10_000, {}, "10,000 个字，超过上限 200 个字"),
        (key, "name", "甲", {"why": "长" * 10_000}, "10,000 个字，超过上限 1000 个字"),
        (key, "name", "甲", {"contact": "长" * 10_000}, "10,000 个字，超过上限 100 个字"),
        (key, "name", "甲\x1b[2J", {}, "不可见的控制字符"),
        (key, "name", "甲", {"contact": "乙\n丙"}, "不可见的控制字符"),
        (key, "name", "甲\u202e乙", {}, "不可见的控制字符"),
        (key, "name", "甲\t乙", {}, "不可见的控制字符"),
        (
            key,
            "insured",
            "很多",
            {},
            "“参保人数”应填整数，如 12，单位为人，不写单位；您填的是“很多”。如应为空，请填“空”。",
        ),
        (key, "insured", "12人", {}, "您填的是“12人”"),
        (key, "insured", "1.5", {}, "应填整数"),
        (key, "departments", "空", {}, "应填整数"),
        (key, "started", "去年", {}, "应填日期，如 2026-06-30；您填的是“去年”"),
        (key, "is_branch", "大概是", {}, "应填“是”或“否”；您填的是“大概是”"),
        (key, "is_branch", "是" if row["is_branch"] else "否", {}, "无需提异议"),
        (key, "name", "甲", {"why": "乙\u2028丙"}, "不可见的控制字符"),
    ]
    for which, column, right, more, message in cases:
        answer = county.object(PRODUCT, which, column, right, **more)
        assert answer.status_code == 400 and message in alert(answer), (column, right[:20], alert(answer))
    assert not (gateway.settings.state / FILE).exists() or COUNTY not in (gateway.settings.state / FILE).read_text()
    assert county.object(PRODUCT, key, "name", "长" * 70_000).status_code == 413  # three bytes a character, each as %XX
    assert county.object("data_disputes", key, "name", "甲").status_code == 404


def test_of_a_row_that_is_the_countys_own_its_code_is_filled_in(
    county: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {"columns": [], "grain": {"county": "县（市、区）代码", "month": "月份"}, "coded": ["county"]}
    monkeypatch.setattr(asking, "_form", lambda *_: form)
    page = county.read("/objections")
    assert f'name="key.county" value="{COUNTY}"' in page and 'name="key.month" value=""' in page
    assert f'/portal/products/{PRODUCT}/columns/county"' in page and "columns/month" not in page


def test_an_objection_goes_where_runs_read_it(
    own: Served, row: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    monkeypatch.setenv("JUBIAN_OBJECTIONS", str(tmp_path / "shared" / "异议.jsonl"))
    assert configured().raised == objections_file(tmp_path)
    elsewhere = replace(own.settings, state=tmp_path / "own", objections=configured().objections)
    with serving(replace(elsewhere, address=told(own.settings.supply, tmp_path).address)) as other:
        with person(other, other.recipient(COUNTY)) as county:
            key = {"credit_code": row["credit_code"]}
            assert county.object(PRODUCT, key, "name", "甲").status_code == 303
        (raised,) = read_objections(objections_file(tmp_path))
        assert raised.county == COUNTY and not (other.settings.state / FILE).exists()
    monkeypatch.setenv("JUBIAN_KNOWN", "2026-07-01")
    assert configured().raised == tmp_path / "gateway" / FILE


def test_an_objection_is_kept_in_the_database_and_in_the_file_and_only_once(own: Served, row: dict[str, str]) -> None:
    file = own.settings.state / FILE
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_bytes(b'{"id":"330110-ha')
    key = {"credit_code": row["credit_code"]}
    with person(own, own.recipient(COUNTY)) as county:
        said = {"why": "第一行\r\n1.\t照片　两张", "contact": "李科　0571-1111"}
        assert county.object(PRODUCT, key, "name", "文一路　１号\u00a0甲", **said).status_code == 303
        again = county.object(PRODUCT, key, "name", "乙")
        assert again.status_code == 400 and "无需重复提交" in alert(again)
    with person(own, own.recipient(COUNTY, "L1")) as colleague:
        assert f"{row['name']}（{row['credit_code']}）" in colleague.read("/objections")
        assert "无需重复提交" in alert(colleague.object(PRODUCT, key, "name", "丙"))
    cut, line = file.read_bytes().splitlines()
    with own.door.engine.connect() as connection:
        (kept,) = connection.execute(OBJECTIONS.select()).all()
    assert cut == b'{"id":"330110-ha' and json.loads(line) == json.loads(kept.told)
    assert json.loads(line)["found"] == row["name"] and json.loads(line)["why"] == "第一行\n1.\t照片　两张"
    assert json.loads(line)["right"] == "文一路　１号\u00a0甲"
    assert json.loads(line)["names"] == {"credit_code": row["name"]}
    assert verify(own.door.audit.file).faults == ()


def at_once(gateway: Served, *asked: Callable[[], httpx.Response]) -> list[int]:
    """The statuses of requests of which each has looked before another writes, in order of size."""

    def slowly(_: object, __: object, statement: str, *___: object) -> None:
        time.sleep(0.2 * statement.startswith("INSERT"))

    event.listen(gateway.door.engine, "before_cursor_execute", slowly)
    with ThreadPoolExecutor(len(asked)) as pool:
        return sorted(each.status_code for each in pool.map(lambda ask: ask(), asked))


def test_of_offices_that_object_to_one_cell_at_once_one_is_taken(own: Served, row: dict[str, str]) -> None:
    with ExitStack() as stack:
        offices = [stack.enter_context(person(own, own.recipient(COUNTY))) for _ in range(2)]
        said = {"product": PRODUCT, "key.credit_code": row["credit_code"], "column": "name", "right": "甲", "why": "乙",
                "contact": "丙"}  # fmt: skip
        asked = [
            partial(each.http.post, "/portal/objections", data=said | {"csrf": each.proof("/objections")})
            for each in offices
        ]
        assert at_once(own, *asked * 4) == [303] + [400] * 7
    assert len((own.settings.state / FILE).read_bytes().splitlines()) == 1


def test_no_more_requests_wait_than_may_however_many_come_at_once(own: Served) -> None:
    token = own.recipient(COUNTY, "L1")
    (to,) = grants.recipients(own.door.engine, COUNTY)
    for _ in range(requests.MOST_PENDING - 2):
        requests.ask(own.door.engine, to, PRODUCT, "L2", purpose="甲", contact="乙")
    with person(own, token) as county:
        said = {"csrf": county.proof("/grants"), "product": PRODUCT, "level": "L2", "purpose": "甲", "contact": "乙"}
        ask = partial(county.http.post, "/portal/grants", data=said)
        assert at_once(own, *[ask] * 6) == [303] * 2 + [400] * 4


def test_an_approval_that_is_cut_off_leaves_its_request_waiting(own: Served) -> None:
    engine = own.door.engine
    to = grants.add_recipient(engine, COUNTY, "数据局")
    asked = requests.ask(engine, to, PRODUCT, "L2", purpose="亩均", contact="王工")
    assert asked is not None
    for statement in ("INSERT INTO grants", "UPDATE requests SET grant"):

        def cut_off(_: object, __: object, told_: str, *___: object, at: str = statement) -> None:
            if told_.replace('"', "").startswith(at):
                raise KeyboardInterrupt(at)

        event.listen(engine, "before_cursor_execute", cut_off)
        with pytest.raises(KeyboardInterrupt, match=statement):
            requests.approve(engine, requests.waiting(engine, asked), to, approver="张处", days=9)
        event.remove(engine, "before_cursor_execute", cut_off)
        assert grants.grants_of(engine, to.id) == []
    made = requests.approve(engine, requests.waiting(engine, asked), to, approver="张处", days=9)
    (answered,) = requests.requests_of(engine, to.id)
    assert (answered.state, answered.by, answered.grant) == ("approved", "张处", made.id)


def test_a_grant_is_asked_for_listed_answered_and_paged(own: Served, monkeypatch: pytest.MonkeyPatch,
                                                       capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setattr("gateway.__main__.settings", lambda: own.settings)
    token = own.recipient(COUNTY, "L1")
    with person(own, token) as county:
        for wrong, message in (
            ({"product": "nothing"}, "选择一个半成品"), ({"level": "L4"}, "请选择其中之一"),
            ({"purpose": " "}, "请填写用途"), ({"contact": ""}, "请填写联系人"), ({"contact": "a\nb"}, "控制字符"),
            ({"purpose": "长" * 10_000}, "超过上限"),
        ):  # fmt: skip
            said = {"product": PRODUCT, "level": "L2", "purpose": "亩均评价", "contact": "王工"} | wrong
            answer = county.send("/grants", **said)
            assert answer.status_code == 400 and message in alert(answer), wrong
        for at in range(20):
            asked = county.send("/grants", product=PRODUCT, level="L2", purpose=f"用途{at}", contact="王工　0571-1")
            assert asked.status_code == 303
        full = county.send("/grants", product=PRODUCT, level="L2", purpose="多", contact="王工")
        assert full.status_code == 400 and "已达上限" in alert(full)
        assert main(["requests"]) == 0
        said = capsys.readouterr().out
        assert "request 1 " in said and f"({COUNTY})" in said and "approve 1 --approver" in said
        python, _, rest = said.splitlines()[3].strip().partition(" ")
        assert Path(python).samefile(sys.executable) and rest == "-m gateway decline 1 --by … --reason …"
        assert main(["approve", "1", "--approver", "张处"]) == 0 and main(["approve", "1", "--approver", "张处"]) == 1
        assert main(["decline", "2", "--by", "张处", "--reason", "用途不明"]) == 0
        assert (
            main(["decline", "3", "--by", "张处", "--reason", " "]) == 1
            and main(["decline", "99", "--by", "a", "--reason", "b"]) == 1
        )
        pages = [county.read(f"/grants?page={page}") for page in (1, 2, "x", 0, 99, -1, "9" * 30)]
        assert "用途19" in pages[0] and "用途1<" not in pages[0] and "第 1 / 2 页" in pages[0]
        assert "已批准" in pages[1] and "用途不明" in pages[1] and "第 2 / 2 页" in pages[4] and pages[2] == pages[3]
        assert "等待答复" in pages[0] and "有 <b>18</b> 项" in county.read()
        for digits in ("9" * 5000, "9" * 30, "²", "x"):
            for name in ("sent", "page"):
                assert county.http.get("/portal/grants", params={name: digits}).status_code == 200, (name, digits[:5])
    assert [each.level for each in grants.grants_of(own.door.engine, number(own, token))] == ["L1", "L2"]
    own.record(what="granted", request=1)
    own.record(what="declined", request=2, reason="用途不明")


def test_every_state_has_a_sentence_that_says_what_to_do(own: Served) -> None:
    engine, supply = own.door.engine, own.settings.supply
    to = grants.add_recipient(engine, COUNTY, "数据局")
    with person(own, tokens.issue(engine, to.id)) as county:
        assert "L2 为低敏感，L3 为较敏感" in county.read("/grants"), "as the standard of the levels calls them"
        assert "没有有效授权" in county.read() and "申请授权" in county.read("/columns")
        assert "需要先有一个已发布半成品的授权" in county.read("/objections")
        given = grants.grant(engine, to, "not_yet_released", "L1", purpose="试", approver="测", days=99)
        assert "还没有发布过这个半成品" in county.read() and "申请授权" in county.read("/connect")
        grants.revoke(engine, given.id)
        assert "撤销。如仍需要" in county.read()
        grants.revoke(engine, grants.grant(engine, to, PRODUCT, "L1", purpose="试", approver="测", days=99).id)
        assert f"<li><b>{served(supply, COUNTY, PRODUCT).title}</b>" in county.read()
        given = grants.grant(engine, to, PRODUCT, "L1", purpose="试", approver="测", days=99)
        assert "正常提供" in county.read() and "个数源逾期或缺数" in county.read()
        with engine.begin() as connection:
            connection.execute(update(GRANTS).where(GRANTS.c.id == given.id).values(expires=int(time.time()) + 86_400))
        assert "到期。请在“申请授权”中续期" in county.read()
        with engine.begin() as connection:
            connection.execute(update(GRANTS).where(GRANTS.c.id == given.id).values(expires=int(time.time()) - 5))
        assert "申请续期" in county.read() and county.http.get(f"/portal/products/{PRODUCT}").status_code == 404
        grants.grant(engine, to, PRODUCT, "L1", purpose="试", approver="测", days=99)
        pointer = supply / COUNTY / PRODUCT / "manifest.json"
        manifest = served(supply, COUNTY, PRODUCT)
        absent = (Absence(feed="tax_registration", title="税务登记", reason="not arrived"),
                  Absence(feed="ecology_permit", title="排污许可证", reason="refused: a third"))  # fmt: skip
        pointer.write_bytes(canonical(manifest.model_copy(update={"missing": absent})))
        published.hold(supply, PRODUCT, COUNTY)
        page = county.read(f"/products/{PRODUCT}")
        assert "最新批次被拒收，相关列为空" in page
        assert "尚未到达，相关列为空" in page and "行数由 1,000 行骤减为 490 行" in page and "如有急用" in page
        assert "行数由 1,000 行骤减为 490 行" in county.read()


def test_a_grant_below_a_products_lowest_view_says_so_and_keeps_back_no_other(own: Served) -> None:
    folder, beside = own.settings.supply / COUNTY / PRODUCT, own.settings.supply / COUNTY / "another"
    shutil.copytree(folder, beside)
    manifest = served(own.settings.supply, COUNTY, PRODUCT)
    only = {"product": "another", "views": {"L2": manifest.views["L2"]}}
    (beside / "manifest.json").write_bytes(canonical(manifest.model_copy(update=only)))
    with person(own, own.recipient(COUNTY, "L1", "another", PRODUCT)) as reader:
        overview = reader.read()
        assert "授权到 L1" in overview and "申请 L2 视图" in overview and "正常提供" in overview
        for path in MENU:
            assert reader.http.get(f"/portal{path}").headers["location"] == f"/portal/products/{PRODUCT}{path}"
        assert f'name="product" value="{PRODUCT}"' in reader.read("/objections")
        assert reader.http.get("/portal/products/another").status_code == 404


def test_what_a_link_asks_for_and_what_has_ended_stand_in_the_form(own: Served) -> None:
    """Whoever presses 提交 without looking asks for the view that the link named."""
    engine = own.door.engine
    to = grants.add_recipient(engine, COUNTY, "数据局")
    with person(own, tokens.issue(engine, to.id)) as county:
        for level, purpose in (("L1", "旧的用途"), ("L3", "亩均评价")):
            given = grants.grant(engine, to, PRODUCT, level, purpose=purpose, approver="测", days=99)
            grants.revoke(engine, given.id)
        links = re.findall(r'href="/portal(/grants\?product=[^"]*)">重新申请', county.read())
        for link, level in zip((*links, f"/grants?product={PRODUCT}"), ("L3", "L1", "L3"), strict=True):
            form = county.read(html.unescape(link))
            assert f"<option selected>{level}</option>" in form and 'value="亩均评价"' in form, link
        grants.grant(engine, to, PRODUCT, "L1", purpose="试用", approver="测", days=99)
        (link,) = re.findall(
            r'href="/portal(/grants\?[^"]*)">申请更高视图', county.read(f"/products/{PRODUCT}/columns")
        )
        form = county.read(html.unescape(link))
        assert "<option selected>L2</option>" in form and 'value="试用"' in form
        assert "<option selected>L1</option>" in county.read(f"/grants?product={PRODUCT}")


def test_rows_in_quarantine_are_told_as_of_the_release_that_counted_them(own: Served) -> None:
    """A county without changes gets no new version, and its page goes on telling what was so when it got its last."""
    manifest = served(own.settings.supply, COUNTY, PRODUCT)
    with person(own, own.recipient(COUNTY, "L1")) as reader:
        page = reader.read(f"/products/{PRODUCT}")
    assert f"<b>{sum(manifest.quarantined.values())}</b>全省隔离行（本版发布时）" in page
    assert "全省在用批次" in page and "计至本版发布时" in page


def test_columns_and_objections_are_paged_and_searched(county: Person) -> None:
    first, second = county.read(f"/products/{PRODUCT}/columns"), county.read(f"/products/{PRODUCT}/columns?page=2")
    assert "第 1 / 2 页" in first and "统一社会信用代码" in first and "参保人数" in second and "营业收入" not in second
    assert "另有 16 列在更高级别的视图中" in first
    found = county.read(f"/products/{PRODUCT}/columns?q=参保")
    assert "首次参保月份" in found and "页，共" not in found
    assert "没有与“没有这样的列”相符的列" in county.read(f"/products/{PRODUCT}/columns?q=没有这样的列")


@pytest.mark.parametrize("path", MENU)
def test_the_menu_leads_to_the_first_products_own_page_where_search_and_pages_work(county: Person, path: str) -> None:
    answer = county.http.get(f"/portal{path}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/portal/products/{PRODUCT}{path}")


def test_the_codes_of_a_column_are_told_with_their_names_and_written_down(gateway: Served, county: Person) -> None:
    manifest = served(gateway.settings.supply, COUNTY, PRODUCT)
    rows = published.rows(gateway.settings.supply / COUNTY / PRODUCT, manifest, "L2")
    where = f"/products/{PRODUCT}/columns"
    assert f'href="/portal{where}/status"><code>enterprise_status</code></a>' in county.read(where)
    page = county.read(f"{where}/status")
    for code, name, count in rows.group_by("status", "status_name").len().drop_nulls("status").rows():
        assert f'<code>{code}</code></td><td class="wide">{name}</td><td class="number">{count:,}</td>' in page
    assert "代码表 <code>enterprise_status</code> 共 " in page
    gateway.record(what="codes", county=COUNTY, view="L2", columns=["status", "status_name"])
    for column in ("name", "revenue", "nothing"):
        assert county.http.get(f"/portal{where}/{column}").status_code == 404


def test_freshness_follows_the_clock(county: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def at(*moment: int) -> str:
        monkeypatch.setattr(promise, "now", lambda: datetime(*moment, tzinfo=CHINA))  # pyright: ignore[reportArgumentType]
        return re.sub(r"</?span.*?>", "", county.read(f"/products/{PRODUCT}"))

    assert "逾期 最近一次" not in at(2026, 7, 2, 20) and "逾期 最近一次" not in at(2026, 7, 3, 20)
    late = at(2026, 7, 4, 20)
    assert '<span class="nowrap">2026-07-04 06:00</span> 前到达' in county.read(f"/products/{PRODUCT}")
    assert "逾期 最近一次应于 2026-07-04 06:00 前到达、时点不早于 2026-07-03；" in late
    assert "现有数据时点仍为 2026-07-02，落后 1 天。" in late


def test_what_is_granted_is_all_that_is_seen(gateway: Served) -> None:
    with person(gateway, gateway.recipient(COUNTY, "L1")) as county:
        for path in (f"/products/{PRODUCT}/columns", f"/products/{PRODUCT}/columns?page=2", "/objections"):
            assert "revenue" not in county.read(path) and "insured" not in county.read(path), path
        assert f"{COUNTY}.{SCHEMA}.L1" in county.read(f"/products/{PRODUCT}/connect")
        for path in (
            "/products/data_disputes",
            "/products/nothing/columns",
            "/products/../connect",
            "/products/%2e%2e",
        ):
            answer = county.http.get(f"/portal{path}", follow_redirects=True)
            assert answer.status_code in (404, 200 if ".." in path else 404), path


PATHS = st.sampled_from([*PAGES, *MENU, "/sign-in", "/sign-out", "/style.css", "/products/data_disputes", "/nowhere"])
FIELDS = ("csrf", "token", "product", "level", "purpose", "contact", "column", "right", "why", "key.credit_code",
          "page", "q", "sent", "releases", "coverage")  # fmt: skip
TOLD = st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=40), max_size=6)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(["GET", "POST", "PUT", "HEAD", "DELETE"]), PATHS, TOLD, st.one_of(TOLD, st.binary(max_size=60)))
def test_made_up_requests_break_nothing(
    county: Person, method: str, path: str, query: dict[str, str], body: dict[str, str] | bytes
) -> None:
    before = dict(county.http.cookies)
    kinds = {"Content-Type": "multipart/form-data; boundary=x"}
    try:
        if isinstance(body, dict):
            answer = county.http.request(method, f"/portal{path}", params=query, data=body)
        else:
            answer = county.http.request(method, f"/portal{path}", params=query, content=body, headers=kinds)
    except (httpx.InvalidURL, UnicodeError):
        return
    assert answer.status_code < 500, (method, path, query, body, answer.text)
    assert dict(county.http.cookies).get(session.COOKIE) == before.get(session.COOKIE)


def test_what_to_type_in_duckdb_selects_what_tells_rows_apart_and_tables_that_scroll_are_reached_by_keyboard(
    county: Person,
) -> None:
    """Of a product by province there is no identifier; whoever has no mouse must reach a table to scroll it."""
    assert '.select(["credit_code"])' in html.unescape(county.read(f"/products/{PRODUCT}/connect")).replace("'", '"')
    for address in PAGES:
        assert 'class="scroll">' not in county.read(address)


def test_a_county_without_tools_of_its_own_has_its_rows_as_a_workbook(
    gateway: Served, county: Person, row: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/portal/products/{PRODUCT}/workbook.xlsx"
    assert address in county.read(f"/products/{PRODUCT}/connect")
    answer = county.http.get(address)
    (tmp_path / "rows.xlsx").write_bytes(answer.content)
    rows = pl.read_excel(tmp_path / "rows.xlsx", infer_schema_length=0)
    folder = gateway.settings.supply / COUNTY / PRODUCT
    told = published.rows(folder, published.manifest_of(folder), "L2")
    assert rows.height == told.height and len(rows.columns) == len(told.columns)
    assert rows["统一社会信用代码（credit_code）"].to_list() == told["credit_code"].to_list()
    assert not [name for name in rows.columns if "（revenue）" in name]
    (served,) = [each for each in events(gateway) if each["what"] == "served" and each["file"] == "workbook.xlsx"]
    assert (served["view"], served["bytes"]) == ("L2", len(answer.content))
    with workbook._MAKING:
        busy = county.http.get(address)
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "30") and "正在为其他用户生成工作簿" in busy.text
    assert county.http.get(address).status_code == 200
    monkeypatch.setattr(workbook, "_MOST_CELLS", 10)
    assert county.http.get(address).status_code == 404
    assert address not in county.read(f"/products/{PRODUCT}/connect")


def events(gateway: Served) -> list[dict[str, object]]:
    """What the gateway has written down."""
    return [json.loads(each) for each in (gateway.settings.state / "audit.jsonl").read_text().splitlines()]
