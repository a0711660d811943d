"""The door stays shut: wrong counties, higher views, forged and stale addresses, ended grants, tricks with paths."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import delta_sharing
import httpx
import polars as pl
import pytest
from anyio import to_thread
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import OperationalError, TimeoutError

from gateway import app
from gateway.audit import verify
from gateway.door import Door
from gateway.drawing.drawn import edition
from gateway.drawing.picture import picture_of
from gateway.kept import grants, tokens
from gateway.kept.database import TOKENS, open_database
from gateway.kept.webhooks import add_webhook, webhooks
from gateway.serving import sharing
from gateway.serving.signing import SIGNATURE, Opening, address
from gateway.settings import SESSION_SECONDS
from gateway.supply import folded, increment, turns
from schemas.manifest import File, Manifest, View, canonical, fingerprint
from schemas.retention import FREED, Freed
from schemas.snapshot import parquet
from tests.gateway import COUNTY, PRODUCT, SCHEMA
from tests.published import EVERY_COUNTY, manifest_of
from tests.servers.gateway import Served, serving, take_the_number_of_the_one_before, told

OTHER = "330782"
PATHS = (
    "/delta-sharing/shares/{0}", "/delta-sharing/shares/{0}/schemas", "/delta-sharing/shares/{0}/all-tables",
    "/delta-sharing/shares/{0}/schemas/{1}/tables", "/delta-sharing/shares/{0}/schemas/{1}/tables/L1/metadata",
    "/delta-sharing/shares/{0}/schemas/{1}/tables/L1/version",
    "/delta-sharing/shares/{0}/schemas/{1}/tables/L1/changes?startingVersion=1", "/counties/{0}/products",
    "/counties/{0}/enterprise_mirror/latest/manifest.json", "/counties/{0}/enterprise_mirror/latest/L1/files.json",
    "/counties/{0}/releases.atom", "/files/{0}/enterprise_mirror/L1/1/snapshot.parquet",
    "/files/{0}/enterprise_mirror/L1/1-2/changes.parquet",
)  # fmt: skip


@pytest.fixture(scope="module")
def gateway(three_versions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(told(three_versions / "supply", tmp_path_factory.mktemp("state"))) as served:
        yield served


@pytest.fixture
def http(gateway: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=gateway.settings.address) as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def link(http: httpx.Client, token: str, level: str = "L1", county: str = COUNTY) -> str:
    answer = http.get(f"/counties/{county}/{PRODUCT}/latest/{level}/files.json", headers=bearer(token))
    return str(answer.json()["snapshot"]["url"])


def number(gateway: Served, token: str) -> int:
    """The recipient behind a token."""
    found = tokens.good_token(gateway.door.engine, token)
    assert found is not None
    return found.recipient


def test_without_a_token_nothing_is_told_but_that_one_is_missing(http: httpx.Client) -> None:
    for path in PATHS:
        for headers in ({}, bearer("无".encode().hex()), {"Authorization": "Basic YTpi"}):
            answer = http.get(path.format(COUNTY, SCHEMA), headers=headers)
            assert answer.status_code == 401 and set(answer.json()) == {"errorCode", "message"}


def let_all_in(gateway: Served, supply: Path) -> dict[str, str]:
    """A token of every county, which may have everything of its own."""
    counties = sorted(folder.name for folder in supply.glob("33????"))
    assert len(counties) == EVERY_COUNTY
    return {county: gateway.recipient(county, "L4", PRODUCT, "data_disputes") for county in counties}


def refuse_wrong_pairs(gateway: Served, held: dict[str, str], pairs: list[tuple[str, str]]) -> None:
    """One of the paths for each pair, in turn."""
    with httpx.Client(base_url=gateway.settings.address) as http:
        for place, (mine, other) in enumerate(pairs):
            path = PATHS[place % len(PATHS)].format(other, SCHEMA)
            assert http.get(path, headers=bearer(held[mine])).status_code == 404, (mine, path)


def test_no_county_reaches_another(gateway: Served, three_versions: Path) -> None:
    """Every 40th pair here, all of them in the long tests; the whole list of paths for one pair."""
    held = let_all_in(gateway, three_versions / "supply")
    refuse_wrong_pairs(gateway, held, list(permutations(held, 2))[::40])
    with httpx.Client(base_url=gateway.settings.address) as http:
        for path in PATHS:
            assert http.get(path.format(OTHER, SCHEMA), headers=bearer(held[COUNTY])).status_code == 404
            assert http.get(path.format(COUNTY, SCHEMA), headers=bearer(held[COUNTY])).status_code == 200, path


@pytest.mark.parametrize(("granted", "above"), [("L1", "L2"), ("L1", "L3"), ("L2", "L3")])
def test_no_view_above_the_granted_one_is_reached(
    gateway: Served, http: httpx.Client, granted: str, above: str
) -> None:
    token = gateway.recipient(COUNTY, granted)
    for path in PATHS:
        if "L1" in path:
            there = path.format(COUNTY, SCHEMA)
            assert http.get(there, headers=bearer(token)).status_code == 200
            assert http.get(there.replace("L1", above), headers=bearer(token)).status_code == 404
    told = http.get(f"/counties/{COUNTY}/{PRODUCT}/latest/manifest.json", headers=bearer(token)).text
    assert f'"{above}/' not in told


def test_the_view_that_is_told_of_a_product_is_one_that_it_has(gateway: Served, http: httpx.Client) -> None:
    token = bearer(gateway.recipient(COUNTY, "L4"))
    (item,) = http.get(f"/counties/{COUNTY}/products", headers=token).json()["items"]
    files = http.get(f"/counties/{COUNTY}/{PRODUCT}/latest/{item['view']}/files.json", headers=token)
    assert (item["view"], files.status_code) == ("L3", 200)


def test_a_product_that_is_not_granted_is_not_there(gateway: Served, http: httpx.Client) -> None:
    token = gateway.recipient(COUNTY, "L3", "data_disputes")
    for path in PATHS[3:7]:
        assert http.get(path.format(COUNTY, SCHEMA), headers=bearer(token)).status_code == 404


TRICKS = (
    "../330782/enterprise_mirror", "..%2f330782%2fenterprise_mirror", "%2e%2e/330782", "//etc/passwd", "/etc/passwd",
    "enterprise_mirror%00", "enterprise_mirror/../../330782", "%252e%252e%252f330782", "enterprise_mirror\\..\\330782",
    "manifests", "origin", "contracts", ".", "..", "enterprise_mirror%0a", "ENTERPRISE_MIRROR", "企业镜像",
)  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_with_paths_reach_nothing(gateway: Served, http: httpx.Client, trick: str) -> None:
    token = gateway.recipient(COUNTY)
    for path in (f"/files/{COUNTY}/{trick}/L1/1/snapshot.parquet", f"/files/{trick}/{PRODUCT}/L1/1/snapshot.parquet",
                 f"/files/{COUNTY}/{PRODUCT}/{trick}/1/snapshot.parquet",
                 f"/files/{COUNTY}/{PRODUCT}/L1/{trick}/snapshot.parquet",
                 f"/files/{COUNTY}/{PRODUCT}/L1/1/{trick}.parquet",
                 f"/counties/{COUNTY}/{trick}/latest/manifest.json",
                 f"/counties/{COUNTY}/{PRODUCT}/{trick}/manifest.json",
                 f"/delta-sharing/shares/{COUNTY}/schemas/{trick}/tables/L1/metadata"):  # fmt: skip
        request = http.build_request("GET", "/", headers=bearer(token))
        request.url = httpx.URL(http.base_url.copy_with(raw_path=quote(path, safe="/%\\").encode()))
        answer = http.send(request)
        assert 400 <= answer.status_code < 500, (path, answer.status_code)


@pytest.mark.parametrize("accel", ["", "/released"], ids=["alone", "behind nginx"])
def test_a_link_in_the_supply_leads_nowhere(three_versions: Path, tmp_path: Path, accel: str) -> None:
    supply = tmp_path / "supply" / COUNTY / PRODUCT
    secret = tmp_path / "secret"
    source = three_versions / "supply" / COUNTY / PRODUCT
    manifest = Manifest.model_validate_json((source / "manifests" / "000001.json").read_bytes())
    (supply / "manifests").mkdir(parents=True)
    for name in ("manifest.json", *(f"manifests/{each.name}" for each in (source / "manifests").iterdir())):
        (supply / name).write_bytes((source / name).read_bytes())
    file = manifest.views["L1"].snapshot
    assert file is not None
    (supply / file.path).parent.mkdir()
    secret.write_bytes((source / file.path).read_bytes())
    (supply / file.path).symlink_to(secret)
    with serving(told(tmp_path / "supply", tmp_path / "state", accel=accel)) as served:
        path = f"{served.settings.address}/files/{COUNTY}/{PRODUCT}/L1/{manifest.version}/snapshot.parquet"
        token = served.recipient(COUNTY)
        assert httpx.get(path, headers=bearer(token)).status_code == 404
        (supply / file.path).unlink()
        for content in (None, secret.read_bytes()[:-1]):
            if content is not None:
                (supply / file.path).write_bytes(content)
            for part in ({}, {"Range": "bytes=0-99"}):
                answer = httpx.get(path, headers=bearer(token) | part)
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "3600")
        (supply / file.path).write_bytes(secret.read_bytes())
        answer = httpx.get(path, headers=bearer(token))
        inner = f"{accel}/{COUNTY}/{PRODUCT}/{file.path}"
        assert answer.headers["x-accel-redirect"] == inner if accel else answer.content == secret.read_bytes()


def changed(url: str, **told: str) -> str:
    """A signed address with other parameters."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | told
    return parts._replace(query=urlencode(query)).geturl()


