"""Buckets of an entity as what is made of it reads it: values, disputes, feeds, who is present, names and lists."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import polars as pl

from pipelines.cut import Tables
from pipelines.disk.layers import Layers, bucket_rows, bucket_table
from pipelines.sql.called import attribute_list, feed_list
from schemas.entity import Entity

# Which feeds have rows that describe an entity.
PRESENCE = "presence"


def bucketed(
    of: Layers, names: Sequence[str], read: Collection[str], lists: dict[str, pl.DataFrame], today: date
) -> Tables:
    """The tables of some buckets; of feeds and `presence` those that are `read`."""
    entity = of.entity
    feeds = [feed for feed in entity.feeds() if feed.key in read]
    rows = {feed.key: bucket_rows(of, feed, names).drop("repairs") for feed in feeds}
    return Tables(
        {
            entity.key: bucket_table(of, "values", names),
            "disputes": bucket_table(of, "disputes", names),
            **({PRESENCE: _presence(of, names)} if PRESENCE in read else {}),
            "today": pl.DataFrame({"day": [today]}),
            **rows,
            **words(entity),
            **lists,
        }
    )


def _presence(of: Layers, names: Sequence[str]) -> pl.DataFrame:
    told = {feed.key: bucket_rows(of, feed, names, ["entity_id"]) for feed in of.entity.described_by()}
    return pl.concat([rows.with_columns(feed=pl.lit(key)) for key, rows in told.items()])


def words(entity: type[Entity]) -> dict[str, pl.DataFrame]:
    """What columns and feeds are called."""
    return {"attribute_list": attribute_list(entity), "feed_list": feed_list(entity.feeds())}
