"""The chain as Dagster runs it: a release, a run for nothing, missing and refused feeds, stale mappings."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import dagster as dg
import pytest

from assets.automation import JOBS, SCHEDULES, SENSORS
from assets.checks import check_results
from assets.definitions import defs
from assets.dictionaries import OVERLAYS, POLICIES, dictionary_key
from assets.doubted import doubted
from assets.landing import Landing
from pipelines.dictionary import current
from pipelines.gather import gather
from schemas.feed import all_feeds
from schemas.manifest import Index
from schemas.product import all_products
from tests.conftest import run_release
from tests.published import EVERY_COUNTY, manifest_of

PUBLISHED = dg.AssetKey(["published", "enterprise_mirror"])


def instance(home: Path) -> dg.DagsterInstance:
    """What Dagster remembers of a home's runs."""
    return dg.DagsterInstance.from_config(str(home / "dagster"))


def test_every_declaration_is_an_asset_with_what_a_reader_needs() -> None:
    graph = defs.resolve_asset_graph()
    for feed in all_feeds().values():
        for room in ("landed", "standard", "quarantine"):
            node = graph.get(dg.AssetKey([room, feed.key]))
            assert (
                node.group_name == feed.department
                and node.owners
                and node.kinds
                and feed.title in str(node.description)
            )
            assert "dagster/code_references" in node.metadata
        standard = graph.get(dg.AssetKey(["standard", feed.key])).metadata
        titles = {column.name: column.description for column in standard["dagster/column_schema"].columns}
        assert all(column.title in str(titles[name]) for name, column in feed.columns.items())
        assert "dagster/column_lineage" in standard
    assert len(graph.get(PUBLISHED).partitions_def.get_partition_keys()) == EVERY_COUNTY
    assert (
        dg.AssetKey(["dictionary", "gbt4754_2017"])
        in graph.get(dg.AssetKey(["standard", "tax_registration"])).parent_keys
    )


def test_no_description_has_an_indented_line_which_the_ui_would_show_as_code() -> None:
    nodes = defs.resolve_asset_graph().asset_nodes
    long = {each.key: each.description for each in nodes if each.description and "\n" in each.description}
    assert long and not [key for key, description in long.items() if "\n    " in description]


def test_every_automation_says_what_it_does_where_it_is_switched_on() -> None:
    assert all(re.search("[一-龥]", each.description or "") for each in (*JOBS, *SCHEDULES, *SENSORS))


def test_every_list_policy_and_overlay_is_an_input_of_what_is_made_of_it() -> None:
    graph = defs.resolve_asset_graph()
    assert {dictionary_key(name) for name in current().lists["list"]} <= graph.materializable_asset_keys
    for feed in all_feeds().values():
        lists = {dictionary_key(each.kind.code_list) for each in feed.columns.values() if each.kind.code_list}
        assert lists <= graph.get(dg.AssetKey(["standard", feed.key])).parent_keys
    told = {key for key, product in all_products().items() if "policy_list" in product.reads()}
    assert OVERLAYS in graph.get(dg.AssetKey(["ledger"])).parent_keys
    assert {key.path[-1] for key in graph.get(POLICIES).child_keys} == told >= {"policy_library", "policy_matches"}


def test_a_dictionary_is_called_by_the_columns_whose_codes_it_tells() -> None:
    graph = defs.resolve_asset_graph()
    titles = {name: graph.get(dictionary_key(name)).description or "" for name in ("currency", "tax_status", "sex")}
    assert titles["currency"].startswith("对照表与代码表：注册资本币种\n")
    assert titles["tax_status"].startswith("对照表与代码表：纳税人状态\n")
    assert titles["sex"].startswith("对照表与代码表：性别\n")
    every = [graph.get(dictionary_key(name)).description or "" for name in current().lists["list"].unique()]
    assert [each for each in every if not re.match("对照表与代码表：.*[一-龥]", each)] == []


def test_what_is_counted_beside_a_feeds_assets_is_told_where_it_is_counted() -> None:
    """Rows that hold, rows that deliveries in use brought, and rows of all deliveries are three numbers."""
    graph = defs.resolve_asset_graph()
    for feed in all_feeds():
        told = {room: graph.get(dg.AssetKey([room, feed])).description or "" for room in ("standard", "quarantine")}
        assert "行数为现行有效行" in told["standard"] and "后来批次取代" in told["standard"]
        assert "在用批次的隔离行" in told["quarantine"]


def test_a_run_says_what_it_released_and_what_to_type_next(first_release: Path) -> None:
    said = (first_release.parent / "said").read_text()
    assert f"released {EVERY_COUNTY} of {EVERY_COUNTY} counties" in said
    assert "make ui" in said and str(first_release / "supply") in said
    with instance(first_release) as remembered:
        assert len(remembered.get_materialized_partitions(PUBLISHED)) == EVERY_COUNTY


