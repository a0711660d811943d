"""A product for every county: made from the fused entity bucket by bucket, judged, and handed to the release."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from pathlib import Path

import polars as pl

from pipelines.cut import Tables, as_declared, build, by_county, lists_behind
from pipelines.dictionary import Mappings
from pipelines.disk import fused
from pipelines.disk.fused import COUNTY
from pipelines.disk.notes import UNKNOWN, Note, fingerprint_of, read_note, write_note
from pipelines.disk.rests import mark_of_whole, rests_of
from pipelines.fusing.bucketed import PRESENCE, bucketed, words
from pipelines.gather import Gathered, feeds_in_use, gather, newest
from pipelines.objections.raised import flagged, open_ones
from pipelines.overlays.edition import Edition
from pipelines.promises.verdict import verdicts
from pipelines.publishing.basis import basis_of, raised_on
from pipelines.publishing.by_province import release_by_province
from pipelines.publishing.ready import refuse_unfused
from pipelines.publishing.released import Run, release_everywhere
from pipelines.publishing.share import Share, joined, parted, shares
from pipelines.release import release, stands
from pipelines.releasing.causes import TRACED, Inputs, fresh
from pipelines.releasing.county import Basis, County, Published
from pipelines.releasing.index import agree, short
from pipelines.releasing.touched import PAIR, Touched, pairs, touched
from pipelines.shelf import maker_of, stands_alone, whole
from pipelines.sql.parsed import read_by, tells_today
from pipelines.tags.mirror import medians
from schemas.behind import feeds_behind
from schemas.entity import Entity, all_entities
from schemas.manifest import Objected
from schemas.objection import Objection
from schemas.odcs import Written
from schemas.product import Product

# The county of an entity; of an origin's columns one is called county too.
_LIES_IN = "lies in"


@dataclass(frozen=True)
class _Making:
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


def release_product(
    declared: type[Product], mappings: Mappings, home: Path, supply: Path, tell: Callable[[Published], None],
    only: Collection[str] | None = None, objections: Collection[Objection] = (),
) -> list[Published]:  # fmt: skip
    """Make a product from what is fused below `home` and publish it below `supply`, for every county or `only` some.

    Rows that an open one of the `objections` is about are flagged, and each county's manifest tells of its own.

    Raises NotReady as `release_everywhere` says, and where what was fused rests on other deliveries or ranks than now.
    """
    product = whole(declared)
    if product.is_made_by_province():
        return release_by_province(product, mappings, home, supply, tell, only, objections)
    gathered = [gather(feed, home) for feed in feeds_behind(product)]
    run = Run(product, mappings, home, supply, gathered, objections, tell)
    return release_everywhere(run, _by_bucket, only)


def _by_bucket(run: Run) -> _ByBucket:
    product, entity = run.product, all_entities()[run.product.entity]
    refuse_unfused(product, entity, run.gathered, run.mappings, run.home)
    lists = lists_behind(product, run.mappings, feeds_in_use(run.gathered))
    making = _Making(product, entity, run.mappings, run.home, newest(run.gathered), run.objections, lists)
    return _ByBucket(making, run, cache(partial(_province, making)))


@dataclass(frozen=True)
class _ByBucket:
    """The way of a product of an entity; `province` makes what the core's rows are held against, once."""

    making: _Making
    run: Run
    province: Callable[[], pl.DataFrame]

    def basis(self, product: type[Product], promise: Written) -> Basis:
        """What a release of the core, or of a county's edition, rests on."""
        return _basis(promise, replace(self.making, product=product), self.run.gathered)

    def shared(self, basis: Basis, wanted: dict[str, str], *, is_every: bool) -> list[Published]:
        """The counties that stand under the core's contract; a note is kept where they are all of these."""
        making, run = self.making, self.run
        entity, product, home = making.entity, making.product, making.home
        before, now = read_note(entity, product.key, home), _note(making, basis, run.supply)
        if before is not None and before == replace(now, behind=before.behind):
            still = stands(product, wanted, basis, run.supply, run.tell)
            if still is not None:
                return still
        parts = {UNKNOWN: (making, wanted)}
        if before is not None and is_every and agree(product, wanted, before.rests, run.supply):
            parts = _of_touched(making, before, now, wanted)
            basis = _basis(basis.promise, parts.get(before.steps, (making,))[0], run.gathered)
        province = self.province()
        published = _publish([(replace(each, province=province), some) for each, some in parts.values()], basis, run)
        if is_every:
            write_note(replace(now, behind=_behind(published, parts)), entity, product.key, home)
        return published

    def edition(self, edition: Edition, basis: Basis, county: dict[str, str]) -> list[Published]:
        """A county under its own contract; its note is its own."""
        run, making = self.run, replace(self.making, product=edition.product, edition=edition)
        entity, home, noted = making.entity, making.home, f"{making.product.key}.{edition.county}"
        before, now = read_note(entity, noted, home), _note(making, basis, run.supply)
        if before == now and (still := stands(making.product, county, basis, run.supply, run.tell)) is not None:
            return still
        held = medians(_every_bucket(making), edition.own.catalogue) if edition.own else pl.DataFrame()
        whole = replace(making, province=self.province(), medians=held)
        published = _publish([(whole, county)], basis, run)
        write_note(now, entity, noted, home)
        return published


