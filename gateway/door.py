"""Who is at the door and what they may have: token, network, rate and grant judged for each request. Serves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine

from gateway.audit import Audit
from gateway.database import open_database
from gateway.grants import Grant, Recipient, allowed_from, holding, recipient, widest
from gateway.limits import Limits
from gateway.refused import forbidden, unauthenticated, unknown
from gateway.settings import Settings
from gateway.tokens import Token, known, still_good


@dataclass(frozen=True)
class Door:
    """All that the gateway keeps open."""

    settings: Settings
    engine: Engine
    audit: Audit
    limits: Limits


@dataclass(frozen=True)
class Caller:
    """Who asks, with which token, all grants that hold, and the widest of them for each product."""

    recipient: Recipient
    token: Token
    holding: tuple[Grant, ...]
    grants: dict[str, Grant]

    def grant_for(self, county: str, product: str, level: str | None = None) -> Grant:
        """The grant for a county's product and view; refused as unknown where there is none."""
        return self._checked(self.grants.get(product), county, product, level)

    def grant_numbered(self, number: int, county: str, product: str, level: str) -> Grant:
        """The grant that an address was signed for, if it still lets its recipient have the view."""
        found = next((each for each in self.holding if each.id == number and each.product == product), None)
        return self._checked(found, county, product, level)

    def _checked(self, grant: Grant | None, county: str, product: str, level: str | None) -> Grant:
        if county != self.recipient.county or grant is None or (level is not None and not grant.allows(level)):
            raise unknown("/".join(filter(None, (county, product, level))))
        return grant


def open_door(settings: Settings) -> Door:
    """Open database and audit log."""
    return Door(settings, open_database(settings), Audit(settings.state / "audit.jsonl"), Limits(settings.rate))


def door(request: Request) -> Door:
    """The door of the application that answers."""
    return request.app.state.door


def caller(request: Request, at: Annotated[Door, Depends(door)]) -> Caller:
    """Who asks, by the bearer token."""
    address = request.client.host if request.client else ""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    token = known(at.engine, secret.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        at.limits.take(f"address {address}")
        raise unauthenticated("The bearer token is missing, unknown, expired or revoked. Ask for a new profile file.")
    return admitted(at, token, address)


def admitted(at: Door, token: Token, address: str) -> Caller:
    """The recipient of a good token, from a network that is theirs and at a rate that is."""
    to = recipient(at.engine, token.recipient)
    if to is None or not allowed_from(to, address):
        raise forbidden(f"This token may not be used from {address}. Ask for your network to be added.")
    at.limits.take(f"recipient {to.id}")
    grants = holding(at.engine, to.id)
    return Caller(to, token, tuple(grants), widest(grants))


def still_allowed(at: Door, grant: int, token: int) -> bool:
    """Whether a grant and a token that opened a file still hold: asked again while its bytes are sent."""
    good = still_good(at.engine, token)
    return good is not None and any(each.id == grant for each in holding(at.engine, good.recipient))


Here = Annotated[Door, Depends(door)]
Asking = Annotated[Caller, Depends(caller)]
