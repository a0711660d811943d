"""Identifiers whose check digits hold, for rows that tests make up."""

from __future__ import annotations

import polars as pl

from schemas.checkdigits import credit_code_is_valid

_LAST = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code(division: str, number: int) -> str:
    """A credit code of a division."""
    tried = pl.Series([f"91{division}{number:09d}{last}" for last in _LAST])
    return tried.filter(pl.select(credit_code_is_valid(tried)).to_series())[0]
