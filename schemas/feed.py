"""What a feed is: how it arrives, when it is due, its columns. No feed stands here and nothing is read here."""

from __future__ import annotations

import inspect
import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import ClassVar, Literal

from schemas.kinds import Kind, Rule
from schemas.retention import Keep
from schemas.rooms import Misdeclared, by_key, import_room, snake_case
from schemas.units import in_unit, with_unit


@dataclass(frozen=True)
class Csv:
    """Comma-separated text: one record a line, quotes doubled inside quoted fields.

    Where `lines_in_quotes` is set, a quoted field may hold line ends, so that a record goes over several lines.
    """

    encoding: str = "utf-8"
    separator: str = ","
    lines_in_quotes: bool = False
    suffix: ClassVar[str] = ".csv"


@dataclass(frozen=True)
class Workbook:
    """One Excel sheet: `title_rows` above `header_rows` header rows.

    A row of one cell that begins with `footnote`, with a colon within six characters (注：, 注1：), is a note.
    """

    title_rows: int = 0
    header_rows: int = 1
    footnote: str = "注"
    suffix: ClassVar[str] = ".xlsx"


@dataclass(frozen=True)
class Dump:
    """A plain-text PostgreSQL dump of one table: its COPY section in text format, UTF-8."""

    table: str
    suffix: ClassVar[str] = ".sql"


@dataclass(frozen=True)
class JsonLines:
    """One JSON object a line, UTF-8, every object with the same keys; those of optional columns may be left out."""

    suffix: ClassVar[str] = ".jsonl"


Format = Csv | Workbook | Dump | JsonLines


@dataclass(frozen=True)
class Exchange:
    """A table in the departments' PostgreSQL exchange database, one batch a value of `batch`."""

    table: str
    batch: str


@dataclass(frozen=True)
class Api:
    """A paginated HTTP API below the address that the environment gives."""

    path: str


@dataclass(frozen=True)
class Due:
    """When a feed's next delivery is promised: a cron line in Asia/Shanghai, and how many days before it may come."""

    cron: str
    every_days: int
    title: str


def daily(at: str) -> Due:
    """Every day by the hour and minute given, such as `06:00`."""
    return Due(f"{_at(at)} * * *", 1, f"每日{at}前")


def monthly(day_of_month: int, at: str) -> Due:
    """Every month by the day and time given."""
    return Due(f"{_at(at, day_of_month)} {day_of_month} * *", 28, f"每月{day_of_month}日{at}前")


def yearly(month: int, day_of_month: int, at: str) -> Due:
    """Every year by the month, day and time given."""
    return Due(f"{_at(at, day_of_month, month)} {day_of_month} {month} *", 365, f"每年{month}月{day_of_month}日{at}前")


def _at(at: str, day_of_month: int = 1, month: int = 1) -> str:
    """Minute and hour as a cron line begins. Raises Misdeclared for a time or a day that there is not."""
    told = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", at)
    if told is None:
        raise Misdeclared(f"due: found the time '{at}'; expected one such as 08:00. Mend it.")
    # Of a leap year, which has every day.
    if not _is_there(2000, month, day_of_month):
        raise Misdeclared(f"due: found day {day_of_month} of month {month}; expected one that there is. Mend it.")
    return f"{int(told[2])} {int(told[1])}"


def _is_there(year: int, month: int, day: int) -> bool:
    return month in range(1, 13) and day in range(1, 1 + monthrange(year, month)[1])


@dataclass(frozen=True)
class Column:
    """One standard column of a feed and the source column it is read from.

    `take` is a regular expression whose first group is the part of the source text that is meant.
    `named` is the source column with the name of a code that means nothing without it, `unit_in` the one with an
    amount's unit; either stands behind the column's own text, a space between them.
    `optional` columns may be empty; in any other an empty value sends the row to quarantine.
    A `constant` is what the department means without writing it.
    """

    source: str
    kind: Kind
    title: str
    constant: str | None = None
    take: str | None = None
    named: str | None = None
    unit_in: str | None = None
    optional: bool = False
    rules: tuple[Rule, ...] = ()
    name: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        object.__setattr__(self, "name", name)

    @property
    def sources(self) -> tuple[str, ...]:
        """The source columns it is read from."""
        return tuple(name for name in (self.source, self.named, self.unit_in) if name)


