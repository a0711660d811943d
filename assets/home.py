"""Where a run keeps its things, from the environment. No asset stands here."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
POSTGRES_URL, SETTINGS = "JUBIAN_DAGSTER_URL", "JUBIAN_DAGSTER_SETTINGS"


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


def known() -> str | None:
    """`JUBIAN_KNOWN`: the day as of whose knowledge mappings are read, as it is written; None for all that is known."""
    return os.environ.get("JUBIAN_KNOWN") or None


def stand_aside(day: str) -> None:
    """Let this process rebuild what was known on a day in a home and a Dagster of its own, from the same inbox."""
    source, aside = inbox(), _aside(day)
    from pipelines.objections.raised import objections_file  # half a second that no other run needs

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


def _folder(name: str, default: Path) -> Path:
    """A folder that the environment may name, as an absolute path."""
    return Path(os.environ.get(name) or default).absolute()
