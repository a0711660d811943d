"""Tokens and how they are come by: activation links, rotation, client credentials. Only hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, delete, insert, select, update

from gateway.kept.database import ACTIVATIONS, CLIENTS, TOKENS, WEBHOOKS, transaction
from gateway.kept.grants import hold
from gateway.settings import SESSION_SECONDS

_TOKEN_SECONDS = 365 * 86_400
ACTIVATION_HOURS = 72
ACCESS_SECONDS = 3600


@dataclass(frozen=True)
class Token:
    """A token that is good now: its number, its hash, whose it is, until when.

    Sessions and signed addresses name it by its hash: a number is given again after a database has been restored.
    """

    id: int
    hash: str
    recipient: int
    expires: int


@dataclass(frozen=True)
class Issued:
    """A token that was just made: whose it is, its secret, which is told once, and until when it is good."""

    recipient: int
    secret: str
    expires: int


@dataclass(frozen=True)
class Client:
    """An OAuth client; the secret is told once."""

    id: str
    secret: str


def hashed(secret: str) -> str:
    """What is kept of a secret of 256 random bits: nothing can be tried against it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(kept: Engine | Connection, recipient: int, seconds: int = _TOKEN_SECONDS) -> str:
    """A new token for a recipient."""
    with transaction(kept) as connection:
        return _issued(connection, recipient, seconds).secret


def _issued(connection: Connection, recipient: int, seconds: int, client: str | None = None) -> Issued:
    now = int(time.time())
    made = Issued(recipient, secrets.token_urlsafe(32), now + seconds)
    values = {"hash": hashed(made.secret), "recipient": recipient, "client": client, "created": now,
              "expires": made.expires}  # fmt: skip
    connection.execute(insert(TOKENS).values(values))
    return made


def good_token(engine: Engine, token: str) -> Token | None:
    """The token if it is good now."""
    columns = TOKENS.c
    good = (columns.hash == hashed(token), columns.revoked.is_(None), columns.expires > int(time.time()))
    with engine.connect() as connection:
        query = select(columns.id, columns.hash, columns.recipient, columns.expires).where(*good)
        row = connection.execute(query).one_or_none()
    return None if row is None else Token(*row)


def rotate(kept: Engine | Connection, token: Token, grace: int) -> str | None:
    """A new token for one that is still good; those before end after `grace` seconds, or earlier where they would have.

    None for a token that a client got, which ends with the client: it asks for its next one with its secret. None too
    for one that has been rotated: whoever found it could shut out the recipient, who holds the newer one.
    """
    columns, now = TOKENS.c, int(time.time())
    newer = TOKENS.alias().c
    replaced = select(newer.id).where(
        newer.recipient == columns.recipient, newer.client.is_(None), newer.id > columns.id,
        newer.created + grace >= columns.expires,
    )  # fmt: skip
    with transaction(kept) as connection:
        hold(connection, token.recipient)
        good = (columns.id == token.id, columns.client.is_(None), columns.revoked.is_(None), columns.expires > now,
                ~replaced.exists())  # fmt: skip
        if connection.execute(select(columns.id).where(*good)).one_or_none() is None:
            return None
        old = update(TOKENS).where(columns.recipient == token.recipient, columns.expires > now + grace)
        connection.execute(old.values(expires=now + grace))
        return _issued(connection, token.recipient, _TOKEN_SECONDS).secret


def shut_out(engine: Engine, recipient: int) -> int:
    """End all that lets a recipient in now: tokens, clients, links not yet used; and its webhooks, which tell it.

    Gives how many tokens there were.
    """
    now = int(time.time())
    with engine.begin() as connection:
        hold(connection, recipient)
        clients = update(CLIENTS).where(CLIENTS.c.recipient == recipient, CLIENTS.c.revoked.is_(None))
        connection.execute(clients.values(revoked=now))
        links = update(ACTIVATIONS).where(ACTIVATIONS.c.recipient == recipient, ACTIVATIONS.c.used.is_(None))
        connection.execute(links.values(used=now))
        hooks = update(WEBHOOKS).where(WEBHOOKS.c.recipient == recipient, WEBHOOKS.c.ended.is_(None))
        connection.execute(hooks.values(ended=now))
        ended = update(TOKENS).where(TOKENS.c.recipient == recipient, TOKENS.c.revoked.is_(None))
        return connection.execute(ended.values(revoked=now)).rowcount


