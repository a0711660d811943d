"""A product for every county: made from the fused entity bucket by bucket, judged, and handed to the release."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.assemble import Gathered, NotReady, coverage, gather, newest
from pipelines.causes import TRACED, Inputs, fresh
from pipelines.cut import Tables, build, by_county, code_tables
from pipelines.dictionary import Mappings, admitted, code_lists, today_counties
from pipelines.disk import fused
from pipelines.disk.store import put_bytes
from pipelines.objections.propose import due, proposals
from pipelines.objections.raised import CAUSE as OBJECTION
from pipelines.objections.raised import answers, fingerprint, flagged, objected, open_ones, touches
from pipelines.promises.downloads import log_of
from pipelines.promises.promised import contracts_that_stand, too_small
from pipelines.promises.verdict import RULE, verdicts
from pipelines.release import Basis, County, Published, release, stands
from schemas.contract import contract_of
from schemas.entity import Entity, all_entities
from schemas.manifest import Input, Objected, canonical
from schemas.objection import Objection
from schemas.odcs import Written
from schemas.product import Product

COVERAGE_RULE = "coverage"
# The county of an entity; of an origin's columns one is called county too.
_LIES_IN = "lies in"


@dataclass(frozen=True)
class _Making:
    """A product that is being made: of what, by which mappings, as of which day, and what is objected to."""

    product: type[Product]
    entity: type[Entity]
    mappings: Mappings
    home: Path
    today: date
    objections: Collection[Objection]
    lists: dict[str, pl.DataFrame]


@dataclass(frozen=True)
class _Share:
    """A bucket, and the code and name of each county that is made of it."""

    bucket: str
    names: dict[str, str]


def release_product(
    product: type[Product], mappings: Mappings, home: Path, supply: Path, tell: Callable[[Published], None],
    only: Collection[str] | None = None, objections: Collection[Objection] = (),
) -> list[Published]:  # fmt: skip
    """Make a product from what is fused below `home` and publish it below `supply`, for every county or `only` some.

    Rows that an open one of the `objections` is about are flagged, and each county's manifest tells of its own.

    Raises NotReady where a feed that the product needs has not arrived, and where the contract's version is too
    small a step after one that a county stands under.
    """
    entity = all_entities()[product.entity]
    gathered = [gather(feed, home) for feed in entity.feeds()]
    _refuse_without(product, gathered)
    _refuse_below_floor(product, gathered, mappings)
    promise = Written(contract_of(product, code_lists(mappings)))
    _refuse_small_step(promise, supply, log_of(home))
    making = _Making(product, entity, mappings, home, newest(gathered), objections, code_tables(mappings))
    basis = _basis(promise, product, entity, gathered, mappings, home, fingerprint(objections))
    wanted = _wanted(mappings, only)
    if _is_as_it_was(making, basis, supply) and (still := stands(product, wanted, basis, supply, tell)) is not None:
        return still
    cut = partial(_counties, making, _raised(making), open_ones(objections, mappings))
    published = release(product, _shares(making, wanted), cut, basis, supply, tell)
    if only is None:
        put_bytes(_grounds(making, basis, supply), _note(making))
    return published


def _wanted(mappings: Mappings, only: Collection[str] | None) -> dict[str, str]:
    """Today's counties, or some of them, by code with their names."""
    names = today_counties(mappings).select("code", "name").sort("code").iter_rows()
    return {code: name for code, name in names if only is None or code in only}


def _note(making: _Making) -> Path:
    return fused.folder_of(making.entity, making.home) / "released" / f"{making.product.key}.json"


def _grounds(making: _Making, basis: Basis, supply: Path) -> bytes:
    """All that the product's rows come from, for a later run to see that it is the same."""
    told = [canonical(basis.rests).decode(), basis.promise.sha256, str(supply), fused.state(making.entity, making.home)]
    return json.dumps(told).encode()


def _is_as_it_was(making: _Making, basis: Basis, supply: Path) -> bool:
    note = _note(making)
    return note.exists() and note.read_bytes() == _grounds(making, basis, supply)


def _raised(making: _Making) -> dict[str, tuple[Objected, ...]]:
    """What each county's manifest tells of objections: those raised on the product and those that touch it."""
    answered, raised = answers(making.mappings), dict[str, tuple[Objected, ...]]()
    for each in making.objections:
        if each.product == making.product.key or touches(making.product, each):
            asked = proposals(each, making.mappings, making.home) if each.id not in answered else []
            raised[each.county] = (*raised.get(each.county, ()), objected(each, due(each, asked), answered))
    return raised


