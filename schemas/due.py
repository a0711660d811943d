"""When a feed's next delivery is promised. Whether it came is not asked here."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from schemas.rooms import Misdeclared

_NO_LEAP_YEAR = 2001
_YEAR = 365


@dataclass(frozen=True)
class Due:
    """When a feed's next delivery is promised: a cron line in Asia/Shanghai, and how many days before it may come."""

    cron: str
    every_days: int
    title: str

    def least(self, due: date) -> date:
        """The day that a delivery due on a day must be of at least.

        Of a yearly one it is the same day a year before: in a leap year that is 366 days.
        """
        return due.replace(year=due.year - 1) if self.every_days == _YEAR else due - timedelta(days=self.every_days)


def daily(at: str) -> Due:
    """Every day by the hour and minute given, such as `06:00`."""
    return Due(f"{_at(at)} * * *", 1, f"每日{at}前")


def monthly(day_of_month: int, at: str) -> Due:
    """Every month by the day and time given, a day that every month has."""
    if day_of_month not in range(1, 29):
        raise Misdeclared(f"due: found day {day_of_month} of each month; expected 1 to 28, as each month has. Mend it.")
    return Due(f"{_at(at)} {day_of_month} * *", 28, f"每月{day_of_month}日{at}前")


def yearly(month: int, day_of_month: int, at: str) -> Due:
    """Every year by the month, day and time given, a day that every year has."""
    if not is_there(_NO_LEAP_YEAR, month, day_of_month):
        raise Misdeclared(
            f"due: found day {day_of_month} of month {month}; expected one that there is in every year. Mend it."
        )
    return Due(f"{_at(at)} {day_of_month} {month} *", _YEAR, f"每年{month}月{day_of_month}日{at}前")


def _at(at: str) -> str:
    """Minute and hour as a cron line begins. Raises Misdeclared for a time that there is not."""
    told = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", at)
    if told is None:
        raise Misdeclared(f"due: found the time '{at}'; expected one such as 08:00. Mend it.")
    return f"{int(told[2])} {int(told[1])}"


def is_there(year: int, month: int, day: int) -> bool:
    """Whether a year has such a day."""
    return month in range(1, 13) and day in range(1, 1 + monthrange(year, month)[1])
