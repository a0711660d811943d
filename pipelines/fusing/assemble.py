"""From standard rows to the fused entity: its feeds gathered, identified, and fused whole or by what was touched."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.disk import buckets, decisions, fused
from pipelines.disk.folders import put_back
from pipelines.disk.fused_grounds import FusedGrounds, fused_grounds
from pipelines.disk.layers import bucket_table, layers_of
from pipelines.engine.local import SIZES, Sizes
from pipelines.fusing.anew import is_on_top
from pipelines.fusing.reidentify import reidentify
from pipelines.fusing.rows_of_touched import tell_anew
from pipelines.fusing.whole import fuse_whole
from pipelines.gather import Gathered, NotReady, gather, newest, stamps
from pipelines.revision import code_revision
from pipelines.shelf import stands_alone
from schemas.behind import feeds_behind
from schemas.entity import Entity
from schemas.product import all_products


def fuse_entity(entity: type[Entity], mappings: Mappings, home: Path, sizes: Sizes = SIZES) -> dict[str, int]:
    """Identify and fuse all that stands of an entity's feeds, into `home/fused/<entity>/`; gives row counts.

    Where rows alone have changed since the last time, the entities that they touch are told anew on top of what lies
    there. Where all that it rests on is as it was, nothing is done. Else everything is fused.
    """
    gathered = [gather(feed, home, sizes) for feed in entity.feeds()]
    now = _grounds(entity, gathered, mappings, sizes)
    put_back(fused.folder_of(entity, home))
    kept = fused_grounds(entity, home)
    if kept is not None and kept.agrees_with(now):
        return kept.counts
    present = {each.feed.key: each.current for each in gathered if each.current is not None}
    rows = [part for key in sorted(present) for part in present[key].parts]
    on = date.fromisoformat(now.on)
    again = reidentify(rows, mappings, on, decisions.folder_of(entity, home))
    now = replace(now, decisions=again.decisions.name)
    counts = None
    if kept is not None and is_on_top(entity, kept, now, present, mappings, home):
        counts = tell_anew(entity, rows, again, kept, now, mappings, home)
    if counts is None:
        counts = fuse_whole(entity, rows, again, present, now, mappings, home, sizes)
    decisions.keep(again.decisions, decisions.folder_of(entity, home))
    return counts


def _grounds(entity: type[Entity], gathered: list[Gathered], mappings: Mappings, sizes: Sizes) -> FusedGrounds:
    """The grounds of fused rows: code, mappings, sizes, and the standard rows of the deliveries in use."""
    height = sum(each.current.height for each in gathered if each.current is not None)
    grounds = {"code": code_revision(), "sizes": str(sizes), **mappings.fingerprints, **stamps(gathered)}
    on = newest(_of_products(entity, gathered)).isoformat()
    return FusedGrounds(grounds, on, buckets.bucket_count(height, sizes.bucket), {})


def _of_products(entity: type[Entity], gathered: list[Gathered]) -> list[Gathered]:
    """The feeds that products tell today by: one that none of them rests on may be of a later day, and turns nobody."""
    told = (each for each in all_products().values() if each.entity == entity.key and stands_alone(each))
    feeds = {feed for product in told for feed in feeds_behind(product)}
    return [each for each in gathered if each.feed in feeds and each.used] or gathered


def fused_table(entity: type[Entity], name: str, home: Path) -> pl.DataFrame:
    """One of an entity's fused tables, values, origin or disputes, whole; for who needs little of it."""
    lying = layers_of(entity, home)
    names = lying.bucket_names()
    if not names:
        raise NotReady(f"{entity.title} ({entity.key}) has not been fused yet; materialize fused/{entity.key} first.")
    return bucket_table(lying, name, names)
