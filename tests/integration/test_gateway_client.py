"""What a county's own tools do at the gateway: the official client, Polars, DuckDB and Atom, over real HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import delta_sharing
import duckdb
import httpx
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest

from gateway.supply import folded
from gateway.supply.increment import CHANGE, DELETE
from schemas.manifest import Manifest
from tests import published
from tests.conftest import REPOSITORY
from tests.gateway import PRODUCT, SCHEMA
from tests.servers.gateway import Served, serving, told


@pytest.fixture(scope="module")
def gateway(three_versions: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(told(three_versions / "supply", tmp_path_factory.mktemp("state"))) as served:
        yield served


@pytest.fixture(scope="module")
def county(three_versions: Path) -> str:
    """A county that every day has changed."""
    pointers = sorted((three_versions / "supply").glob(f"*/{PRODUCT}/manifest.json"))
    return max(map(manifest, pointers), key=lambda each: (each.version, each.rows)).county


def manifest(pointer: Path) -> Manifest:
    return Manifest.model_validate_json(pointer.read_bytes())


@pytest.fixture(scope="module")
def table(gateway: Served, county: str) -> str:
    """The address of the county's widest table, as a county writes it."""
    return f"{gateway.profile(gateway.recipient(county))}#{county}.{SCHEMA}.L3"


def snapshot(home: Path, county: str, version: int, level: str = "L3") -> pl.DataFrame:
    folder = home / "supply" / county / PRODUCT
    return published.rows(folder, published.manifest_of(folder, version), level)


def versions(home: Path, county: str) -> int:
    return manifest(home / "supply" / county / PRODUCT / "manifest.json").version


def same(found: pd.DataFrame, expected: pl.DataFrame) -> bool:
    """Whether the client read every value: compared as text, as pandas has its own nulls and numbers."""
    assert list(found.columns) == expected.columns
    codes = sorted(found["credit_code"])
    return codes == expected["credit_code"].sort().to_list() and found.notna().sum().to_dict() == {
        name: expected.height - count for name, count in expected.null_count().row(0, named=True).items()
    }


def test_the_official_client_lists_in_pages(gateway: Served, county: str) -> None:
    profile = gateway.profile(gateway.recipient(county, "L2"))
    client = delta_sharing.SharingClient(str(profile))
    (share,) = client.list_shares()
    (schema,) = client.list_schemas(share)
    assert (share.name, schema.name) == (county, SCHEMA)
    assert [each.name for each in client.list_tables(schema)] == ["L1", "L2"]
    assert [each.name for each in client.list_all_tables()] == ["L1", "L2"]

    token = json.loads(profile.read_text())["bearerToken"]
    asked = {"headers": {"Authorization": f"Bearer {token}"}, "base_url": gateway.settings.endpoint}
    with httpx.Client(**asked) as http:
        first = http.get(f"/shares/{county}/all-tables", params={"maxResults": 1}).json()
        then = http.get(f"/shares/{county}/all-tables", params={"pageToken": first["nextPageToken"]}).json()
        assert [each["name"] for each in (*first["items"], *then["items"])] == ["L1", "L2"]
        assert "nextPageToken" not in then
        assert http.get(f"/shares/{county}/all-tables", params={"maxResults": 0}).json()["items"] == []
        refused = http.get("/shares", params={"pageToken": "下一页"})
        assert refused.status_code == 400 and set(refused.json()) == {"errorCode", "message"}


def test_a_table_is_read_whole_with_a_limit_by_version_and_by_time(
    three_versions: Path, county: str, table: str
) -> None:
    newest = versions(three_versions, county)
    assert same(delta_sharing.load_as_pandas(table), snapshot(three_versions, county, newest))
    assert len(delta_sharing.load_as_pandas(table, limit=2)) == 2
    assert len(delta_sharing.load_as_pandas(table, limit=0)) == 0
    first = snapshot(three_versions, county, 1)
    assert same(delta_sharing.load_as_pandas(table, version=1), first)
    assert same(delta_sharing.load_as_pandas(table, timestamp="2026-06-30 12:00:00"), first)
    with pytest.raises(Exception, match="does not exist"):
        delta_sharing.load_as_pandas(table, version=99)
    with pytest.raises(Exception, match="Nothing had been released"):
        delta_sharing.load_as_pandas(table, timestamp="2020-01-01 00:00:00")


