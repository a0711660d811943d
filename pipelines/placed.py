"""In which county bucket each row lies: in that of the county which fusion will choose for its entity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.disk.buckets import bucket_of
from pipelines.disk.fused import COUNTY
from pipelines.engine.chosen import in_order
from pipelines.fuse import fused_column
from pipelines.identify import Decided, identities
from pipelines.identity.told import ids, number_columns, source_of
from pipelines.supersede import Rows
from schemas.entity import Entity


def placed(
    entity: type[Entity], rows: Sequence[Rows], decided: Decided, mappings: Mappings, on: date, count: int,
    height: int, group: int,
) -> dict[int, pl.Series]:  # fmt: skip
    """The bucket of each identified row of each source, in order; of `height` rows in all, `group` at once."""
    groups = max(1, -(-height // group))
    found: list[pl.DataFrame] = []
    for number in range(groups):
        mine = pl.col("entity_id").hash(seed=0) % groups == number

        def read(numbered: tuple[int, Rows], mine: pl.Expr = mine) -> tuple[str, pl.DataFrame]:
            return numbered[1].feed.key, _seated(*numbered, decided).filter(mine)

        found.append(_of_group(entity, list(in_order(enumerate(rows), read)), mappings, on, count))
    by_source = pl.concat(found).sort("id").with_columns(source_of()).partition_by("source", as_dict=True)
    return {int(number): part["bucket"] for (number,), part in by_source.items()}


def _seated(number: int, rows: Rows, decided: Decided) -> pl.DataFrame:
    """Identified rows as `id`, `entity_id` and, where the feed tells it, `county` with the row's day and record."""
    seat = (COUNTY, "as_of", "record") if rows.feed.describes else ()
    read = rows.read({*number_columns(rows.feed), *seat, "row"})
    told = [name for name in seat if COUNTY in read.columns]
    whole = pl.concat([read.select(ids(number), *told), identities(number, rows.feed, read, decided)], how="horizontal")
    return whole.drop("match").drop_nulls("entity_id")


def _of_group(
    entity: type[Entity], read: list[tuple[str, pl.DataFrame]], mappings: Mappings, on: date, count: int
) -> pl.DataFrame:
    """The `id` and `bucket` of the rows of some entities, all of them together."""
    told: dict[str, list[pl.DataFrame]] = {}
    for key, rows in read:
        if COUNTY in rows.columns:
            told.setdefault(key, []).append(rows)
    every = pl.concat([rows.select("id", "entity_id") for _, rows in read])
    if not told:
        return every.select("id", pl.lit(count, pl.UInt16).alias("bucket"))
    chosen = fused_column(entity, COUNTY, {key: pl.concat(parts) for key, parts in told.items()}, mappings, on)
    buckets = chosen.drop_nulls().select("entity_id", bucket_of(pl.col(COUNTY), count).alias("bucket"))
    lying = every.join(buckets, on="entity_id", how="left", maintain_order="left")
    return lying.select("id", pl.col("bucket").fill_null(count))
