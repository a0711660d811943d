"""`python -m assets.instance`: prepare DAGSTER_HOME, with files, PostgreSQL or a production's own settings."""

from __future__ import annotations

import os
from pathlib import Path

from assets.home import (
    POSTGRES_URL,
    RUN_SETTINGS,
    SETTINGS,
    NoSettings,
    dagster_home,
    refuse_settings,
    remembers_in_files,
)
from schemas.here import REPOSITORY
from schemas.mendable import Mendable
from schemas.put import put_bytes


def prepare() -> None:
    """Put Dagster's settings where Dagster looks for them: those of JUBIAN_DAGSTER_SETTINGS, else the repository's.

    Whole or not at all: daemon, UI and `make run` do so beside one another, and of half the settings Dagster says
    nothing: it would remember elsewhere than in PostgreSQL. Raises NoSettings where they cannot be put there.
    """
    embedded = "dagster.postgres.yaml" if os.environ.get(POSTGRES_URL) else "dagster.files.yaml"
    settings = REPOSITORY / (os.environ.get(SETTINGS) or embedded)
    folder = dagster_home()
    _put(settings, folder / "dagster.yaml")
    if remembers_in_files():
        _put(REPOSITORY / RUN_SETTINGS, folder / RUN_SETTINGS)
    os.environ["DAGSTER_HOME"] = str(folder)


def _put(settings: Path, file: Path) -> None:
    content = settings.read_bytes()
    try:
        put_bytes(content, file)
    except OSError as error:
        raise NoSettings(
            f"{file} cannot be written ({error.strerror}); make room there and let this account write, or name a home "
            "where it may: JUBIAN_HOME=…"
        ) from error


if __name__ == "__main__":
    try:
        refuse_settings()
        prepare()
    except Mendable as error:
        raise SystemExit(str(error)) from None
