"""Where the gateway stands: folders, database, public address and limits, all from the environment. Opens nothing."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from schemas import here
from schemas.database import POSTGRES, SQLITE, refuse_other
from schemas.downloads import LOG
from schemas.ledger import FOLDER
from schemas.objection import FILE, objections_file
from schemas.store import is_store
from schemas.web_address import is_web_address

PORT = 8400
DATABASE, _SUPPLY, _OBJECTIONS = "JUBIAN_GATEWAY_DATABASE", "JUBIAN_SUPPLY", "JUBIAN_OBJECTIONS"
_WHOLE = re.compile(r"[1-9][0-9]{0,8}")
_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
# A signed address never lives longer than this, whatever is configured.
LONGEST_SECONDS = 300
# How long whoever has signed in to the portal stays so.
SESSION_SECONDS = 8 * 3600


@dataclass(frozen=True)
class Settings:
    """What one gateway is told. `accel` is nginx's internal location over the supply; empty: bytes are sent from here.

    `store` is the object store of which the supply is the mirror (`gateway.supply.mirror`), and `home` then
    JUBIAN_HOME, as nothing of the supply lies beside a mirror; empty and None where the supply is a folder.
    `objections` is where counties' objections are appended, None where that is in the state folder.
    `seconds` a signed address lives; `rate` requests a minute may come from one recipient.
    """

    supply: Path
    state: Path
    database: str
    address: str
    seconds: int = LONGEST_SECONDS
    rate: int = 600
    accel: str = ""
    secret: str = ""
    store: str = ""
    home: Path | None = None
    objections: Path | None = None

    @property
    def raised(self) -> Path:
        """The file to which counties' objections are appended, where runs read them."""
        return self.objections or self.state / FILE

    @property
    def where(self) -> str:
        """Where a person finds what is released: the store, or the folder."""
        return self.store or str(self.supply)

    @property
    def log(self) -> Path:
        """Where the audit log lies."""
        return self.state / LOG

    @property
    def ledger(self) -> Path:
        """Where the resource ledger lies: beside the supply, and beside that which is shipped to a store."""
        return (self.home or self.supply.parent) / FOLDER

    @property
    def port(self) -> int:
        """Where to listen: the port of an address on this machine; any other is that of a proxy, with us behind it."""
        named = urlsplit(self.address)
        return named.port if named.port and named.hostname in _THIS_MACHINE else PORT

    @property
    def endpoint(self) -> str:
        """The prefix that the profile file names."""
        return f"{self.address}/delta-sharing"


def _database(state: Path) -> str:
    address = os.environ.get(DATABASE, f"{SQLITE}{state / 'grants.db'}")
    refuse_other(DATABASE, address, POSTGRES, SQLITE)
    return address


def _address(variable: str) -> str:
    """The address that a variable gives. Raises ValueError for one that no reader of a profile file could open."""
    url = os.environ.get(variable) or f"http://127.0.0.1:{PORT}"
    if not is_web_address(url):
        raise ValueError(f"{variable} is '{url}'; expected how profile files and signed addresses begin, such as "
                         "https://share.example.")  # fmt: skip
    return url.rstrip("/")


def _number(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{variable} is '{text}'; expected a whole number from 1 on, such as {default}.")
    return int(text)


def settings() -> Settings:
    """Read the environment; every variable has an embedded default below JUBIAN_HOME. Raises ValueError."""
    home = here.home()
    state = here.state(home)
    named = {} if here.known() else os.environ  # what was known is never shipped, and nobody objects to it
    place, objections = named.get(_SUPPLY, ""), named.get(_OBJECTIONS, "")
    store = place.rstrip("/") if is_store(place) else ""
    supply = here.plain(_SUPPLY, home / "supply") if place and not store else home / "supply"
    return Settings(
        supply=state / "mirror" if store else supply,
        state=state,
        database=_database(state),
        address=_address("JUBIAN_GATEWAY_URL"),
        seconds=min(LONGEST_SECONDS, _number("JUBIAN_GATEWAY_SECONDS", LONGEST_SECONDS)),
        rate=_number("JUBIAN_GATEWAY_RATE", 600),
        accel=os.environ.get("JUBIAN_GATEWAY_ACCEL", "").rstrip("/"),
        secret=os.environ.get("JUBIAN_GATEWAY_SECRET", ""),
        store=store,
        home=home if store else None,
        objections=objections_file(home) if objections else None,
    )
