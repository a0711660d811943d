"""An entity fused from all its rows: parted by county bucket, each bucket fused. Whether it must be is not asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.disk import buckets, fused
from pipelines.disk.fused_grounds import FusedGrounds, settle
from pipelines.disk.layers import rows_in
from pipelines.engine.chosen import in_order
from pipelines.engine.local import Sizes
from pipelines.fuse import fuse
from pipelines.fusing.placed import COUNTY, placed
from pipelines.fusing.reidentify import Reidentified
from pipelines.identify import Decided, parted
from pipelines.supersede import Current, Rows
from schemas.entity import Entity
from schemas.feed import Feed


def fuse_whole(
    entity: type[Entity], rows: list[Rows], again: Reidentified, present: dict[str, Current], now: FusedGrounds,
    mappings: Mappings, home: Path, sizes: Sizes,
) -> dict[str, int]:  # fmt: skip
    """Decide in which county bucket each row lies, write the rows by bucket, and fuse the buckets one by one."""
    on = date.fromisoformat(now.on)
    lies = placed(entity, rows, again.decisions.parts, again.decided, mappings, on, now.buckets, sizes.group)
    partial = fused.begin(entity, home, present)
    review = _part(rows, again.decided, lies, now.buckets, partial)
    counts, counties = _fuse_buckets(entity, sorted(present), mappings, on, now.buckets, partial)
    counts |= {f"unidentified/{key}": review[key] for key in sorted(present)}
    settle(entity, partial, counties, replace(now, counts=counts), home)
    return counts


def _part(rows: list[Rows], decided: Decided, lies: dict[int, pl.Series], count: int, partial: Path) -> dict[str, int]:
    """Write all identified rows by bucket and the others by feed; gives how many the others are of each feed."""

    def write(source: tuple[int, Rows, pl.Series]) -> tuple[type[Feed], pl.DataFrame]:
        number, each, lying = source
        told = parted(number, each.feed, each.read(None), decided)
        for bucket, part in buckets.by_bucket(told.rows.with_columns(lying.alias("bucket")), count):
            fused.put_rows(part, each.feed.key, bucket, number, partial)
        return each.feed, told.unidentified

    sources = ((number, each, lies[number]) for number, each in enumerate(rows))
    left: dict[str, list[pl.DataFrame]] = {}
    for feed, rest in in_order(sources, write):
        left.setdefault(feed.key, []).append(rest)
    for key, parts in left.items():
        pl.concat(parts).write_parquet(partial / "unidentified" / f"{key}.parquet")
    return {key: sum(part.height for part in parts) for key, parts in left.items()}


def _fuse_buckets(
    entity: type[Entity], feeds: list[str], mappings: Mappings, on: date, count: int, partial: Path
) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Fuse bucket after bucket; gives row counts over all and each bucket's counties."""
    known = {feed.key: feed for feed in entity.feeds()}

    def fuse_one(number: int) -> tuple[str, dict[str, int], list[str]]:
        name = buckets.bucket_name(number, count)
        made = fuse(entity, {key: rows_in(partial, known[key], [name]) for key in feeds}, mappings, on)
        fused.put_tables(made.tables, name, partial)
        county = made.values[COUNTY]
        rows = {"entities": county.len(), "without_county": county.null_count(), "disputes": made.disputes.height}
        return name, rows, county.drop_nulls().unique().sort().to_list()

    made = list(in_order(range(count + 1), fuse_one))
    counts = {name: sum(rows[name] for _, rows, _ in made) for name in made[0][1]}
    return counts, {name: counties for name, _, counties in made}
