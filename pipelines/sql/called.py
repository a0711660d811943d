"""What is declared of fused columns and feeds, and which feeds have arrived, as tables that products' SQL may read."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from schemas.entity import Entity
from schemas.feed import Feed


def attribute_list(entity: type[Entity]) -> pl.DataFrame:
    """What a fused column is called, its kind, code list and level."""
    told = [
        (name, each.title, each.kind.name, each.kind.code_list, each.level) for name, each in entity.attributes.items()
    ]
    columns = ("column", "title", "kind", "list", "level")
    return pl.DataFrame(told, schema=[(name, pl.String) for name in columns], orient="row")


def ended_list(entities: Iterable[type[Entity]]) -> pl.DataFrame:
    """The codes of fused columns that tell of what has ended."""
    told = [(entity.key, name, code) for entity in entities for name, codes in entity.ends().items() for code in codes]
    return pl.DataFrame(told, schema=[(name, pl.String) for name in ("entity", "column", "code")], orient="row")


def feed_list(feeds: Iterable[type[Feed]]) -> pl.DataFrame:
    """What a feed and its department are called, the entity that it speaks about, when a delivery is due (`cron`), and
    how many days before that it may be of."""
    told = [
        (each.key, each.title, each.department, each.department_title, each.due.title, each.entity, each.due.cron,
         each.due.every_days)
        for each in feeds
    ]  # fmt: skip
    columns = ("feed", "title", "department", "department_title", "due", "entity", "cron")
    types = {**dict.fromkeys(columns, pl.String), "every_days": pl.Int64}
    return pl.DataFrame(told, schema=types, orient="row")


def arrived(feeds: Iterable[str]) -> pl.DataFrame:
    """The keys of the feeds of which a delivery is in use: of no other is nothing the same as none."""
    return pl.DataFrame({"feed": sorted(feeds)}, schema={"feed": pl.String})
