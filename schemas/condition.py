"""What may be asked of one enterprise: comparisons and words, joined by all, any and not. Nothing is reckoned here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Sign = Literal["at_least", "more_than", "at_most", "less_than"]


@dataclass(frozen=True)
class Compare:
    """A number beside a bound, in the standard unit of what is named."""

    name: str
    sign: Sign
    value: float


@dataclass(frozen=True)
class OneOf:
    """A code or a text is one of these words.

    Of a code list with levels, a code that is none of them but lies above one is too coarse: it is unknown. What lies
    below a word is not asked with it.
    """

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Holds:
    """A word is among those that a column joins by `;`.

    Such a column is a roll that a department keeps whole: an empty cell means on no list, an absent column unknown.
    """

    name: str
    word: str


@dataclass(frozen=True)
class Ends:
    """A text ends with one of these words."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Under:
    """The industry lies under one of these codes of GB/T 4754-2017.

    Where only a coarser code is known, it is unknown for the finer ones below it and false for all others.
    """

    codes: tuple[str, ...]
    name: str = "industry"


@dataclass(frozen=True)
class Known:
    """A department has said something; whether it would have, nobody knows where the column is absent."""

    name: str


@dataclass(frozen=True)
class Is:
    """Another flag, or a column that says yes or no, is true."""

    name: str


@dataclass(frozen=True)
class All:
    """True where every part is, false where one part is false, else unknown."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Any:
    """True where one part is, false where every part is false, else unknown."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """What is unknown stays unknown."""

    part: Condition


Atom = Compare | OneOf | Holds | Ends | Under | Known | Is
Condition = Atom | All | Any | Not


def every(*parts: Condition) -> Condition:
    """All of these."""
    return All(parts)


def some(*parts: Condition) -> Condition:
    """At least one of these."""
    return Any(parts)


def at_least(name: str, value: float) -> Condition:
    """The bound itself counts, as 以上 does."""
    return Compare(name, "at_least", value)


def below(name: str, value: float) -> Condition:
    """The bound itself does not count, as 以下 does in statistics."""
    return Compare(name, "less_than", value)


def within(name: str, low: float | None, high: float | None) -> Condition:
    """From a bound, which counts, to another, which does not; None is no bound."""
    parts = [at_least(name, low)] if low is not None else []
    parts += [below(name, high)] if high is not None else []
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def atoms(condition: Condition) -> Iterator[Atom]:
    """What is asked, from left to right, without what joins it."""
    if isinstance(condition, All | Any):
        for part in condition.parts:
            yield from atoms(part)
    elif isinstance(condition, Not):
        yield from atoms(condition.part)
    else:
        yield condition


def names(condition: Condition) -> tuple[str, ...]:
    """The columns and tags that are asked, each once."""
    return tuple(dict.fromkeys(atom.name for atom in atoms(condition)))
