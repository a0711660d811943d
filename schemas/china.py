"""What day it is for who reads or promises: by China's time, whatever the machine's zone. Makes no published byte."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

# All departments and counties live by this time, which knows no summer.
CHINA = timezone(timedelta(hours=8))


def today() -> date:
    """The day that it is now in China."""
    return datetime.now(CHINA).date()


def day_of(seconds: float) -> str:
    """The day in China of a moment in seconds since 1970."""
    return datetime.fromtimestamp(seconds, CHINA).date().isoformat()
