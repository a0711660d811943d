"""Which counties' versions a run tells Dagster of, and the day that they agree with: its freshness goes by these."""

from __future__ import annotations

import dagster as dg

from pipelines.releasing.county import Published
from pipelines.releasing.index import index_of, last_agreed
from schemas.here import supply
from schemas.manifest import Input, Manifest
from schemas.product import Product

AGREES = "agrees with"


def to_tell(published: list[Published], known: set[str], day: str, told: str) -> dict[str, Manifest]:
    """By county each version that Dagster does not know, or one that it knows where the day has moved on since.

    Dagster's freshness goes by the asset's last event, whichever county's: telling all 90 again would say no more.
    """
    stands = {each.county: each.manifest for each in published if each.manifest and each.held is None}
    new = {each.county for each in published if each.is_new or each.county not in known}
    news = {county: manifest for county, manifest in stands.items() if county in new}
    return news or (dict([*stands.items()][:1]) if day > told else {})


def day_agreed(product: type[Product], published: list[Published]) -> str:
    """The day of what a product needs, as its versions that are not held agree with it: that of its oldest feed.

    An index's own day is that of the newest feed, which another may be far behind.
    """
    stands = [each.manifest for each in published if each.manifest and each.held is None]
    rests = last_agreed(index_of(product, supply()), stands[0]) if stands else None
    return min(_newest(need, rests.inputs) for need in product.needs) if rests else ""


def _newest(feed: str, inputs: tuple[Input, ...]) -> str:
    return max((each.as_of for each in inputs if each.feed == feed), default="")


def last_told(instance: dg.DagsterInstance, key: dg.AssetKey) -> str:
    """The day under which a product's version was last told; an empty text where none was."""
    event = instance.get_latest_materialization_event(key)
    told = event.asset_materialization if event else None
    day = told.metadata.get(AGREES) if told else None
    return str(day.value) if day else ""
