"""Figures that repeat a list of members every period. Whether one lacks is not asked here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Panel:
    """Figures that repeat a list of members every period: a row for each district and day.

    All names are standard columns. `period` holds the day, the values of `member` make the list, `by` parts
    the rows into lists of their own; the member called `total` is what the others add up to in each of `sums`.
    """

    period: str
    member: str
    by: tuple[str, ...] = ()
    total: str | None = None
    sums: tuple[str, ...] = ()
