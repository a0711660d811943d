"""Tables that give account of deliveries: what became of them, how their codes were met, how they drifted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import polars as pl

from pipelines.disk.outcome import Outcome
from pipelines.disk.refused import refused_notes
from pipelines.disk.standard import folder_of
from pipelines.door.drift import read_drift
from pipelines.door.name import day_in_name
from pipelines.gather import Gathered, coverage
from pipelines.refusal import Finding
from schemas.feed import Feed

DELIVERIES = "deliveries"
_COUNTS = ("landed", "standard", "quarantined", "superseded")
_DELIVERIES = {
    "feed": pl.String, "delivery": pl.String, "number": pl.Int64, "came_after": pl.Int64, "as_of": pl.Date,
    "in_use": pl.Boolean, "refused": pl.String, **dict.fromkeys(_COUNTS, pl.Int64),
}  # fmt: skip
_COVERAGE = {"feed": pl.String, "column": pl.String, "values": pl.Int64, "mapped": pl.Int64}
_DRIFT: dict[str, type[pl.String]] = dict.fromkeys(
    ("feed", "delivery", "rule", "column", "verdict", "found", "expected"), pl.String
)


def deliveries_table(gathered: Collection[Gathered], home: Path) -> pl.DataFrame:
    """One row a delivery: whether its rows hold, why it was `refused` as a whole, and what became of its rows.

    landed = standard + quarantined + superseded (replaced by a later row of the same delivery), unless it was refused.
    `number` counts a feed's deliveries in the order in which they hold, the oldest first; each `came_after` so many of
    them. One that was refused at the door has no number, no rows, and no day where its name says none.
    """
    rows = [row for each in gathered for row in _taken_in(each)]
    stopped = [_stopped(each.feed, *note) for each in gathered for note in stopped_at_the_door(each, home)]
    return pl.DataFrame([*rows, *stopped], schema=_DELIVERIES, orient="row").sort("feed", "delivery")


def stopped_at_the_door(each: Gathered, home: Path) -> list[tuple[str, Finding]]:
    """The deliveries of a feed that were never taken in, by the first twelve digits of their sha256."""
    known = {outcome.delivery.sha256[:12] for outcome in each.outcomes}
    return [(sha256, finding) for sha256, finding in refused_notes(each.feed, home) if sha256 not in known]


def _taken_in(each: Gathered) -> Iterator[tuple[object, ...]]:
    used = each.used
    for number, one in enumerate(each.outcomes):
        yield each.feed.key, one.delivery.name, number, *_delivery(one, is_in_use=one in used)


def _stopped(feed: type[Feed], sha256: str, finding: Finding) -> tuple[object, ...]:
    day = day_in_name(feed, Path(finding.file))
    return feed.key, f"{day or ''}-{sha256}", None, None, day, False, finding.rule, *(0 for _ in _COUNTS)


def _delivery(one: Outcome, *, is_in_use: bool) -> tuple[object, ...]:
    refused = one.refusal.rule if one.refusal else None
    day = pl.Series([one.delivery.as_of]).str.to_date("%Y-%m-%d")[0]
    return one.delivery.after, day, is_in_use, refused, one.delivery.rows, one.standard, one.quarantined, one.duplicates


def first_deliveries(gathered: Iterable[Gathered]) -> pl.DataFrame:
    """The day of each feed's first delivery that was accepted, be its rows freed since: since then it is watched."""
    days = [(each.feed.key, one.delivery.as_of) for each in gathered for one in each.outcomes if one.refusal is None]
    told = pl.DataFrame(days, schema={"feed": pl.String, "day": pl.String}, orient="row")
    return told.group_by("feed").agg(pl.col("day").min().str.to_date("%Y-%m-%d")).sort("feed")


def coverage_table(gathered: Iterable[Gathered]) -> pl.DataFrame:
    """How many values of each coded column of the deliveries in use met a dictionary row."""
    told = [each for one in gathered for each in coverage(one.used)]
    rows = [(each.feed, each.column, each.values, each.mapped) for each in told]
    return pl.DataFrame(rows, schema=_COVERAGE, orient="row")


def drift_table(gathered: Iterable[Gathered], home: Path) -> pl.DataFrame:
    """Every sign of drift in every delivery; a stop that an operator has admitted is told as `admitted`."""
    judged = [(one, read_drift(folder_of(one, home))) for each in gathered for one in each.outcomes]
    rows = [
        (one.delivery.feed, one.delivery.name, sign.rule, sign.column,
         "admitted" if drift.is_admitted(sign) else sign.verdict, sign.found, sign.expected)
        for one, drift in judged if drift is not None for sign in drift.signs
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=_DRIFT, orient="row")
