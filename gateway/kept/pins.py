"""Pins: versions that a grant holds fast, kept in the database and written where retention reads them."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import Engine, delete, insert, select

from gateway.kept.database import GRANTS, PINS, RECIPIENTS
from gateway.kept.grants import Grant
from gateway.refused import Refused
from gateway.settings import Settings
from gateway.supply.released import freed_of, released
from schemas.alone import alone
from schemas.china import day_of
from schemas.manifest import canonical
from schemas.pins import FILE, LOCK, Pin, Pins
from schemas.put import put_bytes
from schemas.retention import NOTHING, Freed
from schemas.store import Refuses, opened, read, record_key


def pin(engine: Engine, settings: Settings, county: str, given: Grant, version: int) -> None:
    """Hold a version of a grant's product fast for as long as the grant holds.

    Raises ValueError where it is freed already or that cannot be asked, LookupError where it was never released.
    """
    _refuse_never_released(settings, county, given.product, version)
    # Retention writes down what it frees behind the same lock: it has either read this pin, or is read here.
    with alone(settings.state / LOCK):
        if not _freed(settings, county, given.product).has_snapshot(version):
            raise ValueError(f"Version {version} of {given.product} is not kept any more and cannot be pinned.")
        if version not in pinned(engine, given.id):
            with engine.begin() as connection:
                connection.execute(insert(PINS).values(grant=given.id, version=version, at=int(time.time())))
        _write(engine, settings.state)


def _refuse_never_released(settings: Settings, county: str, product: str, version: int) -> None:
    try:
        released(settings.supply, county, product, version)
    except Refused as error:
        see = f"make shelf COUNTY={county}"
        raise LookupError(f"Version {version} of {product} was never released for {county}; see: {see}") from error


def _freed(settings: Settings, county: str, product: str) -> Freed:
    """What is freed by now: asked of the store where there is one, as its mirror lags behind."""
    if not settings.store:
        return freed_of(settings.supply / county / product)
    try:
        record = read(opened(settings.store), record_key(county, product))
    except Refuses as error:
        raise ValueError(f"{settings.store} does not answer ({error}), and what is freed is not known. "
                         "Nothing is pinned; pin it again once it answers.") from error  # fmt: skip
    return Freed.model_validate_json(record.content) if record else NOTHING


def unpin(engine: Engine, state: Path, grant: int, version: int) -> bool:
    """Let go of a version; False where it was not pinned."""
    with engine.begin() as connection:
        which = delete(PINS).where(PINS.c.grant == grant, PINS.c.version == version)
        is_gone = connection.execute(which).rowcount > 0
    write(engine, state)
    return is_gone


def pinned(engine: Engine, grant: int) -> list[int]:
    """The versions that a grant pins."""
    with engine.connect() as connection:
        query = select(PINS.c.version).where(PINS.c.grant == grant).order_by(PINS.c.version)
        return list(connection.execute(query).scalars())


def pins(engine: Engine) -> Pins:
    """The pins of all grants that hold; each ends with its grant."""
    query = (
        select(GRANTS.c.id, RECIPIENTS.c.county, GRANTS.c.product, PINS.c.version, GRANTS.c.expires)
        .join_from(PINS, GRANTS, PINS.c.grant == GRANTS.c.id)
        .join(RECIPIENTS, GRANTS.c.recipient == RECIPIENTS.c.id)
        .where(GRANTS.c.revoked.is_(None), GRANTS.c.expires > time.time())
        .order_by(GRANTS.c.id, PINS.c.version)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return Pins(
        pins=tuple(
            Pin(grant=grant, county=county, product=product, version=version, until=day_of(expires))
            for grant, county, product, version, expires in rows
        )
    )


def write(engine: Engine, state: Path) -> Pins:
    """Write all pins that hold into the state folder, whole or not at all; gives them."""
    with alone(state / LOCK):
        return _write(engine, state)


def _write(engine: Engine, state: Path) -> Pins:
    all_pins = pins(engine)
    put_bytes(canonical(all_pins), state / FILE)
    return all_pins