def test_an_address_opens_only_what_was_signed(gateway: Served, http: httpx.Client) -> None:
    mine, theirs = gateway.recipient(COUNTY, "L1"), gateway.recipient(OTHER, "L3")
    url, other = link(http, mine), link(http, theirs, "L3", OTHER)
    assert http.get(url).status_code == 200
    signature = parse_qs(urlsplit(other).query)[SIGNATURE][0]
    forged = [
        *(changed(url, **{SIGNATURE: each}) for each in (signature, "0" * 64, "签")),
        changed(url, expires=str(int(time.time()) + 9999)), changed(url, grant="9999"), changed(url, token="9999"),
        url.replace("/L1/", "/L3/"), url.replace(COUNTY, OTHER), url.replace("snapshot", "changes"),
        other.replace(OTHER, COUNTY), changed(other, grant=parse_qs(urlsplit(url).query)["grant"][0]),
    ]  # fmt: skip
    assert [http.get(each).status_code for each in forged] == [403] * len(forged)


def test_an_address_expires_and_names_no_grant_but_its_own(gateway: Served, http: httpx.Client) -> None:
    token = gateway.recipient(COUNTY, "L1")
    found = tokens.good_token(gateway.door.engine, token)
    assert found is not None
    (grant,) = grants.holding(gateway.door.engine, found.recipient)

    def signed(level: str, number: int, expires: float) -> str:
        path = f"/files/{COUNTY}/{PRODUCT}/{level}/1/snapshot.parquet"
        return address(gateway.settings, Opening(path, number, found.hash, int(expires)))

    assert http.get(signed("L1", grant.id, time.time() + 60)).status_code == 200
    assert "expired" in http.get(signed("L1", grant.id, time.time() - 1)).json()["message"]
    assert http.get(signed("L3", grant.id, time.time() + 60)).status_code == 404
    assert http.get(signed("L1", grant.id + 1, time.time() + 60)).status_code == 404
    assert gateway.settings.seconds <= 300


