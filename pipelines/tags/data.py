"""What tags and policies may rest on: each column of the enterprise with its meaning and who brings it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from schemas.awaits import all_departments
from schemas.entity import all_entities
from schemas.feed import all_feeds
from schemas.kinds import Kind
from schemas.product import OBJECTED, Field, Level, Product, all_products
from schemas.standard import tells

_MIRROR = "enterprise_mirror"


@dataclass(frozen=True)
class Datum:
    """One column: what it is, how sensitive, and the departments whose word it is."""

    column: str
    title: str
    kind: Kind
    unit: str | None
    level: Level
    departments: tuple[str, ...]


@cache
def known_data() -> dict[str, Datum]:
    """The enterprise mirror's columns, then those that departments are still awaited to bring; by column.

    Not whether a row is objected to: the release sets that behind all rules, which would find it false of everybody.
    Raises ValueError where a column is awaited that the mirror has, or by two departments.
    """
    mirror = all_products()[_MIRROR]
    data = {name: _brought(mirror, field) for name, field in mirror.fields.items() if name != OBJECTED.name}
    for department in all_departments():
        for name, each in department.columns.items():
            if name in data:
                raise ValueError(f"schemas/awaited: {department.__name__}.{name} is brought by "
                                 f"{'、'.join(data[name].departments)}; drop it there.")  # fmt: skip
            data[name] = Datum(name, each.title, each.kind, each.kind.unit, each.level, (department.title,))
    return data


def _brought(mirror: type[Product], field: Field) -> Datum:
    departments = dict.fromkeys(title for origin in mirror.origins(field.name) for title in _who(origin))
    return Datum(field.name, field.title, field.kind, field.unit, field.level, tuple(departments))


def _who(origin: str) -> list[str]:
    """The departments of a feed's column, or of every feed whose word an entity's column is."""
    owner, column = origin.split(".")
    if owner in all_feeds():
        return [all_feeds()[owner].department_title]
    feeds = all_entities()[owner].described_by() if owner in all_entities() else []
    return [feed.department_title for feed in feeds if tells(feed, column)]
