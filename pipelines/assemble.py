"""One run from standard rows to published counties: what is there is gathered, fused, cut and released."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from pipelines.causes import TRACED, Inputs, fresh
from pipelines.cut import Tables, build, by_county, code_tables
from pipelines.dictionary import Mappings, admitted, code_lists, today_counties
from pipelines.downloads import log_of
from pipelines.engine.local import by_key
from pipelines.fuse import Fused, fuse
from pipelines.identify import Identified, identify
from pipelines.land import deliveries, refused
from pipelines.objections import CAUSE as OBJECTION
from pipelines.objections import answers, fingerprint, flagged, objected, open_ones, touches
from pipelines.outcome import Outcome, read_outcome
from pipelines.promised import contracts_that_stand, too_small
from pipelines.propose import due, proposals
from pipelines.release import Basis, County, Published, release
from pipelines.supersede import Current, current, in_use
from pipelines.translate import standard_schema
from pipelines.verdict import RULE, verdicts
from schemas.contract import contract_of
from schemas.entity import Entity, all_entities
from schemas.feed import Feed
from schemas.manifest import Absence, Coverage, Input, Objected
from schemas.objection import Objection
from schemas.odcs import Written
from schemas.product import Product

COVERAGE_RULE = "coverage"
# The county of an entity; of an origin's columns one is called county too.
_LIES_IN = "lies in"


class NotReady(Exception):
    """A product or entity that cannot be made yet; the message says which feed is missing and what to do."""


@dataclass(frozen=True)
class Gathered:
    """A feed as it stands: outcomes of all its deliveries, the rows that hold, or why there are none."""

    feed: type[Feed]
    outcomes: tuple[Outcome, ...]
    current: Current | None
    absence: Absence | None

    @property
    def used(self) -> list[Outcome]:
        """The accepted deliveries behind the rows that hold."""
        return behind(self.feed, self.outcomes)


def behind(feed: type[Feed], outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The accepted deliveries behind the rows of a feed that hold."""
    return in_use(feed, [outcome for outcome in outcomes if outcome.refusal is None])


def outcomes_of(feed: type[Feed], home: Path) -> tuple[Outcome, ...]:
    """What became of each delivery of a feed that has been standardised below `home`."""
    folders = (home / "standard" / feed.key / delivery.name for delivery in deliveries(feed, home))
    return tuple(outcome for folder in folders if (outcome := read_outcome(folder)) is not None)


def gather(feed: type[Feed], home: Path) -> Gathered:
    """Read what has been standardised of a feed below `home`."""
    outcomes = outcomes_of(feed, home)
    return Gathered(feed, outcomes, current(feed, list(outcomes), home), _absence(feed, outcomes, home))


def _absence(feed: type[Feed], outcomes: tuple[Outcome, ...], home: Path) -> Absence | None:
    if not outcomes and not refused(feed, home):
        return Absence(feed=feed.key, title=feed.title, reason="not arrived")
    if not any(outcome.refusal is None for outcome in outcomes):
        findings = refused(feed, home)
        return Absence(feed=feed.key, title=feed.title, reason=f"refused: {findings[-1]}")
    return None


def newest(gathered: Iterable[Gathered]) -> date:
    """The day that counts as today: the newest as-of day among the deliveries in use."""
    days = [outcome.delivery.as_of for each in gathered for outcome in each.used]
    if not days:
        raise NotReady("No feed has arrived. Put deliveries into the inbox, or run `make run` for the demo.")
    return date.fromisoformat(max(days))


def fuse_entity(entity: type[Entity], mappings: Mappings, home: Path) -> dict[str, int]:
    """Identify and fuse all that stands of an entity's feeds, into `home/fused/<entity>/`; gives row counts."""
    gathered = {feed.key: gather(feed, home) for feed in entity.feeds()}
    present = {key: each.current.rows for key, each in gathered.items() if each.current is not None}
    on = newest(gathered.values())
    identified = identify({feed.key: feed for feed in entity.feeds()}, present, mappings, on)
    buckets = by_key({key: each.rows for key, each in identified.items()}, "entity_id")
    fused = _joined([fuse(entity, bucket, mappings, on) for bucket in buckets], entity.identifier)
    _write(home / "fused" / entity.key, identified, fused)
    unplaced = fused.values["county"].null_count()
    return {
        "entities": fused.values.height,
        "without_county": unplaced,
        "disputes": fused.disputes.height,
        **{f"unidentified/{key}": each.unidentified.height for key, each in identified.items()},
    }


def _joined(parts: list[Fused], key: str) -> Fused:
    return Fused(
        pl.concat([part.values for part in parts]).sort(key),
        pl.concat([part.origin for part in parts]).sort(key),
        pl.concat([part.disputes for part in parts]).sort(key, "column", "lost_by"),
        parts[0].sources,
    )


def _write(folder: Path, identified: dict[str, Identified], fused: Fused) -> None:
    partial = folder.with_name(folder.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "feeds").mkdir(parents=True)
    (partial / "unidentified").mkdir()
    for key, each in identified.items():
        each.rows.write_parquet(partial / "feeds" / f"{key}.parquet")
        each.unidentified.write_parquet(partial / "unidentified" / f"{key}.parquet")
    fused.values.write_parquet(partial / "values.parquet")
    fused.origin.write_parquet(partial / "origin.parquet")
    fused.disputes.write_parquet(partial / "disputes.parquet")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(partial, folder)


