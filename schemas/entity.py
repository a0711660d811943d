"""What an entity is: what is fused from several feeds about one thing. No entity stands here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from schemas.feed import Feed, all_feeds
from schemas.kinds import Kind
from schemas.product import Level, Product
from schemas.rooms import by_key, import_room, snake_case


@dataclass(frozen=True)
class Attribute:
    """One fused column: every feed of the entity that has a column of this name speaks about it.

    `level` is its sensitivity, which a dispute about it bears too.
    A column `along` another is taken from the feed that won the other: a town goes with its county.
    Of a feed's rows about one entity one is chosen, before all others one that none of the codes in `ends` tells to
    have ended; what `is_summed` is told by all of them together.
    """

    kind: Kind
    title: str
    level: Level
    along: str | None = None
    ends: tuple[str, ...] = ()
    is_summed: bool = False
    name: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        object.__setattr__(self, "name", name)


def attribute(
    kind: Kind, title: str, level: Level, *, along: str | None = None, ends: tuple[str, ...] = ()
) -> Attribute:
    """An attribute of an entity, which `along` ties to another one's origin; `ends` are codes of what has ended."""
    return Attribute(kind, title, level, along, ends)


def summed(kind: Kind, title: str, level: Level) -> Attribute:
    """An amount or a count that adds up over the rows of a feed about one entity, the known ones of them."""
    return Attribute(kind, title, level, is_summed=True)


class Entity:
    """A thing that several departments know. `identifier` is the attribute that tells one from another."""

    key: ClassVar[str]
    title: ClassVar[str]
    identifier: ClassVar[str]
    attributes: ClassVar[dict[str, Attribute]]

    def __init_subclass__(cls) -> None:
        cls.key = snake_case(cls.__name__)
        cls.attributes = {name: value for name, value in vars(cls).items() if isinstance(value, Attribute)}

    @classmethod
    def ends(cls) -> dict[str, tuple[str, ...]]:
        """The attributes that tell of a row that it has ended, with the codes that do."""
        return {name: each.ends for name, each in cls.attributes.items() if each.ends}

    @classmethod
    def feeds(cls) -> list[type[Feed]]:
        """The feeds that speak about this entity, in alphabetical order."""
        return [feed for feed in all_feeds().values() if feed.entity == cls.key]

    @classmethod
    def rested_on(cls, product: type[Product]) -> list[type[Feed]]:
        """The feeds that a product of this entity rests on: those that describe the entity, and those it reads."""
        return [feed for feed in cls.feeds() if feed.describes or feed.key in product.reads()]

    @classmethod
    def described_by(cls) -> list[type[Feed]]:
        """Those of them whose rows say what it is."""
        return [feed for feed in cls.feeds() if feed.describes]


@cache
def all_entities() -> dict[str, type[Entity]]:
    """Every entity declared in `schemas/entities/`, by key."""
    import_room("schemas.entities")
    return by_key(Entity.__subclasses__())
