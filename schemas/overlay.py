"""What an overlay is: what one county adds to a product or narrows in it. Whose overlay says what is not told here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from schemas.condition import Condition
from schemas.measure import Measure


@dataclass(frozen=True)
class Taken:
    """A column of a feed; where several rows are one enterprise's, the greatest value."""

    feed: str
    column: str


@dataclass(frozen=True)
class Own:
    """A column that a county adds: a flag by a condition, a number by a measure, or what a feed brings.

    `unit` is that of the result, reckoned from what it is made of; a flag and a ratio have none.
    """

    key: str
    title: str
    unit: str | None
    rule: Condition | Measure | Taken


@dataclass(frozen=True)
class Tighter:
    """What a county expects of a column of the core beyond the core's own checks; bounds in the column's unit."""

    column: str
    never_empty: bool = False
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True)
class Overlay:
    """What one county wishes of one product.

    `since` is the day since when it is wished and before which it does not hold, `major` the major version that the
    county keeps to, and `fingerprint` the sha256 of all that is said. `spent` are columns that it adds and that
    the core has by now: they are the core's.
    """

    county: str
    product: str
    since: date
    adds: tuple[Own, ...] = ()
    omits: tuple[str, ...] = ()
    tightens: tuple[Tighter, ...] = ()
    coverage_floor: float | None = None
    major: int | None = None
    fingerprint: str = ""
    spent: tuple[Own, ...] = ()

    @property
    def is_pin_alone(self) -> bool:
        """Whether the county takes the core as it is, and only keeps to a major version."""
        return not (self.adds or self.omits or self.tightens or self.coverage_floor)
