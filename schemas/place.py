"""Where a row belongs: which source columns say so. Nothing is located here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from schemas.pattern import refuse_broken

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

    def __post_init__(self) -> None:
        """Raise Misdeclared for a pattern that picks nothing out."""
        for attribute in ("take", "address_take", "name_take"):
            refuse_broken(attribute, getattr(self, attribute))

    @property
    def sources(self) -> tuple[str, ...]:
        """The source columns it reads."""
        return tuple(source for source in (self.division, self.name, self.address, self.city, self.written) if source)