def test_no_more_of_a_body_is_read_than_any_question_takes_before_anybody_is_asked_who_sends_it(tmp_path: Path) -> None:
    settings, taken = told(tmp_path, tmp_path), list[int]()

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(200):
            taken.append(1 << 16)
            yield b" " * taken[-1]

    async def posted(path: str, kind: str) -> httpx.Response:
        there = httpx.ASGITransport(app.make(settings))
        async with httpx.AsyncClient(transport=there, base_url=settings.address) as http:
            return await http.post(path, content=endless(), headers={"Content-Type": kind})

    query = f"/delta-sharing/shares/{COUNTY}/schemas/{SCHEMA}/tables/L1/query"
    for path, kind in ((query, "application/json"), ("/oauth/token", "application/x-www-form-urlencoded")):
        taken.clear()
        assert asyncio.run(posted(path, kind)).status_code == 413 and sum(taken) <= 2 << 20, path


def test_a_revoked_grant_cuts_off_an_address_that_is_out(gateway: Served, http: httpx.Client) -> None:
    token = gateway.recipient(COUNTY)
    url = link(http, token)
    assert http.get(url).status_code == 200
    (grant,) = grants.holding(gateway.door.engine, number(gateway, token))
    assert grants.revoke(gateway.door.engine, grant.id)
    assert http.get(url).status_code == 404
    profile = gateway.profile(token)
    assert delta_sharing.SharingClient(str(profile)).list_shares() == []
    with pytest.raises(Exception, match="does not exist or is not granted"):
        delta_sharing.load_as_pandas(f"{profile}#{COUNTY}.{SCHEMA}.L1")


def test_a_revoked_token_cuts_off_an_address_that_is_out(gateway: Served, http: httpx.Client) -> None:
    token = gateway.recipient(COUNTY)
    url = link(http, token)
    tokens.shut_out(gateway.door.engine, number(gateway, token))
    assert http.get(url).status_code == 401
    with pytest.raises(Exception, match="expired or revoked"):
        delta_sharing.load_as_pandas(f"{gateway.profile(token)}#{COUNTY}.{SCHEMA}.L1")


def test_an_address_of_a_token_whose_number_is_given_again_opens_nothing(gateway: Served, http: httpx.Client) -> None:
    """As after a restore: the number that was given after the dump is now another's of the same county."""
    url, other = link(http, gateway.recipient(COUNTY)), gateway.recipient(COUNTY)
    assert http.get(url).status_code == 200
    (grant,) = grants.holding(gateway.door.engine, number(gateway, other))
    take_the_number_of_the_one_before(gateway, other)
    again = tokens.good_token(gateway.door.engine, other)
    assert again is not None
    path, expires = urlsplit(url).path, int(time.time()) + 60
    assert http.get(address(gateway.settings, Opening(path, grant.id, again.hash, expires))).status_code == 200
    assert http.get(url).status_code == 401
    assert http.get(address(gateway.settings, Opening(path, grant.id, str(again.id), expires))).status_code == 401


def test_who_is_shut_out_comes_in_by_no_client_and_no_link_either(gateway: Served) -> None:
    engine = gateway.door.engine
    one, other = (number(gateway, gateway.recipient(COUNTY)) for _ in range(2))
    clients = [tokens.add_client(engine, each) for each in (one, other)]
    links = [tokens.invite(engine, each) for each in (one, other)]
    assert tokens.shut_out(engine, one) == 1
    assert [tokens.access(engine, each.id, each.secret) is None for each in clients] == [True, False]
    assert [tokens.is_open(engine, each) for each in links] == [False, True]
    used = [tokens.activate(engine, each) for each in links]
    assert [each and each.recipient for each in used] == [None, other]
    again = tokens.activate(engine, tokens.invite(engine, one))
    assert again is not None and again.recipient == one


def test_who_is_shut_out_is_told_of_no_release_either(gateway: Served) -> None:
    engine = gateway.door.engine
    one, other = (number(gateway, gateway.recipient(COUNTY)) for _ in range(2))
    for each in grants.recipients(engine, COUNTY):
        add_webhook(engine, gateway.settings.supply, each, "https://robot.example/", "plain")
    tokens.shut_out(engine, one)
    assert {each.recipient for each in webhooks(engine)} & {one, other} == {other}


