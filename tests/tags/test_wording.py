"""Bounds in words and in keys: what is written is the number that is asked, whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.policies.amounts import amount
from pipelines.tags.wording import said, short


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [(20_000_000, "元", "2000万元"), (12_345_678.0, "元", "1234.5678万元"), (123_456_789, "元", "1.23456789亿元"),
     (1_234.5678, "元", "1234.5678元"), (-15_000, "元", "-1.5万元"), (0.0, "元", "0元"), (1e17, "元", "1000000000亿元"),
     (0.05, None, "5%"), (0.1234567, None, "12.34567%"), (0.055, None, "5.5%"), (3, "", "3")],
)  # fmt: skip
def test_a_bound_is_told_with_all_its_digits(value: float, unit: str | None, told: str) -> None:
    assert said(value, unit) == told


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15).filter(bool))
def test_what_is_told_is_read_as_the_same_number(value: float) -> None:
    for unit in ("元", None):
        assert amount(said(value, unit), unit, ratio=unit is None) == value


@pytest.mark.parametrize(
    ("low", "high", "unit", "key"),
    [(None, 500_000, "元", "under_500k"), (1_234_567, None, "元", "from_1_234567m"),
     (-0.2, 0, None, "minus_20pct_to_0"), (0.1234567, 0.5, None, "12_34567pct_to_50pct")],
)  # fmt: skip
def test_two_bounds_have_two_keys(low: float | None, high: float | None, unit: str | None, key: str) -> None:
    assert short(low, high, unit) == key
