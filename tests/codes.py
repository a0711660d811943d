"""Identifiers whose check digits hold, for rows that tests make up; reckoned digit by digit as GB 32100-2015 tells."""

from __future__ import annotations

_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(division: str, number: int) -> str:
    """A credit code of a division."""
    body = f"91{division}{number:09d}"
    weighted = sum(_DIGITS.index(digit) * pow(3, place, 31) for place, digit in enumerate(body))
    return body + _DIGITS[-weighted % 31]
