"""Where a run of Dagster finds deliveries and keeps what it remembers, from the environment. No asset stands here."""

from __future__ import annotations

import os
from pathlib import Path

from schemas.database import POSTGRES, refuse_other
from schemas.here import REPOSITORY, home, named
from schemas.mendable import Mendable

POSTGRES_URL, SETTINGS = "JUBIAN_DAGSTER_URL", "JUBIAN_DAGSTER_SETTINGS"
RUN_SETTINGS = "dagster.run.yaml"


class NoSettings(Mendable, ValueError):
    """A file of Dagster's settings that is not there or cannot be put there; the message says where."""


def inbox() -> Path:
    """`JUBIAN_INBOX`: where deliveries arrive, a folder a feed; `<home>/inbox` by default."""
    return named("JUBIAN_INBOX", home() / "inbox")


def why_missing(feed: str, reason: str) -> str:
    """Why nothing of a feed is in use, and what is to be done where nothing of it has arrived."""
    return f"{reason}; put its file into {inbox() / feed} and run again" if reason == "not arrived" else reason


def dagster_home() -> Path:
    """`DAGSTER_HOME`: what Dagster remembers of runs; `<home>/dagster` by default."""
    return named("DAGSTER_HOME", home() / "dagster")


def remembers_in_files() -> bool:
    """Whether Dagster remembers in files below its home, as no database and no settings of one's own are named."""
    return not (os.environ.get(POSTGRES_URL) or os.environ.get(SETTINGS))


def refuse_settings() -> None:
    """Raise NoDatabase where JUBIAN_DAGSTER_URL is not written for the driver that is installed here, NoSettings where
    JUBIAN_DAGSTER_SETTINGS names no file."""
    if url := os.environ.get(POSTGRES_URL):
        refuse_other(POSTGRES_URL, url, POSTGRES)
    if (file := os.environ.get(SETTINGS)) and not (REPOSITORY / file).is_file():
        where = f"no file is at {REPOSITORY / file}"
        raise NoSettings(f"{SETTINGS} is {file}, and {where}; name one that is there, such as deploy/dagster.yaml.")


def stand_aside(day: str) -> None:
    """Let this process rebuild what was known on a day in a home and a Dagster of its own, from the same inbox."""
    source, aside = inbox(), _aside(day)
    from schemas.objection import objections_file  # takes half a second, and the first line of a run comes at once

    raised = objections_file(home())
    for name in (POSTGRES_URL, SETTINGS):
        os.environ.pop(name, None)
    os.environ |= {
        "JUBIAN_INBOX": str(source),
        "JUBIAN_HOME": str(aside),
        "DAGSTER_HOME": str(aside / "dagster"),
        "JUBIAN_KNOWN": day,
        "JUBIAN_OBJECTIONS": str(raised),
    }


def _aside(day: str) -> Path:
    return home() / "known" / day
