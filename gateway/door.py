"""Who is at the door and what they may have: token, network, rate and grant judged for each request. Serves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine

from gateway.audit import Audit
from gateway.caller import Caller, by_hash, by_token
from gateway.kept.database import open_database
from gateway.kept.grants import allowed_from
from gateway.limits import Limits
from gateway.refused import forbidden, unauthenticated
from gateway.settings import Settings


@dataclass(frozen=True)
class Door:
    """All that the gateway keeps open."""

    settings: Settings
    engine: Engine
    audit: Audit
    limits: Limits


def open_door(settings: Settings) -> Door:
    """Open database and audit log."""
    return Door(settings, open_database(settings), Audit(settings.log), Limits(settings.rate))


async def door(request: Request) -> Door:
    """The door of the application that answers."""
    return request.app.state.door


def caller(request: Request, at: Annotated[Door, Depends(door)]) -> Caller:
    """Who asks, by the bearer token."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    who = by_token(at.engine, secret.strip()) if scheme.lower() == "bearer" else None
    message = "The bearer token is missing, unknown, expired or revoked. Ask for a new profile file."
    return admitted(request, at, who, message)


def admitted(request: Request, at: Door, who: Caller | None, message: str) -> Caller:
    """A caller from a network that is theirs and at a rate that is; refused with a message where there is none."""
    address = request.client.host if request.client else ""
    if who is None:
        at.limits.take(f"address {address}")
        raise unauthenticated(message)
    if not allowed_from(who.recipient, address):
        raise forbidden(f"This token may not be used from {address}. Ask for your network to be added.")
    at.limits.take(f"recipient {who.recipient.id}")
    return who


def still_allowed(at: Door, grant: int, token: str) -> bool:
    """Whether a grant and a token that opened a file still hold: asked again while its bytes are sent."""
    who = by_hash(at.engine, token)
    return who is not None and any(each.id == grant for each in who.holding)


Here = Annotated[Door, Depends(door)]
Asking = Annotated[Caller, Depends(caller)]
