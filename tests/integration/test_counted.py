"""A county is told the rows and changes of the view that it has, and none of what lies above it."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import httpx
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.kept import grants
from gateway.kept.webhooks import add_webhook
from gateway.serving import notices
from gateway.supply.counted import Changes, Counted, counted
from gateway.supply.released import released
from pipelines.compare import compare
from pipelines.disk.store import put_parquet
from schemas.manifest import View, canonical, manifest_file
from schemas.odcs import contract_path
from schemas.product import all_products
from schemas.retention import FREED, Freed
from tests.conftest import REPOSITORY
from tests.manifests import manifest
from tests.portal import person
from tests.servers.gateway import Served, serving, told
from tests.servers.robot import robots

COUNTY, PRODUCT = "330110", all_products()["data_disputes"]
CONTRACT = (REPOSITORY / "contracts" / f"{PRODUCT.key}.odcs.yaml").read_bytes()
# Of a row's name its level and what it says, day by day. A row goes above a view, and one comes down into it.
State = dict[str, tuple[str, str]]
DAYS: list[State] = [
    {"甲": ("L1", "旧"), "乙": ("L2", "旧"), "丙": ("L3", "旧"), "丁": ("L3", "旧")},
    {"甲": ("L1", "新"), "乙": ("L1", "旧"), "丙": ("L3", "新"), "戊": ("L3", "旧")},
    {"甲": ("L3", "新"), "乙": ("L1", "旧"), "丙": ("L3", "又"), "戊": ("L3", "又")},
    {"甲": ("L3", "新"), "乙": ("L1", "旧"), "丙": ("L3", "旧"), "戊": ("L3", "旧")},
]
STATES = st.lists(
    st.dictionaries(st.sampled_from("甲乙丙丁戊"), st.tuples(st.sampled_from(PRODUCT.levels), st.sampled_from("一二"))),
    min_size=1, max_size=5,
)  # fmt: skip


def view(state: State, level: str) -> pl.DataFrame:
    """The rows of a view of a day, the other columns filled in."""
    said = {"credit_code": list(state), "level": [each for each, _ in state.values()],
            "lost_value": [value for _, value in state.values()]}  # fmt: skip
    default = {pl.String: "甲", pl.Date: date(2026, 7, 1), pl.Boolean: False}
    others = [
        pl.lit(default[field.kind.dtype.base_type()], field.kind.dtype).alias(name)
        for name, field in PRODUCT.fields.items()
        if name not in said
    ]
    table = pl.DataFrame(said, dict.fromkeys(said, pl.String)).with_columns(others).select(*PRODUCT.fields)
    return table.filter(pl.col("level") <= level).sort(PRODUCT.grain)


def steps(states: list[State], level: str) -> list[pl.DataFrame]:
    """What changes each day in a view."""
    tables = [view({}, level), *(view(each, level) for each in states)]
    return [compare(old, new, PRODUCT.grain, "source") for old, new in itertools.pairwise(tables)]


def count(changes: pl.DataFrame) -> Changes:
    kinds = Counter(each.removesuffix("_postimage") for each in changes["_change_type"])
    return {kind: {"source": kinds[kind]} for kind in ("delete", "insert", "update") if kinds[kind]}


def release(states: list[State], supply: Path) -> Path:
    """A county's product released day by day, each version on the first one's snapshot."""
    folder = supply / COUNTY / PRODUCT.key
    sha256 = hashlib.sha256(CONTRACT).hexdigest()
    (folder / contract_path(sha256)).parent.mkdir(parents=True)
    (folder / contract_path(sha256)).write_bytes(CONTRACT)
    manifest_file(folder, 1).parent.mkdir()
    by_level = {level: steps(states, level) for level in PRODUCT.levels}
    for at, state in enumerate(states):
        views = {level: _view(folder, level, changes[at], None if at else view(state, level))
                 for level, changes in by_level.items()}  # fmt: skip
        made = manifest(product=PRODUCT.key, title=PRODUCT.title, version=at + 1, base=1 if at else None, views=views,
                        contract_sha256=sha256, rows=len(state), changes=count(by_level["L3"][at]))  # fmt: skip
        manifest_file(folder, at + 1).write_bytes(canonical(made))
        (folder / "manifest.json").write_bytes(canonical(made))
    return folder


def _view(folder: Path, level: str, changes: pl.DataFrame, rows: pl.DataFrame | None) -> View:
    snapshot = None if rows is None else put_parquet(rows, folder / level, "snapshot", folder, {})
    return View(level=level, snapshot=snapshot, changes=put_parquet(changes, folder / level, "changes", folder, {}))


def of(supply: Path, version: int, level: str) -> Counted:
    return counted(supply, released(supply, COUNTY, PRODUCT.key, version), level)


@settings(max_examples=40)
@given(STATES)
def test_each_view_of_each_version_counts_its_own_rows_and_changes(states: list[State]) -> None:
    with tempfile.TemporaryDirectory() as supply:
        release(states, Path(supply))
        for level in (*PRODUCT.levels, "L4"):
            for at, (state, changes) in enumerate(zip(states, steps(states, level), strict=True)):
                assert of(Path(supply), at + 1, level) == Counted(view(state, level).height, count(changes))


def test_what_no_kept_file_says_is_not_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = release(DAYS, tmp_path)
    (folder / FREED).write_bytes(canonical(Freed(oldest=3)))
    assert of(tmp_path, 1, "L1") == Counted(1, None) and of(tmp_path, 3, "L1") == Counted(
        None, {"delete": {"source": 1}}
    )
    assert of(tmp_path, 1, "L3") == Counted(4, {"insert": {"source": 4}}) and of(tmp_path, 1, "L0") == Counted(
        None, None
    )
    (folder / FREED).unlink()
    shutil.rmtree(folder / "L2")
    assert of(tmp_path, 4, "L2") == Counted(None, {}) and "make verify" in caplog.text


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Served]:
    release(DAYS, tmp_path / "supply")
    with serving(told(tmp_path / "supply", tmp_path / "state")) as running:
        yield running


def test_programs_are_told_the_counts_of_their_view(gateway: Served) -> None:
    headers = {"Authorization": f"Bearer {gateway.recipient(COUNTY, 'L1', PRODUCT.key)}"}
    with httpx.Client(base_url=f"{gateway.settings.address}/counties/{COUNTY}", headers=headers) as http:
        (item,) = http.get("/products").json()["items"]
        third, last = (http.get(f"/{PRODUCT.key}/{version}/manifest.json").json() for version in (3, "latest"))
        atom = ElementTree.fromstring(http.get("/releases.atom").text)
        (gateway.settings.supply / COUNTY / PRODUCT.key / FREED).write_bytes(canonical(Freed(oldest=4)))
        freed = http.get(f"/{PRODUCT.key}/3/manifest.json").json()
    assert item["rows"] == 1
    assert (third["rows"], third["changes"], last["rows"], last["changes"]) == (1, {"delete": {"source": 1}}, 1, {})
    summaries = [each.text for each in atom.iter("{http://www.w3.org/2005/Atom}summary")]
    assert summaries == [
        "共 1 行；行无变更，契约、异议状态或其他视图有更新",
        "共 1 行；删除 1 行（数源更新 1）",
        "共 2 行；新增 1 行（数源更新 1）；修改 1 行（数源更新 1）",
        "共 1 行；新增 1 行（数源更新 1）",
    ]
    assert not {"rows", "changes"} & {*freed} and [*freed["views"]] == ["L1"]


def test_whoever_has_all_views_gets_the_manifest_as_it_was_released(gateway: Served) -> None:
    headers = {"Authorization": f"Bearer {gateway.recipient(COUNTY, 'L3', PRODUCT.key)}"}
    address = f"{gateway.settings.address}/counties/{COUNTY}/{PRODUCT.key}/latest/manifest.json"
    pointer = gateway.settings.supply / COUNTY / PRODUCT.key / "manifest.json"
    assert httpx.get(address, headers=headers).content == pointer.read_bytes()


def test_people_read_the_counts_of_their_view(gateway: Served) -> None:
    with person(gateway, gateway.recipient(COUNTY, "L1", PRODUCT.key)) as reader:
        overview, page = reader.read(), reader.read(f"/products/{PRODUCT.key}")
    assert "第 4 版，1 行" in overview and '<p class="lead">第 4 版，数据时点 2026-07-01，1 行，' in page
    first, *_ = page.split("第 1 版</td>")[1].split("</tr>")
    assert '<td class="number">1</td>' in first and "新增 1<br>" in first and "数源更新 1</span>" in first


def test_a_view_with_few_rows_is_a_workbook_whatever_lies_above_it(
    gateway: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.portal.workbook._MOST_ROWS", 1)
    address = f"/products/{PRODUCT.key}"
    for level, is_there in (("L1", True), ("L3", False)):
        with person(gateway, gateway.recipient(COUNTY, level, PRODUCT.key)) as reader:
            page = reader.read(f"{address}/connect")
            assert ("workbook.xlsx" in page, "本版有 4 行，超出" in page) == (is_there, not is_there)
            assert reader.http.get(f"/portal{address}/workbook.xlsx").status_code == (200 if is_there else 404)


def test_a_webhook_is_told_the_counts_of_its_recipients_view(gateway: Served) -> None:
    door = gateway.door
    to = grants.add_recipient(door.engine, COUNTY, "余杭区数据局")
    grants.grant(door.engine, to, PRODUCT.key, "L1", purpose="试用", approver="测试", days=1)
    pointer = gateway.settings.supply / COUNTY / PRODUCT.key / "manifest.json"
    newest = pointer.read_bytes()
    pointer.write_bytes(manifest_file(pointer.parent, 3).read_bytes())
    with robots() as robot:
        add_webhook(door.engine, gateway.settings.supply, to, robot.url, "plain")
        pointer.unlink()
        pointer.write_bytes(newest)
        assert (notices.look(door), notices.send_due(door)) == (1, 1)
        ((_, _, body),) = robot.posted
    said = json.loads(body)
    assert (said["rows"], said["changes"]) == (1, {}) and said["summary"].startswith("共 1 行；行无变更")
