"""How the address of a database of our own is written: for the driver that is installed here."""

from __future__ import annotations

from schemas.mendable import Mendable

POSTGRES, SQLITE = "postgresql+psycopg2://", "sqlite:///"


class NoDatabase(Mendable, ValueError):
    """A variable whose value is no address that can be opened; the message says how one is written."""


def refuse_other(variable: str, address: str, *drivers: str) -> None:
    """Raise NoDatabase for an address that is of none of the drivers.

    Of the address nothing is told but how it begins: behind it stands a password.
    """
    if not address.startswith(drivers):
        begins = f"begins with '{address.partition(':')[0]}:'" if "://" in address else "is no address"
        raise NoDatabase(f"{variable} {begins}; write it {POSTGRES}USER:PASSWORD@HOST:5432/DATABASE.")
