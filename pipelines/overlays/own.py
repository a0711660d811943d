"""A county's own columns: the tags that its overlay adds to the catalogue, their fields, and their values on rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import polars as pl

from pipelines.cut import Tables
from pipelines.dictionary import current
from pipelines.overlays.measured import is_ratio
from pipelines.tags.catalogue import Catalogue, extended, only, whole
from pipelines.tags.mirror import coarse, field_of, meant, tagged
from pipelines.tags.words import meaning
from schemas.condition import Condition
from schemas.entity import all_entities
from schemas.feed import all_feeds
from schemas.measure import QUANTITY, RATIO
from schemas.overlay import Overlay, Own, Taken
from schemas.product import Field, Level, Product
from schemas.tag import Family, Flag, Member, Number
from schemas.units import as_standard

_KEY = "credit_code"


@dataclass(frozen=True)
class Columns:
    """What an overlay adds: each column's field in its order, the tags among them, and what they rest on."""

    fields: dict[str, Field]
    catalogue: Catalogue
    taken: dict[str, Taken]

    @property
    def tags(self) -> list[str]:
        """The columns that are reckoned."""
        return [key for key in self.fields if key not in self.taken]


@cache
def columns(overlay: Overlay, product: type[Product]) -> Columns:
    """The columns that an overlay adds to a product. Raises CatalogueError where one has a name of the core's."""
    catalogue, taken = own_tags(overlay), {each.key: each.rule for each in overlay.adds if isinstance(each.rule, Taken)}
    fields = {
        each.key: field_of(catalogue.tags[each.key]) if each.key not in taken else _field(each, overlay, product)
        for each in overlay.adds
    }
    own = [key for key in fields if key not in taken]
    return Columns(fields, only(catalogue, own), taken)


@cache
def own_tags(overlay: Overlay) -> Catalogue:
    """The catalogue with the tags of an overlay behind it."""
    reckoned = tuple(_member(each) for each in overlay.adds if not isinstance(each.rule, Taken))
    return extended(whole(), (_family(overlay, reckoned),), current()) if reckoned else whole()


def _family(overlay: Overlay, members: tuple[Member, ...]) -> Family:
    return Family(f"overlay {overlay.county}", "本县自定", "县", "本县自定", overlay.since, members)


def _member(own: Own) -> Member:
    """The member that it would be in a family of the core."""
    rule = own.rule
    assert not isinstance(rule, Taken)
    told = meaning(rule, whole())
    if isinstance(rule, Condition):
        return Flag(own.key, own.title, rule, told)
    return Number(own.key, own.title, rule, told, own.unit, RATIO if is_ratio(rule, whole()) else QUANTITY)


def member_of(own: Own) -> Member | None:
    """What the core would declare for it; None for what a feed brings, which needs no formula but an attribute."""
    return None if isinstance(own.rule, Taken) else _member(own)


def meant_by(own: Own, since: date) -> str:
    """What a column that is reckoned means, in the county's own words."""
    assert not isinstance(own.rule, Taken)
    return meant(own.rule, meaning(own.rule, whole()), since)


def _field(own: Own, overlay: Overlay, product: type[Product]) -> Field:
    """What a feed brings bears the level of the attribute that it is, or the highest where it is none.

    A feed that does not describe the entity has none of its attributes, whatever its columns are called.
    """
    assert isinstance(own.rule, Taken)
    feed = all_feeds()[own.rule.feed]
    column = feed.columns[own.rule.column]
    entity = all_entities()[product.entity]
    attribute = entity.attributes.get(own.rule.column) if feed in entity.described_by() else None
    level: Level = attribute.level if attribute else product.levels[-1]
    told = f"{feed.title}的{column.title}，有多行时取最大者（自{overlay.since}起）"
    kind = replace(as_standard(column.kind), source=None)
    return Field(kind, own.title, level, told, unit=own.unit, of=(f"{feed.key}.{column.name}",))


def values(own: Columns, tables: Tables, province: pl.DataFrame) -> pl.DataFrame:
    """The columns of each enterprise of a bucket, behind its credit code."""
    told = tagged(tables, own.catalogue, province).with_columns(coarse(own.catalogue.tags))
    rows = told.select(_KEY, *own.tags)
    for key, taken in own.taken.items():
        held = tables.named[taken.feed].select(pl.col("entity_id").alias(_KEY), pl.col(taken.column).alias(key))
        brought = held.group_by(_KEY).agg(pl.col(key).max())
        rows = rows.join(brought, on=_KEY, how="left", maintain_order="left")
    return rows.select(_KEY, *own.fields)
