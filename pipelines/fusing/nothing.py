"""An entity as it lies when nothing has come yet: the tables of no row that fusion makes. Reads no row."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.disk import fused
from pipelines.disk.buckets import NOWHERE
from pipelines.disk.fused_grounds import FusedGrounds, settle
from pipelines.fuse import fuse
from schemas.entity import Entity


def fuse_nothing(entity: type[Entity], mappings: Mappings, on: date, home: Path) -> None:
    """Lay down an entity of which no feed has brought a row, in the one bucket of what has no county."""
    rows = {feed.key: pl.DataFrame(schema=fused.rows_schema(feed)) for feed in entity.feeds()}
    partial = fused.begin(entity, home, rows)
    fused.put_tables(fuse(entity, rows, mappings, on).tables, NOWHERE, partial)
    settle(entity, partial, {NOWHERE: []}, FusedGrounds({}, on.isoformat(), 0, {}), home)
