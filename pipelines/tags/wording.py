"""How bounds are said: in the Chinese of administration for titles, and in short for keys."""

from __future__ import annotations

from decimal import Decimal

_HUNDRED_MILLION, _TEN_THOUSAND = 100_000_000, 10_000
_PER_CENT = Decimal("0.01")
_SMALL = ("元", "千瓦时")
_SHORT = ((1_000_000_000, "b"), (1_000_000, "m"), (1_000, "k"))


def said(value: float, unit: str | None) -> str:
    """A bound with its unit: 20000000 元 is 2000万元, 0.05 without a unit is 5%."""
    if unit is None:
        return f"{digits(value, _PER_CENT)}%"
    if abs(value) >= _HUNDRED_MILLION:
        return f"{digits(value, _HUNDRED_MILLION)}亿{unit}"
    return f"{digits(value, _TEN_THOUSAND)}万{unit}" if abs(value) >= _TEN_THOUSAND else f"{digits(value)}{unit}"


def digits(value: float, size: int | Decimal = 1) -> str:
    """A number in multiples of a size, with all its digits: two bounds are never told alike."""
    return f"{(Decimal(repr(value)) / size).normalize():f}"


def between(low: float | None, high: float | None, unit: str | None) -> str:
    """A band of a continuous number: 不足 or 低于, （含）至, 及以上; less than one yuan or kilowatt-hour is none."""
    if low is None:
        return _under(high or 0, unit)
    return f"{said(low, unit)}及以上" if high is None else f"{said(low, unit)}（含）至{said(high, unit)}"


def _under(high: float, unit: str | None) -> str:
    if high == 1 and unit in _SMALL:
        return f"为零（不足1{unit}）"
    return f"低于{said(high, unit)}" if unit is None or high <= 0 else f"不足{said(high, unit)}"


def counted(low: float | None, high: float | None, unit: str | None) -> str:
    """A band of whole numbers, both ends in it: 0人, 1至4人, 1000人及以上."""
    first = 0 if low is None else int(low)
    if high is None:
        return f"{first}{unit or ''}及以上"
    last = int(high) - 1
    return f"{first}{unit or ''}" if first == last else f"{first}至{last}{unit or ''}"


def short(low: float | None, high: float | None, unit: str | None) -> str:
    """A band as part of a key: `under_500k`, `500k_to_1m`, `from_1b`, `minus_20pct_to_0`."""
    if low is None:
        return f"under_{_number(high or 0, unit)}"
    return f"from_{_number(low, unit)}" if high is None else f"{_number(low, unit)}_to_{_number(high, unit)}"


def _number(value: float, unit: str | None) -> str:
    sign = "minus_" if value < 0 else ""
    if unit is None and value:
        return sign + f"{digits(abs(value), _PER_CENT)}pct".replace(".", "_")
    size, letter = next(((size, letter) for size, letter in _SHORT if abs(value) >= size), (1, ""))
    return sign + f"{digits(abs(value), size)}{letter}".replace(".", "_")
