"""What the daemon's stop waits for and its start fails: the runs that are its own processes, and no others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster import DagsterRunStatus as Status
from dagster._core.storage.tags import GRPC_INFO_TAG

from assets.close import close
from assets.drain import BY_DAEMON, drain


@dg.job
def nightly() -> None:
    """A run that nobody executes."""


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """What Dagster remembers, of a folder of one's own."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        yield instance


def test_dagster_marks_the_daemons_own_runs_as_we_read_it() -> None:
    assert BY_DAEMON == GRPC_INFO_TAG


def test_a_stop_waits_until_the_run_at_work_has_ended(
    instance: dg.DagsterInstance, capsys: pytest.CaptureFixture[str]
) -> None:
    run = instance.create_run_for_job(nightly, status=Status.STARTED, tags={BY_DAEMON: "{}"})
    waiting = threading.Thread(target=drain, args=(instance, 0.05))
    waiting.start()
    waiting.join(0.5)
    assert waiting.is_alive()
    instance.report_run_canceled(run)
    waiting.join(10)
    assert not waiting.is_alive() and capsys.readouterr().out == f"Waiting for {run.run_id}\n"


def test_a_stop_waits_for_no_run_that_it_does_not_cut(instance: dg.DagsterInstance) -> None:
    instance.create_run_for_job(nightly, status=Status.SUCCESS, tags={BY_DAEMON: "{}"})
    instance.create_run_for_job(nightly, status=Status.STARTED)
    drain(instance)


@pytest.mark.parametrize("status", [Status.STARTING, Status.STARTED, Status.CANCELING])
def test_a_start_fails_the_run_that_died_with_the_last_daemon(
    instance: dg.DagsterInstance, capsys: pytest.CaptureFixture[str], status: Status
) -> None:
    run = instance.create_run_for_job(nightly, status=status, tags={BY_DAEMON: "{}"})
    close(instance)
    assert [each.status for each in instance.get_runs()] == [Status.FAILURE]
    assert capsys.readouterr().out == f"Failed {run.run_id}, which died with the daemon\n"


@pytest.mark.parametrize(("status", "tags"), [(Status.NOT_STARTED, {BY_DAEMON: "{}"}), (Status.STARTED, {})])
def test_a_start_leaves_alone_what_waits_and_what_is_no_process_of_the_daemon(
    instance: dg.DagsterInstance, status: Status, tags: dict[str, str]
) -> None:
    instance.create_run_for_job(nightly, status=status, tags=tags)
    close(instance)
    assert [each.status for each in instance.get_runs()] == [status]
