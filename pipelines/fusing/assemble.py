"""From standard rows to the fused entity: what stands of each feed is gathered, identified and fused by bucket."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import chain
from pathlib import Path

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.disk import buckets, decisions, fused
from pipelines.disk.deliveries import deliveries
from pipelines.disk.folders import put_back
from pipelines.disk.keys import KNOWN, OPEN, Kept, asked_keys, meeting, read_keys, several
from pipelines.disk.outcome import Outcome, read_outcome
from pipelines.disk.refused import refused
from pipelines.door.name import day_in_name
from pipelines.engine.chosen import in_order
from pipelines.engine.local import SIZES, Sizes
from pipelines.fuse import fuse
from pipelines.fusing.anew import MOST_TOUCHED, fuse_anew, is_on_top
from pipelines.fusing.placed import COUNTY, placed
from pipelines.fusing.reidentify import Reidentified, reidentify
from pipelines.fusing.turning import turning
from pipelines.identify import Decided, Identified, parted
from pipelines.identity.told import ids, source_of
from pipelines.refusal import Finding
from pipelines.revision import code_revision
from pipelines.shelf import stands_alone
from pipelines.supersede import Current, Rows, current, in_use
from schemas.behind import feeds_behind
from schemas.entity import Entity
from schemas.feed import Feed
from schemas.manifest import Absence, Coverage
from schemas.product import all_products


class NotReady(Exception):
    """A product or entity that cannot be made yet; the message says which feed is missing and what to do."""


@dataclass(frozen=True)
class Gathered:
    """A feed as it stands: outcomes of all its deliveries, the rows that hold, or why there are none.

    Which rows hold is sought when it is first asked: a release, which reads what was fused, never does.
    """

    feed: type[Feed]
    outcomes: tuple[Outcome, ...]
    absence: Absence | None
    seek: Callable[[], Current | None]

    @cached_property
    def current(self) -> Current | None:
        """The rows that hold; None where no delivery was accepted."""
        return self.seek()

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


def gather(feed: type[Feed], home: Path, sizes: Sizes = SIZES) -> Gathered:
    """Read what has been standardised of a feed below `home`."""
    outcomes = outcomes_of(feed, home)
    absence = _absence(feed, outcomes, home)
    return Gathered(feed, outcomes, absence, lambda: current(feed, list(outcomes), home, sizes))


def _absence(feed: type[Feed], outcomes: tuple[Outcome, ...], home: Path) -> Absence | None:
    if not outcomes and not refused(feed, home):
        return Absence(feed=feed.key, title=feed.title, reason="not arrived")
    if not any(outcome.refusal is None for outcome in outcomes):
        findings = dict.fromkeys(map(str, _newest(feed, refused(feed, home))))
        return Absence(feed=feed.key, title=feed.title, reason=f"refused: {'; '.join(findings)}")
    return None


def _newest(feed: type[Feed], findings: list[Finding]) -> list[Finding]:
    """Those of the newest day, by the names of their files: of one day no file says which came later."""
    days = [day_in_name(feed, Path(each.file)) or date.min for each in findings]
    return [each for each, day in zip(findings, days, strict=True) if day == max(days)]


def feeds_in_use(gathered: Iterable[Gathered]) -> list[str]:
    """The keys of the feeds of which a delivery is in use."""
    return [each.feed.key for each in gathered if each.used]


def stamps(gathered: Iterable[Gathered]) -> dict[str, str]:
    """The stamps of the deliveries in use, as what is fused names them among its grounds: feed/<feed>/<delivery>."""
    return {f"feed/{one.delivery.feed}/{one.delivery.name}": one.stamp for each in gathered for one in each.used}


def newest(gathered: Iterable[Gathered]) -> date:
    """The day that counts as today: the newest as-of day among the deliveries in use."""
    days = [outcome.delivery.as_of for each in gathered for outcome in each.used]
    if not days:
        raise NotReady("No feed has arrived. Put deliveries into the inbox, or run `make run` for the demo.")
    return date.fromisoformat(max(days))


def fuse_entity(entity: type[Entity], mappings: Mappings, home: Path, sizes: Sizes = SIZES) -> dict[str, int]:
    """Identify and fuse all that stands of an entity's feeds, into `home/fused/<entity>/`; gives row counts.

    Where rows alone have changed since the last time, the entities that they touch are told anew on top of what lies
    there. Where all that it rests on is as it was, nothing is done. Else everything is fused.
    """
    gathered = [gather(feed, home, sizes) for feed in entity.feeds()]
    now = _rests(entity, gathered, mappings, sizes)
    put_back(fused.folder_of(entity, home))
    kept = fused.rests_of(entity, home)
    if kept is not None and kept.is_on_the_ground_of(now):
        return kept.counts
    present = {each.feed.key: each.current for each in gathered if each.current is not None}
    rows = [part for key in sorted(present) for part in present[key].parts]
    on = date.fromisoformat(now.on)
    again = reidentify(rows, mappings, on, decisions.folder_of(entity, home))
    now = replace(now, decisions=again.decisions.name)
    counts = None
    if kept is not None and is_on_top(entity, kept, now, present, mappings, home):
        counts = _anew(entity, rows, again, kept, now, mappings, home)
    if counts is None:
        counts = _fuse_whole(entity, rows, again, present, now, mappings, home, sizes)
    decisions.keep(again.decisions, decisions.folder_of(entity, home))
    return counts


def _fuse_whole(
    entity: type[Entity], rows: list[Rows], again: Reidentified, present: dict[str, Current], now: fused.Rests,
    mappings: Mappings, home: Path, sizes: Sizes,
) -> dict[str, int]:  # fmt: skip
    """Decide in which county bucket each row lies, write the rows by bucket, and fuse the buckets one by one."""
    on = date.fromisoformat(now.on)
    lies = placed(entity, rows, again.decisions.parts, again.decided, mappings, on, now.buckets, sizes.group)
    partial = fused.begin(entity, home, present)
    review = _part(rows, again.decided, lies, now.buckets, partial)
    counts, counties = _fuse_buckets(entity, sorted(present), mappings, on, now.buckets, partial)
    counts |= {f"unidentified/{key}": review[key] for key in sorted(present)}
    fused.settle(entity, partial, counties, replace(now, counts=counts), home)
    return counts


def _anew(
    entity: type[Entity], rows: list[Rows], again: Reidentified, kept: fused.Rests, now: fused.Rests,
    mappings: Mappings, home: Path,
) -> dict[str, int] | None:  # fmt: skip
    """Tell the entities anew that rows touch, or whose days have come; None where these are too many, or not known."""
    if again.touched is None or again.since != kept.decisions:
        return None
    turned = turning(entity, home, date.fromisoformat(kept.on), date.fromisoformat(now.on))
    touched = pl.concat([turned, again.touched.to_frame("entity_id")]).unique()
    if touched.height > MOST_TOUCHED * kept.counts["entities"]:
        return None
    identified, unidentified = dict[str, list[pl.DataFrame]](), dict[str, list[pl.DataFrame]]()
    sources = zip(range(len(rows)), rows, _numbers(again, touched), strict=True)
    for feed, told in in_order(sources, lambda source: _of_numbers(source, again.decided)):
        identified.setdefault(feed.key, []).append(told.rows)
        unidentified.setdefault(feed.key, []).append(told.unidentified)
    here = {
        key: rows.join(touched, on="entity_id", how="semi", maintain_order="left")
        for key, rows in _joined(identified).items()
    }
    return fuse_anew(entity, here, _joined(unidentified), touched, kept, now, mappings, home)


def _joined(parts: dict[str, list[pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    return {key: pl.concat(some) for key, some in parts.items()}


def _of_numbers(source: tuple[int, Rows, pl.Series], decided: Decided) -> tuple[type[Feed], Identified]:
    """Of a part the rows of some numbers, parted into those that are led to an entity and those that are to nobody."""
    number, each, numbers = source
    return each.feed, parted(number, each.feed, each.every(None, numbers), decided)


def _numbers(again: Reidentified, touched: pl.DataFrame) -> list[pl.Series]:
    """The row numbers of each part's rows that may be led to touched entities, or are led to nobody."""
    parts, taken = again.decisions.parts, again.decided.taken
    codes = touched["entity_id"].hash(seed=0).alias("entity")
    known = in_order(several(parts), lambda some: _rows_by_part(some, codes))
    others = pl.concat([pl.DataFrame(schema={"id": pl.UInt64, "entity_id": pl.String}),
                        *(each.select("id", "entity_id") for each in taken.values())])  # fmt: skip
    elsewhere = others.join(touched, on="entity_id", how="anti").select("id", source_of())
    away = {number: each for (number,), each in elsewhere.partition_by("source", as_dict=True).items()}
    none = elsewhere.head(0)
    return [
        pl.concat([rows, _left(number, parts[number], away.get(number, none))]).sort()
        for number, rows in enumerate(chain.from_iterable(known))
    ]