def test_a_long_read_is_cut_off_while_it_runs(tmp_path: Path) -> None:
    """Of 64 MiB no more is sent than what was on its way when the grant ended."""
    size = 64 << 20
    with serving(big_supply(tmp_path, size)) as served:
        token = served.recipient(COUNTY)
        (grant,) = grants.holding(served.door.engine, number(served, token))
        path = f"{served.settings.address}/files/{COUNTY}/{PRODUCT}/L1/1/snapshot.parquet"
        read = 0
        with pytest.raises(httpx.RemoteProtocolError), httpx.stream("GET", path, headers=bearer(token)) as answer:
            assert answer.headers["content-length"] == str(size)
            for block in answer.iter_bytes(1 << 20):
                if not read:
                    grants.revoke(served.door.engine, grant.id)
                read += len(block)
        assert 0 < read < size
        while b'"served"' not in served.door.audit.file.read_bytes():
            time.sleep(0.01)
        assert json.loads(served.door.audit.file.read_bytes().splitlines()[-1])["bytes"] < size


def big_supply(folder: Path, size: int):
    """A supply of one file that is large, though no county's table is read from it."""
    import polars as pl

    from schemas.manifest import File, View

    product = folder / "supply" / COUNTY / PRODUCT
    (product / "L1").mkdir(parents=True)
    table = pl.DataFrame({"credit_code": [os.urandom(1 << 20).hex()[: 1 << 20] for _ in range(1)]})
    table.write_parquet(product / "L1" / "snapshot.parquet", compression="uncompressed")
    content = (product / "L1" / "snapshot.parquet").read_bytes()
    # Bytes before the footer belong to no column; a reader of Parquet looks at the end.
    padded = b"PAR1" + b"\0" * (size - len(content)) + content[4:]
    (product / "L1" / "snapshot.parquet").write_bytes(padded)
    file = File(path="L1/snapshot.parquet", sha256="0" * 64, size=len(padded), rows=1)
    manifest = Manifest(
        product=PRODUCT, title="企业镜像", county=COUNTY, county_name="余杭区", version=1, contract_version="1.0.0",
        contract_sha256="0" * 64, code_revision="", mappings={}, as_of="2026-06-30", rows=1, changes={},
        views={"L1": View(level="L1", snapshot=file, changes=file)}, origin=file, inputs=(), missing=(), coverage=(),
        quarantined={}, disputed={}, previous=None,
    )  # fmt: skip
    (product / "manifest.json").write_text(manifest.model_dump_json())
    return told(folder / "supply", folder / "state")


def test_a_recipient_calls_only_from_its_networks(gateway: Served, http: httpx.Client) -> None:
    inside = gateway.recipient(COUNTY, networks=("10.33.0.0/16", "127.0.0.0/8"))
    outside = gateway.recipient(COUNTY, networks=("10.33.0.0/16",))
    assert http.get("/delta-sharing/shares", headers=bearer(inside)).status_code == 200
    refused = http.get("/delta-sharing/shares", headers=bearer(outside))
    assert refused.status_code == 403 and "127.0.0.1" in refused.json()["message"]
    with pytest.raises(ValueError, match=r"10\.33"):
        grants.add_recipient(gateway.door.engine, COUNTY, "写错的网段", ("10.33.0.0/99",))


def test_too_many_requests_are_told_when_to_come_again(three_versions: Path, tmp_path: Path) -> None:
    with serving(told(three_versions / "supply", tmp_path, rate=5)) as served:
        token, other = served.recipient(COUNTY), served.recipient(OTHER)
        url = f"{served.settings.endpoint}/shares"
        answers = [httpx.get(url, headers=bearer(token)) for _ in range(6)]
        assert [each.status_code for each in answers] == [200] * 5 + [429]
        assert int(answers[-1].headers["retry-after"]) > 0
        assert httpx.get(url, headers=bearer(other)).status_code == 200


def test_an_activation_link_gives_one_profile_and_is_not_used_up_by_looking(
    gateway: Served, http: httpx.Client
) -> None:
    to = grants.add_recipient(gateway.door.engine, COUNTY, "发改局")
    grants.grant(gateway.door.engine, to, PRODUCT, "L1", purpose="试用", approver="测试", days=1)
    path = f"/activate/{tokens.invite(gateway.door.engine, to.id)}"
    assert "只能领取一次" in http.get(path).text and http.get(path).status_code == 200
    profile = gateway.settings.state / "activated.share"
    profile.write_bytes(http.post(path).content)
    assert [share.name for share in delta_sharing.SharingClient(str(profile)).list_shares()] == [COUNTY]
    for again in (http.post(path), http.get(path), http.get("/activate/nobodys")):
        assert again.status_code == 404 and "请向省数据局索取新的链接" in again.text
    kept = (gateway.settings.state / "grants.db").read_bytes() + gateway.door.audit.file.read_bytes()
    assert json.loads(profile.read_text())["bearerToken"].encode() not in kept


def test_a_rotated_token_goes_on_for_its_grace_only(gateway: Served, http: httpx.Client) -> None:
    old = gateway.recipient(COUNTY)
    new = http.post(f"/counties/{COUNTY}/token", headers=bearer(old)).json()["bearerToken"]
    for token in (old, new):
        assert http.get("/delta-sharing/shares", headers=bearer(token)).status_code == 200
    asking = tokens.good_token(gateway.door.engine, new)
    assert asking is not None
    newest = tokens.rotate(gateway.door.engine, asking, grace=0)
    answers = [http.get("/delta-sharing/shares", headers=bearer(each or "")).status_code for each in (old, new, newest)]
    assert answers == [401, 401, 200]
    assert tokens.rotate(gateway.door.engine, asking, grace=0) is None


