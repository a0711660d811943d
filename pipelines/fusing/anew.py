"""What is told anew of an entity: the touched ones are fused again from all their rows, on top of what lies there.

Whether that is enough is decided here too; how rows are led to entities and fused is not.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.disk import fused
from pipelines.disk.buckets import bucket_name, bucket_of, by_bucket
from pipelines.disk.fused import COUNTY
from pipelines.disk.fused_grounds import FusedGrounds, settle_step
from pipelines.disk.layers import among, every_bucket, layers_of
from pipelines.engine.local import in_order
from pipelines.fuse import Fused, fuse
from pipelines.meaning.ranks import rank_of, ranks
from schemas.entity import Entity
from schemas.standard import tells

# Beyond so large a part of all entities, and on so many steps, it costs less to fuse everything once more.
MOST_TOUCHED = 1 / 8
MOST_STEPS = 16
# What standard rows rest on reaches an entity through them; their stamps tell.
_BY_ROWS = ("dictionary", "correction", "admission", "answer")
_FEED = "feed/"


def is_on_top(
    entity: type[Entity], kept: FusedGrounds, now: FusedGrounds, present: Collection[str],
    mappings: Mappings, home: Path,
) -> bool:  # fmt: skip
    """Whether what has changed since `kept` can be told by steps: rows alone have changed, and few steps lie there."""
    return (
        _besides_rows(kept) == _besides_rows(now)
        # Products tell a year's figures by the year that today is in.
        and date.fromisoformat(kept.on).year == date.fromisoformat(now.on).year
        and kept.buckets == now.buckets
        and fused.present(entity, home) == sorted(present)
        and _authority(entity, kept, mappings) == (ranked := _authority(entity, now, mappings))
        and _has_no_equals(entity, present, ranked)
        and fused.steps(entity, home) < MOST_STEPS
    )


def _besides_rows(grounds: FusedGrounds) -> dict[str, str]:
    return {name: what for name, what in grounds.grounds.items() if name not in _BY_ROWS and not name.startswith(_FEED)}


def _authority(entity: type[Entity], grounds: FusedGrounds, mappings: Mappings) -> dict[tuple[str, str], int]:
    return ranks(mappings, entity.key, date.fromisoformat(grounds.on))


def _has_no_equals(entity: type[Entity], present: Collection[str], ranked: Mapping[tuple[str, str], int]) -> bool:
    """Whether of no column two feeds have one rank, also that of those to which none is given.

    Of equals the newer row wins, and with a full delivery all rows of a feed become newer.
    """
    feeds = [feed for feed in entity.described_by() if feed.key in present]
    told = ([rank_of(ranked, name, feed.key) for feed in feeds if tells(feed, name)] for name in entity.attributes)
    return all(len({*each}) == len(each) for each in told)


def fuse_anew(
    entity: type[Entity], identified: dict[str, pl.DataFrame], unidentified: dict[str, pl.DataFrame],
    touched: pl.DataFrame, kept: FusedGrounds, now: FusedGrounds, mappings: Mappings, home: Path,
) -> dict[str, int]:  # fmt: skip
    """Fuse the `touched` (entity_id, each once) from all their rows, and put them on top; gives row counts.

    `unidentified` are all rows of each feed that are led to nobody.
    """
    key = entity.identifier
    folder, below = fused.begin_step(entity, home, identified), layers_of(entity, home)
    made = fuse(entity, identified, mappings, date.fromisoformat(now.on))
    named = touched.select(pl.col("entity_id").alias(key))
    there = every_bucket(below, "values", [key, COUNTY], among(named))
    fused.put_gone(named.join(there, on=key, how="left").sort(key), folder)
    lies = made.values.select(pl.col(key).alias("entity_id"), bucket_of(pl.col(COUNTY), now.buckets).alias("bucket"))
    _put(made, identified, lies, now.buckets, folder)
    for name, rows in unidentified.items():
        rows.write_parquet(folder / "unidentified" / f"{name}.parquet")
    lost = every_bucket(below, "disputes", [key], among(named))
    more = {
        "entities": made.values.height - there.height,
        "without_county": made.values[COUNTY].null_count() - there[COUNTY].null_count(),
        "disputes": made.disputes.height - lost.height,
    }
    counts = {name: count + more.get(name, 0) for name, count in kept.counts.items()}
    counts |= {f"unidentified/{name}": rows.height for name, rows in unidentified.items()}
    settle_step(entity, folder, _counties(entity, made, now.buckets, home), replace(now, counts=counts), home)
    return counts


def _put(made: Fused, identified: dict[str, pl.DataFrame], lies: pl.DataFrame, count: int, folder: Path) -> None:
    """Write tables and rows by the bucket of each entity."""
    deque(in_order(_puts(made, identified, lies, count, folder), lambda put: put()), maxlen=0)


def _puts(
    made: Fused, identified: dict[str, pl.DataFrame], lies: pl.DataFrame, count: int, folder: Path
) -> Iterator[Callable[[], None]]:
    for name, table in zip(fused.TABLES, made.tables, strict=True):
        for bucket, part in by_bucket(_lying(table, table.columns[0], lies), count):
            yield partial(fused.put_table, part, name, bucket, folder)
    for feed, rows in identified.items():
        for bucket, part in by_bucket(_lying(rows, "entity_id", lies), count):
            yield partial(fused.put_rows, part, feed, bucket, 0, folder)


def _lying(rows: pl.DataFrame, key: str, lies: pl.DataFrame) -> pl.DataFrame:
    """The rows of entities with the bucket in which each lies."""
    return rows.join(lies, left_on=key, right_on="entity_id", how="inner", maintain_order="left")


def _counties(entity: type[Entity], made: Fused, count: int, home: Path) -> dict[str, list[str]]:
    """The counties of each bucket; one that has lost its last entity stays named."""
    known = {each.name: set(each.counties) for each in fused.buckets(entity, home)}
    new = made.values.select(COUNTY, bucket_of(pl.col(COUNTY), count).alias("bucket")).drop_nulls().unique()
    for county, number in new.iter_rows():
        known[bucket_name(number, count)].add(county)
    return {name: sorted(counties) for name, counties in known.items()}
