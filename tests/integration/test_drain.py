"""What the daemon's stop waits for: the runs that are its own processes, and no longer than they."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.tags import GRPC_INFO_TAG

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
    run = instance.create_run_for_job(nightly, status=dg.DagsterRunStatus.STARTED, tags={BY_DAEMON: "{}"})
    waiting = threading.Thread(target=drain, args=(instance, 0.05))
    waiting.start()
    waiting.join(0.5)
    assert waiting.is_alive()
    instance.report_run_canceled(run)
    waiting.join(10)
    assert not waiting.is_alive() and capsys.readouterr().out == f"Waiting for {run.run_id}\n"


def test_a_stop_waits_for_no_run_that_it_does_not_cut(instance: dg.DagsterInstance) -> None:
    instance.create_run_for_job(nightly, status=dg.DagsterRunStatus.SUCCESS, tags={BY_DAEMON: "{}"})
    instance.create_run_for_job(nightly, status=dg.DagsterRunStatus.STARTED)
    drain(instance)
