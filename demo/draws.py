"""Numbers drawn from (seed, stream, enterprise number) alone, so that chunks do not change bytes.

Here belong the generator and the ways of asking it; what is asked belongs to the module that asks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import polars as pl

_SLOTS = 10_000


def _word(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.UInt64)


def _mixed(word: pl.Expr) -> pl.Expr:
    """The output function of SplitMix64 (Steele, Lea and Flood 2014): every bit depends on every bit."""
    word = (word ^ (word // _word(1 << 30))) * _word(0xBF58476D1CE4E5B9)
    word = (word ^ (word // _word(1 << 27))) * _word(0x94D049BB133111EB)
    return word ^ (word // _word(1 << 31))


@dataclass(frozen=True)
class Dice:
    """Draws for the enterprises of a frame, by its UInt64 column `number`; a stream is a name."""

    seed: int

    def word(self, stream: str) -> pl.Expr:
        """64 bits as UInt64."""
        key = hashlib.blake2b(f"{self.seed}/{stream}".encode(), digest_size=8).digest()
        return _mixed(pl.col("number") * _word(0x9E3779B97F4A7C15) + _word(int.from_bytes(key, "little")))

    def below(self, stream: str, limit: int) -> pl.Expr:
        """A whole number from 0 to limit - 1 as Int64."""
        return (self.word(stream) % _word(limit)).cast(pl.Int64)

    def chance(self, stream: str, rate: float) -> pl.Expr:
        """True for the share `rate` of the enterprises."""
        return self.word(stream) % _word(1_000_000) < _word(round(rate * 1_000_000))

    def pick(self, stream: str, values: Sequence[Any]) -> pl.Expr:
        """One of the values, each as likely as another."""
        return pl.lit(pl.Series(list(values))).gather(self.below(stream, len(values)))

    def weigh(self, stream: str, weights: Mapping[Any, float]) -> pl.Expr:
        """One of the keys, as likely as its weight says, to one part in ten thousand."""
        slots = pl.Series(_slots(weights))
        return pl.lit(slots).gather(self.below(stream, len(slots)))


def _slots(weights: Mapping[Any, float]) -> list[Any]:
    """Each key as often as its weight's share of ten thousand, at least once."""
    total = sum(Fraction(weight) for weight in weights.values())
    return [key for key, weight in weights.items() for _ in range(max(1, round(Fraction(weight) / total * _SLOTS)))]
