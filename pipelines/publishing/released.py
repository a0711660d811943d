"""A product released for every county: those under the core's contract, and each with its own. Makes no rows."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.gather import Gathered, newest
from pipelines.meaning.codes import code_lists, growth
from pipelines.overlays.apart import OVERLAY, Apart, apart, held_by_overlay
from pipelines.overlays.edition import Edition
from pipelines.promises.downloads import log_of
from pipelines.promises.promised import contracts_by_county
from pipelines.publishing.basis import wanted_counties
from pipelines.publishing.ready import (
    below_floor,
    promise_of,
    refuse_below_floor,
    refuse_earlier_day,
    refuse_small_step,
    refuse_without,
)
from pipelines.release import release
from pipelines.releasing.county import Basis, County, Published
from pipelines.releasing.index import ended, index_of
from schemas.manifest import Held, NoManifest
from schemas.objection import Objection
from schemas.odcs import Written
from schemas.product import Product

# What wishes that do not go together raise; disks, databases and what is not ready are no county's fault.
_OF_ITS_WISHES = (
    pl.exceptions.PolarsError, ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """What all counties of a release share, whichever way the product's rows are made."""

    product: type[Product]
    mappings: Mappings
    home: Path
    supply: Path
    gathered: list[Gathered]
    objections: Collection[Objection]
    tell: Callable[[Published], None]


class Way(Protocol):
    """How a product's rows are made: of the entity's buckets, or by province."""

    def basis(self, product: type[Product], promise: Written) -> Basis:
        """What a release of the core, or of a county's edition, rests on."""
        ...

    def shared(self, basis: Basis, wanted: dict[str, str], *, is_every: bool) -> list[Published]:
        """Release counties under the core's contract, by code with their names; `is_every`: no other stands so."""
        ...

    def edition(self, edition: Edition, basis: Basis, county: dict[str, str]) -> list[Published]:
        """Release a county's edition, the county by its code with its name."""
        ...


def release_everywhere(run: Run, way_of: Callable[[Run], Way], only: Collection[str] | None) -> list[Published]:
    """Release a product for every county or `only` some: with the others, or apart where overlays say so.

    `way_of` is asked once all that the product needs is here. What is served of a county that has ended goes with a
    release for every county: its rows lie in others now, and no bound on their fall is meant for it.

    Raises NotReady where a code list of its columns has no row, where a feed that it needs has not arrived, where what
    is served is of a later day, where codes of a feed are known too little, and where the contract's version is too
    small a step after one that stands.
    """
    product, mappings, lists = run.product, run.mappings, code_lists(run.mappings)
    promise, has_grown = promise_of(product, lists), growth(mappings)
    refuse_without(product, run.gathered)
    refuse_earlier_day(product, run.gathered, index_of(product, run.supply), mappings)
    refuse_below_floor(product, run.gathered, mappings)
    standing = contracts_by_county(product.key, run.supply)
    own = apart(product, standing, lists, has_grown, newest(run.gathered))
    under_core = [each for county, each in standing.items() if not own.has(county)]
    refuse_small_step(promise, under_core, log_of(run.home), has_grown)
    way, every, wanted = way_of(run), wanted_counties(mappings, None), wanted_counties(mappings, only)
    is_every = wanted == every
    over = ended(product, every, run.supply) if is_every else {}
    basis = way.basis(product, promise)
    basis = replace(basis, admitted=basis.admitted | over.keys())
    wanted |= over
    shared = {code: name for code, name in wanted.items() if not own.has(code)}
    published = way.shared(basis, shared, is_every=is_every) if shared else []
    for code, name in wanted.items():
        if own.has(code):
            published += _apart(run, way, basis, own, County(code, name, pl.DataFrame(), pl.DataFrame(), {}))
    return sorted(published, key=lambda each: each.county)


def _apart(run: Run, way: Way, core: Basis, own: Apart, county: County) -> list[Published]:
    """A county that is released under a contract of its own, or keeps its version because of a wish."""
    edition = own.editions.get(county.code)
    if edition is None:
        return _kept(run, core, replace(county, fault=own.held[county.code]))
    if (below := below_floor(edition.product, run.gathered, run.mappings)) is not None:
        return _kept(run, core, replace(county, fault=below))
    basis = replace(way.basis(edition.product, Written(edition.contract)), admitted=core.admitted)
    if edition.fingerprint is not None:
        basis = replace(basis, mappings=basis.mappings | {OVERLAY: edition.fingerprint})
    try:
        return way.edition(edition, basis, {county.code: county.name})
    except NoManifest as lost:
        return _kept(run, core, replace(county, fault=lost.held))
    except _OF_ITS_WISHES as error:
        return _kept(run, core, replace(county, fault=_broken(county.code, error)))


def _broken(county: str, error: Exception) -> Held:
    """Why an edition could not be made; of a longer text, such as a plan of polars, the first line."""
    told = str(error).strip().split("\n")[0].rstrip(".")
    return held_by_overlay(
        f"mappings/overlays/{county}.yaml: its rows could not be made: {type(error).__name__}: {told}. "
        "Take out what it wished last and report this; its data stay as they are until then."
    )


def _kept(run: Run, basis: Basis, county: County) -> list[Published]:
    """A county whose version stays, with the reason in the index."""
    return release(run.product, [county], lambda each: [each], basis, run.supply, run.tell)
