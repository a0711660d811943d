"""What a column of a feed is: what it is read from, and what its values are. No feed's column stands here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from schemas.kinds import Kind, Rule
from schemas.pattern import refuse_broken
from schemas.units import in_unit, with_unit


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

    def __post_init__(self) -> None:
        """Raise Misdeclared for a `take` that picks nothing out."""
        refuse_broken("take", self.take)

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
