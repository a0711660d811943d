"""Which versions grants hold fast, from what the gateway writes. Reads that file and nothing of the gateway's."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from schemas import here
from schemas.mendable import Mendable
from schemas.pins import FILE, Pin, Pins
from schemas.typed import typed


class PinError(Mendable):
    """A file of pins that cannot be relied on; the message names it and says what to do."""


def pins_file(home: Path) -> Path:
    """Where the gateway over a home keeps its pins."""
    return here.state(home) / FILE


def read_pins(file: Path) -> tuple[Pin, ...]:
    """All pins; none where there is no file, as the gateway writes one when it first serves or pins.

    Raises PinError for a file that cannot be read: nothing is freed that might be pinned.
    """
    if not file.exists():
        return ()
    try:
        return Pins(**json.loads(file.read_bytes())).pins
    except (ValueError, TypeError, ValidationError) as error:
        raise PinError(
            f"{file}: found no list of pins ({error}). Nothing is freed. "
            f"Let the gateway write it anew: {typed('gateway pins')}"
        ) from None


def pinned(pins: tuple[Pin, ...], county: str, product: str) -> set[int]:
    """The versions of a county's product that are pinned; which pins have ended the gateway knows, by its clock."""
    return {each.version for each in pins_of(pins, county, product)}


def pins_of(pins: tuple[Pin, ...], county: str, product: str) -> list[Pin]:
    """The pins that hold versions of a county's product, by version and grant."""
    mine = [each for each in pins if (each.county, each.product) == (county, product)]
    return sorted(mine, key=lambda each: (each.version, each.grant))
