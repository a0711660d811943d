"""What a run takes in of one feed, and which refusals still stand. Nothing is translated here and no asset declared."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from assets.home import inbox
from assets.pulling import pull
from pipelines.dictionary import Mappings
from pipelines.disk.deliveries import Delivery, deliveries
from pipelines.disk.hashed import known_sha256, sha256_of
from pipelines.disk.refused import refused, refused_files
from pipelines.door.name import day_in_name
from pipelines.gather import Gathered
from pipelines.land import land
from pipelines.landing.inbox import arrivals, unreadable
from pipelines.meaning.admissions import admitted
from pipelines.refusal import Finding, Refusal
from schemas.behind import feeds_behind
from schemas.feed import Feed
from schemas.here import home, known
from schemas.product import offered_products


@dataclass(frozen=True)
class Landing:
    """What waited in the inbox: deliveries, which of them are new, what was refused, and a pull that failed."""

    waiting: tuple[Delivery, ...]
    new: tuple[Delivery, ...]
    refused: tuple[Finding, ...]
    fault: str | None


@dataclass(frozen=True)
class _Copy:
    """A file that was kept: the name that it arrived under, its size, and by what first digits its sha256 is known."""

    name: str
    size: int
    digits: str


def take_in(feed: type[Feed], mappings: Mappings) -> Landing:
    """Pull where a source is set, then land every file that waits; a refused one does not hold up the others.

    A file that was refused before and has been admitted since is taken from where it was kept. Nothing is pulled for
    what was known on a day: that is of the deliveries that there are.
    """
    fault = None if known() else pull(feed, inbox(), home())
    had = {delivery.name for delivery in deliveries(feed, home())}
    taken = [_take(feed, file, mappings) for file in [*arrivals(feed, inbox()), *_admitted_since(feed, mappings)]]
    waiting = tuple(each for each in taken if isinstance(each, Delivery))
    return Landing(
        waiting,
        tuple(delivery for delivery in waiting if delivery.name not in had),
        tuple(each for each in taken if isinstance(each, Finding)),
        fault,
    )


def _admitted_since(feed: type[Feed], mappings: Mappings) -> list[Path]:
    return [file for file in refused_files(feed, home()) if admitted(mappings, feed.key, sha256_of(file))]


def _take(feed: type[Feed], file: Path, mappings: Mappings) -> Delivery | Finding:
    try:
        return land(feed, file, home(), mappings)
    except Refusal as refusal:
        return refusal.finding


def standing(landing: Landing, gathered: Gathered) -> list[Finding]:
    """The refusals that nobody has answered yet.

    A refusal is answered by an accepted delivery of its day or a later one once its file is out of the
    inbox; of a snapshot, a later delivery answers it in any case.
    """
    names = {delivery.name for delivery in landing.waiting}
    stopped = {each.refusal for each in gathered.outcomes if each.refusal and each.delivery.name in names}
    accepted = max((each.delivery.as_of for each in gathered.outcomes if each.refusal is None), default="")
    waiting = {*landing.refused, *stopped}
    refusals = dict.fromkeys([*refused(gathered.feed, home()), *landing.refused])
    return [each for each in refusals if _stands(gathered.feed, each, waiting, accepted)]


def _stands(feed: type[Feed], finding: Finding, waiting: Collection[Finding], accepted: str) -> bool:
    day = day_in_name(feed, Path(finding.file))
    if day is None:
        return finding in waiting
    as_of = day.isoformat()
    is_outdated = feed.delivers == "snapshot" and feed.part is None and as_of < accepted
    return as_of > accepted or (finding in waiting and not is_outdated)


def is_awaited_by_nobody(gathered: Gathered) -> bool:
    """Whether a feed has never arrived and no product rests on it, so that none misses it."""
    absence = gathered.absence
    is_missed = any(gathered.feed in feeds_behind(product) for product in offered_products().values())
    return not is_missed and absence is not None and absence.reason == "not arrived"


def unseen(feed: type[Feed]) -> list[Path]:
    """The waiting files that no run has looked at: no copy of the same name and bytes was kept."""
    kept = list(_kept(feed))
    readable = (file for file in arrivals(feed, inbox()) if unreadable(file) is None)
    return [file for file in readable if not any(_is_copy(feed, file, each) for each in kept)]


def _kept(feed: type[Feed]) -> Iterator[_Copy]:
    """Each kept file; of one whose bytes are freed its delivery's record still tells."""
    for delivery in deliveries(feed, home()):
        yield _Copy(delivery.file, delivery.size, delivery.sha256)
    for note in (home() / "refused" / feed.key).glob("*/finding.json"):
        copies = (copy for copy in note.parent.iterdir() if copy != note)
        yield from (_Copy(copy.name, copy.stat().st_size, note.parent.name) for copy in copies)


def _is_copy(feed: type[Feed], file: Path, kept: _Copy) -> bool:
    """Whether a file is what was kept. No time tells: one that is sent with the time that it has there is set back."""
    is_alike = file.name == kept.name and file.stat().st_size == kept.size
    return is_alike and known_sha256(feed.key, file, home()).startswith(kept.digits)