def test_a_refused_delivery_fails_its_check_and_the_last_good_one_stays(released: Path) -> None:
    file = released / "inbox" / "tax_registration" / "20260630.csv"
    (file.parent / "20260701.csv").write_bytes(file.read_bytes().replace(b"NSRZT_DM", b"NSRZTDM", 1))
    done = run_release(released)
    assert "  税务登记 tax_registration: REFUSED 20260701.csv, column NSRZT_DM: found 'NSRZTDM'" in done.stdout
    assert "税务登记 tax_registration: 0 new, 1 refused; " in done.stdout
    assert "[renamed_column]. What may be let in: make admit\n" in done.stdout
    index = Index.model_validate_json((released / "supply" / "index" / "enterprise_mirror.json").read_bytes())
    assert [each.file for each in index.inputs if each.feed == "tax_registration"] == ["20260630.csv"]
    arrived, drift = (verdict(released, "tax_registration", check) for check in ("arrived", "drift"))
    assert not arrived.passed and "NSRZT_DM" in str(arrived.metadata["findings"])
    assert not drift.passed and drift.metadata["verdict"].value == "stop"


def test_what_is_delivered_again_of_an_earlier_day_is_seen_and_is_not_what_was_due(
    tmp_path: Path, first_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dagster's freshness goes by materializations; each arrival is told once."""
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    key, inbox = dg.AssetKey(["landed", "tax_registration"]), tmp_path / "inbox" / "tax_registration"
    lines = (first_release / "inbox" / "tax_registration" / "20260630.csv").read_bytes().splitlines(keepends=True)
    with dg.DagsterInstance.ephemeral() as remembered:
        for day, rows, seen in (("0630", 90, (1, 0)), ("0615", 80, (1, 1)), ("0615", 80, (1, 1)), ("0701", 95, (2, 1))):
            take_in(inbox / f"2026{day}.csv", b"".join(lines[:rows]), remembered)
            told = remembered.fetch_materializations(key, limit=9), remembered.fetch_observations(key, limit=9)
            assert tuple(len(each.records) for each in told) == seen, day


def test_what_is_due_after_a_wrong_year_was_taken_out_again_is_not_late(
    tmp_path: Path, first_release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What follows the delivery that took its place is of a newer day than what has landed, if of an earlier year."""
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    key, inbox = dg.AssetKey(["landed", "tax_registration"]), tmp_path / "inbox" / "tax_registration"
    lines = (first_release / "inbox" / "tax_registration" / "20260630.csv").read_bytes().splitlines(keepends=True)
    days = (("20260630", 1), ("20270701", 2), ("20260701", 2), ("20260702", 3))
    with dg.DagsterInstance.ephemeral() as remembered:
        for rows, (day, seen) in enumerate(days, start=80):
            if day == "20260701":
                (inbox / "20270701.csv").unlink()
                for each in (tmp_path / "landed" / "tax_registration").glob("2027-07-01-*"):
                    shutil.rmtree(each)
            take_in(inbox / f"{day}.csv", b"".join(lines[:rows]), remembered)
            assert len(remembered.fetch_materializations(key, limit=9).records) == seen, day


def take_in(file: Path, content: bytes, remembered: dg.DagsterInstance) -> None:
    """Let a file of taxpayers arrive, and land and standardise what has."""
    put(file, content)
    chosen = [dg.AssetKey([each, "tax_registration"]) for each in ("standard", "quarantine")]
    job = defs.resolve_implicit_global_asset_job_def()
    assert job.execute_in_process(instance=remembered, asset_selection=chosen).success


def put(file: Path, content: bytes) -> None:
    """Let a file arrive."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def test_a_countys_rows_are_not_told_as_those_of_the_product(first_release: Path) -> None:
    """Dagster shows `dagster/row_count` of whichever county was told last beside the product's name."""
    index = Index.model_validate_json((first_release / "supply" / "index" / "enterprise_mirror.json").read_bytes())
    with instance(first_release) as remembered:
        event = remembered.get_latest_materialization_event(PUBLISHED)
        key = dg.AssetCheckKey(PUBLISHED, "every_county")
        (record,) = remembered.event_log_storage.get_asset_check_execution_history(key, limit=1)
    assert event is not None and "dagster/row_count" not in event.asset_materialization.metadata
    told = record.event.dagster_event.asset_check_evaluation_data.metadata
    assert told["rows of all counties"].value == sum(each.rows for each in index.counties)


def verdict(home: Path, feed: str, check: str) -> dg.AssetCheckEvaluation:
    """The last verdict of a check on what is standard of a feed."""
    key = dg.AssetCheckKey(dg.AssetKey(["standard", feed]), check)
    with instance(home) as remembered:
        (record,) = remembered.event_log_storage.get_asset_check_execution_history(key, limit=1)
    return record.event.dagster_event.asset_check_evaluation_data


def test_a_feed_that_never_arrived_says_where_its_file_is_to_be_put_if_a_product_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    for key, passed, state in (
        ("education_school", False, f"put its file into {tmp_path}/inbox/education_school and run again"),
        ("housing_listing", True, "no product on the shelf needs it"),
    ):
        arrived, *_ = check_results(Landing((), (), (), None), gather(all_feeds()[key], tmp_path))
        assert (arrived.passed, arrived.metadata["state"].value) == (passed, f"not arrived; {state}")


def test_a_day_that_changes_no_version_is_told_of_one_county_and_one_that_brings_nothing_of_none(
    released: Path,
) -> None:
    """Dagster's freshness goes by the last event: else a product would look old that agrees with all there is."""
    register, key = released / "inbox" / "market_regulation_enterprise", dg.AssetKey(["published", "data_disputes"])
    header, line, *_ = (register / "20260630.csv").read_text().splitlines()
    name, _, *others = line.split(",")
    (register / "20260701.csv").write_text("\n".join([header, ",".join([name, "no code", *others]), ""]))
    for _ in range(2):
        done = run_release(released)
        assert done.returncode == 0, done.stdout + done.stderr
        with instance(released) as remembered:
            records = remembered.fetch_materializations(key, limit=200).records
        last, *before = (each.asset_materialization for each in records)
        assert len(before) == EVERY_COUNTY
        assert {each.metadata["agrees with"].value for each in before} == {"2026-06-30"}
        assert last.metadata["agrees with"].value == "2026-07-01"
        (same,) = (each for each in before if each.partition == last.partition)
        assert same.tags["dagster/data_version"] == last.tags["dagster/data_version"]


def test_what_cannot_be_read_of_a_feed_that_nobody_needs_is_told_and_all_else_is_released(released: Path) -> None:
    waiting = released / "inbox" / "haulage_trip"
    (waiting / "202607.jsonl").mkdir(parents=True)
    (waiting / "202606.jsonl").symlink_to(released / "gone")
    done = run_release(released)
    assert done.returncode == 0, done.stdout + done.stderr
    for name, why in (("202606.jsonl", "No such file or directory"), ("202607.jsonl", "Is a directory")):
        assert f"{name}: found what cannot be read ({why})" in done.stdout
    assert "haulage_trip: REFUSED" in done.stdout


def test_a_version_left_in_doubt_is_read_until_it_is_whole(released: Path) -> None:
    """A run before has found it damaged, or was ended before it had read it; nothing has changed since."""
    folder, note = released / "supply" / "330110" / "enterprise_mirror", released / "doubted" / "enterprise_mirror.json"
    file = folder / str(manifest_of(folder).views["L1"].snapshot.path)
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])
    note.parent.mkdir(exist_ok=True)
    note.write_text('["330110"]')
    for _ in range(2):
        done = run_release(released)
        assert done.returncode == 1 and file.name in done.stdout + done.stderr
    file.write_bytes(whole)
    assert run_release(released).returncode == 0 and not note.exists()


