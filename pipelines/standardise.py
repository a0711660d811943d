"""One delivery from landed rows to standard and quarantine, kept on disk and not done twice. Needs land before it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.batch import (
    CODES,
    Arrival,
    Done,
    Replay,
    do_again,
    do_batch,
    do_rows,
    keep_quarantined,
    rules,
    tally_batch,
)
from pipelines.correct import fates
from pipelines.dictionary import Mappings, admitted
from pipelines.disk.grounds import grounds_of, read_grounds, write_grounds
from pipelines.disk.outcome import Outcome, begin, read_outcome, settle, stopped
from pipelines.disk.standing import LEFT, SINCE, SUPERSEDED, keep_beside, standard_batches
from pipelines.disk.tables import cut_into_batches, put_batch, read_batches
from pipelines.door.drift import Drift, drift, finding, write_drift
from pipelines.door.foreign import foreign_columns
from pipelines.door.profile import Profile, Tally, after, profile, read_profile, write_profile
from pipelines.engine.chosen import in_order
from pipelines.land import Delivery, keep_refused, landed_folder, malformed_rows, read_delivery
from pipelines.repeated import Repeated, repeated
from pipelines.replay import can_replay
from pipelines.retention.settled import is_settled
from pipelines.tallied import tally_again
from pipelines.translate import Meanings, coded_columns
from schemas.feed import Column, Feed
from schemas.manifest import Coverage


def standardise(feed: type[Feed], delivery: Delivery, mappings: Mappings, home: Path) -> Outcome:
    """Translate and judge a landed delivery below `home/standard/<feed>/<delivery>/`; those before it come first.

    Batch by batch: writes standard.parquet and quarantine.parquet in the batches that the delivery landed in, what is
    known only of all rows beside them (`pipelines.disk.standing`), drift.json and outcome.json. Does nothing when all
    it rests on is as it was the last time; after an edit to the mappings only the rows that it touches are
    translated again, and of a full file only those that the one before it had not. A delivery whose drift stops it
    gives no row. One whose rows are freed stands as it was.
    """
    folder = home / "standard" / feed.key / delivery.name
    if is_settled(landed_folder(delivery, home)) and (stood := read_outcome(folder)) is not None:
        return stood
    before = _before(folder, delivery.part)
    stands = _stands(feed, delivery, mappings, home)
    grounds = grounds_of(feed, delivery, mappings, home, before.stamp if before else "", stands)
    done = read_outcome(folder)
    if done is not None and done.stamp == grounds.stamp:
        return done
    last = folder.with_name(before.delivery.name) if before else None
    return _enter(Arrival(feed, delivery, mappings, home, folder, grounds, last), done)


def _before(folder: Path, part: str) -> Outcome | None:
    """The last accepted delivery of the same part before one."""
    earlier = sorted(
        (each for each in folder.parent.glob("*") if each.suffix != ".part" and each.name < folder.name), reverse=True
    )
    told = (read_outcome(each) for each in earlier)
    same = (each for each in told if each and each.refusal is None and each.delivery.part == part)
    return next((each for each in same if (folder.parent / each.delivery.name / "standard.parquet").exists()), None)


def _stands(feed: type[Feed], delivery: Delivery, mappings: Mappings, home: Path) -> str:
    """Of the deliveries of one part and day the one that holds: the last that was admitted, else the first by name."""
    folders = sorted((home / "landed" / feed.key).glob(f"{delivery.as_of}-*/delivery.json"))
    landed = [read_delivery(note.parent) for note in folders if note.parent.suffix != ".part"]
    same = [each for each in landed if each.part == delivery.part]
    if len(same) < 2 or feed.delivers == "increment":
        return delivery.name
    chosen = [each for each in same if "same_day" in admitted(mappings, feed.key, each.sha256)]
    return (chosen[-1] if chosen else same[0]).name


@dataclass(frozen=True)
class Entered:
    """What became of a delivery's batches, the codes in them, its profile, and what it repeats, if anything."""

    did: list[Done]
    codes: pl.DataFrame
    profile: Profile
    repeated: Repeated | None = None


def _enter(arrival: Arrival, done: Outcome | None) -> Outcome:
    partial, stood = begin(arrival.folder), _on_the_same_code(arrival, done)
    entered = _entered(arrival, stood, partial)
    drifted = _drifted(arrival, entered)
    write_drift(drifted, partial)
    if stops := drifted.stops():
        partial = begin(arrival.folder)
        write_drift(drifted, partial)
        outcome = stopped(arrival.delivery, arrival.grounds.stamp, finding(arrival.delivery, stops[0]))
        _keep_stopped(arrival, outcome)
    else:
        write_profile(entered.profile, partial)
        outcome = _accept(arrival, entered, _fates(arrival, entered.did, stood), partial)
    write_grounds(arrival.grounds, partial)
    settle(partial, arrival.folder, outcome)
    return outcome


