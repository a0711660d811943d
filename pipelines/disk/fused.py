"""How a fused entity lies on disk: its tables and its feeds' identified rows by county bucket. Nothing is fused here.

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
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.disk.tables import put_whole, read_files
from schemas.entity import Entity
from schemas.feed import Feed
from schemas.standard import standard_schema

# Of some rows of a table those that are asked for.
Keep = Callable[[pl.DataFrame], pl.DataFrame]

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
    note = layers(entity, home)[-1] / "buckets.json"
    told: dict[str, list[str]] = json.loads(note.read_text()) if note.exists() else {}
    return [Bucket(name, tuple(counties)) for name, counties in told.items()]


def bucket_table(
    entity: type[Entity], name: str, names: Sequence[str], home: Path, after: int | None = None,
    columns: Collection[str] | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Some buckets' values, origin or disputes, sorted by the entity's identifier: all columns, or some with what they
    are sorted by among them.

    `after` so many steps only: of the entities that were told anew since then.
    """
    wanted = None if columns is None else list(columns)
    read = partial(_table, name=name, files=[f"{each}.parquet" for each in names], columns=wanted)
    parts = _on_top(layers(entity, home), entity.identifier, read, after)
    if not parts:
        return pl.read_parquet(folder_of(entity, home) / name / f"{names[0]}.parquet", columns=wanted, n_rows=0)
    order = [entity.identifier, *(("column", "lost_by") if name == "disputes" else ())]
    return parts[0] if len(parts) == len(names) == 1 else pl.concat(parts).sort(order)


def every_bucket(
    entity: type[Entity], name: str, columns: Collection[str], home: Path, after: int | None = None,
    keep: Keep | None = None,
) -> pl.DataFrame:  # fmt: skip
    """A few columns of values, origin or disputes over all buckets, the identifier among them; `after` as above.

    All rows, or those that `keep` gives of some of them.
    """
    names = [f"{bucket.name}.parquet" for bucket in buckets(entity, home)]
    read = _keeping(keep, partial(_table, name=name, files=names, columns=list(columns)))
    nothing = pl.read_parquet(folder_of(entity, home) / name / names[0], columns=list(columns)).clear()
    return pl.concat([nothing, *_on_top(layers(entity, home), entity.identifier, read, after)])


def bucket_rows(
    entity: type[Entity], feed: type[Feed], names: Sequence[str], home: Path, after: int | None = None,
    columns: Collection[str] | None = None,
) -> pl.DataFrame:  # fmt: skip
    """A feed's identified rows of some buckets, bucket after bucket, by delivery and row; an empty table for none.

    All columns, or some with `entity_id` among them; `after` as above.
    """
    read = partial(rows_in, feed=feed, names=names, columns=columns)
    return pl.concat([_no_rows(feed, columns), *_on_top(layers(entity, home), "entity_id", read, after)])


def rows_in(
    folder: Path, feed: type[Feed], names: Iterable[str], columns: Collection[str] | None = None
) -> pl.DataFrame:
    """The same of one layer, settled or not."""
    files = [file for name in names for file in sorted((folder / "feeds" / feed.key / name).glob("*.parquet"))]
    return _rows_of(files, feed, columns)


def _rows_of(files: Iterable[Path], feed: type[Feed], columns: Collection[str] | None) -> pl.DataFrame:
    told = read_files(list(files), columns)
    none = _no_rows(feed, columns)
    return none if told is None else pl.concat([none, told])


def _no_rows(feed: type[Feed], columns: Collection[str] | None) -> pl.DataFrame:
    none = pl.DataFrame(schema=rows_schema(feed))
    return none if columns is None else none.select(columns)


def every_row(
    entity: type[Entity], feed: type[Feed], columns: Collection[str], home: Path, after: int | None = None,
    keep: Keep | None = None,
) -> pl.DataFrame:  # fmt: skip
    """A few columns of a feed's identified rows over all buckets, `entity_id` among them; `after`, `keep` as above."""
    names = [bucket.name for bucket in buckets(entity, home)]
    read = _keeping(keep, partial(rows_in, feed=feed, names=names, columns=columns))
    told = _on_top(layers(entity, home), "entity_id", read, after)
    return pl.concat([_no_rows(feed, columns), *told])


