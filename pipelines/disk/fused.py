"""How a fused entity lies on disk: its tables and its feeds' identified rows by county bucket. Reads no table of it.

fused/<entity>/rests.json                        what it rests on, and row counts
               buckets.json                      which counties lie in which bucket
               values/07.parquet                 one row an entity, sorted; `origin` and `disputes` likewise
               feeds/<feed>/07/00003.parquet     identified rows of the bucket's entities, part by part
               unidentified/<feed>.parquet       rows for a person
               steps/0001/…                      the same of what was told anew later, and
                          gone.parquet           the entities of which nothing that lies below is true any more
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.disk.tables import put_whole
from schemas.entity import Entity
from schemas.feed import Feed
from schemas.standard import standard_schema

TABLES = ("values", "origin", "disputes")
COUNTY = "county"
_STEPS, GONE = "steps", "gone.parquet"


@dataclass(frozen=True)
class Bucket:
    """A bucket's name, and the counties that have entities in it; none in that of entities without a county."""

    name: str
    counties: tuple[str, ...]


def folder_of(entity: type[Entity], home: Path) -> Path:
    """Where an entity's fused tables lie."""
    return home / "fused" / entity.key


def layers(entity: type[Entity], home: Path) -> list[Path]:
    """What lies on top of what: the tables as they were fused whole, and each later step."""
    folder = folder_of(entity, home)
    return [folder, *(step for step in sorted((folder / _STEPS).glob("*")) if step.suffix != ".part")]


def buckets(entity: type[Entity], home: Path) -> list[Bucket]:
    """The buckets in their order, the one without county last; none before anything is fused."""
    return buckets_in(layers(entity, home)[-1])


def buckets_in(layer: Path) -> list[Bucket]:
    """The same as a layer's note says."""
    note = layer / "buckets.json"
    told: dict[str, list[str]] = json.loads(note.read_text()) if note.exists() else {}
    return [Bucket(name, tuple(counties)) for name, counties in told.items()]


def present(entity: type[Entity], home: Path) -> list[str]:
    """The feeds whose rows were led to the entity, in alphabetical order; origin counts those that describe it."""
    return sorted(folder.name for folder in (folder_of(entity, home) / "feeds").glob("*"))


def rows_schema(feed: type[Feed]) -> pl.Schema:
    """The columns and types of a feed's identified rows."""
    added = {"since": pl.Date(), "delivery": pl.String(), "as_of": pl.Date(), "record": pl.String()}
    return pl.Schema({**standard_schema(feed), **added, "entity_id": pl.String(), "match": pl.String()})


def begin(entity: type[Entity], home: Path, names: Iterable[str]) -> Path:
    """An empty folder beside an entity's, with a place for each table, to be filled and then settled."""
    folder = folder_of(entity, home)
    return _emptied(folder.with_name(folder.name + ".part"), names)


def begin_step(entity: type[Entity], home: Path, names: Iterable[str]) -> Path:
    """The same for what is told anew of some entities, on top of what lies there."""
    number = len(layers(entity, home))
    return _emptied(folder_of(entity, home) / _STEPS / f"{number:04}.part", names)


def _emptied(partial: Path, names: Iterable[str]) -> Path:
    shutil.rmtree(partial, ignore_errors=True)
    for name in (*TABLES, "unidentified", *(f"feeds/{name}" for name in names)):
        (partial / name).mkdir(parents=True)
    return partial


def put_rows(rows: pl.DataFrame, feed: str, bucket: str, number: int, partial: Path) -> None:
    """Write one part of a feed's identified rows."""
    folder = partial / "feeds" / feed / bucket
    folder.mkdir(exist_ok=True)
    put_whole(rows, folder / f"{number:05}.parquet")


def put_tables(tables: Iterable[pl.DataFrame], bucket: str, partial: Path) -> None:
    """Write one bucket's tables, in the order of `TABLES`."""
    for name, table in zip(TABLES, tables, strict=True):
        put_table(table, name, bucket, partial)


def put_table(table: pl.DataFrame, name: str, bucket: str, partial: Path) -> None:
    """Write one of a bucket's tables."""
    put_whole(table, partial / name / f"{bucket}.parquet")


def put_gone(entities: pl.DataFrame, partial: Path) -> None:
    """Write of which entities nothing that lies below is true any more: their identifier and the county before."""
    put_whole(entities, partial / GONE)


def steps(entity: type[Entity], home: Path) -> int:
    """How many steps lie on the tables that were fused whole."""
    return len(layers(entity, home)) - 1


def state(entity: type[Entity], home: Path) -> list[list[str | int]]:
    """Every fused file with its size and time of change: as long as it stays, nothing need be read again."""
    folder = folder_of(entity, home)
    stats = [(file, file.stat()) for file in sorted(folder.rglob("*.parquet"))]
    return [[file.relative_to(folder).as_posix(), stat.st_size, stat.st_mtime_ns] for file, stat in stats]