def test_the_delta_form_gives_the_same_rows(three_versions: Path, county: str, table: str) -> None:
    newest = snapshot(three_versions, county, versions(three_versions, county))
    assert same(delta_sharing.load_as_pandas(table, use_delta_format=True), newest)
    plain = delta_sharing.load_table_changes_as_pandas(table, starting_version=2)
    kernel = delta_sharing.load_table_changes_as_pandas(table, starting_version=2, use_delta_format=True)
    assert sorted(plain["credit_code"]) == sorted(kernel["credit_code"])
    assert sorted(plain[CHANGE]) == sorted(kernel[CHANGE])


def test_a_table_of_no_rows_is_read_in_both_forms(three_versions: Path, gateway: Served) -> None:
    told = map(manifest, (three_versions / "supply").glob(f"*/{PRODUCT}/manifest.json"))
    county = next(each.county for each in told if each.rows == 0)
    table = f"{gateway.profile(gateway.recipient(county))}#{county}.{SCHEMA}.L3"
    columns = snapshot(three_versions, county, 1).columns
    for in_delta in (False, True):
        found = delta_sharing.load_as_pandas(table, use_delta_format=in_delta)
        assert (len(found), list(found.columns)) == (0, columns)
        changes = delta_sharing.load_table_changes_as_pandas(table, starting_version=1, use_delta_format=in_delta)
        assert len(changes) == 0 and set(columns) < set(changes.columns)


def test_changes_of_any_stretch_lead_from_one_version_to_the_other(three_versions: Path, gateway: Served) -> None:
    changed = [each for each in (three_versions / "supply").glob("33????") if versions(three_versions, each.name) > 2]
    assert changed
    for folder in sorted(changed)[:4]:
        name = folder.name
        newest = versions(three_versions, name)
        address = f"{gateway.profile(gateway.recipient(name))}#{name}.{SCHEMA}.L3"
        for start in range(1, newest + 1):
            told = delta_sharing.load_table_changes_as_pandas(address, starting_version=start)
            before = set(snapshot(three_versions, name, start - 1)["credit_code"]) if start > 1 else set()
            gone = set(told.loc[told[CHANGE] == DELETE, "credit_code"])
            put = set(told.loc[told[CHANGE] != DELETE, "credit_code"])
            assert (before - gone) | put == set(snapshot(three_versions, name, newest)["credit_code"])
            assert told["credit_code"].is_unique and set(told["_commit_version"]) <= {newest}
            assert told["_cause"].notna().all()


def test_versions_and_changes_by_time_are_those_by_number(
    three_versions: Path, county: str, gateway: Served, table: str
) -> None:
    told = manifest(three_versions / "supply" / county / PRODUCT / "manifest.json")
    assert (told.version, told.as_of) == (3, "2026-07-02")
    ends = {"starting_timestamp": "2026-07-01 00:00:00", "ending_timestamp": "2026-07-02 12:00:00"}
    by_number = delta_sharing.load_table_changes_as_pandas(table, starting_version=2, ending_version=3)
    assert len(by_number) > 0 and delta_sharing.load_table_changes_as_pandas(table, **ends).equals(by_number)
    ends["ending_timestamp"] = "2026-07-01 12:00:00"
    by_number = delta_sharing.load_table_changes_as_pandas(table, starting_version=2, ending_version=2)
    assert len(by_number) > 0 and delta_sharing.load_table_changes_as_pandas(table, **ends).equals(by_number)
    token = json.loads(Path(table.partition("#")[0]).read_text())["bearerToken"]
    path = f"/shares/{county}/schemas/{SCHEMA}/tables/L3/version"
    for time, version in (("2026-06-30 00:00:00", "1"), ("2026-06-30 00:00:01", "2"), ("2026-07-02 00:00:00", "3")):
        answer = httpx.get(
            f"{gateway.settings.endpoint}{path}", params={"startingTimestamp": time},
            headers={"Authorization": f"Bearer {token}"},
        )  # fmt: skip
        assert (answer.status_code, answer.headers["Delta-Table-Version"]) == (200, version)


