"""`python -m assets.instance`: prepare DAGSTER_HOME, with files or, where JUBIAN_DAGSTER_URL is set, PostgreSQL."""

from __future__ import annotations

import os
import shutil

from assets.home import REPOSITORY, dagster_home

POSTGRES_URL = "JUBIAN_DAGSTER_URL"


def prepare() -> None:
    """Put the repository's Dagster settings where Dagster looks for them."""
    settings = "dagster.postgres.yaml" if os.environ.get(POSTGRES_URL) else "dagster.yaml"
    folder = dagster_home()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(REPOSITORY / settings, folder / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(folder)


if __name__ == "__main__":
    prepare()
