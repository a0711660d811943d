"""Whom and what a command names by a number, a code or days, or why there is no such one."""

from __future__ import annotations

import argparse
from typing import Any

from sqlalchemy import Engine

from gateway import grants
from gateway.released import products
from gateway.settings import Settings
from schemas.typed import typed

COUNTY = {"county": {"help": "six-digit county code, such as 330110"}}
NUMBER: dict[str, dict[str, Any]] = {"recipient": {"type": int, "help": "number of the recipient"}}
# A hundred years: a grant's end is a day that a calendar has.
_MOST_DAYS = 36_500


def recipient_numbered(engine: Engine, number: int) -> grants.Recipient:
    """Raises LookupError where there is none."""
    found = grants.recipient(engine, number)
    if found is None:
        raise LookupError(f"There is no recipient {number}; see: {typed('gateway grants COUNTY')}")
    return found


def released_for(told: Settings, county: str) -> list[str]:
    """The products of a county. Raises LookupError where it has none, so that it is served nothing."""
    found = products(told.supply, county)
    if not found:
        raise LookupError(
            f"Nothing is released for {county} below {told.where}. Write the six digits of a county that is served, "
            "or run `make run` first."
        )
    return found


def days(written: str) -> int:
    """For how many days a grant is to hold."""
    if not written.isdecimal() or not 1 <= int(written) <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"'{written}' is no number of days; write one from 1 to {_MOST_DAYS}.")
    return int(written)
