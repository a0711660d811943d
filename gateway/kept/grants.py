"""Grants: which recipient may have which product up to which view, for what, until when, by whose word."""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert, select, update

from gateway.kept.database import GRANTS, RECIPIENTS, transaction
from schemas.manifest import Manifest
from schemas.product import LEVELS
from schemas.typed import is_said, typed


@dataclass(frozen=True)
class Recipient:
    """Who subscribes: an office of one county; `networks` are where it may call from, none: from anywhere."""

    id: int
    county: str
    name: str
    networks: tuple[str, ...]


@dataclass(frozen=True)
class Grant:
    """A recipient's leave to have a product's views up to `level`; moments in seconds since 1970."""

    id: int
    recipient: int
    product: str
    level: str
    purpose: str
    approver: str
    granted: int
    expires: int
    revoked: int | None

    def allows(self, level: str) -> bool:
        """Whether a view is not above the granted one."""
        return level <= self.level

    def holds(self, now: float) -> bool:
        """Whether it is neither expired nor revoked."""
        return self.revoked is None and now < self.expires


def add_recipient(kept: Engine | Connection, county: str, name: str, networks: tuple[str, ...] = ()) -> Recipient:
    """Write down an office of a county. Raises ValueError for a network that is none."""
    for network in networks:
        _refuse_no_network(network)
    values = {"county": county, "name": name, "networks": ",".join(networks), "created": int(time.time())}
    with transaction(kept) as connection:
        (made,) = connection.execute(insert(RECIPIENTS).values(values)).inserted_primary_key or (0,)
    return Recipient(int(made), county, name, networks)


def _refuse_no_network(text: str) -> None:
    """Raise ValueError for what is neither a network nor an address, with what to write."""
    try:
        meant = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        advice = "write one such as 10.33.0.0/16 or one address, and --network anew before each further one"
        raise ValueError(f"'{text}' is no network; {advice}.") from error
    address, _, mask = text.partition("/")
    if ipaddress.ip_address(address) != meant.network_address:
        raise ValueError(f"'{text}' says more than /{mask} leaves of it; write {meant}, or {address} for it alone.")


def recipient(kept: Engine | Connection, number: int) -> Recipient | None:
    """The recipient of a number."""
    columns = RECIPIENTS.c
    with transaction(kept) as connection:
        query = select(columns.id, columns.county, columns.name, columns.networks).where(columns.id == number)
        row = connection.execute(query).one_or_none()
    return (
        None if row is None else Recipient(row.id, row.county, row.name, tuple(filter(None, row.networks.split(","))))
    )


def recipients(engine: Engine, county: str) -> list[Recipient]:
    """All recipients of a county, the oldest first."""
    columns = RECIPIENTS.c
    with engine.connect() as connection:
        numbers = connection.execute(select(columns.id).where(columns.county == county).order_by(columns.id)).scalars()
        return [one for number in numbers.all() if (one := recipient(engine, number)) is not None]


def hold(connection: Connection, recipient: int) -> None:
    """Let all others that hold the recipient wait until this is done: what one looks at none changes meanwhile.

    An update that changes nothing: SQLite locks for no less.
    """
    column = RECIPIENTS.c.id
    connection.execute(update(RECIPIENTS).where(column == recipient).values(id=column))


def grant(
    kept: Engine | Connection, to: Recipient, product: str, level: str, *, purpose: str, approver: str, days: int
) -> Grant:  # fmt: skip
    """Let a recipient have a product's views up to a level for some days.

    Raises ValueError where the level is none or purpose or approver is not told.
    """
    if level not in LEVELS:
        raise ValueError(f"'{level}' is no level; write one of {', '.join(LEVELS)}.")
    if not purpose.strip() or not is_said(approver):
        raise ValueError("A grant says its purpose and who approved it; write both.")
    now = int(time.time())
    values = {"recipient": to.id, "product": product, "level": level, "purpose": purpose, "approver": approver,
              "granted": now, "expires": now + days * 86_400}  # fmt: skip
    with transaction(kept) as connection:
        (made,) = connection.execute(insert(GRANTS).values(values)).inserted_primary_key or (0,)
    return Grant(id=int(made), revoked=None, **values)


def revoke(engine: Engine, number: int) -> bool:
    """End a grant now; False where there is none that holds."""
    with engine.begin() as connection:
        ended = update(GRANTS).where(GRANTS.c.id == number, GRANTS.c.revoked.is_(None))
        return connection.execute(ended.values(revoked=int(time.time()))).rowcount == 1


def grants_of(engine: Engine, number: int) -> list[Grant]:
    """Every grant that a recipient ever had, the oldest first."""
    with engine.connect() as connection:
        rows = connection.execute(select(GRANTS).where(GRANTS.c.recipient == number).order_by(GRANTS.c.id)).mappings()
        return [Grant(**row) for row in rows]


def grant_numbered(engine: Engine, number: int) -> Grant:
    """The grant of a number. Raises LookupError where there is none that holds."""
    with engine.connect() as connection:
        row = connection.execute(select(GRANTS).where(GRANTS.c.id == number)).mappings().one_or_none()
    if row is None or not (grant := Grant(**row)).holds(time.time()):
        raise LookupError(f"There is no grant {number} that holds; see: {typed('gateway grants COUNTY')}")
    return grant


def holding(engine: Engine, number: int) -> list[Grant]:
    """The grants of a recipient that hold now."""
    now = time.time()
    return [each for each in grants_of(engine, number) if each.holds(now)]


def widest(grants: list[Grant]) -> dict[str, Grant]:
    """The grant of each product that lets its recipient have most, and of such the one that lasts."""
    return {each.product: each for each in sorted(grants, key=lambda each: (each.level, each.expires))}


def visible(manifest: Manifest, given: Grant) -> Manifest:
    """What a grant shows of a release: its views, and the objections to what they hold."""
    views = {level: view for level, view in manifest.views.items() if given.allows(level)}
    objections = tuple(each for each in manifest.objections if given.allows(each.level))
    return manifest.model_copy(update={"views": views, "objections": objections})


def allowed_from(to: Recipient, address: str) -> bool:
    """Whether a recipient may call from an address; where both kinds are listened to, IPv4 is told within IPv6."""
    if not to.networks:
        return True
    try:
        caller = ipaddress.ip_address(address)
    except ValueError:
        return False
    plain = getattr(caller, "ipv4_mapped", None) or caller
    return any(plain in ipaddress.ip_network(network) for network in to.networks)
