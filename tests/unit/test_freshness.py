"""Dagster's freshness of products, as its own evaluators judge it at chosen moments: no false alarm, none missed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.freshness import CronFreshnessPolicy, FreshnessState
from dagster._core.definitions.freshness_evaluator import FRESHNESS_EVALUATORS_BY_POLICY_TYPE
from dagster._core.loader import LoadingContextForTest
from dagster._core.test_utils import freeze_time

from assets import describe
from assets.definitions import defs
from assets.describe import product_freshness
from assets.freshness import day_agreed, to_tell
from gateway.supply.promise import last_due
from pipelines.releasing.county import Published
from schemas.china import CHINA
from schemas.contract import slowest_due
from schemas.due import Due, daily, monthly, yearly
from schemas.manifest import Held, Input, Manifest
from schemas.product import all_products

GRAPH = defs.resolve_asset_graph()
NIGHTLY = timedelta(hours=7, minutes=30)
YEARS = timedelta(days=1100)


def judged(instance: dg.DagsterInstance, key: dg.AssetKey, at: datetime) -> FreshnessState:
    """What Dagster says of an asset at a moment."""
    node = GRAPH.get(key)
    policy = node.freshness_policy_or_from_metadata
    assert policy is not None
    evaluator = FRESHNESS_EVALUATORS_BY_POLICY_TYPE[type(policy)]()
    with freeze_time(at):
        return asyncio.run(evaluator.evaluate_freshness(LoadingContextForTest(instance), node))


def tell(instance: dg.DagsterInstance, key: dg.AssetKey, at: datetime) -> None:
    """Materialize a county of a product at a moment."""
    with freeze_time(at):
        instance.report_runless_asset_event(dg.AssetMaterialization(key, partition="330110"))


def dues(cron: str) -> Iterator[datetime]:
    """The moments at which a feed is due, over some years with a leap day."""
    end = at = datetime(2028, 7, 1, tzinfo=CHINA)
    found = []
    while (due := last_due(cron, at)) is not None and due > end - YEARS:
        found.append(due)
        at = due - timedelta(minutes=1)
    return reversed(found)


def published(delivered: datetime) -> datetime:
    """The end of the first nightly run after a delivery."""
    morning = delivered.replace(hour=0, minute=0) + NIGHTLY
    return (morning if morning > delivered else morning + timedelta(days=1)) + timedelta(minutes=20)


@pytest.mark.parametrize("key", ["enterprise_mirror", "cross_county_haulage", "grid_register", "industry_profile"])
def test_what_comes_in_time_is_never_told_to_be_late(key: str) -> None:
    """Deliveries come some days early or at the last minute in turn, and each is published in the night after it."""
    due = slowest_due(all_products()[key])
    moments = [*dues(due.cron)][-14:]
    early = timedelta(days=0 if due.every_days == 1 else 4)
    asset = dg.AssetKey(["published", key])
    with dg.DagsterInstance.ephemeral() as instance:
        told = [published(each - early * (turn % 2)) for turn, each in enumerate(moments)]
        for this, following in pairwise(told):
            tell(instance, asset, this)
            asked = [this, this + (following - this) / 2, following - timedelta(minutes=1)]
            late = [str(at) for at in asked if judged(instance, asset, at) is not FreshnessState.PASS]
            assert not late


@pytest.mark.parametrize("key", ["enterprise_mirror", "cross_county_haulage", "grid_register", "industry_profile"])
def test_what_does_not_come_is_told_at_the_end_of_the_day_after_it_was_due(key: str) -> None:
    before, missed = [*dues(slowest_due(all_products()[key]).cron)][-2:]
    asset = dg.AssetKey(["published", key])
    with dg.DagsterInstance.ephemeral() as instance:
        assert judged(instance, asset, before) is FreshnessState.UNKNOWN
        tell(instance, asset, published(before))
        assert judged(instance, asset, published(missed) - timedelta(minutes=30)) is FreshnessState.PASS
        late = (missed + timedelta(days=2)).replace(hour=0, minute=0)
        assert judged(instance, asset, late) is FreshnessState.FAIL
        tell(instance, asset, late + NIGHTLY)
        assert judged(instance, asset, late + NIGHTLY) is FreshnessState.PASS


@pytest.mark.parametrize(
    ("due", "end"),
    [
        (daily("06:00"), "* *"), (monthly(5, "18:00"), "6 *"), (yearly(6, 30, "18:00"), "1 7"),
        (yearly(12, 31, "18:00"), "1 1"), (yearly(2, 28, "18:00"), "1 3"), (monthly(27, "18:00"), "28 *"),
        (monthly(28, "18:00"), "1 *"),
    ],
)  # fmt: skip
def test_the_day_after_is_one_that_comes_in_every_year_and_month(
    due: Due, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(describe, "slowest_due", lambda _: due)
    policy = product_freshness(all_products()["enterprise_mirror"])
    assert isinstance(policy, CronFreshnessPolicy) and policy.deadline_cron == f"59 23 {end} *"


def county(code: str, held: str | None = None, **days: str) -> Published:
    """A county whose version is not new; `days` are those of the deliveries that it rests on, by feed."""
    inputs = tuple(Input.model_construct(feed=feed, as_of=day) for feed, day in days.items())
    manifest = Manifest.model_construct(county=code, code_revision="", mappings={}, inputs=inputs)
    return Published(code, "", manifest, is_new=False, held=Held(words=held, broken=()) if held else None)


def test_a_version_is_told_again_once_the_day_has_moved_on_and_never_one_that_is_held() -> None:
    some, known = [county("330102", held="x"), county("330106"), county("330110")], {"330102", "330106", "330110"}
    assert to_tell(some, known, "2026-06-30", "2026-06-30") == {}
    assert to_tell(some, known, "2026-07-01", "2026-06-30") == {"330106": some[1].manifest}
    assert to_tell(some, known - {"330110"}, "2026-07-01", "2026-06-30") == {"330110": some[2].manifest}
    assert to_tell(some[:1], known, "2026-07-01", "2026-06-30") == {}


def test_the_day_of_a_version_is_that_of_the_oldest_feed_that_its_product_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUBIAN_HOME", str(tmp_path))
    register, seldom = {"market_regulation_enterprise": "2026-07-02"}, {"ecology_permit": "2026-05-31"}
    yearly = {"tax_annual": "2025-12-31", "tax_registration": "2026-07-01"}
    (mirror, industry) = (all_products()[key] for key in ("enterprise_mirror", "industry_profile"))
    assert day_agreed(mirror, [county("330102", **register, **seldom)]) == "2026-07-02"
    assert day_agreed(industry, [county("330102", **register, **yearly)]) == "2025-12-31"
    assert day_agreed(mirror, [county("330102", held="x", **register)]) == ""
