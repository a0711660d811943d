"""What a file's name says: the day that it speaks of and, where a feed comes in parts, which part. Reads no byte."""

from __future__ import annotations

import calendar
import os
import re
from datetime import date
from pathlib import Path

from pipelines.refusal import Finding, Refusal
from schemas.feed import Feed

# How a name carries a day, a month or a year; in this order, as a day bears a month and that a year. What says less
# than a month or year is none: its last day would be another than is meant. A part of a year stands before it as well.
_NUMERAL = r"[\d一二三四五六七八九十]"
# Of 周 alone a town (周巷镇) and much else begin.
_WEEK_IN_WORDS = rf"(?:第?{_NUMERAL}+周|周(?:报|(?![\u4e00-\u9fff])))"
_WEEK = rf"{_WEEK_IN_WORDS}|(?i:w|wk|week)[-_.\s]?\d"
_LESS_THAN_MONTH = rf"[-_.\s(（]*(?:[上中下]旬|{_WEEK})"
_IN_LETTERS = r"(?i:q(?:uarter)?|h(?:y|alf)?|w(?:k|eek)?)[-_.\s]?\d{1,3}"
_IN_WORDS = rf"(?:第?前?{_NUMERAL}*季|{_WEEK_IN_WORDS}|[上下]?半年)"
_PART = rf"(?:{_IN_WORDS}|(?:{_IN_LETTERS}|(?i:[st][1-4]|d\d{{3}}))(?![0-9A-Za-z]))"
_LESS_THAN_YEAR = rf"[年度\-_.\s]*(?:\d|[(（]?\s*{_PART})"
_PART_BEFORE = rf"(?:{_IN_WORDS}度?报?|(?<![A-Za-z]){_IN_LETTERS}|(?<!\d)[1-4](?i:[qh]))[-_.\s()（）]*"
_DAYS = tuple(map(re.compile, (
    r"(?<!\d)(\d{4})([-_.]?)(?P<month>\d{2})\2(?P<day>\d{2})(?:\d{6})?(?!\d)",
    rf"(?<!\d)(\d{{4}})年\s*(?P<month>\d{{1,2}})月(?:\s*(?P<day>\d{{1,2}})\s*[日号]|(?!\s*\d|\s*第|{_LESS_THAN_MONTH}))",
    rf"(?<!\d)(\d{{4}})([-_.]?)(?P<month>\d{{2}})(?!\d|\2\d{{1,2}}(?!\d)|{_LESS_THAN_MONTH})",
    rf"{_PART_BEFORE}\d{{4}}(?!\d)|(?<!\d)(\d{{4}})(?!{_LESS_THAN_YEAR})",
)))  # fmt: skip
_YEARS = range(1949, 2101)


def shown(name: str) -> str:
    """A name in letters: one whose bytes are no UTF-8, as Windows packs and sends names, in its own code."""
    raw = os.fsencode(name)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def told_by_name(feed: type[Feed], file: Path) -> dict[str, str]:
    """The source columns that a file's name tells; a feed in one part has none."""
    if feed.part is None:
        return {}
    match = re.search(feed.part, file.stem)
    if match is None:
        expected = f"a name that says {', '.join(feed.told_by_name())}, of the form {feed.part}"
        raise Refusal(Finding(file.name, 0, "", "no_part", f"the name '{file.name}'", expected, "Rename the file."))
    return match.groupdict(default="")


def as_of_name(feed: type[Feed], file: Path) -> date:
    """The day a file speaks of, from its name: 2026, 202606 or 20260630, with `-`, `_`, `.` or 年月日 between.

    A month's last day, and of a year the one that the feed says. Raises Refusal for a name that carries none.
    """
    if (told := day_in_name(feed, file)) is not None:
        return told
    expected = "a name that carries the day, such as 20260630"
    raise Refusal(Finding(file.name, 0, "", "no_day", _no_day(file), expected, "Rename the file."))


def _no_day(file: Path) -> str:
    """What was found of a name that carries no day; one that is written like a day is named."""
    alike = next((match[0] for form in _DAYS for match in form.finditer(file.stem)), None)
    return f"the name '{file.name}'" + (f", of which {alike} is no day" if alike else "")


def day_in_name(feed: type[Feed], file: Path) -> date | None:
    """The first day in a name, or else that of the first month or year in it; None where there is none."""
    told = (_day_of(feed, match) for form in _DAYS for match in form.finditer(file.stem))
    return next((each for each in told if each is not None), None)


def _day_of(feed: type[Feed], match: re.Match[str]) -> date | None:
    told = match.groupdict()
    year, month, day = int(match[1] or 0), told.get("month"), told.get("day")
    if year not in _YEARS:
        return None
    return date(year, *feed.year_means) if month is None else _in_month(year, int(month), day)


def _in_month(year: int, month: int, day: str | None) -> date | None:
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    return date(year, month, int(day or last)) if 1 <= int(day or last) <= last else None
