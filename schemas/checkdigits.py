"""Check characters of national identifiers as Polars expressions; no parsing and no repair."""

from __future__ import annotations

from functools import reduce
from operator import add

import polars as pl

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_CREDIT_VALUES = {character: value for value, character in enumerate(_CREDIT_ALPHABET)}

_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_VALUES = {character: value for value, character in enumerate(_ORGANISATION_ALPHABET)}
_ORGANISATION_CHECK = {character: value for value, character in enumerate("0123456789X")}


def _digit(text: pl.Expr, position: int, values: dict[str, int]) -> pl.Expr:
    return text.str.slice(position, 1).replace_strict(values, default=None, return_dtype=pl.Int32)


def _weighted_sum(text: pl.Expr, weights: tuple[int, ...], values: dict[str, int]) -> pl.Expr:
    """The sum over the first characters, looked up two at a time: half as many look-ups, each as dear as the other."""
    pairs = [_pair(text, place, weights, values) for place in range(0, len(weights) - 1, 2)]
    last = len(weights) - 1
    odd = [] if len(weights) % 2 == 0 else [_digit(text, last, values) * weights[last]]
    return reduce(add, [*pairs, *odd])


def _pair(text: pl.Expr, place: int, weights: tuple[int, ...], values: dict[str, int]) -> pl.Expr:
    first, second = weights[place], weights[place + 1]
    sums = {f"{one}{other}": first * values[one] + second * values[other] for one in values for other in values}
    return text.str.slice(place, 2).replace_strict(sums, default=None, return_dtype=pl.Int32)


def credit_code_is_valid(text: pl.Expr) -> pl.Expr:
    """True where the 18th character is the check character of the first 17 (GB 32100-2015, annex A)."""
    expected = (31 - _weighted_sum(text, _CREDIT_WEIGHTS, _CREDIT_VALUES) % 31) % 31
    return (text.str.len_chars() == 18) & (_digit(text, 17, _CREDIT_VALUES) == expected).fill_null(value=False)


def organisation_code_is_valid(text: pl.Expr) -> pl.Expr:
    """True where the ninth character is the check character of the first eight (GB 11714-1997)."""
    expected = (11 - _weighted_sum(text, _ORGANISATION_WEIGHTS, _ORGANISATION_VALUES) % 11) % 11
    return (text.str.len_chars() == 9) & (_digit(text, 8, _ORGANISATION_CHECK) == expected).fill_null(value=False)


def registration_number_is_valid(text: pl.Expr) -> pl.Expr:
    """True where the 15th digit is the check digit of the first 14 (GS 15-2006, annex A: ISO 7064 MOD 11,10)."""
    digits = [text.str.slice(place, 1).cast(pl.Int32, strict=False) for place in range(15)]
    # A remainder of zero counts as ten.
    product = reduce(lambda left, digit: ((left + digit + 9) % 10 + 1) * 2 % 11, digits[:14], pl.lit(10))
    return (text.str.len_chars() == 15) & ((product + digits[14]) % 10 == 1).fill_null(value=False)


_RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_VALUES = {character: value for value, character in enumerate("0123456789X")}


def resident_number_is_valid(text: pl.Expr) -> pl.Expr:
    """True where the 18th character is the check character of the first 17 digits (GB 11643-1999: MOD 11-2)."""
    digits = text.str.contains(r"^\d{17}[0-9X]$")
    expected = (12 - _weighted_sum(text, _RESIDENT_WEIGHTS, _RESIDENT_VALUES) % 11) % 11
    return (digits & (_digit(text, 17, _RESIDENT_VALUES) == expected)).fill_null(value=False)