def _refuse_without(product: type[Product], gathered: list[Gathered]) -> None:
    for each in gathered:
        if each.feed.key in product.needs and each.absence is not None:
            raise NotReady(
                f"{product.title} ({product.key}) needs {each.feed.title} ({each.feed.key}): {each.absence.reason}. "
                "The last release stays served."
            )


def _refuse_below_floor(product: type[Product], gathered: list[Gathered], mappings: Mappings) -> None:
    """A feed that is missing is told; one whose codes are half unknown would pass half its rows off as the whole."""
    as_of = newest(gathered).isoformat()
    for each in coverage([one for feed in gathered for one in feed.used]):
        subject = f"{each.feed}.{each.column}/{as_of}"
        let_in = COVERAGE_RULE in admitted(mappings, product.key, subject)
        if each.share < product.coverage_floor and not let_in:
            raise NotReady(
                f"{product.title} ({product.key}): only {each.mapped:,} of {each.values:,} values ({each.share:.1%}) "
                f"of {each.feed}.{each.column} met a dictionary row, {product.coverage_floor:.0%} are promised. "
                "The last release stays served. See the codes and add their rows: make mapping-gaps. If it is meant: "
                f"make admit SCOPE={product.key} SUBJECT={subject} RULE={COVERAGE_RULE} BY=… REASON=…"
            )


def _refuse_small_step(promise: Written, supply: Path, log: Path) -> None:
    """One contract for all counties: where any stands under one that would be broken, none is released."""
    refusal = too_small(promise.contract, contracts_that_stand(promise.contract.product, supply), log)
    if refusal is not None:
        raise NotReady(refusal)


def _shares(making: _Making, wanted: dict[str, str]) -> list[_Share]:
    """The buckets with the counties wanted of each; those in which nothing lies are made with the first."""
    found = fused.buckets(making.entity, making.home)
    lying = {code: bucket.name for bucket in found for code in bucket.counties}
    first = found[0].name if found else ""
    shares = [
        _Share(each.name, {code: name for code, name in wanted.items() if lying.get(code, first) == each.name})
        for each in found
    ]
    return [each for each in shares if each.names]


def _counties(
    making: _Making, raised: dict[str, tuple[Objected, ...]], waiting: Collection[Objection], share: _Share
) -> Iterator[County]:
    """Each county of a share."""
    made = build(making.product, _tables(making, share.bucket))
    return _cut(making, flagged(making.product, made, waiting), share.bucket, share.names, raised)


def _cut(
    making: _Making, table: pl.DataFrame, bucket: str, names: dict[str, str], raised: dict[str, tuple[Objected, ...]]
) -> Iterator[County]:
    """The counties of a bucket, of which `table` are all rows."""
    rows, origin = by_county(table), _origin(making, table, bucket)
    pairs, faults = _disputed(making, table, bucket), verdicts(making.product, table)
    for code, name in names.items():
        own = rows.get(code, table.head(0))
        traced = origin.get(code, next(iter(origin.values())).head(0))
        yield County(code, name, own, traced, pairs.get(code, {}), faults.get(code), raised.get(code, ()))


def _tables(making: _Making, bucket: str) -> Tables:
    entity, home = making.entity, making.home
    feeds = {feed.key: fused.bucket_rows(entity, feed, bucket, home) for feed in entity.feeds()}
    presence = pl.concat([rows.select("entity_id", pl.lit(key).alias("feed")) for key, rows in feeds.items()])
    return Tables(
        {
            entity.key: fused.bucket_table(entity, "values", bucket, home),
            "disputes": fused.bucket_table(entity, "disputes", bucket, home),
            "presence": presence,
            "today": pl.DataFrame({"day": [making.today]}),
            **{key: rows.drop("repairs") for key, rows in feeds.items()},
            "attribute_list": attribute_list(entity),
            "feed_list": feed_list(entity),
            **making.lists,
        }
    )


