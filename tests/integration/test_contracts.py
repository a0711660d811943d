"""Releases under contracts: a step that is too small is refused, a great one opens a line, damage is found."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import polars as pl
import pytest

from gateway.audit import Audit
from pipelines.checking.complete import incomplete
from pipelines.checking.judged import asked_of, rows_that_break
from pipelines.checking.walked import released
from pipelines.checking.whole import verify
from pipelines.dictionary import HOME, current, load
from pipelines.gather import NotReady
from pipelines.meaning.codes import code_lists, codes_of
from pipelines.promises.downloads import counties_that_read, downloads, log_of
from pipelines.promises.promised import contract_behind
from pipelines.publishing.publish import release_product
from pipelines.releasing.county import Published
from pipelines.releasing.fold import chain, write_snapshot
from pipelines.releasing.index import agree
from schemas.china import today
from schemas.contract import contract_of
from schemas.entity import all_entities
from schemas.kinds import TEXT
from schemas.manifest import (
    File,
    Index,
    IndexLine,
    Manifest,
    NoManifest,
    canonical,
    fingerprint,
    manifest_file,
    read_manifest,
)
from schemas.odcs import Written, contract_path, read
from schemas.product import all_products
from schemas.snapshot import CHANGE, DELETE, INSERT, ORIGIN, UPDATE, parts
from tests import published
from tests.gateway import COUNTY
from tests.integration.test_gateway_door import bearer
from tests.published import line_of
from tests.servers.gateway import serving, told

PRODUCT, OTHER = all_products()["enterprise_mirror"], "330782"
SOME = (COUNTY, OTHER)
PROMISED = PRODUCT.version
_MAJOR, _MINOR, _PATCH = map(int, PROMISED.split("."))
MAJOR, MINOR, PATCH = f"{_MAJOR + 1}.0.0", f"{_MAJOR}.{_MINOR + 1}.0", f"{_MAJOR}.{_MINOR}.{_PATCH + 1}"


@pytest.fixture
def home(three_versions: Path, tmp_path: Path) -> Path:
    """A home of three days with what was released for two counties: its own to write to."""
    return shutil.copytree(three_versions, tmp_path / "home", ignore=_others)


def _others(folder: str, names: list[str]) -> list[str]:
    """Of a home's supply, what is not of the two counties; and what is not needed to release once more."""
    if Path(folder).name == "supply":
        return [name for name in names if name not in (*SOME, "index")]
    return [name for name in names if name in (".lock", "inbox", "truth")]


@pytest.fixture
def one(three_versions: Path, tmp_path: Path) -> Path:
    """What was released for one county, and nothing besides."""
    part = Path("supply") / COUNTY / PRODUCT.key
    shutil.copytree(three_versions / part, tmp_path / part)
    return tmp_path


def publish(home: Path, only: tuple[str, ...] | None = SOME) -> list[Published]:
    """Release some counties, or all."""
    return release_product(PRODUCT, current(), home, home / "supply", lambda _: None, only)


def served(home: Path, county: str = COUNTY) -> Manifest:
    """The manifest that stands for a county."""
    return Manifest.model_validate_json((home / "supply" / county / PRODUCT.key / "manifest.json").read_bytes())


def declare(monkeypatch: pytest.MonkeyPatch, version: str, **changed: dict[str, object]) -> None:
    """Let the class say another version, and something else of some columns."""
    fields = PRODUCT.fields | {name: replace(PRODUCT.fields[name], **told) for name, told in changed.items()}
    monkeypatch.setattr(PRODUCT, "fields", fields)
    monkeypatch.setattr(PRODUCT, "version", version)


def download(home: Path, county: str, view: str, columns: list[str] | None, sent: int = 9) -> None:
    """Let the gateway's log say that a county has downloaded columns."""
    Audit(log_of(home)).write("served", recipient=1, grant=1, county=county, product=PRODUCT.key, view=view, version=1,
                              file="x", bytes=sent, columns=columns)  # fmt: skip


