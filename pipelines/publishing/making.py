"""A product of an entity that is being made: its rows of some buckets, cut by county. Releases nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.cut import Tables, as_declared, build, by_county
from pipelines.dictionary import Mappings
from pipelines.disk.fused import COUNTY
from pipelines.disk.layers import Layers, bucket_table, layers_of
from pipelines.fusing.bucketed import PRESENCE, bucketed
from pipelines.objections.raised import flagged
from pipelines.overlays.edition import Edition
from pipelines.promises.verdict import verdicts
from pipelines.publishing.share import Share, joined, parted, shares
from pipelines.releasing.causes import TRACED
from pipelines.releasing.county import County
from pipelines.releasing.touched import PAIR, Touched, pairs
from pipelines.shelf import maker_of
from pipelines.sql.parsed import read_by
from schemas.behind import feeds_behind
from schemas.entity import Entity
from schemas.manifest import Objected
from schemas.objection import Objection
from schemas.product import Product

# The county of an entity; of an origin's columns one is called county too.
_LIES_IN = "lies in"


@dataclass(frozen=True)
class Making:
    """A product that is being made: of what, by which mappings, as of which day, and what is objected to.

    `after` is how many steps lay on what was fused when it was made last, where what was told anew since then is all
    that its rows can differ by, and `touched` are the entities; None where all are made. `province` is what rows are
    held against, for a product that has a maker. Where one county's `edition` is made, `product` is its class, and
    `medians` are what its own columns are held against.
    """

    product: type[Product]
    entity: type[Entity]
    mappings: Mappings
    home: Path
    today: date
    objections: Collection[Objection]
    lists: dict[str, pl.DataFrame]
    after: int | None = None
    touched: Touched | None = None
    province: pl.DataFrame = field(default_factory=pl.DataFrame)
    edition: Edition | None = None
    medians: pl.DataFrame = field(default_factory=pl.DataFrame)


def shares_of(making: Making, wanted: dict[str, str]) -> list[Share]:
    """The counties wanted, as so many as are made at once."""
    some = shares(making.entity, making.home, wanted)
    if making.touched is not None:
        return joined(some, {code: each.height for code, each in making.touched.lying.items()})
    width = len(making.product.fields)
    return [part for each in some for part in parted(each, width, making.entity, making.home)]


def counties(
    making: Making, raised: dict[str, tuple[Objected, ...]], waiting: Collection[Objection], share: Share
) -> Iterator[County]:
    """Each county of a share."""
    made = _made(making, share)
    for each in _cut(making, flagged(making.product, made, waiting), share, raised):
        yield each if making.touched is None else _beside(making.touched, making.product, each)


def province_of(making: Making) -> pl.DataFrame:
    """What the core's rows are held against, from all buckets."""
    maker = maker_of(making.product)
    return pl.DataFrame() if maker is None else maker.of_province(every_bucket(making))


def every_bucket(making: Making) -> Iterator[Tables]:
    """What rows of one bucket after the other are made of."""
    return (_tables(making, [name]) for name in _lying(making).bucket_names())


def _lying(making: Making) -> Layers:
    """What is read of what was fused: all of it, or what was told anew."""
    return layers_of(making.entity, making.home, making.after)


def _made(making: Making, share: Share) -> pl.DataFrame:
    """The product's rows of a share."""
    edition, tables = making.edition, _tables(making, share.buckets, share.names)
    core = edition.core if edition else making.product
    maker = maker_of(core)
    rows = build(core, tables) if maker is None else as_declared(core, maker.made(tables, making.province))
    return edition.rows(rows, tables, making.medians) if edition else rows


def _cut(
    making: Making, table: pl.DataFrame, share: Share, raised: dict[str, tuple[Objected, ...]]
) -> Iterator[County]:
    """The counties of a share, of which `table` are all rows that are made."""
    rows, origin = by_county(table), _origin(making, table, share.buckets)
    counted, faults = _disputed(making, table, share.buckets), verdicts(making.product, table)
    for code, name in share.names.items():
        own = rows.get(code, table.head(0))
        traced = origin.get(code, next(iter(origin.values())).head(0))
        yield County(code, name, own, traced, counted.get(code, {}), faults.get(code), raised.get(code, ()))


def _beside(touched: Touched, product: type[Product], county: County) -> County:
    """A county's part as that of touched entities, here now or before, beside which all else stands."""
    before = touched.lying.get(county.code, touched.before.head(0))
    here = pl.concat([each.select(product.identifier) for each in (before, county.rows)]).unique()
    disputes = touched.disputing.get(county.code, touched.disputes.head(0))
    return replace(county, among=here, disputes_before=disputes)


def _tables(making: Making, names: Sequence[str], counties: Collection[str] | None = None) -> Tables:
    """What rows of some buckets are made of, or of some counties in them."""
    entity = making.entity
    tables = bucketed(_lying(making), names, _reads(making), making.lists, making.today)
    if counties is None:
        return tables
    here = tables.named[entity.key].filter(pl.col(COUNTY).is_in(list(counties)))
    return Tables(tables.named | {entity.key: here})


def _reads(making: Making) -> Collection[str]:
    """The tables of a bucket that a product reads: what its SQL names, and all behind what is made by more than SQL."""
    core = making.edition.core if making.edition else making.product
    if making.edition is None and maker_of(core) is None:
        return read_by(core)
    return {PRESENCE, *(feed.key for product in (making.product, core) for feed in feeds_behind(product))}


def _origin(making: Making, table: pl.DataFrame, names: Sequence[str]) -> dict[str, pl.DataFrame]:
    """By county, of each of its entities the feeds that its values came from, and what it rests on; never empty."""
    entity, key = making.entity, making.product.identifier
    own = table.select(pl.col("county").alias(_LIES_IN), key).unique().sort(_LIES_IN, key)
    origin = bucket_table(_lying(making), "origin", names)
    columns = [entity.identifier, *TRACED]
    traced = bucket_table(_lying(making), "values", names, columns)
    told = own.join(origin, on=key, how="left", maintain_order="left")
    told = told.join(traced.select(columns), on=key, how="left", maintain_order="left")
    parts = told.partition_by(_LIES_IN, as_dict=True, maintain_order=True, include_key=False)
    return {str(county): part for (county,), part in parts.items()} | ({} if parts else {"": told.drop(_LIES_IN)})


def _disputed(making: Making, table: pl.DataFrame, names: Sequence[str]) -> dict[str, dict[str, int]]:
    """By county, how many values of each column, winner and loser are in dispute."""
    own = table.select("county", making.product.identifier).unique()
    columns = [making.product.identifier, *PAIR]
    disputes = bucket_table(_lying(making), "disputes", names, columns)
    return pairs(disputes.join(own, on=making.product.identifier), "county")
