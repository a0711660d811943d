"""What an indicator is: a figure, or one figure per another, with its formula and meaning. No indicator stands here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from schemas.product import Level
from schemas.rooms import import_room, members_of

LIST = "indicator"


@dataclass(frozen=True)
class Figure:
    """What is summed over enterprises before any formula; `level` is that of what is summed."""

    key: str
    title: str
    level: Level


@dataclass(frozen=True)
class Indicator:
    """An indicator: `of`, or `of` per `per`, times `scale`; `meaning` is its 口径.

    `version` steps with its formula, unit or meaning. These make its words in the contract's list of indicators, so
    that a change of them is a major step of every product with the list, and a new indicator is a list that grew; it is
    since a later day than all others. Its level is promised beside them.
    """

    code: str
    title: str
    unit: str
    version: str
    since: date
    meaning: str
    of: Figure
    per: Figure | None = None
    scale: int = 1

    @property
    def level(self) -> Level:
        """The level of the most sensitive figure in it."""
        return max(self.of.level, self.per.level) if self.per else self.of.level

    @property
    def formula(self) -> str:
        """The formula in words."""
        per = f"÷{self.per.title}" if self.per else ""
        scale = f"×{self.scale}" if self.scale != 1 else ""
        return f"{self.of.title}{per}{scale}"

    @property
    def words(self) -> str:
        """All that is promised of it."""
        return f"{self.title} {self.version}（{self.unit}）＝{self.formula}。{self.meaning}"


@cache
def declared_indicators() -> tuple[Indicator, ...]:
    """Every indicator declared in `schemas/indicators/`, in the order of their codes."""
    import_room("schemas.indicators")
    declared = dict.fromkeys(members_of("schemas.indicators", Indicator))
    return tuple(sorted(declared, key=lambda each: each.code))


@cache
def all_indicators() -> dict[str, Indicator]:
    """The same by code; that each has its own is asked by `make contracts`."""
    return {each.code: each for each in declared_indicators()}