def fused_table(entity: type[Entity], name: str, home: Path) -> pl.DataFrame:
    """One of an entity's fused tables: values, origin or disputes."""
    file = home / "fused" / entity.key / f"{name}.parquet"
    if not file.exists():
        raise NotReady(f"{entity.title} ({entity.key}) has not been fused yet; materialize fused/{entity.key} first.")
    return pl.read_parquet(file)


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
    made = build(product, _tables(entity, mappings, home, newest(gathered)))
    table = flagged(product, made, open_ones(objections, mappings))
    everyone = _counties(product, entity, table, mappings, home, _by_county(product, objections, mappings, home))
    counties = (county for county in everyone if only is None or county.code in only)
    basis = _basis(promise, product, entity, gathered, mappings, home, fingerprint(objections))
    return release(product, counties, basis, supply, tell)


def _by_county(
    product: type[Product], objections: Collection[Objection], mappings: Mappings, home: Path
) -> dict[str, tuple[Objected, ...]]:
    """What each county's manifest tells of objections: those raised on the product and those that touch it."""
    answered, by_county = answers(mappings), dict[str, tuple[Objected, ...]]()
    for each in objections:
        if each.product == product.key or touches(product, each):
            day = due(each, proposals(each, mappings, home) if each.id not in answered else [])
            by_county[each.county] = (*by_county.get(each.county, ()), objected(each, day, answered))
    return by_county


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


def _tables(entity: type[Entity], mappings: Mappings, home: Path, today: date) -> Tables:
    feeds = {feed.key: _identified(feed, entity, home) for feed in entity.feeds()}
    presence = pl.concat([rows.select("entity_id", pl.lit(key).alias("feed")) for key, rows in feeds.items()])
    return Tables(
        {
            entity.key: fused_table(entity, "values", home),
            "disputes": fused_table(entity, "disputes", home),
            "presence": presence,
            "today": pl.DataFrame({"day": [today]}),
            **{key: rows.drop("repairs") for key, rows in feeds.items()},
            "attribute_list": attribute_list(entity),
            "feed_list": feed_list(entity),
            **code_tables(mappings),
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


def _identified(feed: type[Feed], entity: type[Entity], home: Path) -> pl.DataFrame:
    """A feed's identified rows; an empty table in the feed's types where it has not arrived."""
    file = home / "fused" / entity.key / "feeds" / f"{feed.key}.parquet"
    if file.exists():
        return pl.read_parquet(file)
    return pl.DataFrame(schema={**standard_schema(feed), "entity_id": pl.String, "match": pl.String})


def _counties(
    product: type[Product], entity: type[Entity], table: pl.DataFrame, mappings: Mappings, home: Path,
    raised: dict[str, tuple[Objected, ...]],
) -> Iterator[County]:  # fmt: skip
    rows, origin = by_county(table), _origin(product, entity, table, home)
    pairs, faults = _disputed(product, entity, table, home), verdicts(product, table)
    nothing = next(iter(origin.values())).head(0)
    for code, name in today_counties(mappings).select("code", "name").sort("code").iter_rows():
        yield County(
            code, name, rows.get(code, table.head(0)), origin.get(code, nothing), pairs.get(code, {}),
            faults.get(code), raised.get(code, ()),
        )  # fmt: skip


def _origin(product: type[Product], entity: type[Entity], table: pl.DataFrame, home: Path) -> dict[str, pl.DataFrame]:
    """By county, of each of its entities the feeds that its values came from, and what it rests on."""
    key = product.identifier
    own = table.select(pl.col("county").alias(_LIES_IN), key).unique().sort(_LIES_IN, key)
    traced = fused_table(entity, "values", home).select(entity.identifier, *TRACED)
    told = own.join(fused_table(entity, "origin", home), on=key, how="left", maintain_order="left")
    told = told.join(traced, on=key, how="left", maintain_order="left")
    parts = told.partition_by(_LIES_IN, as_dict=True, maintain_order=True, include_key=False)
    return {str(county): part for (county,), part in parts.items()} | ({} if parts else {"": told.drop(_LIES_IN)})


def _disputed(
    product: type[Product], entity: type[Entity], table: pl.DataFrame, home: Path
) -> dict[str, dict[str, int]]:
    """By county, how many values of each column, winner and loser are in dispute."""
    own = table.select("county", product.identifier).unique()
    lost = fused_table(entity, "disputes", home).join(own, on=product.identifier)
    pair = pl.concat_str("column", "won_by", "lost_by", separator="/").alias("pair")
    counted = lost.group_by("county", pair).len().sort("county", "pair")
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

    def among(some: pl.DataFrame) -> pl.DataFrame:
        values = fused_table(entity, "values", home).select(entity.identifier, *TRACED)
        return values.join(some, on=entity.identifier, how="semi")

    return among


def _fresh(entity: type[Entity], home: Path) -> Callable[[Inputs], pl.DataFrame]:
    """What is new since other inputs, each sought once: most counties' versions rest on the same."""

    @cache
    def since(inputs: Inputs) -> pl.DataFrame:
        return fresh(entity, home, inputs)

    return since


def _admitted(product: type[Product], mappings: Mappings, as_of: str) -> frozenset[str]:
    """The counties of which an operator has admitted that their rows fall as of this day."""
    counties = today_counties(mappings)["code"]
    return frozenset(code for code in counties if RULE in admitted(mappings, product.key, f"{code}/{as_of}"))


def coverage(used: list[Outcome]) -> tuple[Coverage, ...]:
    """Coverage of each feed and column over the deliveries in use; distinct codes are those of the richest one."""
    told = [each for one in used for each in one.coverage]
    keys = sorted({(each.feed, each.column) for each in told})
    groups = [[each for each in told if (each.feed, each.column) == key] for key in keys]
    return tuple(
        Coverage(
            feed=group[0].feed,
            column=group[0].column,
            values=sum(each.values for each in group),
            mapped=sum(each.mapped for each in group),
            codes=max(each.codes for each in group),
            mapped_codes=max(each.mapped_codes for each in group),
        )
        for group in groups
    )
