"""One round of sending what is due, to all webhooks at once. What is sent of it, and how, is not known here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from sqlalchemy import RowMapping, Table

from gateway.door import Door
from gateway.kept.grants import holding, widest
from gateway.kept.waiting import claim, give_up, waiting
from gateway.kept.webhooks import Webhook, webhooks

Rows = Sequence[RowMapping]
Tell = Callable[[Door, Webhook, Rows], Awaitable[int]]


def send_to_all(at: Door, table: Table, tell: Tell) -> int:
    """Give each webhook's rows that are due to `tell`, in order, which says how many were received; of a grant that has
    ended none is told any more."""
    due = waiting(at.engine, table)
    some = [(hook, [each for each in due if each["webhook"] == hook.id]) for hook in webhooks(at.engine)]
    granted = [(hook, _granted(at, table, hook, mine)) for hook, mine in some if mine]
    return _done(_sent(at, granted, tell))


def _done(work: Coroutine[Any, Any, int]) -> int:
    """What work gives, once it is done: asyncio.run waits on for a thread that looks up a name which no resolver
    answers."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


def _granted(at: Door, table: Table, hook: Webhook, due: Rows) -> Rows:
    """Those of which the grant holds; the others are given up."""
    granted = widest(holding(at.engine, hook.recipient))
    for each in due:
        if each["product"] not in granted and claim(at.engine, table, each):
            give_up(at.engine, table, each)
    return [each for each in due if each["product"] in granted]


async def _sent(at: Door, some: Sequence[tuple[Webhook, Rows]], tell: Tell) -> int:
    """How many were received. What goes wrong with one webhook is raised once all others have been told."""
    counts = await asyncio.gather(*(tell(at, hook, mine) for hook, mine in some), return_exceptions=True)
    for each in counts:
        if isinstance(each, BaseException):
            raise each
    return sum(each for each in counts if isinstance(each, int))
