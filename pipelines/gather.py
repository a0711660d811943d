"""What stands of each feed: what became of its deliveries, which rows hold, which day is today. Fuses nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from pipelines.disk.deliveries import deliveries
from pipelines.disk.outcome import Outcome, read_outcome
from pipelines.disk.refused import refused
from pipelines.door.name import day_in_name
from pipelines.engine.local import SIZES, Sizes
from pipelines.refusal import Finding
from pipelines.supersede import Current, current, in_use
from schemas.feed import Feed
from schemas.manifest import Absence, Coverage


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


def coverage(used: list[Outcome]) -> tuple[Coverage, ...]:
    """Coverage of each feed and column over the deliveries in use; distinct codes are those of the richest one."""
    told = [each for one in used for each in one.coverage]
    keys = sorted({(each.feed, each.column) for each in told})
    return tuple(_together([each for each in told if (each.feed, each.column) == key]) for key in keys)


def _together(group: list[Coverage]) -> Coverage:
    """Coverage of one column over several deliveries."""
    richest = max(group, key=lambda each: (each.codes, each.mapped_codes))
    values, mapped = sum(each.values for each in group), sum(each.mapped for each in group)
    return richest.model_copy(update={"values": values, "mapped": mapped})