def test_no_token_is_handed_out_or_ended_where_its_line_has_no_room(three_versions: Path, tmp_path: Path) -> None:
    with serving(told(three_versions / "supply", tmp_path)) as served:
        token, log = served.recipient(COUNTY), served.settings.log
        code = tokens.invite(served.door.engine, number(served, token))
        client = tokens.add_client(served.door.engine, number(served, token))
        form: dict[str, Any] = {"auth": (client.id, client.secret), "data": {"grant_type": "client_credentials"}}

        def asked() -> list[int]:
            paths: dict[str, dict[str, Any]] = {
                f"/counties/{COUNTY}/token": {"headers": bearer(token)}, f"/activate/{code}": {}, "/oauth/token": form,
            }  # fmt: skip
            return [httpx.post(served.settings.address + path, **more).status_code for path, more in paths.items()]

        log.symlink_to("/dev/full")
        assert asked() == [503, 503, 503]
        log.unlink()
        assert asked() == [200, 200, 200]
        lines = [json.loads(each) for each in log.read_bytes().splitlines()]
        assert [each["what"] for each in lines] == ["rotated", "activated", "token"]
        assert (lines[-1]["county"], lines[-1]["client"]) == (COUNTY, client.id)


def test_a_token_that_was_rotated_gives_no_other_one(gateway: Served, http: httpx.Client) -> None:
    """Who found it in its day of grace would have a year, and the recipient's own would end."""
    old, path = gateway.recipient(COUNTY), f"/counties/{COUNTY}/token"
    new = http.post(path, headers=bearer(old)).json()["bearerToken"]
    refused = http.post(path, headers=bearer(old))
    assert refused.status_code == 403 and "activation link" in refused.text
    assert http.get("/delta-sharing/shares", headers=bearer(old)).status_code == 200
    assert http.post(path, headers=bearer(new)).status_code == 200


def test_two_tokens_of_one_recipient_rotate_until_one_of_them_has(gateway: Served, http: httpx.Client) -> None:
    first = gateway.recipient(COUNTY)
    second = tokens.issue(gateway.door.engine, number(gateway, first))
    path = f"/counties/{COUNTY}/token"
    assert http.post(path, headers=bearer(first)).status_code == 200
    assert [http.post(path, headers=bearer(each)).status_code for each in (first, second)] == [403, 403]


def test_what_a_client_got_ends_with_the_client(gateway: Served, http: httpx.Client) -> None:
    office = gateway.recipient(COUNTY)
    client = tokens.add_client(gateway.door.engine, number(gateway, office))
    got = httpx.post(f"{gateway.settings.address}/oauth/token", auth=(client.id, client.secret),
                     data={"grant_type": "client_credentials"}).json()["access_token"]  # fmt: skip
    answer = http.post(f"/counties/{COUNTY}/token", headers=bearer(got))
    assert answer.status_code == 403 and "/oauth/token" in answer.json()["message"]
    assert tokens.revoke_client(gateway.door.engine, client.id)
    answers = [http.get("/delta-sharing/shares", headers=bearer(each)).status_code for each in (got, office)]
    assert answers == [401, 200]


def test_a_sessions_token_is_gone_only_with_the_session_and_its_number_is_never_given_again(tmp_path: Path) -> None:
    engine = open_database(told(tmp_path, tmp_path))
    one, other = (grants.add_recipient(engine, each, "数据局") for each in (COUNTY, OTHER))
    client = tokens.add_client(engine, one.id)

    def numbers(expired: int) -> list[int]:
        """The numbers of all tokens that there are, once each has been expired for some seconds."""
        with engine.begin() as connection:
            connection.execute(update(TOKENS).values(expires=int(time.time()) - expired))
            return list(connection.execute(select(TOKENS.c.id).order_by(TOKENS.c.id)).scalars())

    assert tokens.access(engine, client.id, client.secret) and numbers(SESSION_SECONDS - 60) == [1]
    assert tokens.access(engine, client.id, client.secret) and numbers(SESSION_SECONDS + 60) == [1, 2]
    assert tokens.access(engine, client.id, "错") is None and numbers(SESSION_SECONDS + 60) == [1, 2]
    assert tokens.access(engine, client.id, client.secret) and numbers(SESSION_SECONDS + 60) == [3]
    with engine.begin() as connection:
        connection.execute(delete(TOKENS))
    tokens.issue(engine, other.id)
    assert numbers(0) == [4]


def further(three_versions: Path, supply: Path, newest: int) -> Path:
    """A county's product in a supply, whose last versions up to the newest change the same rows again; at version 2."""
    folder = supply / COUNTY / PRODUCT
    shutil.copytree(three_versions / "supply" / COUNTY / PRODUCT, folder)
    second = json.loads((folder / "manifests" / "000002.json").read_bytes())
    for version in range(3, newest + 1):
        (folder / "manifests" / f"{version:06d}.json").write_text(json.dumps(second | {"version": version}))
    return folder


def point(folder: Path, version: int) -> None:
    shutil.copy(folder / "manifests" / f"{version:06d}.json", folder / "next.json")
    os.replace(folder / "next.json", folder / "manifest.json")


