"""Grants and subscribers written where the resource ledger reads them. Grants nothing."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, select

from gateway.kept.database import GRANTS, RECIPIENTS
from schemas.china import day_of
from schemas.granted import FILE, Given, Granted, Subscriber
from schemas.manifest import canonical
from schemas.put import put_bytes


def granted(engine: Engine) -> Granted:
    """Every subscriber and every grant, in the order in which they were made."""
    with engine.connect() as connection:
        offices = connection.execute(select(RECIPIENTS).order_by(RECIPIENTS.c.id)).all()
        grants = connection.execute(select(GRANTS).order_by(GRANTS.c.id)).all()
    return Granted(
        subscribers=tuple(Subscriber(id=each.id, county=each.county, name=each.name) for each in offices),
        grants=tuple(
            Given(id=each.id, subscriber=each.recipient, product=each.product, level=each.level, purpose=each.purpose,
                  since=day_of(each.granted), until=day_of(each.expires),
                  revoked=None if each.revoked is None else day_of(each.revoked))
            for each in grants
        ),
    )  # fmt: skip


def write(engine: Engine, state: Path) -> Path:
    """Write it into the state folder, whole or not at all; gives the file."""
    put_bytes(canonical(granted(engine)), state / FILE)
    return state / FILE