def test_nothing_new_is_an_empty_answer_and_what_lies_beyond_is_refused(
    three_versions: Path, county: str, table: str
) -> None:
    newest = versions(three_versions, county)
    assert len(delta_sharing.load_table_changes_as_pandas(table, starting_version=newest + 1)) == 0
    with pytest.raises(Exception, match="behind endingVersion"):
        delta_sharing.load_table_changes_as_pandas(table, starting_version=newest + 2)
    with pytest.raises(Exception, match="Say where to begin"):
        delta_sharing.load_table_changes_as_pandas(table)


def test_an_enterprise_that_moved_is_gone_for_one_county_and_new_for_the_other(
    three_versions: Path, gateway: Served
) -> None:
    events = pl.read_parquet(three_versions / "truth" / "events.parquet").filter(pl.col("event") == "moved")
    seen = 0
    for code, before, after in events.select("credit_code", "before", "after").iter_rows():
        here, there = (_change(gateway, each[:6], code) for each in (before, after))
        seen += here == DELETE and there == "insert"
    assert seen > 0


def _change(gateway: Served, county: str, code: str) -> str | None:
    address = f"{gateway.profile(gateway.recipient(county))}#{county}.{SCHEMA}.L1"
    told = delta_sharing.load_table_changes_as_pandas(address, starting_version=2)
    found = told.loc[told["credit_code"] == code, CHANGE]
    return found.item() if len(found) == 1 else None


def test_titles_units_and_meanings_come_as_comments(gateway: Served, county: str, table: str) -> None:
    lines = httpx.get(
        f"{gateway.settings.endpoint}/shares/{county}/schemas/{SCHEMA}/tables/l3/metadata", headers=bearer(table)
    ).text.splitlines()
    told = json.loads(lines[1])["metaData"]
    fields = {each["name"]: each["metadata"]["comment"] for each in json.loads(told["schemaString"])["fields"]}
    assert told["name"].startswith("企业镜像（") and fields["age_years"].startswith("存续年限（年）：")