def test_where_the_note_of_what_is_in_doubt_is_emptied_every_county_is(
    released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(released))
    mirror = all_products()["enterprise_mirror"]
    assert doubted(mirror) == set()
    (released / "doubted").mkdir(exist_ok=True)
    (released / "doubted" / "enterprise_mirror.json").touch()
    assert len(doubted(mirror)) == EVERY_COUNTY


def test_an_edited_mapping_shows_what_is_behind_it_as_stale(first_release: Path) -> None:
    """The data version of a dictionary is its rows' hash, and the standard asset records which one it used."""
    with instance(first_release) as remembered:
        standard = remembered.get_latest_materialization_event(dg.AssetKey(["standard", "tax_registration"]))
        dictionary = remembered.get_latest_materialization_event(dg.AssetKey(["dictionary", "gbt4754_2017"]))
    assert standard is not None and dictionary is not None
    used = standard.asset_materialization.tags["dagster/input_data_version/dictionary/gbt4754_2017"]
    assert used == dictionary.asset_materialization.tags["dagster/data_version"]


def test_disputes_quarantine_and_drift_are_told_with_numbers_that_dagster_plots(first_release: Path) -> None:
    with instance(first_release) as remembered:
        told = {
            path: remembered.get_latest_materialization_event(dg.AssetKey(path.split("/"))).asset_materialization
            for path in ("disputes/enterprise", "quarantine/tax_registration", "standard/tax_registration")
        }
    pairs = {name: each.value for name, each in told["disputes/enterprise"].metadata.items() if " > " in name}
    assert pairs["浙江省市场监督管理局 > 国家税务总局浙江省税务局/企业名称"] > 0
    assert sum(pairs.values()) == told["disputes/enterprise"].metadata["dagster/row_count"].value
    assert told["quarantine/tax_registration"].metadata["rows/industry/unmapped"].value > 0
    assert told["standard/tax_registration"].metadata["corrections/spent"].value == 0
    drift = verdict(first_release, "tax_registration", "drift")
    assert drift.passed and drift.metadata["verdict"].value == "benign"
