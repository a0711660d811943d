"""What starts by itself and what it leaves alone: sensors, conditions, schedule, stale marks, runs that were killed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from dagster import DagsterRunStatus
from dagster._core.definitions.data_version import CachingStaleStatusResolver, StaleStatus
from dagster._core.loader import LoadingContextForTest
from dagster._core.storage.partition_status_cache import AssetPartitionStatus

from assets import inprocess
from assets.automation import edited_mappings, new_files, nightly
from assets.definitions import defs
from assets.dictionaries import ADMISSIONS, POLICIES, dictionary_key
from assets.partitions import COUNTIES, all_counties
from demo.feeds import DESCRIBING
from pipelines.dictionary import Mappings, current, policy_texts
from schemas.feed import all_feeds
from schemas.product import all_products
from tests.conftest import ENTERPRISE_PRODUCTS, run_release
from tests.published import EVERY_COUNTY

PUBLISHED = dg.AssetKey(["published", "enterprise_mirror"])
FUSED = dg.AssetKey(["fused", "enterprise"])
DISPUTES = dg.AssetKey(["disputes", "enterprise"])
INDUSTRY = dg.AssetKey(["dictionary", "gbt4754_2017"])


@pytest.fixture
def home(released: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A released home of one's own, which the environment names."""
    monkeypatch.setenv("JUBIAN_HOME", str(released))
    monkeypatch.delenv("JUBIAN_INBOX", raising=False)
    return released


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    """What Dagster remembers of the home's run."""
    with dg.DagsterInstance.from_config(str(home / "dagster")) as instance:
        yield instance


def room(name: str, feed: str) -> dg.AssetKey:
    """The asset of a feed in a room."""
    return dg.AssetKey([name, feed])


def without_last_row(mappings: Mappings, code_list: str) -> Mappings:
    """Mappings as if the last row of a code list's dictionary had been taken out."""
    rows = mappings.codes.with_row_index("at")
    last = rows.filter(pl.col("list") == code_list)["at"].max()
    return replace(mappings, codes=rows.filter(pl.col("at") != last).drop("at"))


def with_code(mappings: Mappings, code_list: str) -> Mappings:
    """Mappings as if a code had been appended to a list."""
    last = mappings.lists.filter(pl.col("list") == code_list).tail(1)
    return replace(mappings, lists=pl.concat([mappings.lists, last.with_columns(code=pl.lit("Z9"))]))


def retitled() -> pl.DataFrame:
    """The policies as if each file called its own otherwise."""
    return policy_texts().with_columns(pl.col("text").str.replace("title: ", "title: 新版"))


def run(instance: dg.DagsterInstance, keys: list[dg.AssetKey], **tags: str) -> dg.ExecuteInProcessResult:
    """Materialize some assets in this process."""
    return defs.resolve_implicit_global_asset_job_def().execute_in_process(
        instance=instance, asset_selection=keys, tags=tags, raise_on_error=False
    )


def never_arrived() -> set[str]:
    """The landed assets of the feeds that the small demo does not have, and the products that its run leaves out."""
    feeds = {f"landed/{key}" for key in all_feeds().keys() - {*DESCRIBING}}
    return feeds | {f"published/{key}" for key in all_products().keys() - {*ENTERPRISE_PRODUCTS}}


def stale(instance: dg.DagsterInstance, county: str) -> set[str]:
    """The assets that Dagster shows as stale or missing, products by one county, but for feeds that never arrived."""
    graph = defs.resolve_asset_graph()
    told = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))
    keys = {key: county if graph.get(key).is_partitioned else None for key in graph.materializable_asset_keys}
    status = {key.to_user_string(): told.get_status(key, county) for key, county in keys.items()}
    assert {key for key, each in status.items() if each is StaleStatus.MISSING} <= never_arrived()
    return {key for key, each in status.items() if each is not StaleStatus.FRESH} - never_arrived()


def not_told(instance: dg.DagsterInstance) -> set[str]:
    """What may be materialized and is whole, and of which the last run told nothing: a backfill shows it as failed."""
    graph = defs.resolve_asset_graph()
    (last,) = instance.get_runs(limit=1)
    told = {key: instance.get_latest_materialization_event(key) for key in graph.unpartitioned_asset_keys}
    keys = told.keys() & graph.materializable_asset_keys
    return {key.to_user_string() for key in keys if (each := told[key]) is None or each.run_id != last.run_id}


