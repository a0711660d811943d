"""Which deliveries come before one, and which of a day's holds. Reads what became of them, and does none."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from pipelines.dictionary import Mappings
from pipelines.disk.deliveries import Delivery, of_one_day, order
from pipelines.disk.outcome import Outcome, read_outcome
from pipelines.disk.standard import tells_days
from pipelines.meaning.admissions import last_admitted
from schemas.admission import SAME_DAY
from schemas.feed import Feed

# A delivery's name begins with its day.
_DAY = len("2026-06-30")


def last_before(feed: type[Feed], delivery: Delivery, folder: Path) -> Outcome | None:
    """The last of those accepted before a delivery of which the rows are there, or what was kept of them."""
    earlier = accepted_before(feed, delivery, folder)
    return next((each for each in earlier if tells_days(folder.with_name(each.delivery.name))), None)


def accepted_before(feed: type[Feed], delivery: Delivery, folder: Path) -> Iterator[Outcome]:
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


def holds_of_day(feed: type[Feed], delivery: Delivery, mappings: Mappings, home: Path) -> str:
    """Of the deliveries of one part and day the one that holds: the last that was admitted, else the first.

    So what is in use stays in use until somebody admits another, whatever bytes that has.
    """
    same = [] if feed.delivers == "increment" else of_one_day(feed, delivery.as_of, delivery.part, home)
    if len(same) < 2:
        return delivery.name
    admitted = last_admitted(mappings, feed.key, SAME_DAY, [each.sha256 for each in same])
    return next((each for each in same if each.sha256 == admitted), same[0]).name