def table_before(
    entity: type[Entity], name: str, steps: int, columns: Collection[str], home: Path, keep: Keep
) -> pl.DataFrame:
    """The same of values, origin or disputes as they stood when so many steps lay there."""
    below = layers(entity, home)[: steps + 1]
    files = [f"{bucket.name}.parquet" for bucket in buckets(entity, home)]
    read = _keeping(keep, partial(_table, name=name, files=files, columns=list(columns)))
    return pl.concat(_on_top(below, entity.identifier, read))


def table_of_one(entity: type[Entity], name: str, one: str, home: Path) -> pl.DataFrame:
    """What values, origin or disputes say about one entity."""
    return _of_one(entity, entity.identifier, f"{name}/*.parquet", one, home)


def rows_of_one(entity: type[Entity], feed: str, one: str, home: Path) -> pl.DataFrame:
    """A feed's identified rows of one entity."""
    return _of_one(entity, "entity_id", f"feeds/{feed}/*/*.parquet", one, home)


def _of_one(entity: type[Entity], key: str, files: str, one: str, home: Path) -> pl.DataFrame:
    def read(layer: Path) -> pl.DataFrame | None:
        here = sorted(layer.glob(files))
        return pl.scan_parquet(here).filter(pl.col(key) == one).collect() if here else None

    found = _on_top(layers(entity, home), key, read)
    return pl.concat(found) if found else pl.DataFrame()


def present(entity: type[Entity], home: Path) -> list[str]:
    """The feeds whose rows were led to the entity, in alphabetical order; origin counts those that describe it."""
    return sorted(folder.name for folder in (folder_of(entity, home) / "feeds").glob("*"))


def gone(entity: type[Entity], home: Path, after: int) -> pl.DataFrame:
    """The entities told anew after so many steps: their identifier and the `county` that each lay in before."""
    found = layers(entity, home)[after + 1 :]
    none = pl.DataFrame(schema={entity.identifier: pl.String, COUNTY: pl.String})
    every = pl.concat([none, *(pl.read_parquet(step / GONE) for step in found)])
    return every.unique(entity.identifier, keep="first", maintain_order=True)


def unidentified(entity: type[Entity], feed: str, home: Path) -> Path | None:
    """The file with a feed's rows for a person; None where there is none."""
    files = [layer / "unidentified" / f"{feed}.parquet" for layer in layers(entity, home)]
    return next((file for file in reversed(files) if file.exists()), None)


def _table(layer: Path, name: str, files: list[str], columns: list[str] | None = None) -> pl.DataFrame | None:
    """Some buckets of a table in one layer; None where the layer has none of them."""
    here = [layer / name / file for file in files if (layer / name / file).exists()]
    return read_files(here, columns)


def among(entities: pl.DataFrame) -> Keep:
    """Of some rows those of these entities, told by the identifier alone."""
    return lambda rows: rows.join(entities, on=entities.columns, how="semi", maintain_order="left")


def _keeping(keep: Keep | None, read: Callable[[Path], pl.DataFrame | None]) -> Callable[[Path], pl.DataFrame | None]:
    """A layer's rows that are asked for: the others are taken out before layers are laid on one another."""
    if keep is None:
        return read

    def kept(layer: Path) -> pl.DataFrame | None:
        rows = read(layer)
        return None if rows is None else keep(rows)

    return kept


def _on_top(
    found: list[Path], key: str, read: Callable[[Path], pl.DataFrame | None], after: int | None = None
) -> list[pl.DataFrame]:
    """What each layer says of the entities that none on top of it tells anew, the lowest first."""
    told: list[pl.DataFrame] = []
    anew: pl.DataFrame | None = None
    for layer in reversed(found[0 if after is None else after + 1 :]):
        rows = read(layer)
        if rows is not None:
            told.append(rows if anew is None else rows.join(anew, on=key, how="anti", maintain_order="left"))
        if (layer / GONE).exists():
            more = pl.read_parquet(layer / GONE, columns=[0]).rename(lambda _: key)
            anew = more if anew is None else pl.concat([anew, more]).unique()
    return told[::-1]


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
