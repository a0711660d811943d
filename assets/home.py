"""Where a run keeps its things, from the environment. No asset stands here."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def home() -> Path:
    """`JUBIAN_HOME`: landed, standard, fused and published data; var/demo in the repository by default."""
    return _folder("JUBIAN_HOME", REPOSITORY / "var" / "demo")


def inbox() -> Path:
    """`JUBIAN_INBOX`: where deliveries arrive, a folder a feed; `<home>/inbox` by default."""
    return _folder("JUBIAN_INBOX", home() / "inbox")


def supply() -> Path:
    """Where products are published."""
    return home() / "supply"


def dagster_home() -> Path:
    """`DAGSTER_HOME`: what Dagster remembers of runs; `<home>/dagster` by default."""
    return _folder("DAGSTER_HOME", home() / "dagster")


def _folder(name: str, default: Path) -> Path:
    """A folder that the environment may name, as an absolute path."""
    return Path(os.environ.get(name) or default).absolute()
