"""Dagster's freshness of products, as its own evaluators judge it at chosen moments: no false alarm, none missed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

import dagster as dg
import pytest
from dagster._core.definitions.freshness import FreshnessState
from dagster._core.definitions.freshness_evaluator import FRESHNESS_EVALUATORS_BY_POLICY_TYPE
from dagster._core.loader import LoadingContextForTest
from dagster._core.test_utils import freeze_time

from assets.definitions import defs
from gateway.portal.promise import last_due
from gateway.released import CHINA
from schemas.contract import slowest_due
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