def _entered(arrival: Arrival, stood: Outcome | None, folder: Path) -> Entered:
    """A delivery done in the way that costs least; `stood` is an earlier result of it by the same code."""
    if stood is not None and not stood.stands_on:
        return _again(arrival, Replay(read_grounds(arrival.folder), stood), folder)
    told = repeated(arrival)
    if told is None:
        return _whole(arrival, folder)
    return _repeating(arrival, told, folder) if stood is None else _repeating_again(arrival, told, folder)


def _on_the_same_code(arrival: Arrival, done: Outcome | None) -> Outcome | None:
    """An earlier result of the delivery, if only mappings have changed since."""
    stood = done if done is not None and done.refusal is None else None
    return stood if stood and can_replay(read_grounds(arrival.folder), arrival.grounds) else None


def _whole(arrival: Arrival, folder: Path) -> Entered:
    did, tallies = zip(
        *in_order(enumerate(arrival.landed), lambda numbered: do_batch(arrival, *numbered, folder)), strict=True
    )
    return _first(arrival, list(did), list(tallies), None)


def _repeating(arrival: Arrival, told: Repeated, folder: Path) -> Entered:
    """What is new is done as any rows are; all rows are counted."""
    did = _do_new(arrival, told, folder)
    sums = tally_again(arrival)
    counted = in_order(enumerate(arrival.landed), lambda numbered: tally_batch(arrival.feed, *numbered))
    return _first(arrival, did, [sums] if sums is not None else list(counted), told)


def _do_new(arrival: Arrival, told: Repeated, folder: Path) -> list[Done]:
    """The new rows in batches of their own, and behind them what is in quarantine as it was."""
    tables = enumerate(cut_into_batches([told.new]))
    did = list(in_order(tables, lambda numbered: do_rows(arrival, *numbered, folder)))
    return [*did, keep_quarantined(arrival.feed, len(did), told.quarantine, did[-1], folder)]


def _first(arrival: Arrival, did: list[Done], tallies: list[Tally], told: Repeated | None) -> Entered:
    values = [*(told.values if told else ()), *(each.values for each in did if each.values is not None)]
    seen = profile(arrival.feed, arrival.delivery, tallies, values, _profile_before(arrival))
    return Entered(did, pl.concat([each.codes for each in tallies]), seen, told)


def _again(arrival: Arrival, replay: Replay, folder: Path) -> Entered:
    """Of an earlier result what an edit to the mappings touches; a delivery's profile does not hang on them."""
    numbered = enumerate(arrival.landed)
    did = list(in_order(numbered, lambda numbered: do_again(arrival, replay, *numbered, folder)))
    return Entered(did, *_counted_before(arrival))


def _repeating_again(arrival: Arrival, told: Repeated, folder: Path) -> Entered:
    return Entered(_do_new(arrival, told, folder), *_counted_before(arrival), told)


def _counted_before(arrival: Arrival) -> tuple[pl.DataFrame, Profile]:
    """The codes and the profile of an earlier result, behind what comes before the delivery now."""
    return pl.read_parquet(arrival.folder / CODES), after(read_profile(arrival.folder), _profile_before(arrival))


def _profile_before(arrival: Arrival) -> Profile | None:
    return read_profile(arrival.before) if arrival.before else None


def _drifted(arrival: Arrival, entered: Entered) -> Drift:
    feed, told, before = arrival.feed, entered.profile, _profile_before(arrival)
    foreign = foreign_columns(feed, [each.failures for each in entered.did], arrival.landed, told.rows)
    signs = drift(feed, arrival.delivery, told, before, foreign, arrival.grounds.stands)
    return Drift(signs, tuple(arrival.grounds.admitted))


def _keep_stopped(arrival: Arrival, outcome: Outcome) -> None:
    """A delivery that is stopped once its rows are understood: its bytes stay landed, its finding is kept."""
    assert outcome.refusal is not None
    landed = landed_folder(arrival.delivery, arrival.home)
    bytes_of = landed / f"bytes{arrival.feed.arrives.suffix}"
    keep_refused(arrival.feed, bytes_of, arrival.home, arrival.delivery.sha256, outcome.refusal)


