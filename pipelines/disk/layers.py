"""What is fused of an entity, read through its layers: what a step tells anew hides what lies below. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.disk.fused import COUNTY, GONE, buckets_in, layers, rows_schema
from pipelines.disk.tables import read_files
from schemas.entity import Entity
from schemas.feed import Feed

# Of some rows of a table those that are asked for.
Keep = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Layers:
    """The layers of an entity that are read, the lowest first, and where it lies as it was fused whole."""

    entity: type[Entity]
    whole: Path
    found: tuple[Path, ...]

    def bucket_names(self) -> list[str]:
        """All buckets, that without county last; steps neither add nor take any."""
        return [each.name for each in buckets_in(self.whole)]


def layers_of(entity: type[Entity], home: Path, after: int | None = None) -> Layers:
    """All layers, or those `after` so many steps: of the entities that were told anew since then."""
    found = layers(entity, home)
    return Layers(entity, found[0], tuple(found if after is None else found[after + 1 :]))


def layers_before(entity: type[Entity], home: Path, steps: int) -> Layers:
    """The layers as they lay when there were so many steps."""
    found = layers(entity, home)
    return Layers(entity, found[0], tuple(found[: steps + 1]))


def bucket_table(of: Layers, name: str, names: Sequence[str], columns: Collection[str] | None = None) -> pl.DataFrame:
    """Some buckets' values, origin or disputes, sorted by the entity's identifier: all columns, or some with what they
    are sorted by among them.
    """
    wanted = None if columns is None else list(columns)
    parts = _on_top(of, of.entity.identifier, partial(_table, name=name, names=names, columns=wanted))
    if not parts:
        return _no_table(of, name, names[0], wanted)
    order = [of.entity.identifier, *(("column", "lost_by") if name == "disputes" else ())]
    return parts[0] if len(parts) == len(names) == 1 else pl.concat(parts).sort(order)


def every_bucket(of: Layers, name: str, columns: Collection[str], keep: Keep | None = None) -> pl.DataFrame:
    """A few columns of values, origin or disputes over all buckets, the identifier among them.

    All rows, or those that `keep` gives of some of them.
    """
    names, wanted = of.bucket_names(), list(columns)
    read = _keeping(keep, partial(_table, name=name, names=names, columns=wanted))
    return pl.concat([_no_table(of, name, names[0], wanted), *_on_top(of, of.entity.identifier, read)])


def bucket_rows(
    of: Layers, feed: type[Feed], names: Sequence[str], columns: Collection[str] | None = None
) -> pl.DataFrame:
    """A feed's identified rows of some buckets, bucket after bucket, by delivery and row; an empty table for none.

    All columns, or some with `entity_id` among them.
    """
    read = partial(rows_in, feed=feed, names=names, columns=columns)
    return pl.concat([_no_rows(feed, columns), *_on_top(of, "entity_id", read)])


def every_row(of: Layers, feed: type[Feed], columns: Collection[str], keep: Keep | None = None) -> pl.DataFrame:
    """A few columns of a feed's identified rows over all buckets, `entity_id` among them; `keep` as above."""
    read = _keeping(keep, partial(rows_in, feed=feed, names=of.bucket_names(), columns=columns))
    return pl.concat([_no_rows(feed, columns), *_on_top(of, "entity_id", read)])


def rows_in(
    folder: Path, feed: type[Feed], names: Iterable[str], columns: Collection[str] | None = None
) -> pl.DataFrame:
    """The same of some buckets of one layer, settled or not."""
    files = [file for name in names for file in sorted((folder / "feeds" / feed.key / name).glob("*.parquet"))]
    found, none = read_files(files, columns), _no_rows(feed, columns)
    return none if found is None else pl.concat([none, found])


def table_of_one(of: Layers, name: str, one: str) -> pl.DataFrame:
    """What values, origin or disputes say about one entity."""
    return _of_one(of, of.entity.identifier, f"{name}/*.parquet", one)


def rows_of_one(of: Layers, feed: str, one: str) -> pl.DataFrame:
    """A feed's identified rows of one entity."""
    return _of_one(of, "entity_id", f"feeds/{feed}/*/*.parquet", one)


def _of_one(of: Layers, key: str, files: str, one: str) -> pl.DataFrame:
    def read(layer: Path) -> pl.DataFrame | None:
        here = sorted(layer.glob(files))
        return pl.scan_parquet(here).filter(pl.col(key) == one).collect() if here else None

    found = _on_top(of, key, read)
    return pl.concat(found) if found else pl.DataFrame()


def gone(of: Layers) -> pl.DataFrame:
    """The entities that steps among these tell anew: their identifier and the `county` that each lay in before."""
    none = pl.DataFrame(schema={of.entity.identifier: pl.String, COUNTY: pl.String})
    told = [pl.read_parquet(step / GONE) for step in of.found if step != of.whole]
    return pl.concat([none, *told]).unique(of.entity.identifier, keep="first", maintain_order=True)


def unidentified(of: Layers, feed: str) -> Path | None:
    """The file with a feed's rows for a person; None where there is none."""
    files = [layer / "unidentified" / f"{feed}.parquet" for layer in of.found]
    return next((file for file in reversed(files) if file.exists()), None)


def among(entities: pl.DataFrame) -> Keep:
    """Of some rows those of these entities, told by the identifier alone."""
    return lambda rows: rows.join(entities, on=entities.columns, how="semi", maintain_order="left")


def _table(layer: Path, name: str, names: Sequence[str], columns: list[str] | None) -> pl.DataFrame | None:
    """Some buckets of a table in one layer; None where the layer has none of them."""
    files = [layer / name / f"{each}.parquet" for each in names]
    return read_files([file for file in files if file.exists()], columns)


def _no_table(of: Layers, name: str, bucket: str, columns: list[str] | None) -> pl.DataFrame:
    return pl.read_parquet(of.whole / name / f"{bucket}.parquet", columns=columns, n_rows=0)


def _no_rows(feed: type[Feed], columns: Collection[str] | None) -> pl.DataFrame:
    none = pl.DataFrame(schema=rows_schema(feed))
    return none if columns is None else none.select(columns)


def _keeping(keep: Keep | None, read: Callable[[Path], pl.DataFrame | None]) -> Callable[[Path], pl.DataFrame | None]:
    """A layer's rows that are asked for: the others are taken out before layers are laid on one another."""
    if keep is None:
        return read

    def kept(layer: Path) -> pl.DataFrame | None:
        rows = read(layer)
        return None if rows is None else keep(rows)

    return kept


def _on_top(of: Layers, key: str, read: Callable[[Path], pl.DataFrame | None]) -> list[pl.DataFrame]:
    """What each layer says of the entities that none on top of it tells anew, the lowest first."""
    told: list[pl.DataFrame] = []
    anew: pl.DataFrame | None = None
    for layer in reversed(of.found):
        rows = read(layer)
        if rows is not None:
            told.append(rows if anew is None else rows.join(anew, on=key, how="anti", maintain_order="left"))
        if (layer / GONE).exists():
            more = pl.read_parquet(layer / GONE, columns=[0]).rename(lambda _: key)
            anew = more if anew is None else pl.concat([anew, more]).unique()
    return told[::-1]