def test_a_version_is_nobodys_before_its_pointer_has_moved(three_versions: Path, tmp_path: Path) -> None:
    folder = further(three_versions, tmp_path / "supply", newest=3)
    asked = (f"/counties/{COUNTY}/{PRODUCT}/3/manifest.json", f"/counties/{COUNTY}/{PRODUCT}/3/L1/files.json",
             f"/files/{COUNTY}/{PRODUCT}/L1/3/snapshot.parquet",
             f"/files/{COUNTY}/{PRODUCT}/L1/2-3/changes.parquet")  # fmt: skip
    with serving(told(tmp_path / "supply", tmp_path)) as served, httpx.Client(base_url=served.settings.address) as http:
        token = bearer(served.recipient(COUNTY))
        for version, status in ((2, 404), (3, 200)):
            point(folder, version)
            assert {http.get(each, headers=token).status_code for each in asked} == {status}


def test_an_older_snapshot_is_made_again_for_whoever_asks(three_versions: Path, tmp_path: Path) -> None:
    point(further(three_versions, tmp_path / "supply", newest=5), 5)
    with serving(told(tmp_path / "supply", tmp_path)) as served, httpx.Client(base_url=served.settings.address) as http:
        token = bearer(served.recipient(COUNTY))
        asked = [f"/files/{COUNTY}/{PRODUCT}/L1/{each}/snapshot.parquet" for each in (5, 4, 3, 2, 3)]
        assert [http.get(each, headers=token).status_code for each in asked] == [200] * 5
        assert len([*(served.settings.state / "snapshots" / COUNTY / PRODUCT / "L1").glob("*.parquet")]) <= 3


def put(folder: Path, table: pl.DataFrame) -> File:
    """A table as a released file of the L1 view."""
    content = parquet(table, {})
    sha256 = hashlib.sha256(content).hexdigest()
    (folder / "L1" / f"{sha256}.parquet").write_bytes(content)
    return File(path=f"L1/{sha256}.parquet", sha256=sha256, size=len(content), rows=table.height)


def begun_with(three_versions: Path, supply: Path, rows: int) -> Manifest:
    """The second version of a supply, which changed none of the so many rows that the first one had."""
    folder = supply / COUNTY / PRODUCT
    shutil.copytree(three_versions / "supply" / COUNTY / PRODUCT, folder)
    released = manifest_of(folder, 1)
    files = {name: folder / file["path"] for name, file in released.views["L1"].model_dump(exclude={"level"}).items()}
    had = {name: put(folder, pl.read_parquet(file).head(rows)) for name, file in files.items()}
    first = released.model_copy(update={"views": {"L1": View(level="L1", **had)}})
    none = View(level="L1", changes=put(folder, pl.read_parquet(files["changes"]).clear()))
    told = {"version": 2, "base": 1, "changes": {}, "views": {"L1": none}, "previous": fingerprint(first)}
    for each in (first, first.model_copy(update=told)):
        (folder / "manifests" / f"{each.version:06d}.json").write_bytes(canonical(each))
    point(folder, 2)
    return manifest_of(folder)


def test_what_was_made_of_one_supply_is_not_given_of_another_that_lies_there_since(
    three_versions: Path, tmp_path: Path
) -> None:
    mirror, marks = picture_of(PRODUCT), set[str]()
    assert mirror is not None
    for rows in (10, 5):
        settings = told(tmp_path / f"supply-{rows}", tmp_path / "state")
        manifest = begun_with(three_versions, settings.supply, rows)
        assert folded.snapshot(settings, manifest, "L1").file.rows == rows
        assert increment.increment(settings, COUNTY, PRODUCT, "L1", 1, 2).file.rows == rows
        marks.add(edition(manifest, "L1", mirror))
    assert len(marks) == 2


