"""Notices of releases to recipients' webhooks: found by looking, kept until sent, signed, retried. Blocks nobody."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import httpx
from sqlalchemy import Engine, RowMapping, and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from gateway.door import Door
from gateway.kept.database import NOTICES
from gateway.kept.grants import holding, recipient, widest
from gateway.kept.webhooks import Webhook, known, notice_of, served_of, webhooks
from gateway.refused import Refused
from gateway.serving.message import message
from gateway.supply.released import released
from schemas.manifest import Manifest

# After each failure a notice waits this many seconds; after the last it is given up and told as such.
WAITS = (60, 300, 1_800, 7_200, 43_200, 86_400)
# An endpoint has so many seconds for its whole answer, of which so many bytes are read.
_DEADLINE = 10
_MOST_READ = 1 << 16
# While one process sends a notice the others leave it alone for so long.
_CLAIMED = 60


def not_received(engine: Engine) -> dict[int, str]:
    """What became of the last notice that was tried, by webhook, of those that did not receive it."""
    columns = NOTICES.c
    last = select(func.max(columns.id)).where(columns.tries > 0).group_by(columns.webhook)
    with engine.connect() as connection:
        tried = connection.execute(select(NOTICES).where(columns.id.in_(last), columns.sent.is_(None))).mappings()
        return {each["webhook"]: _in_words(each) for each in tried}


def _in_words(notice: RowMapping) -> str:
    what = f"version {notice['version']} of {notice['product']} was not received ({notice['error']})"
    return f"{what}; tried {notice['tries']} of {len(WAITS) + 1} times"


def look(at: Door) -> int:
    """Write down a notice for each version that a webhook has not heard of; how many there are new.

    Of what is not granted the served one is taken as known: a grant that comes later tells of later ones.
    """
    asking = ((hook, recipient(at.engine, hook.recipient)) for hook in webhooks(at.engine))
    return sum(_look_for(at, hook, to.county) for hook, to in asking if to)


def _look_for(at: Door, hook: Webhook, county: str) -> int:
    granted = widest(holding(at.engine, hook.recipient))
    before = _newest_known(at.engine, hook)
    new = [each for each in served_of(at.settings.supply, county) if each.version > before[each.product]]
    _note(at.engine, [known(hook, each) for each in new if each.product not in granted])
    told = [
        notice_of(hook, each, version)
        for each in new
        if each.product in granted
        for version in range(before[each.product] + 1, each.version + 1)
    ]
    return _note(at.engine, told)


def _newest_known(engine: Engine, hook: Webhook) -> Counter[str]:
    """The newest version of each product that a webhook has heard of; 0 before the first."""
    columns = NOTICES.c
    asked = select(columns.product, func.max(columns.version)).where(columns.webhook == hook.id)
    with engine.connect() as connection:
        return Counter({row[0]: row[1] for row in connection.execute(asked.group_by(columns.product))})


def _note(engine: Engine, notices: list[dict[str, Any]]) -> int:
    """Write notices, how many; none where another process writes them just now."""
    try:
        with engine.begin() as connection:
            for each in notices:
                connection.execute(insert(NOTICES).values(each))
    except IntegrityError:
        return 0
    return len(notices)


def send_due(at: Door) -> int:
    """Send every notice that is due and that no other process is sending; how many were received.

    All webhooks are told at once, each its notices in order; one that does not receive is told no more in this round.
    """
    waiting = _waiting(at.engine)
    some = [(hook, [each for each in waiting if each["webhook"] == hook.id]) for hook in webhooks(at.engine)]
    return asyncio.run(_told_all(at, some))


def _waiting(engine: Engine) -> Sequence[RowMapping]:
    columns, now = NOTICES.c, int(time.time())
    due = and_(columns.sent.is_(None), columns.due <= now, columns.tries <= len(WAITS))
    with engine.connect() as connection:
        return connection.execute(select(NOTICES).where(due).order_by(columns.id)).mappings().all()


async def _told_all(at: Door, some: list[tuple[Webhook, list[RowMapping]]]) -> int:
    return sum(await asyncio.gather(*(_told_one(at, hook, waiting) for hook, waiting in some)))


async def _told_one(at: Door, hook: Webhook, waiting: list[RowMapping]) -> int:
    """Send a webhook's notices, up to one that it does not receive; of a grant that has ended none is sent any more."""
    granted = widest(holding(at.engine, hook.recipient)) if waiting else {}
    received = 0
    for notice in waiting:
        if not _claim(at.engine, notice["id"], notice["due"]):
            continue
        if notice["product"] not in granted:
            _settle(at.engine, notice["id"], len(WAITS), "the grant has ended")
            continue
        found = _found(at, notice)
        error = await _send(hook, found) if isinstance(found, Manifest) else found
        _settle(at.engine, notice["id"], notice["tries"], error)
        received += not error
        if error and isinstance(found, Manifest):
            break
    return received