def bearer(table: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {json.loads(Path(table.partition('#')[0]).read_text())['bearerToken']}"}


def test_predicates_that_no_row_can_meet_give_no_file(gateway: Served, county: str, table: str) -> None:
    url = f"{gateway.settings.endpoint}/shares/{county}/schemas/{SCHEMA}/tables/L3/query"

    def files(op: str, value: str) -> int:
        column = {"op": "column", "name": "registered", "valueType": "date"}
        hint = {"op": op, "children": [column, {"op": "literal", "value": value, "valueType": "date"}]}
        answer = httpx.post(url, headers=bearer(table), json={"jsonPredicateHints": json.dumps(hint)})
        return len(answer.text.splitlines()) - 2

    assert files("greaterThan", "2090-01-01") == 0 and files("lessThan", "2090-01-01") == 1
    assert files("不知道", "2090-01-01") == 1


def test_polars_and_duckdb_read_three_columns_and_what_they_read_is_metered(
    gateway: Served, county: str, table: str
) -> None:
    links = httpx.get(
        f"{gateway.settings.address}/counties/{county}/{PRODUCT}/latest/L3/files.json", headers=bearer(table)
    ).json()
    log = gateway.door.audit.file
    before = log.stat().st_size if log.exists() else 0
    columns = ["credit_code", "town_name", "industry"]
    rows = pl.scan_parquet(links["snapshot"]["url"]).select(columns).collect()
    assert rows.height == links["snapshot"]["rows"]
    mirror = pl.scan_parquet(links["snapshot"]["url"])
    assert mirror is not None
    assert duckdb.sql("SELECT count(credit_code) FROM mirror").fetchall() == [(rows.height,)]
    records = [json.loads(line) for line in log.read_bytes()[before:].splitlines()]
    served = [each for each in records if each["what"] == "served"]
    assert all(each["county"] == county for each in served) and sum(each["bytes"] for each in served) > 0


def test_a_range_is_told_with_the_columns_it_touches(
    three_versions: Path, gateway: Served, county: str, table: str
) -> None:
    newest = manifest(three_versions / "supply" / county / PRODUCT / "manifest.json")
    file = folded.snapshot(gateway.settings, newest, "L3").path
    chunk = pq.read_metadata(file).row_group(0).column(2)
    start = chunk.data_page_offset
    url = f"{gateway.settings.address}/files/{county}/{PRODUCT}/L3/{newest.version}/snapshot.parquet"
    answer = httpx.get(url, headers=bearer(table) | {"Range": f"bytes={start}-{start + 9}"})
    assert (answer.status_code, answer.content) == (206, file.read_bytes()[start : start + 10])
    served = gateway.record(what="served", county=county, bytes=10)
    assert served["columns"] == ["name"]
    assert httpx.get(url, headers=bearer(table) | {"Range": "bytes=99999999-"}).status_code == 416
    tail = httpx.get(url, headers=bearer(table) | {"Range": "bytes=-4"})
    assert (tail.status_code, tail.content) == (206, b"PAR1")


def test_who_has_a_file_is_sent_no_byte_of_it_again(
    three_versions: Path, gateway: Served, county: str, table: str
) -> None:
    newest = manifest(three_versions / "supply" / county / PRODUCT / "manifest.json")
    url = f"{gateway.settings.address}/files/{county}/{PRODUCT}/L3/{newest.version}/changes.parquet"
    mark = httpx.head(url, headers=bearer(table)).headers["etag"]
    for named in (mark, f'"another", W/{mark}'):
        again = httpx.get(url, headers=bearer(table) | {"If-None-Match": named})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", mark)
    assert httpx.get(url, headers={"If-None-Match": mark}).status_code == 401
    assert httpx.get(url, headers=bearer(table) | {"If-None-Match": '"another"'}).status_code == 200


def test_manifest_products_and_releases_are_told_plainly(gateway: Served, county: str) -> None:
    token = gateway.recipient(county, "L1")
    with httpx.Client(base_url=gateway.settings.address, headers={"Authorization": f"Bearer {token}"}) as http:
        (product,) = http.get(f"/counties/{county}/products").json()["items"]
        assert (product["title"], product["view"]) == ("企业镜像", "L1")
        told = http.get(f"/counties/{county}/{PRODUCT}/latest/manifest.json").json()
        assert list(told["views"]) == ["L1"]
        assert http.get(f"/counties/{county}/{PRODUCT}/1/manifest.json").json()["version"] == 1
        feed = ElementTree.fromstring(http.get(f"/counties/{county}/releases.atom").content)
        atom = "{http://www.w3.org/2005/Atom}"
        titles = [each.text or "" for each in feed.iter(f"{atom}title")]
        assert len(titles) == told["version"] + 1 and titles[1].startswith(f"企业镜像 第 {told['version']} 版")
        links = {(each.get("rel"), each.get("href")) for each in feed.iter(f"{atom}link")}
        own, page = f"/counties/{county}/releases.atom", f"/portal/products/{PRODUCT}"
        assert links == {("self", f"{http.base_url}{own}"), ("alternate", f"{http.base_url}{page}")}


def test_the_readmes_quick_start_works_as_written(three_versions: Path, county: str, table: str) -> None:
    start, increment = re.findall(r"```python\n(.*?)```", (REPOSITORY / "README.md").read_text(), re.DOTALL)
    (query,) = re.findall(r"`(duckdb\.sql\(.*?\))`", (REPOSITORY / "README.md").read_text())
    assert [len(re.findall(r"^.+$", code, re.MULTILINE)) for code in (start, increment)] == [5, 5]
    known: dict[str, Any] = {"duckdb": duckdb}
    exec(start.replace(f"var/demo/gateway/330110.share#330110.{SCHEMA}.L3", table), known)
    newest = versions(three_versions, county)
    assert known["known"] == newest
    assert same(known["mirror"], snapshot(three_versions, county, newest))
    assert len(eval(query, known).fetchall()) > 1
    known |= {"mirror": delta_sharing.load_as_pandas(table, version=1), "known": 1}
    for _ in range(2):
        exec(increment, known)
        assert known["known"] == newest
        assert same(known["mirror"], snapshot(three_versions, county, newest))