def _basis(promise: Written, making: _Making, gathered: list[Gathered]) -> Basis:
    told = _traced(making), _fresh(making), _compared(making)
    return basis_of(making.product, promise, making.mappings, making.objections, gathered, *told)


def _publish(parts: Sequence[tuple[_Making, dict[str, str]]], basis: Basis, run: Run) -> list[Published]:
    """Publish the counties of each making."""
    making = parts[0][0]
    raised = raised_on(making.product, making.mappings, making.objections, making.home)
    waiting = open_ones(making.objections, making.mappings)
    some = [(at, share) for at, (each, wanted) in enumerate(parts) for share in _shares(each, wanted)]
    return release(
        making.product, some, lambda told: _counties(parts[told[0]][0], raised, waiting, told[1]),
        basis, run.supply, run.tell,
    )  # fmt: skip


def _of_touched(
    making: _Making, before: Note, now: Note, wanted: dict[str, str]
) -> dict[int, tuple[_Making, dict[str, str]]]:
    """By the steps that lay there when counties' versions were true the making of what was told anew since, and these
    counties; of all their entities where rows may differ otherwise, or where that is not known."""
    since = {code: before.behind.get(code, before.steps) for code in wanted}
    parts = {
        steps: {code: name for code, name in wanted.items() if since[code] == steps} for steps in set(since.values())
    }
    return {steps: (_since(making, replace(before, steps=steps), now), some) for steps, some in sorted(parts.items())}


def _since(making: _Making, before: Note, now: Note) -> _Making:
    """The same, of the entities alone that were told anew since a note; as it is where rows may differ otherwise."""
    if before.steps == UNKNOWN or not stands_alone(making.product) or not before.differs_by_steps(now):
        return making
    found = touched(making.entity, before, now, making.objections, making.home)
    return making if found is None else replace(making, after=before.steps, touched=found)


def _behind(published: list[Published], parts: dict[int, tuple[_Making, dict[str, str]]]) -> dict[str, int]:
    """The counties that stand still and are behind, with how many steps lay there when their versions were true."""
    late = {each.county for each in published if each.is_behind}
    told = {code: UNKNOWN if making.after is None else making.after for making, some in parts.values() for code in some}
    return {code: told[code] for code in sorted(late)}


def _province(making: _Making) -> pl.DataFrame:
    """What the core's rows are held against, from all buckets."""
    maker = maker_of(making.product)
    return pl.DataFrame() if maker is None else maker.of_province(_every_bucket(making))


def _every_bucket(making: _Making) -> Iterator[Tables]:
    return (_tables(making, [each.name]) for each in fused.buckets(making.entity, making.home))


def _note(making: _Making, basis: Basis, supply: Path) -> Note:
    """All that the product's rows come from, for a later run to see what of it is the same."""
    entity, home = making.entity, making.home
    rests = rests_of(entity, home)
    state = json.dumps(fused.state(entity, home))
    return Note(
        rests=short(basis.rests),
        promise=basis.promise.sha256,
        code=basis.rests.code_revision,
        lists=fingerprint_of({**making.lists, **words(entity)}),
        supply=str(supply),
        state=hashlib.sha256(state.encode()).hexdigest()[:16],
        whole=mark_of_whole(entity, home),
        steps=fused.steps(entity, home),
        on=rests.on if rests else "",
        today=making.today.isoformat() if tells_today(making.product) else "",
        open=tuple(sorted(each.id for each in open_ones(making.objections, making.mappings))),
    )


def _shares(making: _Making, wanted: dict[str, str]) -> list[Share]:
    """The counties wanted, as so many as are made at once."""
    some = shares(making.entity, making.home, wanted)
    if making.touched is not None:
        return joined(some, {code: each.height for code, each in making.touched.lying.items()})
    width = len(making.product.fields)
    return [part for each in some for part in parted(each, width, making.entity, making.home)]


