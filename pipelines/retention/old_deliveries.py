"""Which deliveries nothing rests on any more, and what of them may go. Frees nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

from pipelines.disk.deliveries import Delivery, landed_folder
from pipelines.disk.landed import REPEATS, ROWS, came_with
from pipelines.disk.outcome import Outcome
from pipelines.disk.settled import mark_of
from pipelines.disk.standard import DAYS, EARLIER, ENDED, LEFT, SINCE, SUPERSEDED, folder_of, keep_days
from pipelines.gather import behind, outcomes_of
from pipelines.retention.freeing import Free
from schemas.feed import Feed

ROOM = "deliveries"
# What is large. Delivery, outcome, grounds, profile, codes and quarantine stay: later deliveries are read beside them.
_LANDED = (REPEATS, "bytes*", ROWS, "malformed.parquet")
_STANDARD = ("standard.parquet", EARLIER, *(f"{name}.parquet" for name in (SUPERSEDED, SINCE, LEFT)))
# What a kept delivery is held against, be it all that is left.
_OF_BASES = (f"{DAYS}.parquet", f"{ENDED}.parquet")


@dataclass(frozen=True)
class Stand:
    """A feed's deliveries with what became of each, and those that are kept whole."""

    outcomes: tuple[Outcome, ...]
    kept: frozenset[str]

    @property
    def bases(self) -> set[str]:
        """The deliveries that go, but that a kept one is held against: the last accepted before it, of its part."""
        parts = dict[str, list[Outcome]]()
        for each in self.outcomes:
            if each.refusal is None:
                parts.setdefault(each.delivery.part, []).append(each)
        pairs = [pair for part in parts.values() for pair in pairwise(part)]
        return {before.delivery.name for before, after in pairs if after.delivery.name in self.kept}


def old_deliveries(feed: type[Feed], home: Path, rested_on: Collection[str]) -> Iterator[Free]:
    """What may be freed of a feed's deliveries below `home`; `rested_on` are sha256 that releases rest on."""
    outcomes = outcomes_of(feed, home)
    stand = Stand(outcomes, _kept(feed, outcomes, rested_on, home))
    for each in outcomes:
        if each.delivery.name not in stand.kept and (spare := tuple(_spare(each, stand, home))):
            told = f"{feed.key}/{each.delivery.name} ({each.delivery.file})"
            content = json.dumps({"stamp": each.stamp}).encode()
            note = mark_of(landed_folder(each.delivery, home))
            first = partial(keep_days, each, home) if each.delivery.name in stand.bases else None
            yield Free(ROOM, told, spare, note, content, first)


def _kept(feed: type[Feed], outcomes: tuple[Outcome, ...], rested_on: Collection[str], home: Path) -> frozenset[str]:
    """In use, rested on, among the newest so many, or followed by another within so many days; and what is below."""
    used = {each.delivery.name for each in behind(feed, outcomes)}
    rested = {each.delivery.name for each in outcomes if each.delivery.sha256 in rested_on}
    newest = {each.delivery.name for each in outcomes[-max(1, feed.keep.newest) :]}
    more, kept = used | rested | newest | _stood(feed, [each.delivery for each in outcomes]), set[str]()
    while more:
        kept |= more
        more = {below for each in outcomes if each.delivery.name in more for below in _repeated(each, home)} - kept
    return frozenset(kept)


def _repeated(outcome: Outcome, home: Path) -> Iterator[str]:
    """The deliveries that lie below one: of which it repeats landed rows, or standard ones."""
    yield from came_with(landed_folder(outcome.delivery, home))
    yield from (name for name, _ in outcome.stands_on)


def _stood(feed: type[Feed], had: list[Delivery]) -> set[str]:
    """The deliveries after which another came within the days that are kept."""
    since = feed.keep.since(max((each.as_of for each in had), default="9999-12-31"))
    return {before.name for before, after in pairwise(had) if after.as_of > since}


def _spare(outcome: Outcome, stand: Stand, home: Path) -> Iterator[Path]:
    for pattern in _LANDED:
        yield from sorted(landed_folder(outcome.delivery, home).glob(pattern))
    folder = folder_of(outcome, home)
    names = _STANDARD if outcome.delivery.name in stand.bases else (*_STANDARD, *_OF_BASES)
    yield from (folder / name for name in names if (folder / name).exists())
