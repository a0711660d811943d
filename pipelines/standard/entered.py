"""A delivery's rows done in the way that costs least: again, what is new alone, or whole. Lets nothing in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.disk.outcome import Outcome
from pipelines.disk.tables import cut_into_batches
from pipelines.door.profile import Profile, Tally, after, profile, read_profile
from pipelines.engine.chosen import in_order
from pipelines.grounds import read_grounds
from pipelines.replay import can_replay
from pipelines.standard.batch import CODES, Arrival, Done, do_batch, do_rows, keep_quarantined, tally_batch
from pipelines.standard.repeated import Repeated, repeated
from pipelines.standard.replayed import replayed
from pipelines.standard.stood import Stood
from pipelines.standard.tallied import tally_again


@dataclass(frozen=True)
class Entered:
    """What became of a delivery's batches, the codes in them, its profile, and what of earlier results stands in it."""

    did: list[Done]
    codes: pl.DataFrame
    profile: Profile
    stood: Stood | None = None


def enter(arrival: Arrival, earlier: Outcome | None, folder: Path) -> Entered:
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


def on_the_same_code(arrival: Arrival, done: Outcome | None) -> Outcome | None:
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
    seen = profile(arrival.feed, arrival.delivery, tallies, values, profile_before(arrival))
    return Entered(did, pl.concat([each.codes for each in tallies]), seen, told.stood if told else None)


def _counted_before(arrival: Arrival) -> tuple[pl.DataFrame, Profile]:
    """The codes and the profile of an earlier result, behind what comes before the delivery now.

    An edit to the mappings changes neither.
    """
    return pl.read_parquet(arrival.folder / CODES), after(read_profile(arrival.folder), profile_before(arrival))


def profile_before(arrival: Arrival) -> Profile | None:
    """The profile of what comes before a delivery."""
    return read_profile(arrival.before) if arrival.before else None
