"""One run from standard rows to published counties: what is there is gathered, fused, cut and released."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl

from pipelines import buckets, fused
from pipelines.causes import TRACED, Inputs, fresh
from pipelines.cut import Tables, build, by_county, code_tables
from pipelines.dictionary import Mappings, admitted, today_counties
from pipelines.engine.local import SIZES, Sizes, in_order
from pipelines.fuse import fuse
from pipelines.identify import Decided, identify, parted
from pipelines.land import deliveries, refused
from pipelines.outcome import Outcome, read_outcome
from pipelines.placed import COUNTY, placed
from pipelines.release import Basis, County, Published, release
from pipelines.supersede import Current, Rows, current, in_use
from pipelines.verdict import RULE, verdicts
from schemas.entity import Entity, all_entities
from schemas.feed import Feed
from schemas.manifest import Absence, Coverage, Input
from schemas.product import Product

COVERAGE_RULE = "coverage"


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
        accepted = [outcome for outcome in self.outcomes if outcome.refusal is None]
        return in_use(self.feed, accepted)


def gather(feed: type[Feed], home: Path, sizes: Sizes = SIZES) -> Gathered:
    """Read what has been standardised of a feed below `home`."""
    folders = (home / "standard" / feed.key / delivery.name for delivery in deliveries(feed, home))
    outcomes = tuple(outcome for folder in folders if (outcome := read_outcome(folder)) is not None)
    return Gathered(feed, outcomes, current(feed, list(outcomes), home, sizes), _absence(feed, outcomes, home))


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


def fuse_entity(entity: type[Entity], mappings: Mappings, home: Path, sizes: Sizes = SIZES) -> dict[str, int]:
    """Identify and fuse all that stands of an entity's feeds, into `home/fused/<entity>/`; gives row counts.

    What is open of the rows is decided first, then in which county bucket each row lies; then the rows are read
    once more and written by bucket, and the buckets are fused one by one.
    """
    gathered = [gather(feed, home, sizes) for feed in entity.feeds()]
    on = newest(gathered)
    present = {each.feed.key: each.current for each in gathered if each.current is not None}
    rows = [part for key in sorted(present) for part in present[key].parts]
    height = sum(each.height for each in present.values())
    count = buckets.bucket_count(height, sizes.bucket)
    decided = identify(rows, mappings, on)
    lies = placed(entity, rows, decided, mappings, on, count, height, sizes.group)
    partial = fused.begin(entity, home, present)
    review = _part(rows, decided, lies, count, partial)
    counts, counties = _fuse_buckets(entity, sorted(present), mappings, on, count, partial)
    fused.settle(entity, partial, counties, home)
    return counts | {f"unidentified/{key}": review[key] for key in sorted(present)}


def _part(rows: list[Rows], decided: Decided, lies: dict[int, pl.Series], count: int, partial: Path) -> dict[str, int]:
    """Write all identified rows by bucket and the others by feed; gives how many the others are of each feed."""

    def write(numbered: tuple[int, Rows]) -> tuple[type[Feed], pl.DataFrame]:
        number, each = numbered
        told = parted(number, each.feed, each.read(None), decided)
        lying = lies.get(number, pl.Series(dtype=pl.UInt16)).alias("bucket")
        for (bucket,), part in told.rows.with_columns(lying).partition_by("bucket", as_dict=True).items():
            fused.put_rows(part.drop("bucket"), each.feed.key, buckets.bucket_name(bucket, count), number, partial)
        return each.feed, told.unidentified

    left: dict[str, list[pl.DataFrame]] = {}
    for feed, rest in in_order(enumerate(rows), write):
        left.setdefault(feed.key, []).append(rest)
    for key, parts in left.items():
        pl.concat(parts).write_parquet(partial / "unidentified" / f"{key}.parquet")
    return {key: sum(part.height for part in parts) for key, parts in left.items()}


def _fuse_buckets(
    entity: type[Entity], feeds: list[str], mappings: Mappings, on: date, count: int, partial: Path
) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Fuse bucket after bucket; gives row counts over all and each bucket's counties."""
    known = {feed.key: feed for feed in entity.feeds()}

    def fuse_one(number: int) -> tuple[str, dict[str, int], list[str]]:
        name = buckets.bucket_name(number, count)
        made = fuse(entity, {key: fused.rows_in(partial, known[key], name) for key in feeds}, mappings, on)
        fused.put_fused(made, name, partial)
        county = made.values[COUNTY]
        rows = {"entities": county.len(), "without_county": county.null_count(), "disputes": made.disputes.height}
        return name, rows, county.drop_nulls().unique().sort().to_list()

    made = list(in_order(range(count + 1), fuse_one))
    counts = {name: sum(rows[name] for _, rows, _ in made) for name in made[0][1]}
    return counts, {name: counties for name, _, counties in made}


