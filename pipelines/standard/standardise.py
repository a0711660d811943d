"""One delivery from landed rows to standard and quarantine, kept on disk and not done twice. Needs land before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import polars as pl

from pipelines.correct import fates
from pipelines.dictionary import Mappings
from pipelines.disk.deliveries import Delivery, landed_folder, malformed_rows, of_one_day, order
from pipelines.disk.folders import put_back
from pipelines.disk.landed import read_batch
from pipelines.disk.outcome import Outcome, begin, read_outcome, settle, stopped, written_under
from pipelines.disk.refused import keep_refused
from pipelines.disk.settled import is_settled
from pipelines.disk.standard import ENDED, LEFT, SINCE, SUPERSEDED, keep_beside, kept_result, tells_days
from pipelines.disk.tables import cut_into_batches, put_batch, read_batches
from pipelines.door.drift import Drift, drift, finding, may_leap, write_drift
from pipelines.door.foreign import foreign_columns
from pipelines.door.profile import Profile, Tally, after, profile, read_profile, write_profile
from pipelines.engine.chosen import in_order
from pipelines.grounds import grounds_of, read_grounds, write_grounds
from pipelines.meaning.admissions import last_admitted
from pipelines.replay import can_replay
from pipelines.standard.batch import (
    CODES,
    Arrival,
    Done,
    corrected_numbers,
    do_batch,
    do_rows,
    keep_quarantined,
    rules,
    tally_batch,
)
from pipelines.standard.covered import coverage
from pipelines.standard.ended import ended
from pipelines.standard.once_each import once_each
from pipelines.standard.quarantined import LINE
from pipelines.standard.repeated import Repeated, repeated
from pipelines.standard.replayed import replayed
from pipelines.standard.since import since
from pipelines.standard.stood import Stood, by_reason
from pipelines.standard.tallied import tally_again
from schemas.admission import SAME_DAY
from schemas.feed import Feed

# A delivery's name begins with its day.
_DAY = len("2026-06-30")
_NOTHING_STOOD = Stood(0, 0, {}, (), pl.DataFrame())


def standardise(feed: type[Feed], delivery: Delivery, mappings: Mappings, home: Path) -> Outcome:
    """Translate and judge a landed delivery below `home/standard/<feed>/<delivery>/`; those before it come first.

    Batch by batch: writes standard.parquet and quarantine.parquet in the batches that the delivery landed in, what is
    known only of all rows beside them (`pipelines.disk.standard`), drift.json and outcome.json. Does nothing when all
    it rests on is as it was the last time; after an edit to the mappings only the rows that it touches are
    translated again, and of a full file only those that the one before it had not. A delivery whose drift stops it
    gives no row. One whose rows are freed stands as it was.
    """
    folder = home / "standard" / feed.key / delivery.name
    put_back(folder)
    if is_settled(landed_folder(delivery, home)) and (stood := read_outcome(folder)) is not None:
        return stood
    before = _before(feed, delivery, folder)
    stands = _stands(feed, delivery, mappings, home)
    grounds = grounds_of(feed, delivery, mappings, home, before.stamp if before else "", stands)
    done = _whole_result(folder)
    if done is not None and done.stamp == grounds.stamp:
        return done
    last = folder.with_name(before.delivery.name) if before else None
    return _enter(Arrival(feed, delivery, mappings, home, folder, grounds, last), done)


def _whole_result(folder: Path) -> Outcome | None:
    """What became of a delivery, if all that it stands on is kept: a run that was killed may have done that again."""
    done = read_outcome(folder)
    stands_on = () if done is None else done.stands_on
    return done if all(kept_result(folder.with_name(name), written) for name, written in stands_on) else None


def _before(feed: type[Feed], delivery: Delivery, folder: Path) -> Outcome | None:
    """The last of those accepted before a delivery of which the rows are there, or what was kept of them."""
    earlier = _accepted_before(feed, delivery, folder)
    return next((each for each in earlier if tells_days(folder.with_name(each.delivery.name))), None)


def _accepted_before(feed: type[Feed], delivery: Delivery, folder: Path) -> Iterator[Outcome]:
    """The accepted deliveries of the same part before one, the last first: of an earlier day, or an increment of its
    day too."""
    is_added = feed.delivers == "increment"
    told = _latest_first(folder.parent, delivery.as_of)
    same = (each for each in told if each.refusal is None and each.delivery.part == delivery.part)
    return (
        each for each in same
        if each.delivery.as_of < delivery.as_of or (is_added and order(each.delivery) < order(delivery))
    )  # fmt: skip


def _latest_first(folder: Path, until: str) -> Iterator[Outcome]:
    """What became of the deliveries up to a day, the last first."""
    folders = (each for each in folder.glob("*") if each.suffix != ".part" and each.name[:_DAY] <= until)
    for _, of_day in groupby(sorted(folders, reverse=True), lambda each: each.name[:_DAY]):
        told = [outcome for each in of_day if (outcome := read_outcome(each)) is not None]
        yield from sorted(told, key=lambda each: order(each.delivery), reverse=True)


def _stands(feed: type[Feed], delivery: Delivery, mappings: Mappings, home: Path) -> str:
    """Of the deliveries of one part and day the one that holds: the last that was admitted, else the first.

    So what is in use stays in use until somebody admits another, whatever bytes that has.
    """
    same = [] if feed.delivers == "increment" else of_one_day(feed, delivery.as_of, delivery.part, home)
    if len(same) < 2:
        return delivery.name
    admitted = last_admitted(mappings, feed.key, SAME_DAY, [each.sha256 for each in same])
    return next((each for each in same if each.sha256 == admitted), same[0]).name


@dataclass(frozen=True)
class Entered:
    """What became of a delivery's batches, the codes in them, its profile, and what of earlier results stands in it."""

    did: list[Done]
    codes: pl.DataFrame
    profile: Profile
    stood: Stood | None = None