def _rows_by_part(parts: Sequence[Kept], codes: pl.Series) -> list[pl.Series]:
    """Of each part the row numbers of some entities' rows."""
    found = asked_keys(parts, KNOWN, ["row"], meeting({"entity": codes})).partition_by("part", as_dict=True)
    return [found[(part,)]["row"] if (part,) in found else pl.Series(dtype=pl.UInt32) for part in range(len(parts))]


def _left(number: int, keys: Kept, elsewhere: pl.DataFrame) -> pl.Series:
    """The row numbers of a part's open rows but for those that are led elsewhere."""
    return read_keys(keys, OPEN, ["row"]).select("row", ids(number)).join(elsewhere, on="id", how="anti")["row"]


def _rests(entity: type[Entity], gathered: list[Gathered], mappings: Mappings, sizes: Sizes) -> fused.Rests:
    """What fused rows rest on: code, mappings, sizes, and the standard rows of the deliveries in use."""
    height = sum(each.current.height for each in gathered if each.current is not None)
    grounds = {"code": code_revision(), "sizes": str(sizes), **mappings.fingerprints, **stamps(gathered)}
    on = newest(_of_products(entity, gathered)).isoformat()
    return fused.Rests(grounds, on, buckets.bucket_count(height, sizes.bucket), {})


