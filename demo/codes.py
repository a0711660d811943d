"""Making valid identifiers: organisation codes and credit codes with their check characters."""

from __future__ import annotations

from functools import reduce
from operator import add

import polars as pl

from demo.draws import Dice

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT_WEIGHTS = tuple(3**place % 31 for place in range(17))

_OLD_NUMBERS = 80_000_000
_NEW_NUMBERS = len(LETTERS) ** 5


def _checked(text: pl.Expr, alphabet: str, weights: tuple[int, ...], checks: str) -> pl.Expr:
    """The text and behind it its check character: the weighted sum's complement modulo the checks' number."""
    values = {letter: value for value, letter in enumerate(alphabet)}

    def weighted(place: int, weight: int) -> pl.Expr:
        return text.str.slice(place, 1).replace_strict(values, return_dtype=pl.Int32) * weight

    modulus = len(checks)
    total = reduce(add, (weighted(place, weight) for place, weight in enumerate(weights)))
    check = pl.lit(pl.Series(list(checks))).gather((modulus - total % modulus) % modulus)
    return pl.concat_str(text, check)


def organisation_code(first_eight: pl.Expr) -> pl.Expr:
    """Nine characters without hyphen, the last one checking the eight given (GB 11714-1997)."""
    return _checked(first_eight, _ORGANISATION_LETTERS, _ORGANISATION_WEIGHTS, "0123456789X")


def credit_code(first_seventeen: pl.Expr) -> pl.Expr:
    """Eighteen characters, the last one checking the seventeen given (GB 32100-2015)."""
    return _checked(first_seventeen, LETTERS, _CREDIT_WEIGHTS, LETTERS)


def first_eight(dice: Dice, old: pl.Expr) -> pl.Expr:
    """The organisation code's own eight characters: digits where `old`, else MA2 and five letters.

    Unique for 80 million numbers that are old and 28 million that are not.
    """
    digits = _spread(dice, 48_271_843, _OLD_NUMBERS) + 10_000_000
    return pl.when(old).then(digits.cast(pl.String)).otherwise(_lettered(_spread(dice, 15_485_863, _NEW_NUMBERS)))


def _spread(dice: Dice, factor: int, modulus: int) -> pl.Expr:
    """The numbers scattered over the modulus, none twice: factor and modulus have no common divisor."""
    return (pl.col("number").cast(pl.Int64) * factor + dice.seed % modulus) % modulus


def _lettered(value: pl.Expr) -> pl.Expr:
    alphabet = pl.lit(pl.Series(list(LETTERS)))
    letters = [alphabet.gather(value // len(LETTERS) ** place % len(LETTERS)) for place in range(5)]
    return pl.concat_str(pl.lit("MA2"), *letters)
