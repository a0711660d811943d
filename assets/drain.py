"""`python -m assets.drain`: wait for the runs that a stop of the daemon would cut; its unit and its pod do so first."""

from __future__ import annotations

import time

import dagster as dg
from dagster import DagsterRunStatus, RunsFilter

# On a run that is a process of the daemon's code server: one of `make run` or of a cluster's job goes on by itself.
BY_DAEMON = ".dagster/grpc_info"
_AT_WORK = [DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING]
_SECONDS = 2.0


def drain(instance: dg.DagsterInstance, seconds: float = _SECONDS) -> None:
    """Give back when each run that was at work has ended; one that begins meanwhile is cut and told to have failed."""
    waited_for = _named(instance)
    if waited_for:
        print(f"Waiting for {', '.join(sorted(waited_for))}", flush=True)
    while waited_for & _named(instance):
        time.sleep(seconds)


def _named(instance: dg.DagsterInstance) -> set[str]:
    return {run.run_id for run in at_work(instance)}


def at_work(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """The runs that are processes of the daemon's machine and have not ended, as far as Dagster knows."""
    return [run for run in instance.get_runs(RunsFilter(statuses=_AT_WORK)) if BY_DAEMON in run.tags]


if __name__ == "__main__":
    with dg.DagsterInstance.get() as instance:
        drain(instance)
