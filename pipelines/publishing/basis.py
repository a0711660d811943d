"""What a release rests on and what its manifests tell of objections, put together from what was gathered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.gather import Gathered, coverage, newest
from pipelines.meaning.admissions import named_for
from pipelines.meaning.counties import today_counties
from pipelines.objections.propose import due, proposals
from pipelines.objections.raised import CAUSE as OBJECTION
from pipelines.objections.raised import answers, fingerprint, objected, touches
from pipelines.policies import listed as policies
from pipelines.publishing.concerned import of_its_feeds
from pipelines.releasing.causes import Inputs
from pipelines.releasing.county import Basis
from schemas.admission import FALL_RULE
from schemas.manifest import Input, Objected
from schemas.objection import Objection
from schemas.odcs import Written
from schemas.product import Product

_DICTIONARY = "dictionary"


def basis_of(
    product: type[Product], promise: Written, mappings: Mappings, objections: Collection[Objection],
    gathered: Sequence[Gathered], traced: Callable[[pl.DataFrame], pl.DataFrame],
    fresh: Callable[[Inputs], pl.DataFrame], compared: Callable[[], pl.DataFrame] = pl.DataFrame,
) -> Basis:  # fmt: skip
    """What a release of a product rests on; `traced`, `fresh` and `compared` are told of as in `Basis`."""
    used = [outcome for each in gathered for outcome in each.used]
    as_of = newest(gathered).isoformat()
    return Basis(
        promise=promise,
        as_of=as_of,
        mappings=_fingerprints(product, mappings) | {OBJECTION: fingerprint(objections)},
        inputs=tuple(
            Input(feed=one.delivery.feed, file=one.delivery.file, sha256=one.delivery.sha256,
                  as_of=one.delivery.as_of, rows=one.delivery.rows)
            for one in used
        ),
        missing=tuple(each.absence for each in gathered if each.absence is not None),
        coverage=coverage(used),
        quarantined={each.feed.key: sum(one.quarantined for one in each.used) for each in gathered if each.used},
        traced=traced,
        compared=compared,
        fresh=fresh,
        admitted=_admitted(product, mappings, as_of),
    )  # fmt: skip


def _fingerprints(product: type[Product], mappings: Mappings) -> dict[str, str]:
    return mappings.fingerprints | of_its_feeds(product, mappings) | _with_policies(product, mappings)


def _with_policies(product: type[Product], mappings: Mappings) -> dict[str, str]:
    """The dictionary's fingerprint where a product tells of policies, which are of mappings/ too."""
    if not policies.is_told_by(product):
        return {}
    told = mappings.fingerprints[_DICTIONARY] + policies.fingerprint()
    return {_DICTIONARY: hashlib.sha256(told.encode()).hexdigest()}


def _admitted(product: type[Product], mappings: Mappings, as_of: str) -> frozenset[str]:
    """The counties of which an operator has admitted that their rows fall as of this day."""
    named = named_for(mappings, product.key, FALL_RULE)
    return frozenset(code for code in today_counties(mappings)["code"] if f"{code}/{as_of}" in named)


def wanted_counties(mappings: Mappings, only: Collection[str] | None) -> dict[str, str]:
    """Today's counties, or some of them, by code with their names."""
    names = today_counties(mappings).select("code", "name").sort("code").iter_rows()
    return {code: name for code, name in names if only is None or code in only}


def raised_on(
    product: type[Product], mappings: Mappings, objections: Collection[Objection], home: Path
) -> dict[str, tuple[Objected, ...]]:
    """What each county's manifest tells of objections: those raised on the product and those that touch it."""
    answered, raised = answers(mappings), dict[str, tuple[Objected, ...]]()
    for each in objections:
        if each.product == product.key or touches(product, each):
            asked = proposals(each, mappings, home) if each.id not in answered else []
            raised[each.county] = (*raised.get(each.county, ()), objected(each, due(each, asked), answered))
    return raised