def attribute_list(entity: type[Entity]) -> pl.DataFrame:
    """What a fused column is called, its kind, code list and level."""
    told = [
        (name, each.title, each.kind.name, each.kind.code_list, each.level) for name, each in entity.attributes.items()
    ]
    columns = ("column", "title", "kind", "list", "level")
    return pl.DataFrame(told, schema=[(name, pl.String) for name in columns], orient="row")


def feed_list(entity: type[Entity]) -> pl.DataFrame:
    """What a feed and its department are called."""
    told = [(feed.key, feed.title, feed.department, feed.department_title) for feed in entity.feeds()]
    columns = ("feed", "title", "department", "department_title")
    return pl.DataFrame(told, schema=[(name, pl.String) for name in columns], orient="row")


def _origin(making: _Making, table: pl.DataFrame, bucket: str) -> dict[str, pl.DataFrame]:
    """By county, of each of its entities the feeds that its values came from, and what it rests on; never empty."""
    entity, key = making.entity, making.product.identifier
    own = table.select(pl.col("county").alias(_LIES_IN), key).unique().sort(_LIES_IN, key)
    origin = fused.bucket_table(entity, "origin", bucket, making.home)
    traced = fused.bucket_table(entity, "values", bucket, making.home).select(entity.identifier, *TRACED)
    told = own.join(origin, on=key, how="left", maintain_order="left")
    told = told.join(traced, on=key, how="left", maintain_order="left")
    parts = told.partition_by(_LIES_IN, as_dict=True, maintain_order=True, include_key=False)
    return {str(county): part for (county,), part in parts.items()} | ({} if parts else {"": told.drop(_LIES_IN)})


def _disputed(making: _Making, table: pl.DataFrame, bucket: str) -> dict[str, dict[str, int]]:
    """By county, how many values of each column, winner and loser are in dispute."""
    own = table.select("county", making.product.identifier).unique()
    disputes = fused.bucket_table(making.entity, "disputes", bucket, making.home)
    pair = pl.concat_str("column", "won_by", "lost_by", separator="/").alias("pair")
    counted = disputes.join(own, on=making.product.identifier).group_by("county", pair).len().sort("county", "pair")
    told: dict[str, dict[str, int]] = {}
    for county, name, rows in counted.iter_rows():
        told.setdefault(county, {})[name] = rows
    return told


def _basis(
    promise: Written, product: type[Product], entity: type[Entity], gathered: list[Gathered], mappings: Mappings,
    home: Path, objections: str,
) -> Basis:  # fmt: skip
    used = [outcome for each in gathered for outcome in each.used]
    as_of = newest(gathered).isoformat()
    return Basis(
        promise=promise,
        as_of=as_of,
        mappings=mappings.fingerprints | {OBJECTION: objections},
        inputs=tuple(
            Input(feed=one.delivery.feed, file=one.delivery.file, sha256=one.delivery.sha256,
                  as_of=one.delivery.as_of, rows=one.delivery.rows)
            for one in used
        ),
        missing=tuple(each.absence for each in gathered if each.absence is not None),
        coverage=coverage(used),
        quarantined={each.feed.key: sum(one.quarantined for one in each.used) for each in gathered if each.used},
        traced=_traced(entity, home),
        fresh=_fresh(entity, home),
        admitted=_admitted(product, mappings, as_of),
    )  # fmt: skip


def _traced(entity: type[Entity], home: Path) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """What is known of some entities wherever they lie: sought for those that have left a county."""
    read: list[pl.DataFrame] = []

    def among(some: pl.DataFrame) -> pl.DataFrame:
        if not read:
            read.append(fused.every_bucket(entity, "values", [entity.identifier, *TRACED], home))
        return read[0].join(some, on=entity.identifier, how="semi")

    return among


def _fresh(entity: type[Entity], home: Path) -> Callable[[Inputs], pl.DataFrame]:
    """What is new since other inputs, each sought once: most counties' versions rest on the same."""
    found: dict[Inputs, pl.DataFrame] = {}

    def since(inputs: Inputs) -> pl.DataFrame:
        if inputs not in found:
            found[inputs] = fresh(entity, home, inputs)
        return found[inputs]

    return since


def _admitted(product: type[Product], mappings: Mappings, as_of: str) -> frozenset[str]:
    """The counties of which an operator has admitted that their rows fall as of this day."""
    counties = today_counties(mappings)["code"]
    return frozenset(code for code in counties if RULE in admitted(mappings, product.key, f"{code}/{as_of}"))
