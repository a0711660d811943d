"""A product for every county: made from the fused entity bucket by bucket, judged, and handed to the release."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

import polars as pl

from pipelines.cut import lists_behind
from pipelines.dictionary import Mappings
from pipelines.disk import fused
from pipelines.disk.fused_grounds import fused_grounds, mark_of_whole
from pipelines.disk.product_grounds import ProductGrounds, fingerprint_of, read_product_grounds, write_product_grounds
from pipelines.fusing.bucketed import words
from pipelines.gather import feeds_in_use, gather, newest
from pipelines.objections.raised import open_ones
from pipelines.overlays.edition import Edition
from pipelines.publishing.basis import raised_on
from pipelines.publishing.by_province import release_by_province
from pipelines.publishing.making import Making, counties, every_bucket, province_of, shares_of
from pipelines.publishing.ready import refuse_unfused
from pipelines.publishing.released import Run, release_everywhere
from pipelines.publishing.since import Part, of_touched, stale_since
from pipelines.publishing.sought import entity_basis
from pipelines.release import release, unchanged_everywhere
from pipelines.releasing.county import Basis, Published
from pipelines.releasing.index import agree, stamp_of
from pipelines.shelf import whole
from pipelines.sql.parsed import tells_today
from pipelines.tags.mirror import medians
from schemas.behind import feeds_behind
from schemas.entity import all_entities
from schemas.objection import Objection
from schemas.odcs import Written
from schemas.product import Product


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
    today = newest(run.gathered)
    lists = lists_behind(product, run.mappings, feeds_in_use(run.gathered), today)
    making = Making(product, entity, run.mappings, run.home, today, run.objections, lists)
    return _ByBucket(making, run, cache(partial(province_of, making)))


@dataclass(frozen=True)
class _ByBucket:
    """The way of a product of an entity; `province` makes what the core's rows are held against, once."""

    making: Making
    run: Run
    province: Callable[[], pl.DataFrame]

    def basis(self, product: type[Product], promise: Written) -> Basis:
        """What a release of the core, or of a county's edition, rests on."""
        return entity_basis(promise, replace(self.making, product=product), self.run.gathered)

    def shared(self, basis: Basis, wanted: dict[str, str], *, is_every: bool) -> list[Published]:
        """The counties that stand under the core's contract; its grounds are kept where they are all of these."""
        making, run = self.making, self.run
        entity, product, home = making.entity, making.product, making.home
        before, now = read_product_grounds(entity, product.key, home), _product_grounds(making, basis, run.supply)
        if before is not None and before == replace(now, behind=before.behind):
            still = unchanged_everywhere(product, wanted, basis, run.supply, run.tell)
            if still is not None:
                return still
        making = replace(making, province=self.province())
        parts = [Part(making, wanted)]
        if before is not None and is_every and agree(product, wanted, before.rests, run.supply):
            parts = of_touched(making, before, now, wanted)
            basis = entity_basis(basis.promise, parts[-1].making, run.gathered)
        published = _publish(parts, basis, run)
        if is_every:
            write_product_grounds(replace(now, behind=stale_since(published, parts)), entity, product.key, home)
        return published

    def edition(self, edition: Edition, basis: Basis, county: dict[str, str]) -> list[Published]:
        """A county under its own contract; its grounds are kept by themselves."""
        run, making = self.run, replace(self.making, product=edition.product, edition=edition)
        entity, home, noted = making.entity, making.home, f"{making.product.key}.{edition.county}"
        before, now = read_product_grounds(entity, noted, home), _product_grounds(making, basis, run.supply)
        if before == now:
            still = unchanged_everywhere(making.product, county, basis, run.supply, run.tell)
            if still is not None:
                return still
        held = medians(every_bucket(making), edition.own.catalogue) if edition.own else pl.DataFrame()
        whole = replace(making, province=self.province(), medians=held)
        published = _publish([Part(whole, county)], basis, run)
        write_product_grounds(now, entity, noted, home)
        return published


def _publish(parts: list[Part], basis: Basis, run: Run) -> list[Published]:
    """Publish the counties of each part."""
    making = parts[0].making
    raised = raised_on(making.product, making.mappings, making.objections, making.home)
    waiting = open_ones(making.objections, making.mappings)
    some = [(each.making, share) for each in parts for share in shares_of(each.making, each.wanted)]
    return release(
        making.product, some, lambda told: counties(told[0], raised, waiting, told[1]), basis, run.supply, run.tell
    )


def _product_grounds(making: Making, basis: Basis, supply: Path) -> ProductGrounds:
    """All that the product's rows come from, for a later run to see what of it is the same."""
    entity, home = making.entity, making.home
    fused_from = fused_grounds(entity, home)
    state = json.dumps(fused.state(entity, home))
    return ProductGrounds(
        rests=stamp_of(basis.grounds),
        promise=basis.promise.sha256,
        code=basis.grounds.code_revision,
        lists=fingerprint_of({**making.lists, **words(entity)}),
        supply=str(supply),
        state=hashlib.sha256(state.encode()).hexdigest()[:16],
        whole=mark_of_whole(entity, home),
        steps=fused.steps(entity, home),
        on=fused_from.on if fused_from else "",
        today=making.today.isoformat() if tells_today(making.product) else "",
        open=tuple(sorted(each.id for each in open_ones(making.objections, making.mappings))),
    )
