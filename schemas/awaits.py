"""What tags may rest on though no feed brings it yet: columns by the department that will. None stands here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from schemas.kinds import Kind, of_unit
from schemas.product import Level
from schemas.rooms import import_room


@dataclass(frozen=True)
class Awaited:
    """One column that a department will bring; a product that has it brings it under this name.

    Until then everything that rests on it is unknown and says so.
    """

    kind: Kind
    title: str
    level: Level
    meaning: str = ""
    name: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        object.__setattr__(self, "name", name)


def awaited(kind: Kind, title: str, level: Level, *, unit: str | None = None, meaning: str = "") -> Awaited:
    """A column that is awaited; `unit` is the kind's own unless said."""
    return Awaited(kind if unit is None else of_unit(kind, unit), title, level, meaning)


class Department:
    """A subclass is one department with what is awaited from it; `title` is its name in full."""

    title: ClassVar[str]
    columns: ClassVar[dict[str, Awaited]]

    def __init_subclass__(cls) -> None:
        cls.columns = {name: value for name, value in vars(cls).items() if isinstance(value, Awaited)}


@cache
def all_departments() -> tuple[type[Department], ...]:
    """Every department declared in `schemas/awaited/`, in the order of their names."""
    import_room("schemas.awaited")
    return tuple(sorted(Department.__subclasses__(), key=lambda each: each.__name__))
