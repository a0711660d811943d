"""Notices of broken promises to recipients' webhooks: each told once, those found together in one message."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Engine, select

from gateway.door import Door
from gateway.kept.database import BREACHES
from gateway.kept.grants import holding, widest
from gateway.kept.waiting import claim, forget, note, settle
from gateway.kept.webhooks import Webhook, listening, served_of
from gateway.serving.message import of_breaches
from gateway.serving.posting import post
from gateway.serving.rounds import Rows, send_to_all
from gateway.supply.breaches import Breach, breaches
from gateway.supply.promise import now
from schemas.manifest import Manifest


def look(at: Door) -> int:
    """Write down each promise of what is granted that is broken and of which a webhook has not heard; how many.

    What was given up as a grant had ended was heard by nobody: it is told under the next one, if it lasts.
    """
    forget(at.engine, BREACHES)
    return sum(note(at.engine, BREACHES, _new(at, hook, county)) for hook, county in listening(at.engine))


def _new(at: Door, hook: Webhook, county: str) -> list[dict[str, Any]]:
    granted, supply = widest(holding(at.engine, hook.recipient)), at.settings.supply
    heard = _heard(at.engine, hook)
    mine = [each for each in served_of(supply, county) if each.product in granted]
    return [
        _breach_of(hook, manifest, breach)
        for manifest in mine
        for breach in breaches(supply, manifest, now())
        if (county, manifest.product, breach.about) not in heard
    ]


def _heard(engine: Engine, hook: Webhook) -> set[tuple[str, str, str]]:
    columns = BREACHES.c
    query = select(columns.county, columns.product, columns.about).where(columns.webhook == hook.id)
    with engine.connect() as connection:
        return {(row[0], row[1], row[2]) for row in connection.execute(query)}


def _breach_of(hook: Webhook, manifest: Manifest, breach: Breach) -> dict[str, Any]:
    """A breach that is to be told."""
    return {"webhook": hook.id, "county": manifest.county, "county_name": manifest.county_name,
            "product": manifest.product, "title": manifest.title, "about": breach.about,
            "words": breach.words}  # fmt: skip


def send_due(at: Door) -> int:
    """Tell every webhook of its breaches that are due and that no other process tells; how many were received."""
    return send_to_all(at, BREACHES, _tell)


async def _tell(at: Door, hook: Webhook, due: Rows) -> int:
    """Send a webhook's breaches in one message."""
    mine = [each for each in due if claim(at.engine, BREACHES, each)]
    error = await post(hook, of_breaches(hook, mine, time.time())) if mine else ""
    for each in mine:
        settle(at.engine, BREACHES, each, error)
    return 0 if error else len(mine)
