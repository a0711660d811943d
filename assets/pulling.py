"""Pulling as Dagster sees it: which source a feed has in this environment; a failed pull is told and blocks nothing."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from pipelines.disk.deliveries import deliveries
from pipelines.gather import outcomes_of
from pipelines.pull.api import pull_api
from pipelines.pull.budget import Budget, PullError
from pipelines.pull.exchange import pull_exchange
from schemas.feed import Api, Exchange, Feed, all_feeds


def address_of(feed: type[Feed]) -> str | None:
    """The address that the environment gives for a feed's source: JUBIAN_EXCHANGE_URL or JUBIAN_<FEED>_URL."""
    match feed.source:
        case Exchange():
            return os.environ.get("JUBIAN_EXCHANGE_URL")
        case Api():
            return os.environ.get(f"JUBIAN_{feed.key.upper()}_URL")
        case None:
            return None


def pulled() -> list[str]:
    """The feeds that have a source in this environment."""
    return [feed.key for feed in all_feeds().values() if address_of(feed) is not None]


def pull(feed: type[Feed], inbox: Path, home: Path) -> str | None:
    """Pull what is new into the inbox where the feed has a source and the environment its address; gives a fault."""
    address = address_of(feed)
    if address is None:
        return None
    try:
        _pull(feed, address, inbox, home, Budget())
    except PullError as error:
        return str(error)
    return None


def _pull(feed: type[Feed], address: str, inbox: Path, home: Path, budget: Budget) -> None:
    match feed.source:
        case Exchange() as source:
            pull_exchange(feed.key, source.table, source.batch, address, inbox, _have(feed, home), budget)
        case Api() as source:
            pull_api(feed.key, address, source.path, _since(feed, home), inbox, budget)
        case None:
            return


def _have(feed: type[Feed], home: Path) -> set[tuple[str, int | None]]:
    """The batches that have landed with their rows, None where a later full file has taken a batch's place: what the
    department purges of it changes nothing."""
    since = _since(feed, home) if feed.delivers == "snapshot" and feed.part is None else None
    first = since.isoformat() if since else ""
    return {(Path(each.file).stem, each.rows if each.as_of >= first else None) for each in deliveries(feed, home)}


def _since(feed: type[Feed], home: Path) -> date | None:
    """The newest day of a feed's deliveries; what was stopped brought nothing, and is asked for again."""
    stopped = {outcome.delivery.name for outcome in outcomes_of(feed, home) if outcome.refusal is not None}
    days = (each.as_of for each in deliveries(feed, home) if each.name not in stopped)
    return max(map(date.fromisoformat, days), default=None)