def test_a_snapshot_that_is_freed_before_it_is_read_is_made_again(
    three_versions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point(further(three_versions, tmp_path / "supply", newest=5), 5)
    freed: list[Path] = []

    def crossed(*told: Any) -> folded.Lying:
        lying = folded.snapshot(*told)
        if not freed:
            lying.path.unlink()
            freed.append(lying.path)
        return lying

    monkeypatch.setattr(sharing, "snapshot", crossed)
    with serving(told(tmp_path / "supply", tmp_path)) as served, httpx.Client(base_url=served.settings.address) as http:
        path = f"/delta-sharing/shares/{COUNTY}/schemas/{SCHEMA}/tables/L1/query"
        answer = http.post(path, headers=bearer(served.recipient(COUNTY)), json={"version": 4})
        assert answer.status_code == 200 and freed and freed[0].exists()


def test_of_increments_the_newest_few_are_kept_and_none_that_is_given_to_nobody_any_more(
    three_versions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(increment, "_KEPT", 3)
    folder = further(three_versions, tmp_path / "supply", newest=5)
    point(folder, 5)
    settings = told(tmp_path / "supply", tmp_path)
    made = settings.state / "increments" / COUNTY / PRODUCT / "L1"

    def kept_after(first: int, last: int) -> list[str]:
        for each in made.glob("*.parquet"):
            os.utime(each, (0, 0))
        return kept_at_once(first, last)

    def kept_at_once(first: int, last: int) -> list[str]:
        increment.increment(settings, COUNTY, PRODUCT, "L1", first, last)
        return sorted(each.name[:3] for each in made.glob("*.parquet"))

    assert [kept_after(2, last)[-1] for last in (3, 4)] == ["2-3", "2-4"]
    assert kept_after(3, 4) == ["2-3", "2-4", "3-4"]
    assert kept_after(2, 5) == ["2-4", "2-5", "3-4"]
    assert kept_after(2, 3) == ["2-3", "2-4", "2-5", "3-4"]
    (folder / FREED).write_bytes(canonical(Freed(oldest=3)))
    assert kept_after(3, 5) == ["3-4", "3-5"]
    monkeypatch.setattr(increment, "_KEPT", 1)
    assert kept_after(3, 4) == ["3-4", "3-5"] and kept_at_once(4, 5) == ["3-4", "4-5"]


@pytest.fixture
def slow_making(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A snapshot is made once the event is set, and few may wait for theirs, and not long."""
    goes_on, make = threading.Event(), folded._made

    def slow(*told: Any) -> folded.Lying:
        goes_on.wait(60)
        return make(*told)

    monkeypatch.setattr(folded, "_made", slow)
    monkeypatch.setattr(turns, "_WAITING", threading.Semaphore(4))
    monkeypatch.setattr(turns, "_SECONDS", 2)
    yield goes_on
    goes_on.set()


def test_everybody_else_is_answered_while_counties_wait_for_their_snapshots(
    three_versions: Path, tmp_path: Path, slow_making: threading.Event
) -> None:
    told_busy, table = list[tuple[int, str]](), f"/delta-sharing/shares/{COUNTY}/schemas/{SCHEMA}/tables/L1"
    settings = told(three_versions / "supply", tmp_path)
    with serving(settings) as served, httpx.Client(base_url=settings.address, timeout=30) as http:
        token = bearer(served.recipient(COUNTY))

        def pull() -> None:
            answer = http.get(f"/counties/{COUNTY}/{PRODUCT}/latest/L1/files.json", headers=token)
            told_busy.append((answer.status_code, answer.headers.get("retry-after", "")))

        pulls = [threading.Thread(target=pull) for _ in range(60)]
        for each in pulls:
            each.start()
        time.sleep(0.5)
        began = time.monotonic()
        asked = ("/portal/sign-in", f"{table}/metadata", f"{table}/changes?startingVersion=2")
        assert [http.get(each, headers=token).status_code for each in asked] == [200] * 3
        assert time.monotonic() - began < 1.5
        while len(told_busy) < len(pulls) - 1:
            time.sleep(0.1)
        slow_making.set()
        for each in pulls:
            each.join(30)
        assert sorted(told_busy) == [(200, ""), *[(503, "30")] * 59]
        pull()
        assert told_busy[-1] == (200, "")


def test_counties_that_ask_at_once_for_increments_have_them_made_one_after_the_other_and_each_once(
    three_versions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point(further(three_versions, tmp_path / "supply", newest=3), 3)
    settings, made, at_once = told(tmp_path / "supply", tmp_path), list[str](), list[int]()
    make, busy = increment._made, threading.Semaphore(1)

    def slow(*asked: Any) -> folded.Lying:
        at_once.append(int(busy.acquire(blocking=False)))
        time.sleep(0.2)
        made.append(asked[-1].name[:3])
        busy.release()
        return make(*asked)

    monkeypatch.setattr(increment, "_made", slow)
    asked = [(settings, COUNTY, PRODUCT, "L1", *span) for span in ((1, 2), (1, 3), (2, 3)) for _ in range(3)]
    with ThreadPoolExecutor(len(asked)) as pool:
        files = list(pool.map(lambda each: increment.increment(*each).path, asked))
    assert sorted(made) == ["1-2", "1-3", "2-3"] and set(at_once) == {1} and len(set(files)) == 3


def test_those_that_wait_for_a_snapshot_have_threads_of_their_own(tmp_path: Path) -> None:
    async def threads() -> tuple[float, float]:
        limiter = to_thread.current_default_thread_limiter()
        before = limiter.total_tokens
        async with app._watching(app.make(told(tmp_path / "supply", tmp_path))):
            return limiter.total_tokens, before

    during, before = asyncio.run(threads())
    assert during == before + turns.MOST


def test_a_span_of_versions_names_their_changes_and_nothing_else(gateway: Served, http: httpx.Client) -> None:
    token = bearer(gateway.recipient(COUNTY))
    spans = ("1-2/snapshot", "2-1/changes", "2-2/changes", "1-2/changes", "2/changes")
    answers = [http.get(f"/files/{COUNTY}/{PRODUCT}/L1/{each}.parquet", headers=token).status_code for each in spans]
    assert answers == [404, 404, 404, 200, 200]


def test_half_a_character_in_a_query_is_answered_as_what_is_none(gateway: Served, http: httpx.Client) -> None:
    path = f"/delta-sharing/shares/{COUNTY}/schemas/{SCHEMA}/tables/L1/query"
    headers = bearer(gateway.recipient(COUNTY)) | {"Content-Type": "application/json"}
    for name in ("timestamp", "refreshToken"):
        answer = http.post(path, headers=headers, content=json.dumps({name: "\ud800"}))
        assert answer.status_code == 400 and answer.json()["message"].startswith("'?' is no "), name


def test_a_range_of_thousands_of_digits_or_of_none_is_none(gateway: Served, http: httpx.Client) -> None:
    url = link(http, gateway.recipient(COUNTY))
    whole = http.get(url).content
    for wrong in ("bytes=0-" + "9" * 5000, "bytes=" + "9" * 5000 + "-", "bytes=-" + "9" * 5000, "bytes=a-b", "bytes=-"):
        answer = http.get(url, headers={"Range": wrong})
        assert (answer.status_code, answer.content) == (200, whole), wrong[:9]
    assert http.get(url, headers={"If-None-Match": "*"}).status_code == 304
    far = http.get(url, headers={"Range": "bytes=1-" + "9" * 18})
    assert (far.status_code, far.content) == (206, whole[1:])


def test_a_long_read_of_the_newest_version_refreshes_its_addresses(gateway: Served, http: httpx.Client) -> None:
    headers = bearer(gateway.recipient(COUNTY)) | {"delta-sharing-capabilities": "includeendstreamaction=true"}
    path = f"/delta-sharing/shares/{COUNTY}/schemas/{SCHEMA}/tables/L1/query"

    def asked(**body: object) -> tuple[str, list[dict[str, Any]]]:
        answer = http.post(path, headers=headers, json=body)
        assert answer.headers["delta-sharing-capabilities"] == "responseformat=parquet;includeendstreamaction=true"
        return answer.headers["delta-table-version"], [json.loads(line) for line in answer.text.splitlines()]

    _, told = asked(includeRefreshToken=True)
    end = told[-1]["endStreamAction"]
    assert end["minUrlExpirationTimestamp"] == told[-2]["file"]["expirationTimestamp"]
    assert "refreshToken" not in asked()[1][-1]["endStreamAction"]
    version, again = asked(refreshToken="1", includeRefreshToken=True)
    assert version == "1" and again[-1]["endStreamAction"]["refreshToken"] == "1"
    assert http.get(again[-2]["file"]["url"]).status_code == 200
    assert asked(refreshToken=end["refreshToken"])[1][-2]["file"]["id"] == told[-2]["file"]["id"]
    for wrong in ({"refreshToken": "../1"}, {"refreshToken": "1", "version": 1}):
        assert http.post(path, headers=headers, json=wrong).status_code == 400
    assert http.post(path, headers=headers, json={"refreshToken": "77"}).status_code == 404


def test_the_official_client_reads_with_client_credentials(gateway: Served, http: httpx.Client) -> None:
    to = grants.add_recipient(gateway.door.engine, COUNTY, "大数据中心")
    grants.grant(gateway.door.engine, to, PRODUCT, "L2", purpose="试用", approver="测试", days=1)
    client = tokens.add_client(gateway.door.engine, to.id)
    profile = gateway.settings.state / "oauth.share"
    made = {"shareCredentialsVersion": 2, "type": "oauth_client_credentials", "endpoint": gateway.settings.endpoint,
            "tokenEndpoint": f"{gateway.settings.address}/oauth/token", "clientId": client.id,
            "clientSecret": client.secret}  # fmt: skip
    profile.write_text(json.dumps(made))
    assert len(delta_sharing.load_as_pandas(f"{profile}#{COUNTY}.{SCHEMA}.L2")) > 0
    asked = {"grant_type": "client_credentials"}
    assert http.post("/oauth/token", data=asked, auth=(client.id, "错")).status_code == 401
    assert http.post("/oauth/token", data={"grant_type": "password"}, auth=(client.id, "")).status_code == 400
    assert tokens.revoke_client(gateway.door.engine, client.id)
    assert http.post("/oauth/token", data=asked, auth=(client.id, client.secret)).status_code == 401


def test_grants_in_postgresql_hold_as_those_in_sqlite(three_versions: Path, postgres_url: str, tmp_path: Path) -> None:
    url = postgres_url.replace("postgresql://", "postgresql+psycopg2://")
    with serving(told(three_versions / "supply", tmp_path, database=url)) as served:
        token = served.recipient(COUNTY)
        url = f"{served.settings.address}/files/{COUNTY}/{PRODUCT}/L1/1/snapshot.parquet"
        assert httpx.get(url, headers=bearer(token)).status_code == 200
        (grant,) = grants.holding(served.door.engine, number(served, token))
        assert grants.revoke(served.door.engine, grant.id) and not grants.revoke(served.door.engine, grant.id)
        assert httpx.get(url, headers=bearer(token)).status_code == 404
        code = tokens.invite(served.door.engine, grant.recipient)
        made = tokens.activate(served.door.engine, code)
        assert made is not None and made.recipient == grant.recipient
        assert tokens.activate(served.door.engine, code) is None
        known = tokens.good_token(served.door.engine, made.secret)
        assert known is not None and tokens.rotate(served.door.engine, known, grace=0) is not None
        assert tokens.rotate(served.door.engine, known, grace=0) is None


def test_every_byte_that_went_out_is_in_the_log_and_the_log_holds(gateway: Served, http: httpx.Client) -> None:
    log: Door = gateway.door
    before = verify(log.audit.file).records if log.audit.file.exists() else 0
    token = gateway.recipient(COUNTY)
    content = http.get(link(http, token)).content
    served = gateway.record(what="served", recipient=number(gateway, token), bytes=len(content))
    verdict = verify(log.audit.file)
    assert verdict.faults == () and verdict.records >= before + 2
    assert (served["county"], served["product"], served["view"]) == (COUNTY, PRODUCT, "L1")
    assert served["columns"] is None


@pytest.mark.parametrize("away", [OperationalError("SELECT", None, OSError()), TimeoutError("QueuePool limit")])
def test_while_the_database_is_away_or_silent_a_county_is_told_to_ask_again(
    gateway: Served, monkeypatch: pytest.MonkeyPatch, away: Exception
) -> None:
    def asked(engine: Engine, secret: str) -> None:
        raise away

    monkeypatch.setattr("gateway.door.by_token", asked)
    answer = httpx.get(f"{gateway.settings.address}/delta-sharing/shares", headers={"Authorization": "Bearer any"})
    assert (answer.status_code, answer.headers.get("retry-after")) == (503, "30")
