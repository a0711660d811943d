"""What a feed is, and the one door to all that a declaration is written with. No feed stands here."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from functools import cache
from typing import ClassVar, Literal

from schemas.arrives import Api, Csv, Dump, Exchange, Format, JsonLines, Workbook
from schemas.column import Column, always, column, optional
from schemas.due import Due, daily, is_there, monthly, yearly
from schemas.listing import Listing
from schemas.panel import Panel
from schemas.pattern import refuse_broken_name
from schemas.place import PLACED, Place
from schemas.retention import Keep
from schemas.rooms import Misdeclared, by_key, import_room, snake_case

__all__ = [
    "PLACED", "Api", "Column", "Csv", "Due", "Dump", "Exchange", "Feed", "Format", "JsonLines", "Keep", "Listing",
    "Panel", "Place", "Workbook", "all_feeds", "always", "column", "daily", "monthly", "optional", "taken_names",
    "yearly",
]  # fmt: skip


class Feed:
    """One department's data on one subject, in its own words.

    A subclass says what its department writes; `key` is its class name in snake case.
    `grain` are the standard columns that make a row one of its kind. `identity` is the column that
    says whose row it is, `increment` feeds add to what came before, `snapshot` feeds replace it.
    Where it `describes` its entity, a row says what the entity is. Where not, rows are what an entity has or what
    became of it, many of one: years, parcels, penalties. They are identified for products to read, and say
    nothing of the entity's own name, place or attributes; nor is any other feed's row identified by them.
    `aliases` are other headers that the department has used, each with the declared one. What `may_repeat`
    may stand still: the same content under a new day is then no old delivery shown as fresh.

    - `elsewhere`: further places of a row, each by the word that begins its columns: `origin` gives
      `origin_county`, `origin_town`, `origin_place_evidence`.
    - `may_lack`: source columns that a delivery may come without; they are then empty.
    - `part`: a regular expression for the file's name without its ending. Its named groups are source columns of
      every row, and a snapshot replaces only those before it whose names gave the same.
    - `year_means`: the month and day that a year in a file's name means: its last, unless the department sends what it
      says of a year within that year.
    - `dated`: the column whose newest day is the delivery's, unless the file's name says an earlier one.
    - `newest`: the column whose greatest value tells which row of a grain holds; else the last in the file does. A
      table of the exchange database has no last row: one holds, and the others are told as unlike.
    - `answers_within`: how many days the department has to answer an objection to its word.
    - `lists`: where each row is a data set that somebody else owns, the columns that say which.
    - `keep`: the deliveries whose rows are kept though nothing rests on them; beyond it `make gc` may free them.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    department: ClassVar[str]
    department_title: ClassVar[str]
    due: ClassVar[Due]
    arrives: ClassVar[Format]
    delivers: ClassVar[Literal["snapshot", "increment"]]
    grain: ClassVar[tuple[str, ...]]
    identity: ClassVar[str]
    entity: ClassVar[str | None] = "enterprise"
    describes: ClassVar[bool] = True
    source: ClassVar[Exchange | Api | None] = None
    nulls: ClassVar[tuple[str, ...]] = ("",)
    place: ClassVar[Place | None] = None
    elsewhere: ClassVar[dict[str, Place]] = {}
    ignored: ClassVar[tuple[str, ...]] = ()
    aliases: ClassVar[dict[str, str]] = {}
    may_lack: ClassVar[tuple[str, ...]] = ()
    part: ClassVar[str | None] = None
    year_means: ClassVar[tuple[int, int]] = (12, 31)
    dated: ClassVar[str | None] = None
    newest: ClassVar[str | None] = None
    may_repeat: ClassVar[bool] = False
    answers_within: ClassVar[int] = 10
    keep: ClassVar[Keep] = Keep(newest=12, days=400)
    panel: ClassVar[Panel | None] = None
    lists: ClassVar[Listing | None] = None
    columns: ClassVar[dict[str, Column]]

    def __init_subclass__(cls) -> None:
        """Gather the columns.

        Raises Misdeclared for one that is called as something that feeds or their rows have, for no day of a year, and
        for a `part` that tells nothing.
        """
        cls.columns = {name: value for name, value in vars(cls).items() if isinstance(value, Column)}
        _refuse_taken(cls, taken_names())
        _refuse_taken(cls, taken_names(cls.places()))
        _refuse_no_day(cls)
        refuse_broken_name(f"{cls.__name__}.part", cls.part)
        cls.key = snake_case(cls.__name__)

    @classmethod
    def headers(cls) -> tuple[str, ...]:
        """The source columns that a delivery must bring, in the order of the declaration, each once."""
        columns = cls.columns.values()
        read = [name for each in columns for name in each.sources]
        told = dict.fromkeys([*read, *cls.place_sources(), *cls.ignored])
        return tuple(name for name in told if name not in cls.told_by_name())

    @classmethod
    def may_be_empty(cls) -> tuple[str, ...]:
        """The source columns that optional columns alone are read from."""
        columns = [(each, each.sources) for each in cls.columns.values()]
        needed = {name for each, sources in columns if not each.optional for name in sources} | {*cls.place_sources()}
        told = dict.fromkeys(name for each, sources in columns if each.optional for name in sources)
        return tuple(name for name in told if name not in needed)

    @classmethod
    def places(cls) -> dict[str, Place]:
        """The places of a row, by what the names of their standard columns begin with; its own first, by nothing."""
        own = {"": cls.place} if cls.place else {}
        return own | {f"{name}_": place for name, place in cls.elsewhere.items()}

    @classmethod
    def place_sources(cls) -> tuple[str, ...]:
        """The source columns that its places are read from, each once."""
        return tuple(dict.fromkeys(source for place in cls.places().values() for source in place.sources))

    @classmethod
    def told_by_name(cls) -> tuple[str, ...]:
        """The source columns that the file's name tells."""
        return tuple(re.compile(cls.part).groupindex) if cls.part else ()


# What rows bear beside their feed's columns on their way from landing to the products' SQL.
_OF_ROWS = (
    "row", "hash", "place_reasons", "judged", "reasons", "repairs", "superseded", "since", "delivery", "as_of",
    "record", "entity_id", "match", "candidates", "at", "filename",
)  # fmt: skip


def taken_names(places: Iterable[str] = ()) -> frozenset[str]:
    """What no column of a feed may be called: what every feed and every row has of its own.

    And what places give, each told by what the names of its columns begin with: its own place by nothing.
    """
    placed = [f"{front}{name}" for front in places for name in PLACED]
    return frozenset([*dir(Feed), *inspect.get_annotations(Feed), *_OF_ROWS, *placed])


def _refuse_taken(feed: type[Feed], taken: frozenset[str]) -> None:
    if shadowed := sorted(feed.columns.keys() & taken):
        expected = "names that no feed, row or place has of its own"
        raise Misdeclared(f"{feed.__name__}: found columns called {', '.join(shadowed)}; expected {expected}. "
                          "Name them otherwise.")  # fmt: skip


def _refuse_no_day(feed: type[Feed]) -> None:
    month, day = feed.year_means
    # Of a common year, as every year has its days.
    if not is_there(2001, month, day):
        expected = "one that every year has, such as (6, 30)"
        raise Misdeclared(f"{feed.__name__}: found month {month} and day {day} in `year_means`; expected {expected}. "
                          "Mend it.")  # fmt: skip


@cache
def all_feeds() -> dict[str, type[Feed]]:
    """Every feed declared in `schemas/feeds/`, by key, in alphabetical order."""
    import_room("schemas.feeds")
    return by_key(Feed.__subclasses__())
