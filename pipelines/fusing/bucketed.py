"""Buckets of an entity as what is made of it reads it: values, disputes, feeds, who is present, names and lists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.cut import Tables
from pipelines.disk import fused
from pipelines.sql.called import attribute_list, feed_list
from schemas.entity import Entity

# Which feeds have rows that describe an entity.
PRESENCE = "presence"


def bucketed(
    entity: type[Entity], names: Sequence[str], read: Collection[str], lists: dict[str, pl.DataFrame], today: date,
    home: Path, after: int | None = None,
) -> Tables:  # fmt: skip
    """The tables of some buckets; of feeds and `presence` those that are `read`.

    `after` so many steps, as in `fused`.
    """
    feeds = [feed for feed in entity.feeds() if feed.key in read]
    rows = {feed.key: fused.bucket_rows(entity, feed, names, home, after).drop("repairs") for feed in feeds}
    return Tables(
        {
            entity.key: fused.bucket_table(entity, "values", names, home, after),
            "disputes": fused.bucket_table(entity, "disputes", names, home, after),
            **({PRESENCE: _presence(entity, names, home, after)} if PRESENCE in read else {}),
            "today": pl.DataFrame({"day": [today]}),
            **rows,
            **words(entity),
            **lists,
        }
    )


def _presence(entity: type[Entity], names: Sequence[str], home: Path, after: int | None) -> pl.DataFrame:
    described = {feed.key: feed for feed in entity.described_by()}
    told = {key: fused.bucket_rows(entity, feed, names, home, after, ["entity_id"]) for key, feed in described.items()}
    return pl.concat([rows.with_columns(feed=pl.lit(key)) for key, rows in told.items()])


def words(entity: type[Entity]) -> dict[str, pl.DataFrame]:
    """What columns and feeds are called."""
    return {"attribute_list": attribute_list(entity), "feed_list": feed_list(entity.feeds())}
