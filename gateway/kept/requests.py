"""Requests for grants: what a recipient asks for, and how it was answered. A grant is made in gateway.kept.grants."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Engine, func, insert, select, update

from gateway.kept.database import RECIPIENTS, REQUESTS, transaction
from gateway.kept.grants import Grant, Recipient, grant, hold
from schemas.typed import is_said, typed

PENDING, APPROVED, DECLINED = "pending", "approved", "declined"
# So many may wait at once: one who asks in a loop fills nobody's list.
MOST_PENDING = 20


@dataclass(frozen=True)
class Request:
    """What a recipient asks for, and what came of it; moments in seconds since 1970."""

    id: int
    recipient: int
    product: str
    level: str
    purpose: str
    contact: str
    asked: int
    state: str
    answered: int | None
    by: str | None
    reason: str | None
    grant: int | None


def ask(
    kept: Engine | Connection, to: Recipient, product: str, level: str, *, purpose: str, contact: str
) -> int | None:
    """Write down a request and give its number; None where too many wait already."""
    mine = (REQUESTS.c.recipient == to.id, REQUESTS.c.state == PENDING)
    values = {"recipient": to.id, "product": product, "level": level, "purpose": purpose, "contact": contact,
              "asked": int(time.time()), "state": PENDING}  # fmt: skip
    with transaction(kept) as connection:
        hold(connection, to.id)
        if connection.execute(select(func.count()).select_from(REQUESTS).where(*mine)).scalar_one() >= MOST_PENDING:
            return None
        (made,) = connection.execute(insert(REQUESTS).values(values)).inserted_primary_key or (0,)
    return int(made)


def requests_of(engine: Engine, recipient: int) -> list[Request]:
    """All requests of a recipient, the newest first."""
    return _requests(engine, REQUESTS.c.recipient == recipient)[::-1]


def pending(engine: Engine) -> list[tuple[Request, Recipient]]:
    """The requests that wait, the oldest first, each with who asks."""
    columns = RECIPIENTS.c
    with engine.connect() as connection:
        rows = connection.execute(select(columns.id, columns.county, columns.name)).all()
    recipients = {row.id: Recipient(row.id, row.county, row.name, ()) for row in rows}
    return [(each, recipients[each.recipient]) for each in _requests(engine, REQUESTS.c.state == PENDING)]


def waiting(engine: Engine, number: int) -> Request:
    """The request of a number that waits. Raises LookupError where there is none."""
    requests = [each for each in _requests(engine, REQUESTS.c.id == number) if each.state == PENDING]
    if not requests:
        raise LookupError(f"There is no request {number} that waits; see: {typed('gateway requests')}")
    return requests[0]


def approve(kept: Engine | Connection, request: Request, to: Recipient, *, approver: str, days: int) -> Grant:
    """Grant what is asked for. Raises ValueError where the approver is not told, LookupError where it was answered."""
    with transaction(kept) as connection:
        _answer(connection, request.id, state=APPROVED, by=approver, reason=None)
        made = grant(
            connection, to, request.product, request.level, purpose=request.purpose, approver=approver, days=days
        )
        connection.execute(update(REQUESTS).where(REQUESTS.c.id == request.id).values(grant=made.id))
    return made


def decline(kept: Engine | Connection, request: Request, *, by: str, reason: str) -> None:
    """Say no, and why. Raises ValueError where either is not told, LookupError where it was answered."""
    if not is_said(reason):
        raise ValueError("A recipient is told why: write --reason.")
    with transaction(kept) as connection:
        _answer(connection, request.id, state=DECLINED, by=by, reason=reason)


def _answer(connection: Connection, number: int, **values: str | None) -> None:
    """Answer a request once, whoever of several comes first."""
    if not is_said(values["by"] or ""):
        raise ValueError("An answer says who gave it; write a name.")
    mine = update(REQUESTS).where(REQUESTS.c.id == number, REQUESTS.c.state == PENDING)
    if connection.execute(mine.values(answered=int(time.time()), **values)).rowcount != 1:
        raise LookupError(f"Request {number} has been answered meanwhile; see: {typed('gateway requests')}")


def _requests(engine: Engine, which: ColumnElement[bool]) -> list[Request]:
    with engine.connect() as connection:
        rows = connection.execute(select(REQUESTS).where(which).order_by(REQUESTS.c.id)).all()
    return [Request(*row) for row in rows]