def _counties(
    making: _Making, raised: dict[str, tuple[Objected, ...]], waiting: Collection[Objection], share: Share
) -> Iterator[County]:
    """Each county of a share."""
    made = _made(making, share)
    for each in _cut(making, flagged(making.product, made, waiting), share, raised):
        yield each if making.touched is None else _beside(making.touched, making.product, each)


def _made(making: _Making, share: Share) -> pl.DataFrame:
    """The product's rows of a share."""
    edition, tables = making.edition, _tables(making, share.buckets, share.names)
    core = edition.core if edition else making.product
    maker = maker_of(core)
    rows = build(core, tables) if maker is None else as_declared(core, maker.made(tables, making.province))
    return edition.rows(rows, tables, making.medians) if edition else rows


def _cut(
    making: _Making, table: pl.DataFrame, share: Share, raised: dict[str, tuple[Objected, ...]]
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


def _tables(making: _Making, names: Sequence[str], counties: Collection[str] | None = None) -> Tables:
    """What rows of some buckets are made of, or of some counties in them."""
    entity = making.entity
    tables = bucketed(entity, names, _reads(making), making.lists, making.today, making.home, making.after)
    if counties is None:
        return tables
    here = tables.named[entity.key].filter(pl.col(COUNTY).is_in(list(counties)))
    return Tables(tables.named | {entity.key: here})


def _reads(making: _Making) -> Collection[str]:
    """The tables of a bucket that a product reads: what its SQL names, and all behind what is made by more than SQL."""
    core = making.edition.core if making.edition else making.product
    if making.edition is None and maker_of(core) is None:
        return read_by(core)
    return {PRESENCE, *(feed.key for product in (making.product, core) for feed in feeds_behind(product))}


def _origin(making: _Making, table: pl.DataFrame, names: Sequence[str]) -> dict[str, pl.DataFrame]:
    """By county, of each of its entities the feeds that its values came from, and what it rests on; never empty."""
    entity, key = making.entity, making.product.identifier
    own = table.select(pl.col("county").alias(_LIES_IN), key).unique().sort(_LIES_IN, key)
    origin = fused.bucket_table(entity, "origin", names, making.home, making.after)
    columns = [entity.identifier, *TRACED]
    traced = fused.bucket_table(entity, "values", names, making.home, making.after, columns)
    told = own.join(origin, on=key, how="left", maintain_order="left")
    told = told.join(traced.select(columns), on=key, how="left", maintain_order="left")
    parts = told.partition_by(_LIES_IN, as_dict=True, maintain_order=True, include_key=False)
    return {str(county): part for (county,), part in parts.items()} | ({} if parts else {"": told.drop(_LIES_IN)})


def _disputed(making: _Making, table: pl.DataFrame, names: Sequence[str]) -> dict[str, dict[str, int]]:
    """By county, how many values of each column, winner and loser are in dispute."""
    own = table.select("county", making.product.identifier).unique()
    columns = [making.product.identifier, *PAIR]
    disputes = fused.bucket_table(making.entity, "disputes", names, making.home, making.after, columns)
    return pairs(disputes.join(own, on=making.product.identifier), "county")


def _traced(making: _Making) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """What is known of some entities wherever they lie: sought for those that have left a county."""
    read, entity = list[pl.DataFrame](), making.entity

    def among(some: pl.DataFrame) -> pl.DataFrame:
        if not read:
            columns = [entity.identifier, *TRACED]
            read.append(fused.every_bucket(entity, "values", columns, making.home, making.after))
        return read[0].join(some, on=entity.identifier, how="semi")

    return among


def _fresh(making: _Making) -> Callable[[Inputs], pl.DataFrame]:
    """What is new since other inputs, each sought once: most counties' versions rest on the same."""
    found: dict[Inputs, pl.DataFrame] = {}

    def since(inputs: Inputs) -> pl.DataFrame:
        if inputs not in found:
            found[inputs] = fresh(making.product, making.home, inputs, making.after)
        return found[inputs]

    return since


def _compared(making: _Making) -> Callable[[], pl.DataFrame]:
    """How many rows stood behind touched entities when their counties were last compared."""
    read, entity, found = list[pl.DataFrame](), making.entity, making.touched

    def then() -> pl.DataFrame:
        if found is None or making.after is None:
            return pl.DataFrame()
        if not read:
            keep = fused.among(found.before.select(entity.identifier))
            columns = [entity.identifier, "source_rows"]
            read.append(fused.table_before(entity, "values", making.after, columns, making.home, keep))
        return read[0]

    return then
