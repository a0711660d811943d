"""Freshness against the promise: when each feed's delivery was due, what day it is of, and that in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schemas.china import CHINA
from schemas.due import Due
from schemas.entity import all_entities
from schemas.feed import all_feeds
from schemas.manifest import Input, Manifest

_LONGEST_DAYS = 366


@dataclass(frozen=True)
class Fresh:
    """One feed's freshness: `late` is None where nothing is promised; `words` say what to do where it is late."""

    feed: str
    title: str
    department: str
    promised: str
    as_of: str | None
    late: bool | None
    words: str


def now() -> datetime:
    """The moment by which the portal judges, in China's time."""
    return datetime.now(CHINA)


def promised(feed: str) -> Due | None:
    """When a feed is due, by its declaration; None for one that is declared no more.

    The contract's own promise stands on these: its cycle is that of the slowest feed that it needs.
    """
    declared = all_feeds().get(feed)
    return declared.due if declared else None


def freshness(manifest: Manifest, inputs: Iterable[Input], at: datetime) -> list[Fresh]:
    """Every feed behind a release, and every one that is missing, against what is promised at a moment.

    `inputs` are the deliveries that the release was last found to agree with.
    """
    newest: dict[str, str] = {}
    for each in inputs:
        newest[each.feed] = max(newest.get(each.feed, ""), each.as_of)
    missing = {each.feed: each for each in manifest.missing}
    fresh = [_judged(feed, day, promised(feed), at) for feed, day in sorted(newest.items()) if feed not in missing]
    return fresh + [_missing(each.feed, each.title, each.reason, promised(each.feed)) for each in missing.values()]


def _judged(feed: str, day: str, promise: Due | None, at: datetime) -> Fresh:
    title, department = _names(feed)
    due = last_due(promise.cron, at) if promise else None
    if promise is None or due is None:
        return Fresh(feed, title, department, "未承诺", day, None, f"契约没有承诺更新时间；现有数据时点 {day}。")
    least = promise.least(due.date())
    late = (least - date.fromisoformat(day)).days
    if late <= 0:
        words = f"最近一次应于 {due:%Y-%m-%d %H:%M} 前到达，现有数据时点 {day}。"
    else:
        words = (
            f"最近一次应于 {due:%Y-%m-%d %H:%M} 前到达、时点不早于 {least}；"
            f"现有数据时点仍为 {day}，落后 {late} 天。如有急用，请联系省数据局催办。"
        )
    return Fresh(feed, title, department, promise.title, day, late > 0, words)


def _missing(feed: str, title: str, reason: str, promise: Due | None) -> Fresh:
    why = "尚未到达" if reason == "not arrived" else "最新批次被拒收"
    words = f"{why}，相关列为空。无需操作，合格批次到达后的下一次发布会补上；如有急用，请联系省数据局催办。"
    due = promise.title if promise else "未承诺"
    return Fresh(feed, title, _names(feed)[1], due, as_of=None, late=True, words=words)


def _names(feed: str) -> tuple[str, str]:
    """What a feed and its department are called; a feed that is declared no more is called by its key."""
    declared = all_feeds().get(feed)
    return (declared.title, declared.department_title) if declared else (feed, "")


def titles() -> dict[str, str]:
    """What every feed is called, and each of its columns under `feed.column`."""
    columns = {
        f"{key}.{name}": column.title for key, feed in all_feeds().items() for name, column in feed.columns.items()
    }
    return columns | {key: feed.title for key, feed in all_feeds().items()}


def attributes() -> dict[str, str]:
    """What each fused column is called, be it none of a product's own."""
    return {name: each.title for entity in all_entities().values() for name, each in entity.attributes.items()}


def last_due(cron: str, at: datetime) -> datetime | None:
    """The last moment at or before `at` that a cron line of minute, hour, day and month means; None for any other."""
    fields = cron.split()
    if len(fields) != 5 or fields[4] != "*" or not (fields[0].isdigit() and fields[1].isdigit()):
        return None
    time = at.replace(hour=int(fields[1]), minute=int(fields[0]), second=0, microsecond=0)
    days = (time - timedelta(days=back) for back in range(_LONGEST_DAYS + 1))
    meant = (each for each in days if each <= at and fields[2] in ("*", str(each.day)))
    return next((each for each in meant if fields[3] in ("*", str(each.month))), None)