def fused_table(entity: type[Entity], name: str, home: Path) -> pl.DataFrame:
    """One of an entity's fused tables, values, origin or disputes, whole; for who needs little of it."""
    if not fused.buckets(entity, home):
        raise NotReady(f"{entity.title} ({entity.key}) has not been fused yet; materialize fused/{entity.key} first.")
    parts = [fused.bucket_table(entity, name, each.name, home) for each in fused.buckets(entity, home)]
    return pl.concat(parts).sort(entity.identifier, *(("column", "lost_by") if name == "disputes" else ()))


def release_product(
    product: type[Product], mappings: Mappings, home: Path, supply: Path, tell: Callable[[Published], None],
    only: Collection[str] | None = None,
) -> list[Published]:  # fmt: skip
    """Make a product from what is fused below `home` and publish it below `supply`, for every county or `only` some.

    Raises NotReady where a feed that the product needs has not arrived.
    """
    entity = all_entities()[product.entity]
    gathered = [gather(feed, home) for feed in entity.feeds()]
    _refuse_without(product, gathered)
    _refuse_below_floor(product, gathered, mappings)
    table = build(product, _tables(entity, mappings, home, newest(gathered)))
    everyone = _counties(product, entity, table, mappings, home)
    counties = everyone if only is None else [county for county in everyone if county.code in only]
    return release(product, counties, _basis(product, entity, gathered, mappings, home), supply, tell)


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
    parts = [fused.bucket_rows(entity, feed, each.name, home) for each in fused.buckets(entity, home)]
    return pl.concat([pl.DataFrame(schema=fused.rows_schema(feed)), *parts])


def _counties(
    product: type[Product], entity: type[Entity], table: pl.DataFrame, mappings: Mappings, home: Path
) -> list[County]:
    parts = by_county(table)
    traced = fused_table(entity, "values", home).select(entity.identifier, *TRACED)
    origin = fused_table(entity, "origin", home).join(traced, on=entity.identifier, maintain_order="left")
    disputes = fused_table(entity, "disputes", home)
    faults = verdicts(product, table)
    return [
        _county(product, code, name, parts.get(code, table.head(0)), origin, disputes, faults.get(code))
        for code, name in today_counties(mappings).select("code", "name").sort("code").iter_rows()
    ]


def _county(
    product: type[Product], code: str, name: str, rows: pl.DataFrame, origin: pl.DataFrame, disputes: pl.DataFrame,
    fault: str | None,
) -> County:  # fmt: skip
    key = product.identifier
    own = rows.select(key).unique().sort(key)
    lost = disputes.join(own, on=key, how="semi")
    pairs = lost.group_by(pl.concat_str("column", "won_by", "lost_by", separator="/").alias("pair")).len().sort("pair")
    traced = own.join(origin, on=key, how="left", maintain_order="left")
    return County(code, name, rows, traced, dict(pairs.iter_rows()), fault)


def _basis(
    product: type[Product], entity: type[Entity], gathered: list[Gathered], mappings: Mappings, home: Path
) -> Basis:
    used = [outcome for each in gathered for outcome in each.used]
    as_of = newest(gathered).isoformat()
    return Basis(
        as_of=as_of,
        mappings=mappings.fingerprints,
        inputs=tuple(
            Input(feed=one.delivery.feed, file=one.delivery.file, sha256=one.delivery.sha256,
                  as_of=one.delivery.as_of, rows=one.delivery.rows)
            for one in used
        ),
        missing=tuple(each.absence for each in gathered if each.absence is not None),
        coverage=coverage(used),
        quarantined={each.feed.key: sum(one.quarantined for one in each.used) for each in gathered if each.used},
        entities=fused_table(entity, "values", home).select(entity.identifier, *TRACED),
        fresh=_fresh(entity, home),
        admitted=_admitted(product, mappings, as_of),
    )  # fmt: skip


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
