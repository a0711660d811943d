"""A value as a person writes it, read as the type that a column is promised in. No rule of a kind is judged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import isfinite

import polars as pl

from schemas import kinds
from schemas.kinds import QUOTIENT, Kind, either, flag, narrowed

# Days, and months, which are held as their first day.
DAYS = ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y-%m", "%Y%m")
WORDS = ("是", "否", "true", "false")
# How a cell is said to be empty.
EMPTY = ("空", "（空）")
YES_OR_NO: Kind = either(flag(*WORDS[:2]), flag(*WORDS[2:]))


def day(text: str, form: str) -> date | None:
    """The day that a text says in one of the forms, or the first one of a month."""
    kind = kinds.day(form) if "%d" in form else kinds.month(form)
    return pl.select(kind.read(pl.lit(text))).item()


def meant(text: str, sql_type: str) -> object:
    """What a text says in a type of SQL, such as DECIMAL(24,6); None where it says none of that type."""
    read = next((read for name, read in _READ.items() if sql_type.startswith(name)), None)
    return text if read is None else read(_narrowed(text))


def _narrowed(text: str) -> str:
    return pl.DataFrame({"text": [text]}).select(narrowed(pl.col("text"))).item()


def _number(text: str) -> object:
    return pl.select(QUOTIENT.read(pl.lit(text))).item()


def _share(text: str) -> object:
    """A number of any length behind the point, as what is divided has."""
    told = pl.select(pl.lit(text.replace(",", "")).cast(pl.Float64, strict=False)).item()
    return told if told is not None and isfinite(told) else None


def _whole(text: str) -> object:
    return _number(text) if "." not in text else None


def _day(text: str) -> object:
    return next((told for form in DAYS if (told := day(text, form)) is not None), None)


def _yes_or_no(text: str) -> object:
    return pl.select(YES_OR_NO.read(pl.lit(text))).item()


_READ: dict[str, Callable[[str], object]] = {
    "BIGINT": _whole, "DECIMAL": _number, "DOUBLE": _share, "DATE": _day, "BOOLEAN": _yes_or_no,
}  # fmt: skip