def _enter(arrival: Arrival, done: Outcome | None) -> Outcome:
    partial, earlier = begin(arrival.folder), _on_the_same_code(arrival, done)
    entered = _entered(arrival, earlier, partial)
    drifted = _drifted(arrival, entered)
    write_drift(drifted, partial)
    if stops := drifted.stops():
        partial = begin(arrival.folder)
        write_drift(drifted, partial)
        outcome = stopped(arrival.delivery, arrival.grounds.stamp, finding(arrival.delivery, stops[0]))
        _keep_stopped(arrival, outcome)
    else:
        write_profile(entered.profile, partial)
        outcome = _accept(arrival, entered, _fates(arrival, earlier), partial)
        if (over := ended(arrival, outcome, partial)) is not None:
            over.write_parquet(partial / f"{ENDED}.parquet", compression="zstd")
    write_grounds(arrival.grounds, partial)
    settle(partial, arrival.folder, outcome)
    return outcome


def _entered(arrival: Arrival, earlier: Outcome | None, folder: Path) -> Entered:
    """A delivery done in the way that costs least; `earlier` is a result of it by the same code."""
    again = None if earlier is None else replayed(arrival, earlier, folder)
    if again is not None:
        return Entered(again.did, *_counted_before(arrival), again.stood)
    told = repeated(arrival)
    if told is None:
        return _whole(arrival, folder)
    did = _do_new(arrival, told, folder)
    if earlier is not None:
        return Entered(did, *_counted_before(arrival), told.stood)
    return _repeating(arrival, told, did)


def _on_the_same_code(arrival: Arrival, done: Outcome | None) -> Outcome | None:
    """An earlier result of the delivery, if only mappings have changed since and it is known how."""
    stood = done if done is not None and done.refusal is None else None
    return stood if stood and can_replay(read_grounds(arrival.folder), arrival.grounds, arrival.home) else None


def _whole(arrival: Arrival, folder: Path) -> Entered:
    did, tallies = zip(
        *in_order(enumerate(arrival.landed), lambda numbered: do_batch(arrival, *numbered, folder)), strict=True
    )
    return _first(arrival, list(did), list(tallies), None)


def _repeating(arrival: Arrival, told: Repeated, did: list[Done]) -> Entered:
    """What is new has been done as any rows are; all rows are counted."""
    sums = tally_again(arrival)
    counted = in_order(arrival.landed, lambda batch: tally_batch(arrival.feed, batch))
    return _first(arrival, did, [sums] if sums is not None else list(counted), told)


def _do_new(arrival: Arrival, told: Repeated, folder: Path) -> list[Done]:
    """The new rows in batches of their own, and behind them what is in quarantine as it was."""
    tables = enumerate(cut_into_batches([told.new]))
    did = list(in_order(tables, lambda numbered: do_rows(arrival, *numbered, folder)))
    return [*did, keep_quarantined(arrival.feed, len(did), told.quarantine, folder)]


def _first(arrival: Arrival, did: list[Done], tallies: list[Tally], told: Repeated | None) -> Entered:
    values = [*(told.values if told else ()), *(each.values for each in did if each.values is not None)]
    seen = profile(arrival.feed, arrival.delivery, tallies, values, _profile_before(arrival))
    return Entered(did, pl.concat([each.codes for each in tallies]), seen, told.stood if told else None)


def _counted_before(arrival: Arrival) -> tuple[pl.DataFrame, Profile]:
    """The codes and the profile of an earlier result, behind what comes before the delivery now.

    An edit to the mappings changes neither.
    """
    return pl.read_parquet(arrival.folder / CODES), after(read_profile(arrival.folder), _profile_before(arrival))


