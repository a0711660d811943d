"""What a pin is: a version that a grant holds fast; the gateway writes the pins, the supply reads them."""

from __future__ import annotations

from schemas.manifest import Record

# In the gateway's state folder, written whole each time.
FILE = "pins.json"
# Beside it: held by whoever writes pins, and by whoever writes down that what no pin holds is freed.
LOCK = ".pins.lock"


class Pin(Record):
    """A version of a county's product that is kept for a grant up to the day `until`, yyyy-mm-dd, in China."""

    grant: int
    county: str
    product: str
    version: int
    until: str


class Pins(Record):
    """All pins that hold."""

    pins: tuple[Pin, ...] = ()
