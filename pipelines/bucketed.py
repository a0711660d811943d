"""One bucket of an entity as what is made of it reads it: values, disputes, feeds, who is present, names and lists."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.called import attribute_list, feed_list
from pipelines.cut import Tables
from pipelines.disk import fused
from schemas.entity import Entity
from schemas.feed import Feed


def bucketed(
    entity: type[Entity], bucket: str, read: Collection[type[Feed]], lists: dict[str, pl.DataFrame], today: date,
    home: Path, after: int | None = None,
) -> Tables:  # fmt: skip
    """The tables of a bucket with those feeds of the entity that are `read`; `after` so many steps, as in `fused`."""
    feeds = {feed.key: fused.bucket_rows(entity, feed, bucket, home, after) for feed in entity.feeds() if feed in read}
    described = [feed.key for feed in entity.described_by()]
    return Tables(
        {
            entity.key: fused.bucket_table(entity, "values", bucket, home, after),
            "disputes": fused.bucket_table(entity, "disputes", bucket, home, after),
            "presence": pl.concat([feeds[key].select("entity_id", pl.lit(key).alias("feed")) for key in described]),
            "today": pl.DataFrame({"day": [today]}),
            **{key: rows.drop("repairs") for key, rows in feeds.items()},
            **words(entity),
            **lists,
        }
    )


def words(entity: type[Entity]) -> dict[str, pl.DataFrame]:
    """What columns and feeds are called."""
    return {"attribute_list": attribute_list(entity), "feed_list": feed_list(entity.feeds())}