def column(
    source: str, kind: Kind, title: str, *, take: str | None = None, unit: str | None = None,
    unit_in: str | None = None, named: str | None = None,
) -> Column:  # fmt: skip
    """A column that every row must fill; `unit` is the source's unit where it is not the kind's own.

    `unit_in` is the source column that says the unit of each row, where rows differ in it.

    `named` is for a code that departments write differently: the dictionary then has code and name with a space
    between them, and a code with another name means nothing. A code that was taken out of a longer one stands alone.
    """
    written = in_unit(kind, unit) if unit else with_unit(kind) if unit_in else kind
    return Column(source, written, title, take=take, named=named, unit_in=unit_in)


def optional(
    source: str, kind: Kind, title: str, *, take: str | None = None, unit: str | None = None,
    unit_in: str | None = None,
) -> Column:  # fmt: skip
    """A column that a row may leave empty."""
    return replace(column(source, kind, title, take=take, unit=unit, unit_in=unit_in), optional=True)


def always(value: str, kind: Kind, title: str) -> Column:
    """A column that has one value in every row because the department works in no other."""
    return Column("", kind, title, constant=value)


# What a place gives, whatever source columns it was read from.
PLACED = ("county", "town", "place_evidence")


@dataclass(frozen=True)
class Place:
    """Where a row belongs, from the source columns that say so; gives `county`, `town` and `place_evidence`.

    `division` holds a division code (with `take` picking it out of an identifier as its column spells it) that was
    given on `division_since` or later, `name` a division's name as of the delivery, `address` a free address, `city`
    the register's city. Code and address were written on the day in `written` (as its column reads it, else an ISO
    day) or later; without it, in any year.
    `required` rows without a county of today go to quarantine.

    - `town` is a standard column with a town's code: what it means counts as an address.
    - `address_take` and `name_take` are regular expressions; only what the first group picks out counts.
    - `wholes` are names of more than a county, such as a total's: their rows stand without one.
    - `office`: the place is that of who decides or serves, and not of what lies there: a county of which a part goes
      elsewhere keeps it.
    - `late` says that names written until the first day follow the map of the second.
    - `agree` sends a row whose evidences contradict one another to quarantine.
    """

    division: str | None = None
    take: str | None = None
    division_since: date = date.min
    name: str | None = None
    address: str | None = None
    city: str | None = None
    written: str | None = None
    required: bool = True
    town: str | None = None
    address_take: str | None = None
    name_take: str | None = None
    wholes: tuple[str, ...] = ()
    late: tuple[date, date] | None = None
    agree: bool = False
    office: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """The source columns it reads."""
        return tuple(source for source in (self.division, self.name, self.address, self.city, self.written) if source)


@dataclass(frozen=True)
class Panel:
    """Figures that repeat a list of members every period: a row for each district and day.

    All names are standard columns. `period` holds the day, the values of `member` make the list, `by` parts
    the rows into lists of their own; the member called `total` is what the others add up to in each of `sums`.
    """

    period: str
    member: str
    by: tuple[str, ...] = ()
    total: str | None = None
    sums: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listing:
    """What a feed says of data sets that others own: the standard columns with a data set's portal, title, office,
    district, summary, day of change and size. The resource ledger takes such a feed in as a catalogue.
    """

    portal: str
    title: str
    office: str
    district: str
    summary: str
    updated: str
    size: str


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
    - `newest`: the column whose greatest value tells which row of a grain holds; else the last in the file does.
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

        Raises Misdeclared for one that is called as something that feeds or their rows have, and for no day of a year.
        """
        cls.columns = {name: value for name, value in vars(cls).items() if isinstance(value, Column)}
        _refuse_taken(cls, taken_names())
        _refuse_taken(cls, taken_names(cls.places()))
        _refuse_no_day(cls)
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

    @classmethod
    def declared_at(cls) -> tuple[str, int]:
        """The file and line of the declaration."""
        return inspect.getfile(cls), inspect.getsourcelines(cls)[1]


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
    if not _is_there(2001, month, day):
        expected = "one that every year has, such as (6, 30)"
        raise Misdeclared(f"{feed.__name__}: found month {month} and day {day} in `year_means`; expected {expected}. "
                          "Mend it.")  # fmt: skip


@cache
def all_feeds() -> dict[str, type[Feed]]:
    """Every feed declared in `schemas/feeds/`, by key, in alphabetical order."""
    import_room("schemas.feeds")
    return by_key(Feed.__subclasses__())
