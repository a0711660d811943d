"""Who asks: a token's recipient and what they may have now, in one question to the database. Judges no request."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, and_, bindparam, select

from gateway.kept.database import GRANTS, RECIPIENTS, TOKENS
from gateway.kept.grants import Grant, Recipient, widest
from gateway.kept.tokens import Token, hashed
from gateway.refused import unknown

_TOKEN = tuple(TOKENS.c[name] for name in ("id", "hash", "recipient", "expires"))
_WHO = (*_TOKEN, *(RECIPIENTS.c[name] for name in ("county", "name", "networks")))


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
        grant = next((each for each in self.holding if each.id == number and each.product == product), None)
        return self._checked(grant, county, product, level)

    def _checked(self, grant: Grant | None, county: str, product: str, level: str | None) -> Grant:
        if county != self.recipient.county or grant is None or (level is not None and not grant.allows(level)):
            raise unknown("/".join(filter(None, (county, product, level))))
        return grant


def by_token(engine: Engine, secret: str) -> Caller | None:
    """The caller of a bearer token that is good now."""
    return by_hash(engine, hashed(secret))


def by_hash(engine: Engine, digest: str) -> Caller | None:
    """The caller of the token of a hash, if it is good now."""
    with engine.connect() as connection:
        rows = connection.execute(_BY_HASH, {"hash": digest, "now": int(time.time())}).all()
    if not rows:
        return None
    token = Token(*rows[0][: len(_TOKEN)])
    county, name, networks = rows[0][len(_TOKEN) : len(_WHO)]
    grants = [Grant(*row[len(_WHO) :]) for row in rows if row[len(_WHO)] is not None]
    to = Recipient(token.recipient, county, name, tuple(filter(None, networks.split(","))))
    return Caller(to, token, tuple(grants), widest(grants))


def _by_hash() -> Select[Any]:
    """The question for the token of a `hash`, for its recipient and for the grants that hold `now`."""
    now = bindparam("now")
    in_force = and_(GRANTS.c.recipient == RECIPIENTS.c.id, GRANTS.c.revoked.is_(None), GRANTS.c.expires > now)
    return (
        select(*_WHO, *GRANTS.c)
        .join_from(TOKENS, RECIPIENTS, RECIPIENTS.c.id == TOKENS.c.recipient)
        .outerjoin(GRANTS, in_force)
        .where(TOKENS.c.hash == bindparam("hash"), TOKENS.c.revoked.is_(None), TOKENS.c.expires > now)
        .order_by(GRANTS.c.id)
    )


# Put together once: with every request it would cost as much as the answer.
_BY_HASH = _by_hash()
