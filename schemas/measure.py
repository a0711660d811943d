"""What may be reckoned of one enterprise from its columns, and the kinds of the result. Nothing is reckoned here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from schemas.condition import Condition, names
from schemas.kinds import Kind


def _as_number(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(r"^[+-]?\d{1,18}(\.\d+)?$")).then(text).cast(pl.Float64, strict=False)


RATIO = Kind("ratio", "比率", pl.Float64(), _as_number, "a ratio in digits, such as 0.125")
QUANTITY = Kind("quantity", "数值", pl.Float64(), _as_number, "a number in digits, such as 12.5")

# All of the county; those of its own industry's division (大类) in the county; those of its division in the province.
Among = Literal["county", "county_industry", "industry"]
GROUPS: dict[Among, tuple[str, ...]] = {
    "county": ("county",),
    "county_industry": ("county", "industry"),
    "industry": ("industry",),
}


@dataclass(frozen=True)
class Given:
    """A column where a condition is true, else unknown."""

    of: str
    when: Condition


@dataclass(frozen=True)
class Per:
    """One column divided by another; unknown where either is, or where the divisor is not above zero."""

    over: str
    under: str


@dataclass(frozen=True)
class Sum:
    """Columns added up; unknown where one of them is."""

    parts: tuple[str, ...]


@dataclass(frozen=True)
class Growth:
    """The change from before to now as a share of before; unknown where before is not above zero."""

    now: str
    before: str


@dataclass(frozen=True)
class Change:
    """Now less before."""

    now: str
    before: str


@dataclass(frozen=True)
class Years:
    """Whole years from a day to the day of the data, unknown of a day after it.

    What began on a 29th of February is a year older on 1 March.
    """

    since: str


@dataclass(frozen=True)
class Days:
    """Days from the day of the data to a day; negative where it has passed."""

    until: str


@dataclass(frozen=True)
class Multiple:
    """A number divided by the median of a group.

    Unknown where the enterprise's own number is, where fewer than three enterprises of the group have one, and where
    the median is not above zero. Struck off and revoked enterprises do not count.
    """

    of: str
    among: Among


@dataclass(frozen=True)
class RelativeRank:
    """The place among those of a group whose number is known, divided by how many they are: 0.1 ends the first tenth.

    The greatest number stands first; equal numbers share the better place. Struck off and revoked enterprises have
    no place, and none has one where fewer than three enterprises of the group have a number.
    """

    of: str
    among: Among


@dataclass(frozen=True)
class Ahead:
    """The share of those of a group whose number is known and lower: from 0.9 on, the whole tie is in the first tenth.

    Unknown where there is no place.
    """

    of: str
    among: Among


Measure = Given | Per | Sum | Growth | Change | Years | Days | Multiple | RelativeRank | Ahead


def reckoned_from(measure: Measure) -> tuple[str, ...]:
    """The columns and tags that it is reckoned from."""
    match measure:
        case Given(of, when):
            return (of, *names(when))
        case Per(over, under):
            return (over, under)
        case Sum(parts):
            return parts
        case Growth(now, before) | Change(now, before):
            return (now, before)
        case Years(name) | Days(name):
            return (name,)
        case Multiple(name, among) | RelativeRank(name, among) | Ahead(name, among):
            return (name, *GROUPS[among], "status")