def _claim(engine: Engine, number: int, due: int) -> bool:
    columns = NOTICES.c
    mine = update(NOTICES).where(columns.id == number, columns.due == due, columns.sent.is_(None))
    with engine.begin() as connection:
        return connection.execute(mine.values(due=int(time.time()) + _CLAIMED)).rowcount == 1


def _settle(engine: Engine, number: int, tries: int, error: str) -> None:
    now = int(time.time())
    waits = WAITS[min(tries, len(WAITS) - 1)]
    values = {"error": error, "tries": tries + 1, "due": now + waits} if error else {"sent": now, "tries": tries + 1}
    with engine.begin() as connection:
        connection.execute(update(NOTICES).where(NOTICES.c.id == number).values(values))


def _found(at: Door, notice: RowMapping) -> Manifest | str:
    """The version that a notice tells of, or why it cannot be read."""
    county, product, version = notice["county"], notice["product"], notice["version"]
    try:
        return released(at.settings.supply, county, product, version)
    except (Refused, ValueError) as error:
        return f"version {version} of {county}/{product} is not read here: {str(error).splitlines()[0]}"


async def _send(hook: Webhook, manifest: Manifest) -> str:
    """Post a notice; why it was not received, empty where it was: also that an address is none."""
    url, body, headers = message(hook, manifest, time.time())
    try:
        async with asyncio.timeout(_DEADLINE):
            answer, content = await _posted(url, body, headers)
    except TimeoutError:
        return f"no whole answer within {_DEADLINE} seconds"
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return f"{type(error).__name__}: {error}"
    if hook.form == "dingtalk" and answer.is_success and _errcode(content) != 0:
        return f"DingTalk answered {content[:200].decode(errors='replace')}"
    return "" if answer.is_success else f"{answer.status_code} {answer.reason_phrase}"


async def _posted(url: str, body: bytes, headers: dict[str, str]) -> tuple[httpx.Response, bytes]:
    """The answer, and of its content no more than a robot's verdict takes."""
    content = b""
    told = httpx.AsyncClient(timeout=_DEADLINE)
    async with told as client, client.stream("POST", url, content=body, headers=headers) as answer:
        async for part in answer.aiter_bytes():
            content += part
            if len(content) > _MOST_READ:
                break
    return answer, content


def _errcode(content: bytes) -> object:
    try:
        told = json.loads(content)
    except ValueError:
        return None
    return told.get("errcode") if isinstance(told, dict) else None


def watch(at: Door, seconds: float, stop: threading.Event) -> None:
    """Look and send again and again; whatever goes wrong is told, and tried again in the next round."""
    while not stop.wait(seconds):
        for step in (look, send_due):
            try:
                step(at)
            except SQLAlchemyError as error:
                print(f"Notices wait: the database does not answer ({error.__class__.__name__}).", flush=True)
            except Exception as error:
                what = f"{error.__class__.__name__}: {error}".splitlines()[0]
                print(f"Notices wait ({what}). They are tried again; if it stays so, tell the maintainers this line.",
                      flush=True)  # fmt: skip
