"""The nightly job executed in this process for all counties, and what Dagster said of it. Prints nothing."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import dagster as dg
from dagster import DagsterEvent, DagsterEventType, DagsterRunStatus, ExecuteInProcessResult, RunsFilter
from dagster._core.definitions.repository_definition import SINGLETON_REPOSITORY_NAME
from dagster._core.events import RunFailureReason
from dagster._core.storage.tags import REPOSITORY_LABEL_TAG
from dagster_shared.error import SerializableErrorInfo

from assets.definitions import defs
from assets.home import RUN_SETTINGS, dagster_home, remembers_in_files
from assets.partitions import all_counties
from assets.products import CHECK, step_of
from schemas.feed import all_feeds
from schemas.product import Product

PROCESS_TAG = "jubian/process"
# The code location as workspace.yaml names it: by this the UI's page of a job finds the job's runs.
_LOCATION = {REPOSITORY_LABEL_TAG: f"{SINGLETON_REPOSITORY_NAME}@jubian"}
# What the check `arrived` tells, the word for it in the run's lines, and where to look next.
_NOT_ARRIVED = (("findings", "REFUSED", ". What may be let in: make admit"), ("not pulled", "NOT PULLED", ""))
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Ran:
    """A run as it ended: the steps that failed with why, those that succeeded, what the checks `arrived` found, and the
    new versions that are not whole by the checks `released`."""

    failed: dict[str, str]
    succeeded: frozenset[str]
    findings: tuple[str, ...]
    damaged: tuple[str, ...]

    def came_through(self, product: type[Product]) -> bool:
        """Whether the product's step was reached and succeeded."""
        return step_of(product) in self.succeeded


def execute() -> Ran:
    """Run the nightly job against the instance of DAGSTER_HOME, so that `make ui` shows it.

    Raises KeyboardInterrupt where it is stopped from the keyboard or told to end: Dagster keeps that to itself.
    """
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    with remembered() as instance:
        close_dead_runs(instance)
        result = defs.resolve_job_def("nightly_release").execute_in_process(
            instance=instance,
            tags=all_counties() | _LOCATION | {PROCESS_TAG: this_process(os.getpid())},
            raise_on_error=False,
            run_config=_QUIET,
        )
    if _is_stopped(result.all_events):
        raise KeyboardInterrupt
    return _ran(result)


def _is_stopped(events: Sequence[DagsterEvent]) -> bool:
    ended = (event.job_failure_data for event in events if event.event_type is DagsterEventType.RUN_FAILURE)
    return any(each.failure_reason is RunFailureReason.UNEXPECTED_TERMINATION for each in ended)


def remembered() -> dg.DagsterInstance:
    """What Dagster remembers; where that is files, through settings that write them faster than the UI's."""
    if remembers_in_files():
        return dg.DagsterInstance.from_config(str(dagster_home()), RUN_SETTINGS)
    return dg.DagsterInstance.get()


def _ran(result: ExecuteInProcessResult) -> Ran:
    events, checks = result.all_events, result.get_asset_check_evaluations()
    return Ran(
        failed=failures(events),
        succeeded=frozenset(str(event.step_key) for event in events if event.is_step_success),
        findings=tuple(line for each in checks for line in _findings(each)),
        damaged=tuple(damaged(checks)),
    )


def failures(events: Sequence[DagsterEvent]) -> dict[str, str]:
    """The steps that failed with why; the run itself where no step could be told to have, as the database was away."""
    reasons = {str(event.step_key): why(event) for event in events if event.is_step_failure}
    ended = (event for event in events if event.event_type is DagsterEventType.RUN_FAILURE)
    return reasons or {event.job_name: _message(event.job_failure_data.error) for event in ended}


def damaged(checks: Iterable[dg.AssetCheckEvaluation]) -> Iterator[str]:
    """Each county's version that is not as it was published; one that is held may be whole."""
    for each in checks:
        if each.check_name == CHECK and not each.passed and each.metadata["is damaged"].value:
            county, version, reasons = (each.metadata[name].value for name in ("county", "version", "reasons"))
            yield f"{each.asset_key.path[-1]} {county}, version {version}: {reasons}"


def _findings(evaluation: dg.AssetCheckEvaluation) -> Iterator[str]:
    """What did not arrive as it should, in words; nothing of other checks."""
    key = evaluation.asset_key.path[-1]
    for name, word, then in _NOT_ARRIVED:
        entry = evaluation.metadata.get(name)
        if entry is not None and evaluation.check_name == "arrived" and entry.value != "—":
            yield f"{all_feeds()[key].title} {key}: {word} {entry.value}{then}"


def why(event: DagsterEvent) -> str:
    """The message of a step's failure, without Dagster's own frame around it.

    What lies below says less: a message of ours names file and remedy, and its cause neither.
    """
    failure = event.step_failure_data
    if failure.user_failure_data and failure.user_failure_data.description:
        return failure.user_failure_data.description
    return _message(failure.error)


def _message(error: SerializableErrorInfo | None) -> str:
    while error and error.cause and str(error.cls_name).startswith("Dagster"):
        error = error.cause
    return error.message.strip() if error else "no message"


def this_process(number: int) -> str:
    """A process of this machine, as a run names the one it runs in."""
    return f"{socket.gethostname()}/{number}"


def close_dead_runs(instance: dg.DagsterInstance) -> None:
    """Runs whose process on this machine was killed are told to have failed; else they would look busy for ever."""
    for run in instance.get_runs(RunsFilter(job_name="nightly_release", statuses=[DagsterRunStatus.STARTED])):
        host, _, process = run.tags.get(PROCESS_TAG, "").partition("/")
        if host == socket.gethostname() and not _is_alive(int(process)):
            instance.report_run_failed(run, f"Its process {process} was killed; a later run takes its place.")


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
