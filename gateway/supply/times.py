"""Versions by time: which version a timestamp means, in China's time unless it says otherwise. Reads no file."""

from __future__ import annotations

import re
from datetime import datetime

from gateway.refused import malformed
from gateway.supply.released import Line, Moment
from schemas.china import CHINA

_LOOSE = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](.*))?$")


def milliseconds(timestamp: str) -> int:
    """A timestamp as milliseconds since 1970. `2026-7-1 08:00:00` and ISO 8601 with a zone are both read."""
    match = _LOOSE.match(timestamp.strip())
    if match is None:
        raise malformed(_expected(timestamp))
    year, month, day, rest = match.groups()
    try:
        read = datetime.fromisoformat(f"{year}-{int(month):02d}-{int(day):02d}T{rest or '00:00:00'}")
        return int((read if read.tzinfo else read.replace(tzinfo=CHINA)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise malformed(_expected(timestamp)) from None


def _expected(timestamp: str) -> str:
    return f"'{timestamp}' is no timestamp; write one such as 2026-07-01 08:00:00."


def as_of(line: Line, timestamp: str) -> Moment:
    """The newest version at or before a timestamp; refused where it is not kept any more."""
    at = milliseconds(timestamp)
    older = [each for each in line.moments if each.at <= at]
    if not older:
        first = datetime.fromtimestamp(line.moments[0].at / 1000, CHINA)
        raise malformed(f"Nothing had been released by {timestamp}; the first version is of {first:%Y-%m-%d %H:%M:%S}.")
    return line.kept(older[-1])


def since(line: Line, timestamp: str) -> Moment:
    """The oldest version at or after a timestamp; refused where it is not kept any more: changes would be left out."""
    at = milliseconds(timestamp)
    newer = [each for each in line.moments if each.at >= at]
    if not newer:
        last = datetime.fromtimestamp(line.latest.at / 1000, CHINA)
        raise malformed(f"Nothing has been released since {timestamp}; the last is of {last:%Y-%m-%d %H:%M:%S}.")
    return line.kept(newer[0])
