"""Notices of releases to recipients' webhooks: found by looking, kept until sent, signed, retried. Blocks nobody."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

from sqlalchemy import Engine, RowMapping, func, select

from gateway.door import Door
from gateway.kept.database import NOTICES
from gateway.kept.grants import holding, widest
from gateway.kept.waiting import claim, note, settle
from gateway.kept.webhooks import Webhook, listening, notice_of, served_of, skipped_notice
from gateway.refused import Refused
from gateway.serving.message import Message, of_release
from gateway.serving.posting import post
from gateway.serving.rounds import Rows, send_to_all
from gateway.supply.counted import counted
from gateway.supply.released import released
from schemas.manifest import Manifest


def look(at: Door) -> int:
    """Write down a notice for each version that a webhook has not heard of; how many there are new.

    Of what is not granted the served one is taken as known: a grant that comes later tells of later ones.
    """
    return sum(_look_for(at, hook, county) for hook, county in listening(at.engine))


def _look_for(at: Door, hook: Webhook, county: str) -> int:
    granted = widest(holding(at.engine, hook.recipient))
    before = _newest_known(at.engine, hook)
    new = [each for each in served_of(at.settings.supply, county) if each.version > before[each.product]]
    note(at.engine, NOTICES, [skipped_notice(hook, each) for each in new if each.product not in granted])
    notices = [
        notice_of(hook, each, version)
        for each in new
        if each.product in granted
        for version in range(before[each.product] + 1, each.version + 1)
    ]
    return note(at.engine, NOTICES, notices)


def _newest_known(engine: Engine, hook: Webhook) -> Counter[str]:
    """The newest version of each product that a webhook has heard of; 0 before the first."""
    columns = NOTICES.c
    query = select(columns.product, func.max(columns.version)).where(columns.webhook == hook.id)
    with engine.connect() as connection:
        return Counter({row[0]: row[1] for row in connection.execute(query.group_by(columns.product))})


def send_due(at: Door) -> int:
    """Send every notice that is due and that no other process is sending; how many were received.

    All webhooks are told at once, each its notices in order; one that does not receive is told no more in this round.
    Later versions do not wait until an earlier one is tried again: the newest would be told a day late.
    """
    return send_to_all(at, NOTICES, _tell)


async def _tell(at: Door, hook: Webhook, due: Rows) -> int:
    """Send a webhook's notices, up to one that it does not receive."""
    received = 0
    for notice in due:
        if not claim(at.engine, NOTICES, notice):
            continue
        outcome = _manifest_or_why(at, notice)
        if isinstance(outcome, str):
            settle(at.engine, NOTICES, notice, outcome)
            continue
        error = await post(hook, await _message(at, hook, outcome))
        settle(at.engine, NOTICES, notice, error)
        if error:
            break
        received += 1
    return received


async def _message(at: Door, hook: Webhook, manifest: Manifest) -> Message:
    """What is told of a version, with the counts of the recipient's view; others go on while its files are read."""
    grant = widest(holding(at.engine, hook.recipient)).get(manifest.product)
    counts = await asyncio.to_thread(counted, at.settings.supply, manifest, grant.level if grant else "")
    return of_release(hook, manifest, counts, time.time())


def _manifest_or_why(at: Door, notice: RowMapping) -> Manifest | str:
    """The version that a notice tells of, or why it cannot be read."""
    county, product, version = notice["county"], notice["product"], notice["version"]
    try:
        return released(at.settings.supply, county, product, version)
    except (Refused, ValueError) as error:
        return f"version {version} of {county}/{product} is not read here: {str(error).splitlines()[0]}"
