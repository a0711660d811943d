"""Which counties' versions a run tells Dagster of, and the day that they agree with: its freshness goes by these."""

from __future__ import annotations

import dagster as dg
from dagster._core.storage.partition_status_cache import get_and_update_asset_status_cache_value
from dagster._core.storage.tags import BACKFILL_ID_TAG

from assets import versions
from assets.partitions import COUNTIES
from pipelines.releasing.county import Published
from pipelines.releasing.index import index_of, last_agreed
from schemas.here import supply
from schemas.manifest import Input, Manifest
from schemas.product import Product

AGREES = "agrees with"


def to_tell(published: list[Published], counties_known: set[str], day: str, last_day: str) -> dict[str, Manifest]:
    """By county each version that Dagster does not know, or one that it knows where the day has moved on since.

    Dagster's freshness goes by the asset's last event, whichever county's: telling all 90 again would say no more.
    """
    stands = {each.county: each.manifest for each in published if each.manifest and each.held is None}
    new = {each.county for each in published if each.is_new or each.county not in counties_known}
    news = {county: manifest for county, manifest in stands.items() if county in new}
    return news or (dict([*stands.items()][:1]) if day > last_day else {})


def known_counties(context: dg.AssetExecutionContext, key: dg.AssetKey) -> set[str]:
    """The counties that Dagster knows, and need not be told of where nothing is new.

    Those that a backfill has asked for, or a run before has failed, the UI shows as failed until it is told of them.
    """
    if BACKFILL_ID_TAG in context.run.tags:
        return set()
    return context.instance.get_materialized_partitions(key) - _shown_as_failed(context.instance, key)


def _shown_as_failed(instance: dg.DagsterInstance, key: dg.AssetKey) -> set[str]:
    status = get_and_update_asset_status_cache_value(instance, key, COUNTIES)
    return {*status.deserialize_failed_partition_subsets(COUNTIES).get_partition_keys()} if status else set()


def day_agreed(product: type[Product], published: list[Published]) -> str:
    """The day of what a product needs, as its versions that are not held agree with it: that of its oldest feed.

    An index's own day is that of the newest feed, which another may be far behind.
    """
    stands = [each.manifest for each in published if each.manifest and each.held is None]
    rests = last_agreed(index_of(product, supply()), stands[0]) if stands else None
    return min(_newest(need, rests.inputs) for need in product.needs) if rests else ""


def _newest(feed: str, inputs: tuple[Input, ...]) -> str:
    return max((each.as_of for each in inputs if each.feed == feed), default="")


def last_day_told(instance: dg.DagsterInstance, key: dg.AssetKey) -> str:
    """The day under which a product's version was last told; an empty text where none was."""
    return versions.last_metadata(instance, key, AGREES)