def _accept(arrival: Arrival, entered: Entered, corrections: tuple[tuple[str, ...], ...], partial: Path) -> Outcome:
    feed, delivery, grounds, did, told = arrival.feed, arrival.delivery, arrival.grounds, entered.did, entered.repeated
    rows = pl.concat([each.rows for each in did])
    replaced = _replaced(feed, rows, partial / "standard.parquet")
    keep_beside(replaced, partial, SUPERSEDED)
    if arrival.before is not None and feed.delivers == "snapshot":
        keep_beside(_since(arrival, rows), partial, SINCE)
    if told is not None:
        told.left.write_parquet(partial / f"{LEFT}.parquet", compression="zstd")
    malformed = malformed_rows(delivery, arrival.home).with_columns(pl.lit("line").alias("raw_form"))
    put_batch(malformed, partial / "quarantine.parquet", len(did))
    entered.codes.write_parquet(partial / CODES)
    holding = rows.join(replaced, on="row", how="anti")
    return Outcome(
        delivery, grounds.stamp, holding.height + (told.rows if told else 0),
        sum(each.quarantined for each in did) + malformed.height, replaced.height,
        int(holding["repaired"].sum()) + (told.repaired if told else 0),
        _rules([*(each.rules for each in did), rules(malformed)]), coverage(feed, entered.codes, grounds.meanings),
        sum(each.translated for each in did), corrections=corrections, stands_on=told.stands_on if told else (),
    )  # fmt: skip


def _fates(arrival: Arrival, did: list[Done], stood: Outcome | None) -> tuple[tuple[str, ...], ...]:
    """What became of the corrections; that of the same ones over the same rows has not changed."""
    if stood is not None and read_grounds(arrival.folder).edits == arrival.grounds.edits:
        return stood.corrections
    return tuple(fates(arrival.feed, pl.concat([each.corrected for each in did]), arrival.grounds.edits_table()).rows())


def _replaced(feed: type[Feed], rows: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """The rows of which another one of the delivery holds: row, superseded. Only doubled grains are looked at."""
    doubled = rows.filter(pl.col("grain").is_duplicated())["row"]
    if doubled.is_empty():
        return pl.DataFrame(schema={"row": pl.Int64, SUPERSEDED: pl.String})
    columns = sorted({"row", "hash", *feed.grain, *filter(None, [feed.newest])})
    some = [each.filter(pl.col("row").is_in(doubled.implode())) for each in read_batches(folder, columns)]
    return once_each(feed, pl.concat(some)).select("row", SUPERSEDED).drop_nulls()


def once_each(feed: type[Feed], standard: pl.DataFrame) -> pl.DataFrame:
    """The rows with `superseded`: null for the one of each grain that holds, else why another one does.

    duplicate: it has the same text; newer_in_delivery: it is newer by the column that the feed names, or by its
    place in the file where the feed names none; unlike_in_delivery: it is as new and says otherwise.
    """
    grain, order = list(feed.grain), [name for name in (feed.newest, "row") if name]
    is_last = pl.col("row") == pl.col("row").last().over(grain)
    is_same = pl.col("hash") == pl.col("hash").last().over(grain)
    is_as_new = pl.lit(value=False) if feed.newest is None else _as_new(feed.newest, grain)
    rule = (
        pl.when(is_last).then(None).when(is_same).then(pl.lit("duplicate"))
        .when(is_as_new).then(pl.lit("unlike_in_delivery")).otherwise(pl.lit("newer_in_delivery"))
    )  # fmt: skip
    ordered = standard.sort(order, nulls_last=False)
    return ordered.with_columns(rule.cast(pl.String).alias("superseded")).sort("row")


def _as_new(newest: str, grain: list[str]) -> pl.Expr:
    return pl.col(newest).eq_missing(pl.col(newest).last().over(grain))


def _since(arrival: Arrival, rows: pl.DataFrame) -> pl.DataFrame:
    """For each row the day of the first of an unbroken run of full files that have it as it is: row, since."""
    assert arrival.before is not None
    before = read_outcome(arrival.before)
    assert before is not None
    today = pl.lit(arrival.day, pl.Date)
    old = pl.concat([each.select("hash", SINCE) for each in standard_batches(before, arrival.home, ["hash"])])
    first = old.join(rows, on="hash", how="semi").group_by("hash").agg(pl.col(SINCE).min())
    found = rows.select("row", "hash").join(first, on="hash", how="left", maintain_order="left")
    return found.select("row", pl.coalesce(SINCE, today).alias(SINCE))


def _rules(counts: list[dict[str, int]]) -> dict[str, int]:
    """How many quarantined rows each `column/rule` has."""
    return dict(sorted(sum(map(Counter, counts), Counter[str]()).items()))


def coverage(feed: type[Feed], codes: pl.DataFrame, held: Meanings) -> tuple[Coverage, ...]:
    """For each coded column: values and distinct codes met, and how many of them the dictionary has."""
    return tuple(_covered(feed, column, codes, held) for column in coded_columns(feed))


def _covered(feed: type[Feed], column: Column, codes: pl.DataFrame, held: Meanings) -> Coverage:
    met = codes.filter(pl.col("column") == column.name).drop_nulls("code").group_by("code").agg(pl.col("rows").sum())
    mapped = met.filter(pl.col("code").is_in(list(held[column.name])))
    return Coverage(feed=feed.key, column=column.name, values=int(met["rows"].sum()), mapped=int(mapped["rows"].sum()),
                    codes=met.height, mapped_codes=mapped.height)  # fmt: skip
