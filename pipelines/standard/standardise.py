"""One delivery from landed rows to standard and quarantine, kept on disk and not done twice. Needs land before it."""

from __future__ import annotations

from pathlib import Path

from pipelines.dictionary import Mappings
from pipelines.disk.deliveries import Delivery, landed_folder
from pipelines.disk.folders import put_back
from pipelines.disk.outcome import Outcome, begin, read_outcome, settle, stopped
from pipelines.disk.refused import keep_refused
from pipelines.disk.settled import is_settled
from pipelines.disk.standard import ENDED, kept_result
from pipelines.door.drift import Drift, drift, finding, may_leap, write_drift
from pipelines.door.foreign import foreign_columns
from pipelines.door.profile import write_profile
from pipelines.grounds import grounds_of, write_grounds
from pipelines.standard.accepted import accept
from pipelines.standard.batch import Arrival
from pipelines.standard.earlier import accepted_before, holds_of_day, last_before
from pipelines.standard.ended import ended
from pipelines.standard.entered import Entered, enter, on_the_same_code, profile_before
from schemas.admission import SAME_DAY
from schemas.feed import Feed


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
    before = last_before(feed, delivery, folder)
    stands = holds_of_day(feed, delivery, mappings, home)
    grounds = grounds_of(feed, delivery, mappings, home, before.stamp if before else "", stands)
    done = _whole_result(folder)
    if done is not None and done.stamp == grounds.stamp:
        return done
    last = folder.with_name(before.delivery.name) if before else None
    return _let_in_or_stop(Arrival(feed, delivery, mappings, home, folder, grounds, last), done)


def _whole_result(folder: Path) -> Outcome | None:
    """What became of a delivery, if all that it stands on is kept: a run that was killed may have done that again."""
    done = read_outcome(folder)
    stands_on = () if done is None else done.stands_on
    return done if all(kept_result(folder.with_name(name), written) for name, written in stands_on) else None


def _let_in_or_stop(arrival: Arrival, done: Outcome | None) -> Outcome:
    partial, earlier = begin(arrival.folder), on_the_same_code(arrival, done)
    entered = enter(arrival, earlier, partial)
    drifted = _drifted(arrival, entered)
    write_drift(drifted, partial)
    if stops := drifted.stops():
        partial = begin(arrival.folder)
        write_drift(drifted, partial)
        outcome = stopped(arrival.delivery, arrival.grounds.stamp, finding(arrival.delivery, stops[0]))
        _keep_stopped(arrival, outcome)
    else:
        write_profile(entered.profile, partial)
        outcome = accept(arrival, entered, earlier, partial)
        if (over := ended(arrival, outcome, partial)) is not None:
            over.write_parquet(partial / f"{ENDED}.parquet", compression="zstd")
    write_grounds(arrival.grounds, partial)
    settle(partial, arrival.folder, outcome)
    return outcome


def _drifted(arrival: Arrival, entered: Entered) -> Drift:
    feed, told, before = arrival.feed, entered.profile, profile_before(arrival)
    failed, held = [each.failures for each in entered.did], arrival.grounds.meanings
    foreign = foreign_columns(feed, failed, arrival.landed, told.rows, held)
    earlier = (each.delivery for each in accepted_before(feed, arrival.delivery, arrival.folder))
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
