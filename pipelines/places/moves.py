"""How divisions became others: from a code and a day forward or back to any day. Codes only, no names, no addresses."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.mapping_files.stem import stem
from pipelines.meaning.counties import ends
from schemas.mapping import ENDING


class Move(NamedTuple):
    """One step of a division: since when, how, to which code, and the stems of the towns that the document names.

    `again` is the first day on which a code that this step ended was given once more.
    """

    since: date
    kind: str
    to: str
    towns: tuple[str, ...]
    again: date | None

    def ends_until(self, day: date) -> bool:
        """Whether the code that it leads from is ended by it and still is on a day."""
        return self.kind in ENDING and (self.again is None or self.again > day)


Moves = dict[str, list[Move]]


def moves_of(mappings: Mappings) -> Moves:
    """From each code, where it or a part of it went, in the order of time."""
    rows = mappings.changes.filter(pl.col("from_code") != pl.col("to_code")).sort("from_code", "since", "to_code")
    named = pl.col("towns").fill_null([]).list.eval(stem(pl.element()))
    again = ends(mappings).rename({"code": "from_code"})
    steps = rows.join(again, on=["from_code", "since"], how="left", maintain_order="left")
    told = steps.select("from_code", "since", "kind", "to_code", named, "again").iter_rows()
    moves = groupby(told, key=lambda step: step[0])
    return {code: [_move(*step) for _, *step in group] for code, group in moves}


def endings(moves: Moves) -> Moves:
    """Where each code went that ended, and of no code what went to another from a part of it."""
    return {code: [step for step in steps if step.kind in ENDING] for code, steps in moves.items()}


def _move(since: date, kind: str, to: str, towns: list[str], again: date | None) -> Move:
    return Move(since, kind, to, tuple(towns), again)


def follow(code: str, moves: Moves, after: date, until: date = date.max, town: str | None = None) -> frozenset[str]:
    """The counties on the map of `until` that a code's area on the map of `after` lies in.

    Changes of the day `after` have already happened. A code used after its end means what it became, unless it has
    been given again by then. Where a change divides a code, `town` (its stem) decides: a document that names towns
    takes these and no others.
    """
    steps = [step for step in moves.get(code, []) if step.since <= until]
    past = [step for step in steps if step.since <= after]
    later = _end(past, after) or steps[len(past) :]
    if not later:
        return frozenset({code})
    day = later[0].since
    same_day = [step for step in later if step.since == day]
    taken = _taken(same_day, town)
    reached = [follow(step.to, moves, day, until, town) for step in taken]
    left = town is not None and any(town in step.towns for step in taken)
    stays = not left and not any(step.kind in ENDING for step in same_day)
    return frozenset[str]().union(*reached, follow(code, moves, day, until, town) if stays else frozenset[str]())


def _end(steps: list[Move], on: date) -> list[Move]:
    """The steps of the day on which a code ended, if it did and was not given again until a day."""
    last = [step for step in steps if step.ends_until(on)]
    return [step for step in last if step.since == last[-1].since]


def _taken(steps: list[Move], town: str | None) -> list[Move]:
    """The steps of one day that a town can have gone: those that name it, else those that name none."""
    if town is None:
        return steps
    named = [step for step in steps if town in step.towns] or [step for step in steps if not step.towns]
    return named or [step for step in steps if step.kind in ENDING]


def born(mappings: Mappings) -> dict[str, date]:
    """The first day of each code."""
    first = mappings.counties.group_by("code").agg(pl.col("since").min())
    return dict(first.iter_rows())


def trace(
    code: str, moves: Moves, first: dict[str, date], before: date, back_to: date, town: str | None = None
) -> frozenset[str]:
    """The counties on the older map of `back_to` that a code's area on the map of `before` came from.

    `first` is the first day of each code: a code that stood the day before a change kept what it had.
    """
    came = [(source, step) for source, steps in moves.items() for step in steps
            if step.to == code and back_to < step.since <= before]  # fmt: skip
    if not came:
        return frozenset({code})
    day = max(step.since for _, step in came)
    same_day = [(source, step) for source, step in came if step.since == day]
    taken = _taken([step for _, step in same_day], town)
    sources = [source for source, step in same_day if step in taken]
    earlier = day - timedelta(days=1)
    reached = [trace(source, moves, first, earlier, back_to, town) for source in sources]
    came_alone = town is not None and any(town in step.towns for step in taken)
    ended = any(step.since < day and step.ends_until(earlier) for step in moves.get(code, []))
    stood = not came_alone and first[code] < day and not ended
    kept = trace(code, moves, first, earlier, back_to, town) if stood else frozenset[str]()
    return frozenset[str]().union(*reached, kept)
