"""What a run says of a step that failed, and of its counties' checks: a version not whole, none that is only held."""

from __future__ import annotations

import signal
from collections.abc import Callable

import dagster as dg
import pytest

from assets import inprocess
from assets.inprocess import damaged, failures, why
from assets.products import CHECK


def evaluation(check: str, *, passed: bool, is_damaged: bool) -> dg.AssetCheckEvaluation:
    """The verdict on a county's version 7."""
    told = {"county": "330110", "version": 7, "reasons": "L1 快照与清单不符", "is damaged": is_damaged}
    return dg.AssetCheckEvaluation(dg.AssetKey(["released", "enterprise_mirror"]), check, passed, told)


@pytest.mark.parametrize(
    ("check", "passed", "is_damaged", "lines"),
    [
        (CHECK, False, True, ["enterprise_mirror 330110, version 7: L1 快照与清单不符"]),
        (CHECK, True, False, []),
        (CHECK, False, False, []),
        ("arrived", False, True, []),
    ],
)
def test_a_version_that_is_not_whole_is_named(check: str, passed: bool, is_damaged: bool, lines: list[str]) -> None:  # noqa: FBT001
    assert list(damaged([evaluation(check, passed=passed, is_damaged=is_damaged)])) == lines


def test_a_failure_is_told_in_the_words_that_name_file_and_remedy_and_not_in_those_of_its_cause() -> None:
    @dg.asset
    def published() -> None:
        try:
            raise LookupError("no column")
        except LookupError as error:
            raise ValueError("pipelines/products/a.sql cannot be run: no column. Mend it there.") from error

    done = dg.materialize([published], raise_on_error=False, instance=dg.DagsterInstance.ephemeral())
    (failed,) = (event for event in done.all_events if event.is_step_failure)
    assert why(failed) == "ValueError: pipelines/products/a.sql cannot be run: no column. Mend it there."


@dg.asset
def an_asset() -> None:
    """A step that comes through."""


def test_a_run_whose_database_was_away_while_its_step_ended_is_told_to_have_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        log = instance.event_log_storage
        store = log.store_event

        def away(event: dg.EventLogEntry) -> None:
            """Neither that the step has come through nor that it failed is written down; the database comes back."""
            if event.dagster_event and event.dagster_event.event_type_value in ("STEP_OUTPUT", "STEP_FAILURE"):
                raise ConnectionError("the server closed the connection")
            store(event)

        monkeypatch.setattr(log, "store_event", away)
        events = dg.materialize([an_asset], instance=instance, raise_on_error=False).all_events
    (why_failed,) = failures(events).values()
    assert "the server closed the connection" in why_failed


def _nightly(first: Callable[[], None], ran: list[str]) -> dg.Definitions:
    """A nightly job of two steps; the second only notes that it ran."""

    @dg.op(name="first")
    def a_first() -> None:
        first()

    @dg.op
    def second() -> None:
        ran.append("second")

    @dg.job(name="nightly_release")
    def nightly() -> None:
        a_first()
        second()

    return dg.Definitions(jobs=[nightly])


def _fails() -> None:
    raise ValueError("no such column")


def _is_stopped() -> None:
    signal.raise_signal(signal.SIGINT)


def test_a_run_that_is_stopped_ends_and_says_so_and_one_whose_step_fails_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[str] = []
    monkeypatch.setattr(inprocess, "remembered", dg.DagsterInstance.ephemeral)
    monkeypatch.setattr(inprocess, "defs", _nightly(_is_stopped, ran))
    with pytest.raises(KeyboardInterrupt):
        inprocess.execute()
    assert ran == []
    monkeypatch.setattr(inprocess, "defs", _nightly(_fails, ran))
    assert inprocess.execute().failed == {"first": "ValueError: no such column"}
    assert ran == ["second"]
