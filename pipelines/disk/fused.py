"""How a fused entity lies on disk: its tables and its feeds' identified rows by county bucket. Nothing is fused here.

fused/<entity>/buckets.json                      which counties lie in which bucket
               values/07.parquet                 one row an entity, sorted; `origin` and `disputes` likewise
               feeds/<feed>/07/00003.parquet     identified rows of the bucket's entities, part by part
               unidentified/<feed>.parquet       rows for a person
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.disk.buckets import NOWHERE
from pipelines.disk.tables import put_whole
from pipelines.fuse import Fused
from pipelines.translate import standard_schema
from schemas.entity import Entity
from schemas.feed import Feed

TABLES = ("values", "origin", "disputes")


@dataclass(frozen=True)
class Bucket:
    """A bucket's name, and the counties that have entities in it; none in that of entities without a county."""

    name: str
    counties: tuple[str, ...]


def folder_of(entity: type[Entity], home: Path) -> Path:
    """Where an entity's fused tables lie."""
    return home / "fused" / entity.key


def buckets(entity: type[Entity], home: Path) -> list[Bucket]:
    """The buckets in their order, the one without county last; none before anything is fused."""
    note = folder_of(entity, home) / "buckets.json"
    told: dict[str, list[str]] = json.loads(note.read_text()) if note.exists() else {}
    return [Bucket(name, tuple(counties)) for name, counties in told.items()]


def bucket_table(entity: type[Entity], name: str, bucket: str, home: Path) -> pl.DataFrame:
    """One bucket's values, origin or disputes, sorted by the entity's identifier."""
    return pl.read_parquet(folder_of(entity, home) / name / f"{bucket}.parquet")


def bucket_rows(entity: type[Entity], feed: type[Feed], bucket: str, home: Path) -> pl.DataFrame:
    """A feed's identified rows of one bucket, by delivery and row; an empty table where it has none."""
    return rows_in(folder_of(entity, home), feed, bucket)


def rows_in(folder: Path, feed: type[Feed], bucket: str) -> pl.DataFrame:
    """The same of an entity's folder, settled or not."""
    files = sorted((folder / "feeds" / feed.key / bucket).glob("*.parquet"))
    return pl.concat([pl.read_parquet(file) for file in files]) if files else pl.DataFrame(schema=rows_schema(feed))


def every_bucket(entity: type[Entity], name: str, columns: Collection[str], home: Path) -> pl.DataFrame:
    """A few columns of values, origin or disputes over all buckets, bucket after bucket."""
    files = [folder_of(entity, home) / name / f"{bucket.name}.parquet" for bucket in buckets(entity, home)]
    return pl.concat([pl.read_parquet(file, columns=list(columns)) for file in files])


def row_files(entity: type[Entity], feed: str, home: Path) -> list[Path]:
    """The files of a feed's identified rows, bucket after bucket."""
    return sorted((folder_of(entity, home) / "feeds" / feed).glob("*/*.parquet"))


def rows_schema(feed: type[Feed]) -> pl.Schema:
    """The columns and types of a feed's identified rows."""
    added = {"since": pl.Date(), "delivery": pl.String(), "as_of": pl.Date(), "record": pl.String()}
    return pl.Schema({**standard_schema(feed), **added, "entity_id": pl.String(), "match": pl.String()})


def begin(entity: type[Entity], home: Path, names: Iterable[str]) -> Path:
    """An empty folder beside an entity's, with a place for each table, to be filled and then settled."""
    folder = folder_of(entity, home)
    partial = folder.with_name(folder.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    for name in (*TABLES, "unidentified", *(f"feeds/{name}" for name in names)):
        (partial / name).mkdir(parents=True)
    return partial


def put_rows(rows: pl.DataFrame, feed: str, bucket: str, number: int, partial: Path) -> None:
    """Write one part of a feed's identified rows."""
    folder = partial / "feeds" / feed / bucket
    folder.mkdir(exist_ok=True)
    put_whole(rows, folder / f"{number:05}.parquet")


def put_fused(fused: Fused, bucket: str, partial: Path) -> None:
    """Write one bucket's tables."""
    for name, table in zip(TABLES, (fused.values, fused.origin, fused.disputes), strict=True):
        put_whole(table, partial / name / f"{bucket}.parquet")


def settle(
    entity: type[Entity], partial: Path, counties: dict[str, list[str]], rests: str, counts: dict[str, int], home: Path
) -> None:
    """Write which counties lie where and what all rests on; then the filled folder takes the last one's place."""
    ordered = dict(sorted(counties.items(), key=lambda each: (each[0] == NOWHERE, each[0])))
    (partial / "buckets.json").write_text(json.dumps(ordered, indent=1) + "\n")
    (partial / "rests.json").write_text(json.dumps({"rests": rests, "counts": counts}))
    folder = folder_of(entity, home)
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(partial, folder)


def counts_of(entity: type[Entity], rests: str, home: Path) -> dict[str, int] | None:
    """The row counts of what is fused, if it rests on just this."""
    note = folder_of(entity, home) / "rests.json"
    if not note.exists():
        return None
    told: dict[str, Any] = json.loads(note.read_text())
    return told["counts"] if told["rests"] == rests else None


def state(entity: type[Entity], home: Path) -> list[list[str | int]]:
    """Every fused file with its size and time of change: as long as it stays, nothing need be read again."""
    folder = folder_of(entity, home)
    stats = [(file, file.stat()) for file in sorted(folder.rglob("*.parquet"))]
    return [[file.relative_to(folder).as_posix(), stat.st_size, stat.st_mtime_ns] for file, stat in stats]
