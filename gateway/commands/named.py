"""Whom and what a command names by a number or a code, or why there is no such one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from gateway.kept import grants
from gateway.settings import Settings
from gateway.supply.released import products
from schemas.typed import typed

COUNTY = {"county": {"help": "six-digit county code, such as 330110"}}
NUMBER: dict[str, dict[str, Any]] = {"recipient": {"type": int, "help": "number of the recipient"}}


def recipient_numbered(engine: Engine, number: int) -> grants.Recipient:
    """Raises LookupError where there is none."""
    recipient = grants.recipient(engine, number)
    if recipient is None:
        raise LookupError(f"There is no recipient {number}; see: {typed('gateway grants COUNTY')}")
    return recipient


def released_for(settings: Settings, county: str) -> list[str]:
    """The products of a county. Raises LookupError where it has none, so that it is served nothing."""
    keys = products(settings.supply, county)
    if not keys:
        raise LookupError(
            f"Nothing is released for {county} below {settings.where}. Write the six digits of a county that is "
            "served, or run `make run` first."
        )
    return keys
