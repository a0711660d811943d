"""The gateway's own tables: recipients, grants, pins, tokens, webhooks, requests, objections. Judges nothing."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.pool import ConnectionPoolEntry

from gateway.settings import Settings
from schemas.put import aside

# Moments are whole seconds since 1970.
_TABLES = MetaData()

RECIPIENTS = Table(
    "recipients",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("county", String, nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("networks", String, nullable=False, default=""),
    Column("created", BigInteger, nullable=False),
)
GRANTS = Table(
    "grants",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("recipient", Integer, nullable=False, index=True),
    Column("product", String, nullable=False),
    Column("level", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("approver", String, nullable=False),
    Column("granted", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("revoked", BigInteger),
)
PINS = Table(
    "pins",
    _TABLES,
    Column("grant", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
)
TOKENS = Table(
    "tokens",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("hash", String, nullable=False, unique=True),
    Column("recipient", Integer, nullable=False, index=True),
    Column("client", String),
    Column("created", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("revoked", BigInteger),
    sqlite_autoincrement=True,  # a number is never another's: rotation goes by their order
)
ACTIVATIONS = Table(
    "activations",
    _TABLES,
    Column("hash", String, primary_key=True),
    Column("recipient", Integer, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("used", BigInteger),
)
CLIENTS = Table(
    "clients",
    _TABLES,
    Column("id", String, primary_key=True),
    Column("hash", String, nullable=False),
    Column("recipient", Integer, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("revoked", BigInteger),
)

WEBHOOKS = Table(
    "webhooks",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("recipient", Integer, nullable=False),
    Column("url", String, nullable=False),
    Column("form", String, nullable=False),
    Column("secret", String, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("ended", BigInteger),
)


def _awaited(name: str, about: Column[Any], *columns: Column[Any]) -> Table:
    """What waits until a webhook has received it (`gateway.kept.waiting`), once for each thing that it is `about`."""
    return Table(
        name,
        _TABLES,
        Column("id", Integer, primary_key=True),
        Column("webhook", Integer, nullable=False),
        Column("county", String, nullable=False),
        Column("product", String, nullable=False),
        about,
        *columns,
        Column("tries", Integer, nullable=False, default=0),
        Column("due", BigInteger, nullable=False, default=lambda: int(time.time())),
        Column("sent", BigInteger),
        Column("error", String, nullable=False, default=""),
        UniqueConstraint("webhook", "county", "product", about.name),
    )


NOTICES = _awaited("notices", Column("version", Integer, nullable=False))
# `about` names a promise that is broken, `title` the product of which it is.
BREACHES = _awaited(
    "breaches",
    Column("about", String, nullable=False),
    Column("county_name", String, nullable=False),
    Column("title", String, nullable=False),
    Column("words", String, nullable=False),
)
# `state` is pending, approved or declined; `grant` is the grant that an approval made.
REQUESTS = Table(
    "requests",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("recipient", Integer, nullable=False, index=True),
    Column("product", String, nullable=False),
    Column("level", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("contact", String, nullable=False),
    Column("asked", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("answered", BigInteger),
    Column("by", String),
    Column("reason", String),
    Column("grant", Integer),
)
# `told` is the objection as the supply reads it: its line of objections.jsonl.
OBJECTIONS = Table(
    "objections",
    _TABLES,
    Column("id", String, primary_key=True),
    Column("recipient", Integer, nullable=False, index=True),
    Column("county", String, nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("told", String, nullable=False),
)


# A machine that is gone answers nothing at all: whoever asks it learns so soon, and not by and by from the network.
_SECONDS = 5
_NOT_LONG = {"connect_timeout": _SECONDS, "tcp_user_timeout": _SECONDS * 1000}


def open_database(settings: Settings) -> Engine:
    """An engine over SQLite or PostgreSQL with every table there."""
    if make_url(settings.database).get_backend_name() == "sqlite":
        settings.state.mkdir(parents=True, exist_ok=True)
        engine = create_engine(settings.database, connect_args={"timeout": 30})
        event.listen(engine, "connect", _write_ahead)
    else:
        engine = create_engine(settings.database, pool_pre_ping=True, pool_timeout=_SECONDS, connect_args=_NOT_LONG)
    _TABLES.create_all(engine)
    return engine


def transaction(kept: Engine | Connection) -> AbstractContextManager[Connection]:
    """A transaction of its own; of a connection the one that it is in.

    So whoever gives a thing writes its line into the log before both hold: where there is no room for the line it is
    not given. A line whose thing was not given after all gives nothing to anybody. What ends has ended first: it must
    not go on for want of room.
    """
    return kept.begin() if isinstance(kept, Engine) else nullcontext(kept)


def copy(engine: Engine, file: Path) -> None:
    """Copy an SQLite as it is at one moment, whoever writes meanwhile: it and its log are whole only together."""
    with aside(file) as partial, engine.connect() as connection:
        connection.execute(text("VACUUM INTO :file"), {"file": str(partial)})
        partial.chmod(0o600)


def _write_ahead(connection: Any, _: ConnectionPoolEntry) -> None:
    """Readers never wait for a writer, as several processes serve at once."""
    connection.execute("PRAGMA journal_mode=WAL")
