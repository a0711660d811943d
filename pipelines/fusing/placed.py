"""In which county bucket each row lies: in that of the county which fusion will choose for its entity.

Where all rows of an entity tell one bucket, nothing has to be chosen: these are told by the hash of their entity. Two
of one hash in two buckets are taken for one that is told otherwise by another row, and then looked at by their code.
One without a county may lie beside another of its hash, which nobody sees: what has no county is released nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from itertools import accumulate

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.disk.buckets import bucket_of
from pipelines.disk.fused import COUNTY
from pipelines.disk.keys import KNOWN, OPEN, Kept, read_keys
from pipelines.engine.chosen import in_order
from pipelines.fuse import NEWEST, fused_column
from pipelines.identify import Decided, identities
from pipelines.identity.told import ids, number_columns
from pipelines.supersede import Rows
from schemas.entity import Entity
from schemas.standard import standard_schema

_SEAT = {"hash": pl.UInt64, "bucket": pl.UInt16}

Numbered = tuple[int, Rows, Kept]


def placed(
    entity: type[Entity], rows: Sequence[Rows], keys: Sequence[Kept], decided: Decided, mappings: Mappings, on: date,
    count: int, group: int,
) -> dict[int, pl.Series]:  # fmt: skip
    """The bucket of each identified row of each source, in order, by its keys; rows are compared `group` at once."""
    numbered = list(zip(range(len(rows)), rows, keys, strict=True))
    seats = list(in_order(numbered, partial(_seated, decided=decided, count=count)))
    told = {number: seat for number, seat in enumerate(seats) if "bucket" in seat.columns}
    alike, unlike = _compared(list(told.values()), group)
    seated = zip(numbered, seats, strict=True)
    read = list(in_order(seated, partial(_of_unlike, entity=entity, decided=decided, unlike=unlike)))
    chosen = _chosen(entity, list(zip((each.feed.key for each in rows), read, strict=True)), mappings, on, count)
    others = _told_by_others({number: seat for number, seat in enumerate(seats) if number not in told}, alike, count)
    lying = others | {number: seat["bucket"] for number, seat in told.items()}
    return {number: _with_chosen(lying[number], each, chosen, count) for number, each in enumerate(read)}


def _seated(numbered: Numbered, decided: Decided, count: int) -> pl.DataFrame:
    """Of each identified row its number and its entity's hash, and, where the feed tells counties, the bucket that it
    would lie in."""
    number, rows, keys = numbered
    known = read_keys(keys, KNOWN, ["at", "row", "entity", "county"])
    left = read_keys(keys, OPEN, ["at", "row", "county"]).with_columns(ids(number))
    taken = decided.taken.get(number, pl.DataFrame(schema={"id": pl.UInt64, "entity_id": pl.String}))
    led = left.join(taken.select("id", pl.col("entity_id").hash(seed=0).alias("entity")), on="id")
    told = pl.concat([known, led.select(known.columns)]).sort("at")
    seat = [bucket_of(pl.col("county"), count).alias("bucket")] if _tells_counties(rows) else []
    return told.select("row", pl.col("entity").alias("hash"), *seat)


def _tells_counties(rows: Rows) -> bool:
    return rows.feed.describes and COUNTY in standard_schema(rows.feed)


def _compared(seats: list[pl.DataFrame], group: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The entities of which all rows tell one bucket (hash, bucket), and those of which rows tell several (hash)."""
    groups = max(1, -(-sum(seat.height for seat in seats) // group))
    told = [_grouped(seats, pl.col("hash") % groups == number) for number in range(groups)]
    every = pl.concat(told)
    is_one = pl.col("first") == pl.col("last")
    return every.filter(is_one).select("hash", bucket="first"), every.filter(~is_one).select("hash")


def _grouped(seats: list[pl.DataFrame], mine: pl.Expr) -> pl.DataFrame:
    rows = pl.concat([pl.DataFrame(schema=_SEAT), *(seat.select(list(_SEAT)).filter(mine) for seat in seats)])
    bucket = pl.col("bucket")
    return rows.group_by("hash").agg(bucket.min().alias("first"), bucket.max().alias("last"))


def _of_unlike(
    seated: tuple[Numbered, pl.DataFrame], entity: type[Entity], decided: Decided, unlike: pl.DataFrame
) -> pl.DataFrame:
    """The rows of such entities: their places `at` among the identified ones, counties, and what decides of them."""
    (number, rows, _), seat = seated
    here = seat.with_row_index("at").join(unlike, on="hash", how="semi", maintain_order="left")
    ends = [name for name in entity.ends() if name in standard_schema(rows.feed)]
    told = (COUNTY, *ends, *NEWEST) if _tells_counties(rows) else ()
    read = rows.every({*number_columns(rows.feed), *told, "row"}, here["row"].cast(pl.Int64))
    entities = identities(number, rows.feed, read, decided).select("entity_id")
    known = pl.concat([read.select("row", *told), entities], how="horizontal")
    return here.select("at", pl.col("row").cast(pl.Int64)).join(known, on="row", maintain_order="left").drop("row")


def _chosen(
    entity: type[Entity], read: list[tuple[str, pl.DataFrame]], mappings: Mappings, on: date, count: int
) -> pl.DataFrame:
    """The `bucket` of each of the entities whose rows these are, all of them together."""
    told: dict[str, list[pl.DataFrame]] = {}
    for key, rows in read:
        if COUNTY in rows.columns:
            told.setdefault(key, []).append(rows.drop("at"))
    if not told:
        return pl.DataFrame(schema={"entity_id": pl.String, "bucket": pl.UInt16})
    counties = fused_column(entity, COUNTY, {key: pl.concat(parts) for key, parts in told.items()}, mappings, on)
    return counties.select("entity_id", bucket_of(pl.col(COUNTY), count).alias("bucket"))


def _told_by_others(seats: dict[int, pl.DataFrame], alike: pl.DataFrame, count: int) -> dict[int, pl.Series]:
    """The buckets of rows that tell none, of several sources: those that other rows tell of their entities."""
    rows = pl.concat([pl.DataFrame(schema={"hash": pl.UInt64}), *(seat.select("hash") for seat in seats.values())])
    buckets = rows.join(alike, on="hash", how="left", maintain_order="left")["bucket"].fill_null(count)
    ends = accumulate(seat.height for seat in seats.values())
    return {number: buckets.slice(end - seats[number].height, seats[number].height)
            for number, end in zip(seats, ends, strict=True)}  # fmt: skip


def _with_chosen(bucket: pl.Series, rows: pl.DataFrame, chosen: pl.DataFrame, count: int) -> pl.Series:
    """The buckets of a source's rows, those of some of them, whose entities are told unlike, as they were chosen."""
    at = rows.select("at", "entity_id").join(chosen, on="entity_id", how="left", maintain_order="left")
    return bucket.scatter(at["at"], at["bucket"].fill_null(count)) if at.height else bucket
