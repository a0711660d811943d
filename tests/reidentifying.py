"""A small province whose rows come, go, repeat and change, step after step. For tests of what is decided again."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from pipelines.dictionary import current
from pipelines.disk import decisions
from pipelines.fusing.reidentify import Reidentified, reidentify
from pipelines.identify import Decided, identify, parted
from pipelines.supersede import Rows
from tests.identity import FEEDS, ON, Conversions, Licences, credit, in_memory, organisation

KNOWN = FEEDS | {"licences": Licences, "conversions": Conversions}
NAMES = (
    "杭州青禾软件有限公司", "青禾软件有限责任公司", "杭州市青禾软件有限公司", "杭州青合软件有限公司",
    "杭州青禾软件有限公司分公司", "永康市鸿鑫缝纫机有限公司", "永康市鸿新缝纫机有限公司", "永康鸿信缝纫机有限公司",
    None,
)  # fmt: skip
COUNTIES = ("330110", "330106", "330702", "330784", None)
ADDRESSES = ("文一西路969号", "解放路1号楼", None)
SERIALS = range(1, 9)


@dataclass(frozen=True)
class Part:
    """A part of a feed: what its rows say, which of them hold, and the name under which it stands."""

    feed: str
    table: pl.DataFrame
    mask: pl.Series | None
    name: str

    @property
    def rows(self) -> Rows:
        """It as identification reads it."""
        return in_memory(KNOWN[self.feed], self.table, self.mask, self.name)


def standings(seed: int, steps: int) -> Iterator[list[Part]]:
    """A province's parts as they stand first and after each step."""
    chance = random.Random(seed)
    parts = [_part(chance, feed) for feed in _SAYS]
    yield parts
    for _ in range(steps):
        for _ in range(chance.randint(0, 3)):
            parts = chance.choice(_STEPS)(chance, parts)
        yield parts


def _number(chance: random.Random) -> str:
    serial, city = chance.choice(SERIALS), chance.choice(("330110", "330702"))
    return chance.choice([credit(serial, city), credit(serial, city) + "00", f"{city}{organisation(serial)}"])


def _registered(chance: random.Random) -> str:
    return f"33011{chance.choice((0, 6))}{organisation(chance.choice(SERIALS))}"


_SAYS = {
    "market_regulation_enterprise": lambda chance: {
        "credit_code": credit(chance.choice(SERIALS), chance.choice(("330110", "330702"))),
        "name": chance.choice(NAMES), "county": chance.choice(COUNTIES), "address": chance.choice(ADDRESSES),
    },
    "tax_registration": lambda chance: {"taxpayer_id": _number(chance), "name": chance.choice(NAMES)},
    "social_security_employer": lambda chance: {
        "organisation_code": chance.choice([organisation, credit])(chance.choice(SERIALS)),
        "name": chance.choice(NAMES), "county": chance.choice(COUNTIES),
    },
    "science_technology_list": lambda chance: {"name": chance.choice(NAMES), "county": chance.choice(COUNTIES)},
    "licences": lambda chance: {
        "licence": str(chance.randint(1, 99)), "number": _registered(chance), "name": chance.choice(NAMES),
        "address": chance.choice(ADDRESSES),
    },
    "conversions": lambda chance: {
        "credit_code": credit(chance.choice(SERIALS)), "registration_number": _registered(chance),
    },
}  # fmt: skip


def _part(chance: random.Random, feed: str) -> Part:
    """A delivery of a few rows."""
    rows = [_SAYS[feed](chance) for _ in range(chance.randint(0, 7))]
    columns = list(_SAYS[feed](chance))
    return _delivered(chance, feed, pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String)))


def _delivered(chance: random.Random, feed: str, said: pl.DataFrame) -> Part:
    return _dated(feed, said, ON - timedelta(days=chance.randint(0, 9)), str(chance.randrange(10**9)))


def _dated(feed: str, said: pl.DataFrame, day: date, name: str) -> Part:
    table = said.with_columns(
        pl.int_range(1, pl.len() + 1).alias("row"), pl.lit(day, pl.Date).alias("as_of"),
        pl.struct(said.columns).hash(seed=0).alias("hash"),
    )  # fmt: skip
    return Part(feed, table, None, f"{feed}/{day}-{name}")


def _said(part: Part) -> pl.DataFrame:
    return part.table.drop("row", "as_of", "hash")


def _arrives(chance: random.Random, parts: list[Part]) -> list[Part]:
    """One more delivery, somewhere among the others."""
    place = chance.randint(0, len(parts))
    return [*parts[:place], _part(chance, chance.choice(list(_SAYS))), *parts[place:]]


