"""Which feeds stand behind a product: those that it rests on, that its contract and its manifests name."""

from __future__ import annotations

from schemas.entity import Entity, all_entities
from schemas.feed import Feed, all_feeds
from schemas.product import Product, all_products

# What any product may read besides: no feed brings it.
HOUSE_TABLES = (
    "today", "code_list", "section_list", "dictionary_list", "county_list", "town_list", "attribute_list", "feed_list",
    "arrived", "first_delivery", "ended_records", "indicator_list", "policy_list",
)  # fmt: skip
# What is told of deliveries, and which rows each feed has of a county: of every feed that any product rests on.
ACCOUNTS = ("deliveries", "coverage", "drift", "quarantine", "presence")


def feeds_behind(product: type[Product]) -> list[type[Feed]]:
    """The feeds that a product rests on, in alphabetical order.

    One that is made by province rests on the feeds that it names, on those of its entity if it says one, and, where it
    gives account of deliveries, on all feeds that the other products rest on.
    """
    if not product.is_made_by_province():
        return all_entities()[product.entity].rested_on(product)
    named = product.reads()
    if named & {*ACCOUNTS}:
        return sorted({*_behind_others(), *_named(product)}, key=lambda feed: feed.key)
    return sorted({*_named(product), *_fused(product)}, key=lambda feed: feed.key)


def reads_fused(product: type[Product]) -> type[Entity] | None:
    """The entity whose fused tables a product reads; None where it reads none."""
    return all_entities().get(product.entity)


def _named(product: type[Product]) -> list[type[Feed]]:
    return [feed for key, feed in all_feeds().items() if key in product.reads()]


def _fused(product: type[Product]) -> list[type[Feed]]:
    entity = reads_fused(product)
    return [] if entity is None else entity.described_by()


def _behind_others() -> list[type[Feed]]:
    others = [each for each in all_products().values() if not each.reads() & {*ACCOUNTS}]
    return [feed for each in others for feed in feeds_behind(each)]