def test_a_step_that_is_too_small_is_refused_with_who_reads_the_columns(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = served(home)
    download(home, "330110", "L3", None)
    download(home, "330782", "L3", ["name", "revenue"])
    download(home, "330281", "L2", None)
    download(home, "330282", "L3", ["name"])
    download(home, "330105", "L3", None, sent=0)
    with log_of(home).open("a") as file:
        file.write('{"n":9,"what":"served","county":"330106","product":"enterprise_mirror","vi')
    declare(monkeypatch, MINOR, revenue={"unit": "万元"}, name={"title": "名称"})
    with pytest.raises(NotReady) as refusal:
        publish(home)
    words = str(refusal.value)
    assert f"version {MINOR} of its contract is too small a step after {PROMISED}; the least is {MAJOR}" in words
    assert "major: column revenue, unit (计量单位): 元 → 万元" in words and "patch: column name, title" in words
    assert "unit (计量单位): 元 → 万元: downloaded by 330110, 330782\n" in words
    assert "名称: downloaded by 330110, 330281, 330282, 330782\n" in words and "330105" not in words
    assert served(home) == before


def test_a_list_that_grew_over_rewritten_rows_is_released_nowhere(home: Path, tmp_path: Path) -> None:
    mappings = shutil.copytree(HOME, tmp_path / "mappings")
    file = mappings / "lists" / "enterprise_status.csv"
    first, *rest = file.read_text().splitlines(keepends=True)[1:]
    more = f"66,后来的状态,,1,{today()},后来才知道的文件\n"
    for rows, refused in ([first, *rest, more], False), ([first.replace("存续", "停业"), *rest, more], True):
        file.write_text("".join(["code,name,parent,level,known,basis\n", *rows]))
        try:
            release_product(PRODUCT, load(mappings), home, home / "supply", lambda _: None, SOME)
            assert not refused
        except NotReady as refusal:
            assert refused, refusal
            assert "major: code list enterprise_status: " in str(refusal)


def test_a_row_level_that_falls_is_released_nowhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disputes, attributes = all_products()["data_disputes"], all_entities()["enterprise"].attributes
    release_product(disputes, current(), home, home / "supply", lambda _: None, SOME)
    monkeypatch.setitem(attributes, "revenue", replace(attributes["revenue"], level="L1"))
    with pytest.raises(NotReady, match=r"major: row level \(行分级\) of revenue: L3 → L1"):
        release_product(disputes, current(), home, home / "supply", lambda _: None, SOME)


def test_without_a_log_it_is_said_that_nobody_knows(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, PATCH, revenue={"meaning": "本年累计营业收入"})
    with pytest.raises(NotReady, match=r"there is no log of downloads at .*audit\.jsonl"):
        publish(home)


def test_what_the_gateway_writes_down_is_what_is_read(home: Path) -> None:
    with serving(told(home / "supply", log_of(home).parent)) as gateway:
        token = gateway.recipient(COUNTY, "L2")
        path = f"{gateway.settings.address}/files/{COUNTY}/{PRODUCT.key}/L2/{served(home).version}/snapshot.parquet"
        assert httpx.get(path, headers=bearer(token)).status_code == 200
        gateway.record(what="served", view="L2", columns=None)
        part = httpx.get(path, headers=bearer(token) | {"Range": "bytes=4-40"})
        columns = gateway.record(what="served", bytes=len(part.content))["columns"]
    found = downloads(log_of(home), PRODUCT.key)
    assert found.rows() == [(COUNTY, "L2", None), (COUNTY, "L2", columns)] and columns
    contract = contract_of(PRODUCT, code_lists(current()))
    assert counties_that_read(("insured",), contract, found) == [COUNTY]
    assert counties_that_read(("revenue",), contract, found) == []
    assert counties_that_read((), contract, found) == [COUNTY]
    assert counties_that_read(("brand_new",), contract, found) == []


def test_a_wording_is_released_as_a_patch_without_a_changed_row(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, PATCH, name={"title": "名称"})
    assert [each.is_new for each in publish(home)] == [True, True]
    assert served(home).contract_version == PATCH and served(home).changes == {}
    assert [each.is_new for each in publish(home)] == [False, False]
    assert verify(PRODUCT, home / "supply") == []


def test_a_major_step_opens_a_line_and_both_stay_readable(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    last = served(home).version
    declare(monkeypatch, MAJOR, departments={"kind": TEXT}, revenue={"level": "L2"})
    assert [each.is_new for each in publish(home)] == [True, True]
    manifest = served(home)
    assert (manifest.version, manifest.contract_version) == (last + 1, MAJOR)
    assert manifest.changes == {"insert": {"contract": manifest.rows}}
    assert verify(PRODUCT, home / "supply") == []
    assert [each.is_new for each in publish(home)] == [False, False]
    with serving(told(home / "supply", home / "state")) as gateway:
        headers = bearer(gateway.recipient(COUNTY, "L2"))
        with httpx.Client(base_url=gateway.settings.address, headers=headers) as client:
            read_both_lines(client, last, manifest.rows)


def test_a_column_whose_old_values_are_none_of_its_new_type_opens_a_line(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flag = PRODUCT.fields["is_branch"].kind
    for major, kind in ((1, TEXT), (2, flag)):
        declare(monkeypatch, f"{_MAJOR + major}.0.0", is_branch={"kind": kind})
        assert [each.is_new for each in publish(home)] == [True, True]
        assert served(home).changes == {"insert": {"contract": served(home).rows}}
    assert verify(PRODUCT, home / "supply") == []


def read_both_lines(client: httpx.Client, last: int, rows: int) -> None:
    """The line before ends with its last version, the new one begins with the next; nothing leads over."""
    share, files = f"/delta-sharing/shares/{COUNTY}/schemas", f"/files/{COUNTY}/{PRODUCT.key}/L2"
    lines = [each["name"] for each in client.get(share).json()["items"]]
    assert lines == [f"{PRODUCT.key}_v{_MAJOR}", f"{PRODUCT.key}_v{_MAJOR + 1}"]
    for line, version, kind in zip(lines, (last, last + 1), ("long", "string"), strict=True):
        table = f"{share}/{line}/tables/L2"
        assert client.get(f"{table}/version").headers["delta-table-version"] == str(version)
        metadata, file = (json.loads(each) for each in client.post(f"{table}/query", json={}).text.splitlines()[1:])
        columns = {each["name"]: each for each in json.loads(metadata["metaData"]["schemaString"])["fields"]}
        assert columns["departments"]["type"] == kind and ("revenue" in columns) == (kind == "string")
        assert pl.read_parquet(httpx.get(file["file"]["url"]).content).columns == list(columns)
        contract = client.get(f"/counties/{COUNTY}/{PRODUCT.key}/{version}/contract.yaml")
        assert contract.headers["content-type"].startswith("application/yaml")
        assert f"{PRODUCT.key}_v{read(contract.content).version[0]}" == line
    changes = client.get(f"{share}/{lines[1]}/tables/L2/changes?startingVersion={last + 1}")
    assert changes.status_code == 200 and len(changes.text.splitlines()) == 3
    told = pl.read_parquet(client.get(f"{files}/{last + 1}/changes.parquet").content)
    assert told.height == rows and set(told["_change_type"]) == {"insert"}
    assert client.get(f"{files}/{last - 1}-{last}/changes.parquet").status_code == 200
    refused = client.get(f"{files}/{last}-{last + 1}/changes.parquet")
    assert refused.status_code == 400 and "two version lines" in refused.json()["message"]


def test_a_list_that_grew_publishes_nothing_and_asks_for_no_version(home: Path, tmp_path: Path) -> None:
    mappings = shutil.copytree(HOME, tmp_path / "mappings")
    with (mappings / "lists" / "enterprise_type.csv").open("a") as file:
        file.write(f"9990,后来才有的类型,9000,2,{today()},后来才知道的文件\n")
    published = release_product(PRODUCT, load(mappings), home, home / "supply", lambda _: None, SOME)
    assert [(each.is_new, each.held) for each in published] == [(False, None)] * 2


def test_a_county_whose_contract_is_lost_is_held_and_the_others_go_on(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home / "supply" / COUNTY / PRODUCT.key
    (folder / contract_path(served(home).contract_sha256)).unlink()
    declare(monkeypatch, PATCH, name={"title": "名称"})
    held, new = publish(home)
    missing = f"the contract of version {served(home).version} is missing; restore it"
    assert held.held is not None and missing in held.held.words and not held.is_new
    assert new.is_new
    assert any(missing in each for each in verify(PRODUCT, home / "supply"))
    with serving(told(home / "supply", home / "state")) as gateway:
        answer = httpx.get(f"{gateway.settings.address}/counties/{COUNTY}/{PRODUCT.key}/latest/contract.yaml",
                           headers=bearer(gateway.recipient(COUNTY)))  # fmt: skip
        assert answer.status_code == 404


def line(home: Path, county: str = COUNTY) -> IndexLine:
    """What the index says of a county."""
    return line_of(home, PRODUCT.key, county)


def test_a_county_whose_manifest_is_damaged_is_held_and_the_others_go_on(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pointer, stood = home / "supply" / COUNTY / PRODUCT.key / "manifest.json", line(home)
    whole = pointer.read_bytes()
    assert agree(PRODUCT, SOME, stood.rests, home / "supply")
    pointer.write_bytes(whole[:300])
    assert not agree(PRODUCT, SOME, stood.rests, home / "supply")
    declare(monkeypatch, PATCH, name={"title": "名称"})
    for is_new in (True, False):
        held, other = publish(home)
        assert held.held is not None and f"{pointer}: found 300 bytes that are none" in held.held.words
        assert not held.is_new and other.is_new == is_new
        said = {"held": held.held.words, "broken": held.held.broken}
        assert line(home) == stood.model_copy(update=said) and pointer.read_bytes() == whole[:300]
    pointer.write_bytes(whole)
    assert [each.is_new for each in publish(home)] == [True, False] and line(home).version == stood.version + 1
    assert verify(PRODUCT, home / "supply") == []


def lies_on(folder: Path) -> dict[str, Path]:
    """What the version that is served stands on, besides its own manifest."""
    manifest = read_manifest(folder / "manifest.json")
    assert manifest.base is not None and manifest.base < manifest.version
    base, steps = parts(chain(folder, manifest), "L3")
    return {
        "manifest": manifest_file(folder, manifest.base), "snapshot": folder / base.path,
        "changes": folder / steps[-1].path, "origin": folder / parts(chain(folder, manifest), ORIGIN)[0].path,
    }  # fmt: skip


@pytest.mark.parametrize("damage", ["gone", "cut short"])
@pytest.mark.parametrize("part", ["manifest", "snapshot", "changes", "origin"])
def test_a_county_of_which_what_its_version_stands_on_is_damaged_is_held_and_the_others_go_on(
    home: Path, monkeypatch: pytest.MonkeyPatch, part: str, damage: str
) -> None:
    """Its rows cannot be read, of which the next version is to tell the changes."""
    folder, before = home / "supply" / COUNTY / PRODUCT.key, line(home)
    file = lies_on(folder)[part]
    whole = file.read_bytes()
    file.unlink()
    if damage == "cut short":
        file.write_bytes(whole[: len(whole) // 2])
    declare(monkeypatch, PATCH, name={"title": "名称"})
    held, other = publish(home)
    assert held.held is not None and f"{file}: found " in held.held.words and "make restore" in held.held.words
    assert not held.is_new and other.is_new
    assert line(home) == before.model_copy(update={"held": held.held.words, "broken": held.held.broken})
    if part != "origin":
        with pytest.raises(NoManifest, match=f"{file.name}: found "):
            write_snapshot(folder, served(home), "L3", PRODUCT.grain)
    file.write_bytes(whole)
    assert [each.is_new for each in publish(home)] == [True, False] and verify(PRODUCT, home / "supply") == []


def test_a_county_whose_manifest_is_gone_is_held_and_begins_anew_where_its_folder_is_moved_away(home: Path) -> None:
    """It had been released as a first version, over the manifest of the one that there had been."""
    folder, stood = home / "supply" / COUNTY / PRODUCT.key, line(home)
    (folder / "manifest.json").unlink()
    before = published.bytes_below(folder)
    for _ in range(2):
        held, other = publish(home)
        assert held.held is not None and f"{folder / 'manifest.json'}: found no file" in held.held.words
        assert line(home).version == stood.version > 1 and other.held is None
        assert published.bytes_below(folder) == before
    folder.rename(home / "moved")
    new, _ = publish(home)
    assert new.is_new and new.held is None and served(home).version == line(home).version == 1
    assert verify(PRODUCT, home / "supply") == []


Table = Callable[[pl.DataFrame], pl.DataFrame]


def first(column: str, value: object) -> Table:
    """A table whose first row says something else in one column."""
    return lambda rows: rows.with_columns(
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
    )


def damage(home: Path, level: str, change: Table) -> list[str]:
    """Everything wrong after the last snapshot of one view was written otherwise, and the manifest made to agree."""
    folder = home / "supply" / COUNTY / PRODUCT.key
    manifest = with_own(folder, served(home))
    file = published.snapshot(folder, manifest, level)
    change(pl.read_parquet(file)).write_parquet(file)
    return reseal(home, manifest, level)


def reseal(home: Path, manifest: Manifest, level: str, **said: object) -> list[str]:
    """Everything wrong after the manifest names one view's file as it is now, and says whatever else it is told."""
    folder = home / "supply" / COUNTY / PRODUCT.key
    changed = canonical(with_own(folder, manifest).model_copy(update={"base": None} | said))
    (folder / "manifest.json").write_bytes(changed)
    (folder / "manifests" / f"{manifest.version:06d}.json").write_bytes(changed)
    return verify(PRODUCT, home / "supply")


def with_own(folder: Path, manifest: Manifest) -> Manifest:
    """A manifest that names a snapshot of each view, as its file is now; one that it had not is written."""
    whole = {name: view.model_copy(update={"snapshot": _named(published.snapshot(folder, manifest, name), folder)})
             for name, view in manifest.views.items()}  # fmt: skip
    return manifest.model_copy(update={"views": whole})


def _named(file: Path, folder: Path) -> File:
    """A file as a manifest tells of it."""
    content = file.read_bytes()
    rows = pl.read_parquet(file).height
    sha256 = hashlib.sha256(content).hexdigest()
    return File(path=file.relative_to(folder).as_posix(), sha256=sha256, size=len(content), rows=rows)


@pytest.mark.parametrize(
    ("level", "change", "found"),
    [
        ("L1", lambda rows: rows.with_columns(revenue=pl.lit(1)), "view L1: holds revenue from above it"),
        ("L2", lambda rows: rows.drop("address"), "view L2: lacks address"),
        ("L2", lambda rows: rows.with_columns(extra=pl.lit(1)), "holds extra, which the contract does not have"),
        ("L2", lambda rows: rows.cast({"insured": pl.Int32}), "insured is Int32, BIGINT is promised"),
        ("L3", lambda rows: rows.cast({"revenue": pl.Float64}), "revenue is DOUBLE, DECIMAL(24,6)"),
        ("L3", lambda rows: rows.with_columns(credit_code=pl.int_range(pl.len())), "credit_code is BIGINT, VARCHAR"),
        ("L3", lambda rows: rows.with_columns(credit_code=pl.int_range(pl.len())), "credit_code/"),
        ("L1", lambda rows: rows.select(sorted(rows.columns)), "view L1: columns stand as address"),
        ("L2", lambda rows: rows.head(-1), "view L2: holds other rows than the widest view"),
        ("L3", first("name", "另一个名称"), "the version before and the changes give another snapshot"),
        ("L3", first("departments", None), "departments/missing: 1 rows"),
        ("L3", first("credit_code", "91330110X16375098T"), "credit_code/check_digit: 1 rows, such as 9133"),
        ("L3", first("status", "99"), "status/not_in_list: 1 rows, such as 99"),
        ("L3", first("town", "331199999"), "town/not_in_list: 1 rows, such as 331199999"),
        ("L3", first("county", "330782"), "county: 1 rows of another county"),
        ("L3", lambda rows: pl.concat([rows, rows.head(2)]), "credit_code/repeated: 2 rows"),
    ],
)  # fmt: skip
def test_a_snapshot_that_breaks_its_contract_is_found(one: Path, level: str, change: Table, found: str) -> None:
    faults = damage(one, level, change)
    assert any(found in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda rows: rows.head(-1), "the version before and the changes give another snapshot"),
        (first("name", "另一个名称"), "the version before and the changes give another snapshot"),
        (first(CHANGE, UPDATE), "0 rows are told as new that were there, 1 as changed or gone that were not"),
        (first(CHANGE, DELETE), "0 rows are told as new that were there, 1 as changed or gone that were not"),
        (lambda rows: rows.drop("name"), "the changes have other columns or types than the snapshot"),
    ],
)  # fmt: skip
def test_a_first_version_whose_changes_are_not_its_snapshot_is_found(
    first_release: Path, tmp_path: Path, change: Table, found: str
) -> None:
    folder = shutil.copytree(first_release / "supply" / COUNTY / PRODUCT.key, tmp_path / COUNTY / PRODUCT.key)
    assert verify(PRODUCT, tmp_path) == []
    manifest = published.manifest_of(folder)
    file = folder / manifest.views["L3"].changes.path
    change(pl.read_parquet(file)).write_parquet(file)
    view = manifest.views["L3"].model_copy(update={"changes": _named(file, folder)})
    changed = canonical(manifest.model_copy(update={"views": {**manifest.views, "L3": view}}))
    (folder / "manifest.json").write_bytes(changed)
    (folder / "manifests" / "000001.json").write_bytes(changed)
    assert verify(PRODUCT, tmp_path) == [f"{COUNTY}/{PRODUCT.key}: version 1, view L3: {found}"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (first("status", "99"), "version {}: status/not_in_list: 1 rows, such as 99"),
        (first("county", "330782"), "version {}: county: 1 rows of another county"),
        (lambda rows: pl.concat([rows, rows.head(1)]), "version {}: credit_code/repeated: 1 rows"),
        (first("name", "另一个名称"), "version {}, view L2: holds other rows than the widest view"),
        (lambda rows: rows.with_columns(pl.lit(INSERT).alias(CHANGE)), "view L3: 1 rows are told as new"),
        (lambda rows: rows.filter(pl.col(CHANGE) != INSERT), "version {} has "),
    ],
)  # fmt: skip
def test_changes_on_an_earlier_snapshot_that_break_their_contract_are_found(
    three_versions: Path, tmp_path: Path, change: Table, found: str
) -> None:
    """Of a version that stands on an earlier snapshot nothing is asked but what its changes put."""
    manifest = _resealed(three_versions, tmp_path, "L3", change)
    faults = verify(PRODUCT, tmp_path)
    assert any(found.format(manifest.version) in fault for fault in faults), faults


@pytest.mark.parametrize(
    "change",
    [
        first("name", "另一个名称"),
        lambda rows: rows.tail(-1),
        lambda rows: rows.with_columns(pl.lit(DELETE).alias(CHANGE)),
    ],
    ids=["another value", "a change that is not told", "rows that go"],
)
def test_changes_of_a_lower_view_that_are_not_those_of_the_widest_are_found(
    three_versions: Path, tmp_path: Path, change: Table
) -> None:
    """Of a view of a version that stands on an earlier snapshot those rows alone are looked at that changes name."""
    manifest = _resealed(three_versions, tmp_path, "L2", change)
    found = f"version {manifest.version}, view L2: holds other rows than the widest view has at this level"
    assert [fault for fault in verify(PRODUCT, tmp_path) if fault.endswith(found)] != []


def _resealed(home: Path, folder: Path, level: str, change: Table) -> Manifest:
    """Another's changes under a manifest that names them: of a view of a county's last version, updates first."""
    there = next(each for each in _standing_on_another(home) if _updates(each))
    copy = shutil.copytree(there, folder / there.parent.name / PRODUCT.key)
    manifest = published.manifest_of(copy)
    file = copy / manifest.views[level].changes.path
    change(pl.read_parquet(file).sort(pl.col(CHANGE) == UPDATE, descending=True)).write_parquet(file)
    named = manifest.views[level].model_copy(update={"changes": _named(file, copy)})
    resealed = canonical(manifest.model_copy(update={"views": {**manifest.views, level: named}}))
    for pointer in (copy / "manifest.json", copy / "manifests" / f"{manifest.version:06d}.json"):
        pointer.write_bytes(resealed)
    return manifest


def _standing_on_another(home: Path) -> list[Path]:
    """The folders of counties whose served version has no snapshot of its own."""
    folders = [pointer.parent for pointer in sorted((home / "supply").glob(f"*/{PRODUCT.key}/manifest.json"))]
    return [each for each in folders if published.manifest_of(each).base is not None]


def _updates(folder: Path) -> bool:
    """Whether one row is told as changed and others as new."""
    told = pl.read_parquet(folder / published.manifest_of(folder).views["L3"].changes.path)[CHANGE]
    return (told == UPDATE).sum() == 1 and (told == INSERT).any()


def test_an_enterprise_that_two_counties_have_at_one_version_is_no_fault(three_versions: Path, tmp_path: Path) -> None:
    """Versions of one number are of other days in other counties: one that moved may stand in both."""
    folder = three_versions / "supply" / COUNTY / PRODUCT.key
    manifest = published.manifest_of(folder, 1)
    version = released(manifest, contract_behind(manifest, folder), folder, None)
    parts = codes_of(current()).partition_by("list", as_dict=True, maintain_order=True)
    lists = {str(name): rows for (name,), rows in parts.items()}
    elsewhere = replace(asked_of(version), folder=tmp_path / "read in the same pass or not at all")
    assert rows_that_break(PRODUCT, [asked_of(version), elsewhere], lists) == []


def test_a_list_that_lost_codes_since_is_held_against_no_version_before_and_one_that_grew_is(one: Path) -> None:
    """A major step may take codes out, or a list with its column."""
    lists, is_status = current().lists, pl.col("list") == "enterprise_status"
    for held in (lists.filter(~is_status | (pl.col("code") != "1")), lists.filter(~is_status)):
        assert verify(PRODUCT, one / "supply", replace(current(), lists=held)) == []
    another = lists.filter(is_status).tail(1).with_columns(code=pl.lit("10"), known=pl.lit(lists["known"].max()))
    grown = replace(current(), lists=pl.concat([lists, another]))
    assert verify(PRODUCT, one / "supply", grown) == []
    damage(one, "L3", first("status", "99"))
    assert any("status/not_in_list: 1 rows" in fault for fault in verify(PRODUCT, one / "supply", grown))


@pytest.mark.parametrize("kind", ["changes", "snapshot"])
def test_a_file_of_other_rows_than_are_told_of_it_is_found(one: Path, kind: str) -> None:
    """Changes that are told to be none are read by nobody."""
    manifest = with_own(one / "supply" / COUNTY / PRODUCT.key, served(one))
    file = getattr(manifest.views["L2"], kind)
    view = manifest.views["L2"].model_copy(update={kind: file.model_copy(update={"rows": 0})})
    faults = reseal(one, manifest, "L2", views=manifest.views | {"L2": view})
    (fault,) = faults
    assert fault.endswith(f"version {manifest.version}, view L2: {file.path} has {file.rows} rows, 0 are told")


def test_a_manifest_that_breaks_its_contract_is_found(one: Path) -> None:
    manifest = served(one)
    without = tuple(each for each in manifest.inputs if each.feed != "market_regulation_enterprise")
    faults = reseal(one, manifest, "L3", inputs=without)
    assert any("names market_regulation_enterprise neither as an input nor as missing" in each for each in faults)
    faults = reseal(one, manifest, "L3", views={level: manifest.views[level] for level in ("L1", "L3")})
    assert any(f"has views L1, L3 of contract {PROMISED}; promised are L1, L2, L3" in each for each in faults)
    file = one / "supply" / COUNTY / PRODUCT.key / contract_path(manifest.contract_sha256)
    file.write_bytes(file.read_bytes() + b"# touched\n")
    named = f"is not the contract of version {manifest.version}"
    assert any(named in each for each in verify(PRODUCT, one / "supply"))


def test_nothing_is_left_out_unsaid(three_versions: Path, tmp_path: Path) -> None:
    home = shutil.copytree(three_versions, tmp_path / "home", ignore=shutil.ignore_patterns("*.parquet", ".lock"))
    assert incomplete(PRODUCT, home) == []
    file = home / "supply" / "index" / f"{PRODUCT.key}.json"
    index = Index.model_validate_json(file.read_bytes())

    def faults(**said: object) -> list[str]:
        file.write_bytes(canonical(index.model_copy(update=said)))
        return incomplete(PRODUCT, home)

    lines = {each.county: each for each in index.counties}
    others = tuple(each for code, each in lines.items() if code != COUNTY)
    assert faults(counties=others) == [f"{PRODUCT.key}: 余杭区 {COUNTY} is not in the index; release it: `make run`"]
    unsaid = lines[COUNTY].model_copy(update={"version": 0, "manifest_sha256": ""})
    assert "has no version, and the index does not say why" in faults(counties=(*others, unsaid))[0]
    assert faults(counties=(*others, unsaid.model_copy(update={"held": "rows fell"}))) == []
    stale = lines[COUNTY].model_copy(update={"manifest_sha256": "0" * 64})
    assert "is served another manifest than the index names" in faults(counties=(*others, stale))[0]
    more = lines[COUNTY].model_copy(update={"rows": 999_999})
    (fault,) = faults(counties=(*others, more))
    assert f"{COUNTY} has version {more.version} with 999999 rows in the index, and {more.version} with " in fault
    assert (
        f"the index is of 2020-01-01, and the newest delivery that it names of {index.as_of}"
        in faults(as_of="2020-01-01")[0]
    )
    assert "tax_registration) is named neither" in faults(
        inputs=tuple(each for each in index.inputs if each.feed != "tax_registration")
    )[0]  # fmt: skip
    newest = max(
        (each for each in index.inputs if each.feed == "market_regulation_enterprise"), key=lambda each: each.as_of
    )
    (fault,) = faults(inputs=tuple(each for each in index.inputs if each != newest))
    assert f"{newest.file} of 市场主体登记" in fault and "is in use, but no release rests on it" in fault
    file.unlink()
    (fault,) = incomplete(PRODUCT, home)
    assert "nothing is released" in fault and fault.endswith("name the products that are released here: PRODUCTS=")


def test_the_manifest_names_the_bytes_of_the_contract(home: Path) -> None:
    manifest = served(home)
    file = home / "supply" / COUNTY / PRODUCT.key / contract_path(manifest.contract_sha256)
    written = Written(contract_of(PRODUCT, code_lists(current())))
    assert file.read_bytes() == written.content and manifest.contract_sha256 == written.sha256
    assert fingerprint(manifest) != manifest.contract_sha256
