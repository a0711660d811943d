"""Amounts as policies write them, 2000万元 or 3%, in the unit of what they are held against."""

from __future__ import annotations

import math
import re
from decimal import Decimal

_SIZES = {"": 1, "万": 10_000, "亿": 100_000_000}


def amount(written: object, unit: str | None, *, ratio: bool) -> float | None:
    """The number in the standard unit; None where it is not written in it, or is none or endless.

    A number with a unit is written with it; a ratio as a number or in per cent; any other as a number alone.
    """
    try:
        number = _number(written, unit, ratio=ratio)
    except OverflowError:
        return None
    return number if number is not None and math.isfinite(number) else None


def _number(written: object, unit: str | None, *, ratio: bool) -> float | None:
    if isinstance(written, bool) or not isinstance(written, int | float | str):
        return None
    if not isinstance(written, str):
        return None if unit else float(written)
    found = re.fullmatch(r"(-?[0-9]+(?:\.[0-9]+)?)(万|亿)?(.*)", written.strip())
    if found is None:
        return None
    # Reckoned as it is written: 1.1 × 10⁸ in doubles is more than 110,000,000.
    number, size, rest = Decimal(found[1]), _SIZES[found[2] or ""], found[3]
    if ratio and not unit:
        return float(number / 100) if rest == "%" and size == 1 else None
    return float(number * size) if rest == (unit or "") else None


def written_so(unit: str | None, *, ratio: bool) -> str:
    """How an amount is to be written."""
    if ratio and not unit:
        return "a ratio such as 0.05 or 5%"
    return f"an amount in {unit}, such as 20{unit} or 20万{unit}" if unit else "a number"
