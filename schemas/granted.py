"""What the gateway tells of its grants and subscribers: the gateway writes it, the resource ledger reads it."""

from __future__ import annotations

from schemas.manifest import Record

# In the gateway's state folder, written whole each time.
FILE = "granted.json"


class Subscriber(Record):
    """An office of a county that may be granted something."""

    id: int
    county: str
    name: str


class Given(Record):
    """A grant; its days are yyyy-mm-dd in China, `revoked` None while nobody has ended it."""

    id: int
    subscriber: int
    product: str
    level: str
    purpose: str
    since: str
    until: str
    revoked: str | None


class Granted(Record):
    """All subscribers and every grant they ever had, each by id."""

    subscribers: tuple[Subscriber, ...] = ()
    grants: tuple[Given, ...] = ()