def test_nothing_is_stale_after_a_release_nor_after_one_that_changed_nothing(
    home: Path, instance: dg.DagsterInstance
) -> None:
    assert stale(instance, "330110") == set()
    done = run_release(home)
    assert done.returncode == 0 and done.stdout.count("Nothing has changed; nothing was published.") == len(
        ENTERPRISE_PRODUCTS
    )
    assert len(instance.fetch_materializations(room("landed", "tax_registration"), limit=10).records) == 1
    assert stale(instance, "330110") == set()
    assert not_told(instance) == set()


def test_an_edited_dictionary_shows_as_stale_what_needs_it_and_nothing_else(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets.automation.load", lambda: without_last_row(current(), "gbt4754_2017"))
    monkeypatch.setattr("assets.dictionaries.load", lambda: without_last_row(current(), "gbt4754_2017"))
    (request,) = edited_mappings(dg.build_sensor_context(instance=instance, definitions=defs))
    assert request.asset_selection == [INDUSTRY]
    assert run(instance, [INDUSTRY]).success
    needing = {"tax_registration", "social_security_employer"}
    assert stale(instance, "330110") == {f"{each}/{feed}" for each in ("standard", "quarantine") for feed in needing}


@pytest.mark.parametrize(("code_list", "feed"), [("sex", "public_security_population"), ("tax_credit", "tax_annual")])
def test_a_list_that_no_dictionary_leads_to_is_asked_for_by_its_edit_and_is_an_input_of_the_feed_that_writes_it(
    code_list: str, feed: str, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets.automation.load", lambda: with_code(current(), code_list))
    (request,) = edited_mappings(dg.build_sensor_context(instance=instance, definitions=defs))
    assert request.asset_selection == [dictionary_key(code_list)]
    graph = defs.resolve_asset_graph()
    needing = graph.get(dictionary_key(code_list)).child_keys
    assert needing == {room("standard", feed), room("quarantine", feed)}


def test_an_edited_policy_is_asked_for_and_carried_on_to_what_tells_of_policies_and_nothing_else(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets.dictionaries.policy_texts", retitled)
    (request,) = edited_mappings(dg.build_sensor_context(instance=instance, definitions=defs))
    assert request.asset_selection == [POLICIES]
    first = dg.evaluate_automation_conditions(defs, instance)
    assert run(instance, [POLICIES]).success
    second = dg.evaluate_automation_conditions(defs, instance, cursor=first.cursor)
    told = {key for key in all_products() if second.get_num_requested(room("published", key)) == EVERY_COUNTY}
    assert told == {"policy_matches", "policy_library"} and second.total_requested == 2 * EVERY_COUNTY


def test_a_mapping_is_asked_for_once_an_edit_and_again_when_it_is_taken_back(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = dg.build_sensor_context(instance=instance, definitions=defs)
    assert list(edited_mappings(context)) == []
    monkeypatch.setattr("assets.automation.load", lambda: without_last_row(current(), "gbt4754_2017"))
    assert [request.asset_selection for request in edited_mappings(context)] == [[INDUSTRY]]
    assert list(edited_mappings(context)) == []
    monkeypatch.setattr("assets.automation.load", current)
    assert [request.asset_selection for request in edited_mappings(context)] == [[INDUSTRY]]


def test_a_new_file_asks_for_its_feed_alone_and_only_until_it_has_landed(
    home: Path, instance: dg.DagsterInstance
) -> None:
    context = dg.build_sensor_context(instance=instance, definitions=defs)
    assert list(new_files(context)) == []
    inbox = home / "inbox" / "ecology_permit"
    (inbox / "20260701.jsonl").write_bytes((inbox / "20260630.jsonl").read_bytes())
    (request,) = new_files(context)
    assert request.asset_selection == [room(each, "ecology_permit") for each in ("standard", "quarantine")]
    assert run(instance, list(request.asset_selection)).success
    assert list(new_files(context)) == []


def test_a_refused_file_is_not_asked_for_again_until_it_is_replaced(home: Path, instance: dg.DagsterInstance) -> None:
    context = dg.build_sensor_context(instance=instance, definitions=defs)
    file = home / "inbox" / "ecology_permit" / "20260701.jsonl"
    file.write_bytes(b"not json\n")
    (refused,) = new_files(context)
    assert run(instance, list(refused.asset_selection)).success
    assert list(new_files(context)) == []
    file.write_bytes((file.parent / "20260630.jsonl").read_bytes())
    (again,) = new_files(context)
    assert again.run_key != refused.run_key


def test_a_change_is_carried_on_to_entity_and_product_and_the_same_data_is_not(instance: dg.DagsterInstance) -> None:
    def told(version: str) -> None:
        tags = {"dagster/data_version": version}
        instance.report_runless_asset_event(dg.AssetMaterialization(room("standard", "tax_registration"), tags=tags))

    held = instance.get_latest_materialization_event(room("standard", "tax_registration"))
    same = held.asset_materialization.tags["dagster/data_version"]
    first = dg.evaluate_automation_conditions(defs, instance)
    assert first.total_requested == 0
    told(same)
    second = dg.evaluate_automation_conditions(defs, instance, cursor=first.cursor)
    assert second.total_requested == 0
    told("other data")
    third = dg.evaluate_automation_conditions(defs, instance, cursor=second.cursor)
    assert third.get_num_requested(FUSED) == third.get_num_requested(DISPUTES) == 1
    assert third.get_num_requested(room("standard", "tax_registration")) == 0
    instance.report_runless_asset_event(dg.AssetMaterialization(FUSED, tags={"dagster/data_version": "fused anew"}))
    fourth = dg.evaluate_automation_conditions(defs, instance, cursor=third.cursor)
    assert fourth.get_num_requested(PUBLISHED) == EVERY_COUNTY


def test_an_edited_mapping_is_carried_on_to_the_feeds_that_need_it(instance: dg.DagsterInstance) -> None:
    first = dg.evaluate_automation_conditions(defs, instance)
    instance.report_runless_asset_event(dg.AssetMaterialization(INDUSTRY, tags={"dagster/data_version": "edited"}))
    second = dg.evaluate_automation_conditions(defs, instance, cursor=first.cursor)
    asked = {feed for feed in all_feeds() if second.get_num_requested(room("standard", feed))}
    assert asked == {"tax_registration", "social_security_employer"}


def test_an_admission_is_carried_on_to_feeds_of_which_nothing_has_landed_yet(instance: dg.DagsterInstance) -> None:
    instance.wipe_assets([room("landed", "tax_registration")])
    first = dg.evaluate_automation_conditions(defs, instance)
    assert first.total_requested == 0
    instance.report_runless_asset_event(dg.AssetMaterialization(ADMISSIONS, tags={"dagster/data_version": "edited"}))
    second = dg.evaluate_automation_conditions(defs, instance, cursor=first.cursor)
    assert second.get_num_requested(room("standard", "tax_registration")) == 1


def test_the_schedule_asks_for_all_counties_in_one_run(instance: dg.DagsterInstance) -> None:
    with dg.build_schedule_context(instance=instance) as context:
        (request,) = nightly.evaluate_tick(context).run_requests
    assert {name: request.tags[name] for name in all_counties()} == all_counties()


def test_a_held_county_is_not_materialized_while_the_others_are(home: Path) -> None:
    values = home / "fused" / "enterprise" / "values" / "00.parquet"
    table = pl.read_parquet(values)
    broken = pl.when(pl.col("county") == "330110").then(pl.lit("x")).otherwise(pl.col("name"))
    table.with_columns(broken.alias("name")).write_parquet(values)
    shutil.rmtree(home / "supply")
    with dg.DagsterInstance.ephemeral() as instance:
        assert run(instance, [PUBLISHED], **all_counties()).success
        materialized = instance.get_materialized_partitions(PUBLISHED)
        assert len(materialized) == EVERY_COUNTY - 1 and "330110" not in materialized
        verdicts = {told.partition: told for told in evaluations(instance)}
        assert [county for county, told in verdicts.items() if not told.passed] == ["330110"]
        assert "name/length" in verdicts["330110"].metadata["reasons"].value
        (all_of_them,) = evaluations(instance, "every_county")
        assert all_of_them.partition is None and not all_of_them.passed
        assert str(all_of_them.metadata["held"].value).startswith("余杭区 330110: ")


def evaluations(instance: dg.DagsterInstance, check: str = "released") -> list[dg.AssetCheckEvaluation]:
    """The verdicts of a check, as Dagster keeps them."""
    key = dg.AssetCheckKey(PUBLISHED, check)
    records = instance.event_log_storage.get_asset_check_execution_history(key, limit=200)
    return [record.event.dagster_event.asset_check_evaluation_data for record in records if record.event]


def test_a_part_of_the_counties_can_be_released_and_the_others_stay(home: Path) -> None:
    shutil.rmtree(home / "supply")
    chosen = {"dagster/asset_partition_range_start": "330106", "dagster/asset_partition_range_end": "330110"}
    with dg.DagsterInstance.ephemeral() as instance:
        assert run(instance, [PUBLISHED], **chosen).success
        assert instance.get_materialized_partitions(PUBLISHED) == {"330106", "330108", "330109", "330110"}
    assert not (home / "supply" / "330111").exists()


def test_a_backfill_is_told_of_each_county_that_stands_though_nothing_is_new(instance: dg.DagsterInstance) -> None:
    """Dagster shows as failed what a backfill has asked for and is not told of; another run needs not be told."""
    chosen = {"dagster/asset_partition_range_start": "330106", "dagster/asset_partition_range_end": "330110"}
    assert told(run(instance, [PUBLISHED], **chosen)) == {}
    again = told(run(instance, [PUBLISHED], **chosen, **{"dagster/backfill": "three"}))
    assert again.keys() == {"330106", "330108", "330109", "330110"}
    records = instance.fetch_materializations(dg.AssetRecordsFilter(PUBLISHED, asset_partitions=["330110"]), limit=2)
    now, before = (each.asset_materialization.tags["dagster/data_version"] for each in records.records)
    assert again["330110"] == now == before


def test_counties_that_a_run_has_failed_do_not_look_failed_for_ever(home: Path, instance: dg.DagsterInstance) -> None:
    fused = home / "fused" / "enterprise"
    fused.rename(home / "away")
    assert not run(instance, [PUBLISHED], **all_counties()).success
    assert seen(instance) == {AssetPartitionStatus.FAILED}
    (home / "away").rename(fused)
    assert len(told(run(instance, [PUBLISHED], **all_counties()))) == EVERY_COUNTY
    assert seen(instance) == {AssetPartitionStatus.MATERIALIZED}
    assert told(run(instance, [PUBLISHED], **all_counties())) == {}


def seen(instance: dg.DagsterInstance) -> set[AssetPartitionStatus | None]:
    """How the UI shows the counties to whoever looks."""
    status = instance.get_status_by_partition(PUBLISHED, COUNTIES.get_partition_keys(), COUNTIES)
    assert status is not None
    return {*status.values()}


def told(result: dg.ExecuteInProcessResult) -> dict[str | None, str]:
    """The counties that a run has told Dagster of, each with its data version."""
    assert result.success
    events = result.asset_materializations_for_node("published_enterprise_mirror")
    return {each.partition: each.tags["dagster/data_version"] for each in events}


def test_a_run_whose_process_was_killed_does_not_look_busy_for_ever(instance: dg.DagsterInstance) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    job = defs.resolve_job_def("nightly_release")
    tags = {pid: {inprocess.PROCESS_TAG: inprocess.this_process(pid)} for pid in (int(gone.stdout), os.getpid())}
    dead, alive = (
        instance.create_run_for_job(job, tags=told | all_counties(), status=DagsterRunStatus.STARTED)
        for told in tags.values()
    )
    inprocess.close_dead_runs(instance)
    assert instance.get_run_by_id(dead.run_id).status is DagsterRunStatus.FAILURE
    assert instance.get_run_by_id(alive.run_id).status is DagsterRunStatus.STARTED