def _goes(chance: random.Random, parts: list[Part]) -> list[Part]:
    """A delivery is withdrawn, but never a feed's last one: a feed that comes or goes changes the grounds."""
    gone = chance.choice(parts)
    alone = sum(each.feed == gone.feed for each in parts) == 1
    return parts if alone else [each for each in parts if each is not gone]


def _repeats(chance: random.Random, parts: list[Part]) -> list[Part]:
    """A full file again, in another order, a row of it changed, another one gone."""
    old = chance.choice(parts)
    said = _said(old).sample(fraction=1, shuffle=True, seed=chance.randrange(99))
    changed = [said.slice(chance.randint(0, 1), said.height), *([_said(_part(chance, old.feed)).head(1)])]
    new = _delivered(chance, old.feed, pl.concat(changed[: chance.randint(1, 2)]))
    return [new if each is old else each for each in parts]


def _superseded(chance: random.Random, parts: list[Part]) -> list[Part]:
    """Other rows of a delivery hold."""
    old = chance.choice(parts)
    mask = pl.Series([chance.random() < 0.7 for _ in range(old.table.height)], dtype=pl.Boolean)
    return [replace(old, mask=chance.choice([mask, None])) if each is old else each for each in parts]


def _says_again(chance: random.Random, parts: list[Part]) -> list[Part]:
    """A later full file says the same rows: they stand where they stood, and are of its day."""
    old, day = chance.choice(parts), ON - timedelta(days=chance.randint(0, 9))
    new = replace(old, table=old.table.with_columns(pl.lit(day, pl.Date).alias("as_of")))
    return [new if each is old else each for each in parts]


_STEPS = (_arrives, _goes, _repeats, _superseded, _says_again)


def decided_again(parts: list[Part], folder: Path) -> Reidentified:
    """What is decided from what the last step kept; kept for the next one."""
    again = reidentify([part.rows for part in parts], current(), ON, folder)
    decisions.keep(again.decisions, folder)
    return again


def decided_anew(parts: list[Part]) -> Decided:
    """What is decided from nothing."""
    return identify([part.rows for part in parts], current(), ON)


def tables_of(decided: Decided) -> dict[str, pl.DataFrame]:
    """All that is decided, in one order."""
    told = {"taken": decided.taken, "reviewed": decided.reviewed}
    return {f"{what} {number}": table.sort("id") for what, parts in told.items() for number, table in parts.items()}


def led(parts: list[Part], decided: Decided) -> pl.DataFrame:
    """What each row that holds says and to whom it is led, but for the rows that are led to nobody."""
    told = [
        parted(number, part.rows.feed, part.rows.read(None), decided).rows.select(
            pl.lit(part.feed).alias("feed"), pl.struct(_said(part).columns).hash(seed=0).alias("says"), "entity_id"
        )
        for number, part in enumerate(parts)
    ]
    return pl.concat(told)


def said(feed: str, day: int, *rows: tuple[str | None, ...], **besides: str) -> Part:
    """A delivery of June: of the register credit code, name and county, of another feed name and county if it has one.

    What else is told stands in every row.
    """
    columns = ("credit_code", "name", "county") if feed == "market_regulation_enterprise" else ("name", "county")
    columns = columns[: len(rows[0])]
    table = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
    told = table.with_columns(pl.lit(value).alias(name) for name, value in besides.items())
    return _dated(feed, told, ON.replace(day=day), "said")


def go_through(seed: int, steps: int, folder: Path) -> None:
    """Go through a random province's changes."""
    follow(standings(seed, steps), folder)


def follow(steps: Iterable[list[Part]], folder: Path) -> None:
    """Each step decides what nothing kept would, and tells all that it touched."""
    before: pl.DataFrame | None = None
    for place, parts in enumerate(steps):
        anew, again = decided_anew(parts), decided_again(parts, folder)
        expected, told = tables_of(anew), tables_of(again.decided)
        unlike = [name for name in expected.keys() | told.keys() if not same(expected.get(name), told.get(name))]
        assert unlike == [], place
        now = led(parts, anew)
        touched = set() if again.touched is None else set(again.touched)
        assert before is None or moved(before, now) <= touched, place
        before = now


def same(one: pl.DataFrame | None, other: pl.DataFrame | None) -> bool:
    """Whether both are there and equal."""
    return one is not None and other is not None and one.equals(other)


def moved(before: pl.DataFrame, now: pl.DataFrame) -> set[str]:
    """The entities of which a row has come, gone or been led elsewhere."""
    both = ((before, now), (now, before))
    return set(pl.concat(one.join(other, on=one.columns, how="anti") for one, other in both)["entity_id"])