def _of_products(entity: type[Entity], gathered: list[Gathered]) -> list[Gathered]:
    """The feeds that products tell today by: one that none of them rests on may be of a later day, and turns nobody."""
    told = (each for each in all_products().values() if each.entity == entity.key and stands_alone(each))
    feeds = {feed for product in told for feed in feeds_behind(product)}
    return [each for each in gathered if each.feed in feeds and each.used] or gathered


def _part(rows: list[Rows], decided: Decided, lies: dict[int, pl.Series], count: int, partial: Path) -> dict[str, int]:
    """Write all identified rows by bucket and the others by feed; gives how many the others are of each feed."""

    def write(source: tuple[int, Rows, pl.Series]) -> tuple[type[Feed], pl.DataFrame]:
        number, each, lying = source
        told = parted(number, each.feed, each.read(None), decided)
        for bucket, part in buckets.by_bucket(told.rows.with_columns(lying.alias("bucket")), count):
            fused.put_rows(part, each.feed.key, bucket, number, partial)
        return each.feed, told.unidentified

    sources = ((number, each, lies[number]) for number, each in enumerate(rows))
    left: dict[str, list[pl.DataFrame]] = {}
    for feed, rest in in_order(sources, write):
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
        made = fuse(entity, {key: fused.rows_in(partial, known[key], [name]) for key in feeds}, mappings, on)
        fused.put_tables(made.tables, name, partial)
        county = made.values[COUNTY]
        rows = {"entities": county.len(), "without_county": county.null_count(), "disputes": made.disputes.height}
        return name, rows, county.drop_nulls().unique().sort().to_list()

    made = list(in_order(range(count + 1), fuse_one))
    counts = {name: sum(rows[name] for _, rows, _ in made) for name in made[0][1]}
    return counts, {name: counties for name, _, counties in made}


def fused_table(entity: type[Entity], name: str, home: Path) -> pl.DataFrame:
    """One of an entity's fused tables, values, origin or disputes, whole; for who needs little of it."""
    names = [bucket.name for bucket in fused.buckets(entity, home)]
    if not names:
        raise NotReady(f"{entity.title} ({entity.key}) has not been fused yet; materialize fused/{entity.key} first.")
    return fused.bucket_table(entity, name, names, home)


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
