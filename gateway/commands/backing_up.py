"""What a backup of the state folder needs besides the folder: a copy of the grants that is whole."""

from __future__ import annotations

import argparse

from gateway.commands import Commands
from gateway.kept.database import copy, open_database
from gateway.settings import Settings

# The run book packs it under the name of the database itself.
_COPY = "grants.backup"


def back_up(_: argparse.Namespace, settings: Settings) -> int:
    """Copy the grants into the state folder; those in a database server are backed up by its own means."""
    engine = open_database(settings)
    if engine.dialect.name != "sqlite":
        print("The grants are in a database server: take them by pg_dump, before the folder.")
        return 0
    # None of before is packed in its place where this one fails.
    (settings.state / _COPY).unlink(missing_ok=True)
    copy(engine, settings.state / _COPY)
    print(f"Copied: {settings.state / _COPY}")
    return 0


COMMANDS: Commands = {"backup": (back_up, "a copy of the grants for the backup of the folder", {})}