def invite(kept: Engine | Connection, recipient: int) -> str:
    """The code of an activation link that can be used once."""
    code = secrets.token_urlsafe(32)
    values = {"hash": hashed(code), "recipient": recipient, "expires": int(time.time()) + ACTIVATION_HOURS * 3600}
    with transaction(kept) as connection:
        connection.execute(insert(ACTIVATIONS).values(values))
    return code


def activate(kept: Engine | Connection, code: str) -> Issued | None:
    """Use an activation code: a token, or None where it is unknown, used or too old. Of two at once one gets it."""
    now = int(time.time())
    columns = ACTIVATIONS.c
    with transaction(kept) as connection:
        used = update(ACTIVATIONS).where(columns.hash == hashed(code), columns.used.is_(None), columns.expires > now)
        if connection.execute(used.values(used=now)).rowcount != 1:
            return None
        to = connection.execute(select(columns.recipient).where(columns.hash == hashed(code))).scalar_one()
        return _issued(connection, to, _TOKEN_SECONDS)


def is_open(engine: Engine, code: str) -> bool:
    """Whether an activation code can still be used."""
    columns = ACTIVATIONS.c
    query = select(columns.hash).where(
        columns.hash == hashed(code), columns.used.is_(None), columns.expires > int(time.time())
    )
    with engine.connect() as connection:
        return connection.execute(query).one_or_none() is not None


def profile(endpoint: str, token: str, expires: int) -> dict[str, object]:
    """The profile file of the sharing protocol for a bearer token."""
    until = datetime.fromtimestamp(expires, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {"shareCredentialsVersion": 1, "endpoint": endpoint, "bearerToken": token, "expirationTime": until}


def add_client(kept: Engine | Connection, recipient: int) -> Client:
    """OAuth client credentials for a recipient."""
    made = Client(secrets.token_hex(8), secrets.token_urlsafe(32))
    values = {"id": made.id, "hash": hashed(made.secret), "recipient": recipient, "created": int(time.time())}
    with transaction(kept) as connection:
        connection.execute(insert(CLIENTS).values(values))
    return made


def access(kept: Engine | Connection, client: str, secret: str) -> Issued | None:
    """A short-lived token for client credentials; None where they are wrong. Those that nobody names are cleared.

    The client is held until its token is written, so that whoever ends it meanwhile ends the token too: by an update
    that changes nothing, as SQLite locks for no less.
    """
    columns = CLIENTS.c
    with transaction(kept) as connection:
        connection.execute(update(CLIENTS).where(columns.id == client).values(id=columns.id))
        query = select(columns.hash, columns.recipient).where(columns.id == client, columns.revoked.is_(None))
        row = connection.execute(query).one_or_none()
        if row is None or not secrets.compare_digest(row.hash, hashed(secret)):
            return None
        # One that a session's cookie still names stays.
        unnamed = TOKENS.c.expires < int(time.time()) - SESSION_SECONDS
        connection.execute(delete(TOKENS).where(TOKENS.c.client == client, unnamed))
        return _issued(connection, row.recipient, ACCESS_SECONDS, client)


def revoke_client(engine: Engine, client: str) -> bool:
    """End a client and the tokens that it got."""
    now = int(time.time())
    with engine.begin() as connection:
        ended = update(CLIENTS).where(CLIENTS.c.id == client, CLIENTS.c.revoked.is_(None))
        is_ended = connection.execute(ended.values(revoked=now)).rowcount == 1
        connection.execute(update(TOKENS).where(TOKENS.c.client == client).values(revoked=now))
    return is_ended
