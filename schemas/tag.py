"""What a tag is, and the families in which tags are declared: each answers a question of a county's bureau."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache

from schemas.condition import Condition
from schemas.kinds import Kind
from schemas.measure import RATIO, Measure
from schemas.product import Level
from schemas.rooms import import_room, members_by_file, refuse_elsewhere


@dataclass(frozen=True)
class Tag:
    """One thing said of every enterprise: a flag (yes, no or unknown) by a condition, or a number by a measure.

    `meaning` is the definition (口径), `of` the source columns, `level` the highest of theirs.
    """

    key: str
    title: str
    meaning: str
    kind: Kind
    unit: str | None
    level: Level
    since: date
    family: str
    of: tuple[str, ...]
    rule: Condition | Measure


@dataclass(frozen=True)
class Number:
    """A number that is reckoned, with its unit where it has one."""

    key: str
    title: str
    rule: Measure
    meaning: str
    unit: str | None = None
    kind: Kind = RATIO


@dataclass(frozen=True)
class Flag:
    """One yes or no."""

    key: str
    title: str
    when: Condition
    meaning: str


@dataclass(frozen=True)
class Bands:
    """One flag a band between cuts; a cut belongs to the band above it. Exactly one is true where the value is known.

    The bands are named by their bounds unless `labels` names them: one more than there are cuts, lowest first.
    """

    key: str
    of: str
    title: str
    cuts: tuple[float, ...]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Codes:
    """One flag for each code of a code list at some of its levels; what lies below a code counts as it,
    what lies above it leaves it open.

    `title` has the place `{name}`.
    """

    key: str
    of: str
    code_list: str
    title: str
    ranks: tuple[int, ...] = (1,)


@dataclass(frozen=True)
class Words:
    """One flag for each word that a text column may have: the key of each word's tag beside the word.

    `title` has the place `{word}`.
    """

    of: str
    title: str
    words: dict[str, str] = field(hash=False)


@dataclass(frozen=True)
class Rolls:
    """One flag for each list that a department keeps; an enterprise on none has an empty cell.

    The words are those that the column joins by `;`, the keys those of the tags; `title` has the place `{word}`.
    """

    of: str
    title: str
    words: dict[str, str] = field(hash=False)


@dataclass(frozen=True)
class Branches:
    """One flag for each code of the industry's standard at one level; `title` has the places `{code}` and `{name}`."""

    key: str
    title: str
    rank: int


Member = Number | Flag | Bands | Codes | Words | Rolls | Branches


@dataclass(frozen=True)
class Family:
    """Tags that answer one question: who asks it, what they ask, and since when the answer is given."""

    key: str
    title: str
    asked_by: str
    asks: str
    since: date
    members: tuple[Member, ...]


@cache
def all_families() -> tuple[Family, ...]:
    """Every family declared in `schemas/tags/`, in the order of their keys, by which their files are called."""
    import_room("schemas.tags")
    declared = members_by_file("schemas.tags", Family)
    for file, family in declared:
        refuse_elsewhere(file, family.key)
    return tuple(sorted((family for _, family in declared), key=lambda family: family.key))
