"""Conditions as expressions, three-valued: Kleene's logic, in which null is unknown. Knows no tag and no policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce

import polars as pl

from schemas.condition import All, Any, Atom, Compare, Condition, Ends, Holds, Is, Known, Not, OneOf, Under

Span = tuple[int, int]
# Of a code, those above it in its list, nearest first.
Above = Mapping[str, tuple[str, ...]]
# Of a code, those by which it was recoded since.
Recoded = Mapping[str, tuple[str, ...]]
_UNKNOWN = pl.lit(None, dtype=pl.Boolean)


@dataclass(frozen=True)
class Context:
    """What conditions are read by besides the frame: intervals of industry codes, which columns are absent, and levels.

    `above` has for each column whose code list has levels the codes above each; `recoded` for each column of counties
    the codes that some have now. `by_section` are columns that the frame lacks, whose intervals a section tells.
    """

    spans: Mapping[str, Span] = field(default_factory=dict[str, Span])
    absent: frozenset[str] = frozenset()
    above: Mapping[str, Above] = field(default_factory=dict[str, Above])
    recoded: Mapping[str, Recoded] = field(default_factory=dict[str, Recoded])
    by_section: frozenset[str] = frozenset()

    def lacks(self, atom: Atom) -> bool:
        """Whether the frame has nothing that answers a question."""
        return atom.name in self.absent or (atom.name in self.by_section and not isinstance(atom, Under))


def expression(condition: Condition, context: Context) -> pl.Expr:
    """The condition over a prepared frame: true, false, or null where it is unknown."""
    match condition:
        case All(parts):
            return _all(expression(part, context) for part in parts)
        case Any(parts):
            return _any(expression(part, context) for part in parts)
        case Not(part):
            return ~expression(part, context)
        case _:
            return _UNKNOWN if context.lacks(condition) else asked(condition, context)


def asked(atom: Atom, context: Context) -> pl.Expr:
    """One question over a prepared frame that has its column."""
    column = pl.col(atom.name)
    match atom:
        case Compare(_, sign, value):
            return _compared(column, sign, value)
        case OneOf(name, words):
            later = context.recoded.get(name, {})
            meant = (*words, *(code for word in words for code in later.get(word, ())))
            return _one_of(column, meant, context.above.get(name, {}))
        case Holds(name, word):
            return pl.col(held(name)).list.contains(word)
        case Ends(_, words):
            return _any(column.str.ends_with(word) for word in words)
        case Under(codes):
            return _under(codes, context.spans)
        case Known():
            return column.is_not_null()
        case Is():
            return column


def _all(parts: Iterable[pl.Expr]) -> pl.Expr:
    return reduce(lambda left, right: left & right, parts)


def _any(parts: Iterable[pl.Expr]) -> pl.Expr:
    return reduce(lambda left, right: left | right, parts)


def held(name: str) -> str:
    """Where a prepared frame has the words of a roll as a list."""
    return f"{name}/held"


def _compared(column: pl.Expr, sign: str, value: float) -> pl.Expr:
    match sign:
        case "at_least":
            return column >= value
        case "more_than":
            return column > value
        case "at_most":
            return column <= value
        case _:
            return column < value


def _one_of(column: pl.Expr, words: tuple[str, ...], above: Above) -> pl.Expr:
    """A code that only lies above some of the words is unknown: it may stand for one of them or for another."""
    is_one = column == words[0] if len(words) == 1 else column.is_in(words)
    coarser = {code for word in words for code in above.get(word, ())}.difference(words)
    return pl.when(~column.is_in(sorted(coarser))).then(is_one) if coarser else is_one


def _under(codes: tuple[str, ...], spans: Mapping[str, Span]) -> pl.Expr:
    """Inside one of the intervals is true, beside all of them false; reaching over an end is unknown."""
    first, last = pl.col("industry/first"), pl.col("industry/last")
    inside = [(first >= low) & (last <= high) for low, high in _merged(codes, spans)]
    touching = [(last >= low) & (first <= high) for low, high in _merged(codes, spans)]
    is_in, touches = _any(inside), _any(touching)
    return pl.when(is_in == touches).then(is_in)


def _merged(codes: tuple[str, ...], spans: Mapping[str, Span]) -> list[Span]:
    """The intervals of several codes, neighbours joined."""
    joined: list[Span] = []
    for first, last in sorted(spans[code] for code in codes):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined
