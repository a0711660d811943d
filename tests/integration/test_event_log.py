"""What `make run` writes of what Dagster remembers in files: read by Dagster's own storage, told as it happens."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy

from assets.home import RUN_SETTINGS
from assets.inprocess import remembered
from assets.instance import prepare

COUNTIES = ["330110", "330782"]


@dg.asset(check_specs=[dg.AssetCheckSpec("whole", asset="published")])
def published() -> Iterator[dg.AssetMaterialization | dg.Output | dg.AssetCheckResult]:
    for county in COUNTIES:
        yield dg.AssetMaterialization("published", partition=county, metadata={"县": "余杭区"})
    yield dg.AssetCheckResult(passed=True)
    yield dg.Output(None)


@dg.job
def nightly() -> None:
    """A run that nobody executes."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of Dagster's that nothing has run in, with its settings."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    for name in ("JUBIAN_DAGSTER_URL", "JUBIAN_DAGSTER_SETTINGS"):
        monkeypatch.delenv(name, raising=False)
    prepare()
    return tmp_path


def released(instance: dg.DagsterInstance) -> str:
    """The id of a run that releases two counties and checks them."""
    return dg.materialize([published], instance=instance).run_id


def told(instance: dg.DagsterInstance, run: str) -> list[tuple[str, str | None]]:
    """What happened in a run, without its moments."""
    return [
        (str(each.dagster_event.event_type_value), each.dagster_event.partition)
        for each in instance.all_logs(run)
        if each.dagster_event
    ]


@contextmanager
def opened() -> Iterator[list[str]]:
    """Each database that is connected to, as often as it is."""
    names: list[str] = []

    def connected(connection: object, _: object) -> None:
        ((_, _, file),) = connection.execute("PRAGMA database_list").fetchall()  # type: ignore[attr-defined]
        names.append(Path(file).stem)

    sqlalchemy.event.listen(sqlalchemy.Pool, "connect", connected)
    yield names
    sqlalchemy.event.remove(sqlalchemy.Pool, "connect", connected)


def test_dagster_reads_what_a_run_has_written_as_it_reads_its_own(place: Path) -> None:
    with remembered() as run, dg.DagsterInstance.get() as dagster:
        assert type(run.event_log_storage) is not type(dagster.event_log_storage)
        ours, its = released(run), released(dagster)
        assert told(dagster, ours) == told(run, its) and len(told(dagster, ours)) > len(COUNTIES)
        assert dagster.get_materialized_partitions(dg.AssetKey("published")) == set(COUNTIES)
        key = dg.AssetCheckKey(dg.AssetKey("published"), "whole")
        checked = dagster.event_log_storage.get_asset_check_execution_history(key, limit=9)
        assert [each.run_id for each in checked] == [its, ours]
    assert not [*place.rglob("*-wal"), *place.rglob("*-shm")]


def test_a_database_stays_open_through_a_run(place: Path) -> None:
    with remembered() as run, dg.DagsterInstance.get() as dagster:
        released(run), released(dagster)
        with opened() as names:
            released(run)
        assert names.count("index") == 0
        with opened() as names:
            released(dagster)
        assert names.count("index") > 2 * len(COUNTIES)


def test_a_ui_that_shows_a_run_is_told_as_it_happens(place: Path) -> None:
    with remembered() as run, dg.DagsterInstance.get() as shown:
        began = run.create_run_for_job(nightly)
        run.report_engine_event("余杭区", began)
        seen = threading.Event()
        shown.watch_event_logs(began.run_id, None, lambda event, _: "义乌市" in event.message and seen.set())
        run.report_engine_event("义乌市", began)
        assert seen.wait(10)


def test_where_a_database_is_named_dagsters_own_storage_writes(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUBIAN_DAGSTER_SETTINGS", "dagster.files.yaml")
    (place / RUN_SETTINGS).unlink()
    prepare()
    with remembered() as run:
        assert type(run.event_log_storage).__name__ == "SqliteEventLogStorage"
    assert not (place / RUN_SETTINGS).exists()
