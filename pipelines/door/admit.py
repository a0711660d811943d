"""`python -m pipelines.door.admit`: list what is stopped, or record why a delivery or a county's release is let in."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from pipelines.command import command
from pipelines.dictionary import HOME, MappingError, admit
from pipelines.disk.deliveries import Delivery, deliveries
from pipelines.disk.refused import refused_notes
from pipelines.door.drift import Drift, finding, read_drift
from schemas import here
from schemas.admission import COVERAGE_RULE, EARLIER_RULE, FALL_RULE, OF_HEADERS
from schemas.china import today
from schemas.feed import Feed, all_feeds
from schemas.manifest import Index, IndexLine, indexes


@command
def main() -> int:
    """Append a row to mappings/admissions.csv, or without a subject print what waits; 2 where a word is missing."""
    asked = _asked()
    if not asked["subject"]:
        home = here.home()
        print("\n".join(stopped(home)) or f"Nothing is stopped below {home}.")
        return 0
    if not all(asked.values()):
        print("Say all of SCOPE, SUBJECT, RULE, BY and REASON; `make admit` alone lists what is stopped.")
        return 2
    if (why := _meets_nothing(asked["scope"], asked["subject"], asked["rule"], here.home())) is not None:
        print(f"Not recorded. {why}; see: make admit")
        return 2
    try:
        print(f"Recorded in {HOME / 'admissions.csv'}: {admit(asked)}")
    except MappingError as error:
        print(f"Not recorded. {error}")
        return 2
    print("Run again to take it in: make run")
    return 0


def _asked() -> dict[str, str]:
    parser = argparse.ArgumentParser(prog="python -m pipelines.door.admit", description="Admit what was stopped.")
    for name in ("scope", "subject", "rule", "by", "basis"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--known", default=today().isoformat())
    return vars(parser.parse_args())


def _meets_nothing(scope: str, subject: str, rule: str, home: Path) -> str | None:
    """Why an admission would let nothing in: the rule stops no such delivery, or no such county is held."""
    if (feed := all_feeds().get(scope)) is not None:
        return _stops_nothing(feed, subject, rule, home)
    if rule == FALL_RULE and subject not in _fallen(scope, home):
        return f"No county's release of {scope} is held as {subject} below {home}"
    day = subject.rpartition("/")[2]
    if rule in (COVERAGE_RULE, EARLIER_RULE) and day not in _days(home):
        return f"A release is of the newest delivery's day, and none below {home} is of {day}"
    return None


def _stops_nothing(feed: type[Feed], subject: str, rule: str, home: Path) -> str | None:
    """Why a rule keeps no such delivery of a feed out: none has arrived, or others stopped it."""
    meant = [*_stopping(feed, subject, home)]
    if not meant:
        return f"No delivery {subject} of {feed.key} has arrived below {home}"
    stopped_by = sorted({each for rules in meant for each in rules})
    by = ", ".join(stopped_by) or "nothing"
    return None if rule in stopped_by else f"The delivery {subject} was stopped by {by}, not by {rule}"


def _stopping(feed: type[Feed], subject: str, home: Path) -> Iterator[list[str]]:
    """The rules that stopped each delivery of this sha256, of which the subject, or the note of a refusal, may be the
    beginning.

    Also what was admitted since: of a day's full files that one holds which was admitted last.
    """
    for each in deliveries(feed, home):
        if each.sha256.startswith(subject):
            drift = _drift_of(feed, each, home)
            yield [sign.rule for sign in drift.signs if sign.verdict == "stop"] if drift else []
    for sha256, found in refused_notes(feed, home):
        if sha256.startswith(subject) or subject.startswith(sha256):
            yield [found.rule]


def _drift_of(feed: type[Feed], delivery: Delivery, home: Path) -> Drift | None:
    return read_drift(home / "standard" / feed.key / delivery.name)


def _days(home: Path) -> frozenset[str]:
    """The days of all deliveries that have landed."""
    return frozenset(each.as_of for feed in all_feeds().values() for each in deliveries(feed, home))


def _fallen(product: str, home: Path) -> list[str]:
    """The releases of a product that are held because their rows fell, as an admission names them."""
    return [f"{each.county}/{index.as_of}" for index, each in _held(home) if index.product == product]


def _held(home: Path) -> Iterator[tuple[Index, IndexLine]]:
    for index in indexes(home / "supply"):
        yield from ((index, each) for each in index.counties if FALL_RULE in {one.rule for one in each.broken})


def stopped(home: Path) -> Iterator[str]:
    """What waits for a person below a home: each stop with its reason and the command that admits it."""
    for feed in all_feeds().values():
        yield from _at_landing(feed, home)
        yield from _by_drift(feed, home)
    for index, each in _held(home):
        yield from _told(index.product, f"{each.county}/{index.as_of}", FALL_RULE, str(each.held))


def _at_landing(feed: type[Feed], home: Path) -> Iterator[str]:
    landed = {delivery.sha256[:12] for delivery in deliveries(feed, home)}
    for sha256, found in refused_notes(feed, home):
        if found.rule in OF_HEADERS and sha256 not in landed:
            yield from _told(feed.key, sha256, found.rule, str(found))


def _by_drift(feed: type[Feed], home: Path) -> Iterator[str]:
    for delivery in deliveries(feed, home):
        drift = _drift_of(feed, delivery, home)
        for sign in drift.stops() if drift else ():
            yield from _told(feed.key, delivery.sha256[:12], sign.rule, str(finding(delivery, sign)))


def _told(scope: str, subject: str, rule: str, why: str) -> Iterator[str]:
    yield f"{scope} {rule}: {why}"
    yield f"  make admit SCOPE={scope} SUBJECT={subject} RULE={rule} BY=… REASON=…"


if __name__ == "__main__":
    raise SystemExit(main())