def _profile_before(arrival: Arrival) -> Profile | None:
    return read_profile(arrival.before) if arrival.before else None


def _drifted(arrival: Arrival, entered: Entered) -> Drift:
    feed, told, before = arrival.feed, entered.profile, _profile_before(arrival)
    failed, held = [each.failures for each in entered.did], arrival.grounds.meanings
    foreign = foreign_columns(feed, failed, arrival.landed, told.rows, held)
    earlier = (each.delivery for each in _accepted_before(feed, arrival.delivery, arrival.folder))
    last = next((each for each in earlier if may_leap(feed, arrival.delivery, each)), None)
    signs = drift(feed, arrival.delivery, told, before, foreign, arrival.grounds.stands, last)
    # Which of a day's files holds has been asked of all that were admitted: the others stay out.
    return Drift(signs, tuple(rule for rule in arrival.grounds.admitted if rule != SAME_DAY))


def _keep_stopped(arrival: Arrival, outcome: Outcome) -> None:
    """A delivery that is stopped once its rows are understood: its bytes stay landed, its finding is kept."""
    assert outcome.refusal is not None
    landed = landed_folder(arrival.delivery, arrival.home)
    bytes_of = landed / f"bytes{arrival.feed.arrives.suffix}"
    keep_refused(arrival.feed, bytes_of, arrival.home, arrival.delivery.sha256, outcome.refusal)


def _accept(arrival: Arrival, entered: Entered, corrections: tuple[tuple[str, ...], ...], partial: Path) -> Outcome:
    feed, delivery, grounds, did = arrival.feed, arrival.delivery, arrival.grounds, entered.did
    stood = entered.stood or _NOTHING_STOOD
    rows = pl.concat([each.rows for each in did])
    replaced = _replaced(feed, rows, partial / "standard.parquet")
    if not stood.written:
        _keep_beside(arrival, rows, replaced, stood, partial)
    malformed = malformed_rows(delivery, arrival.home).with_columns(pl.lit(LINE).alias("raw_form"))
    put_batch(malformed, partial / "quarantine.parquet", len(did))
    entered.codes.write_parquet(partial / CODES)
    holding = rows.join(replaced, on="row", how="anti")
    return Outcome(
        delivery, grounds.stamp, holding.height + stood.rows,
        sum(each.quarantined for each in did) + malformed.height, _summed([by_reason(replaced), stood.replaced]),
        int(holding["repaired"].sum()) + stood.repaired,
        _summed([*(each.rules for each in did), rules(malformed)]), coverage(feed, entered.codes, grounds.meanings),
        sum(each.translated for each in did), corrections=corrections, stands_on=stood.stands_on,
        written=stood.written or written_under(grounds.stamp, stood.stands_on),
    )  # fmt: skip


def _keep_beside(arrival: Arrival, rows: pl.DataFrame, replaced: pl.DataFrame, stood: Stood, partial: Path) -> None:
    """Keep what is known of the rows once all are seen."""
    keep_beside(replaced, partial, SUPERSEDED)
    if arrival.before is not None and arrival.feed.delivers == "snapshot":
        keep_beside(since(arrival, rows), partial, SINCE)
    if stood.stands_on:
        stood.left.write_parquet(partial / f"{LEFT}.parquet", compression="zstd")


def _fates(arrival: Arrival, earlier: Outcome | None) -> tuple[tuple[str, ...], ...]:
    """What became of the corrections; that of the same ones over the same rows has not changed."""
    held = arrival.grounds.edits
    if earlier is not None and read_grounds(arrival.folder).edits == held:
        return earlier.corrections
    if not held:
        return ()
    numbers = corrected_numbers(arrival)
    met = pl.concat(in_order(arrival.landed, lambda batch: read_batch(batch, numbers=numbers)))
    return tuple(fates(arrival.feed, met, arrival.grounds.edits_table()).rows())


def _replaced(feed: type[Feed], rows: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """The rows of which another one of the delivery holds: row, superseded. Only doubled grains are looked at."""
    doubled = rows.filter(pl.col("grain").is_duplicated())["row"]
    if doubled.is_empty():
        return pl.DataFrame(schema={"row": pl.Int64, SUPERSEDED: pl.String})
    columns = sorted({"row", "hash", *feed.grain, *filter(None, [feed.newest])})
    some = [each.filter(pl.col("row").is_in(doubled.implode())) for each in read_batches(folder, columns)]
    return once_each(feed, pl.concat(some)).select("row", SUPERSEDED).drop_nulls()


def _summed(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """How many rows each reason has."""
    return dict(sorted(sum(map(Counter, counts), Counter[str]()).items()))
