"""Where this machine keeps what it has, and as of which day it knows it, from the environment. What lies there, not."""

from __future__ import annotations

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def home() -> Path:
    """`JUBIAN_HOME`: landed, standard, fused and published data; var/demo in the repository by default."""
    return named("JUBIAN_HOME", REPOSITORY / "var" / "demo")


def supply() -> Path:
    """Where products are published, before they are shipped anywhere."""
    return home() / "supply"


def state(below: Path) -> Path:
    """`JUBIAN_GATEWAY_STATE`: what the gateway over a home writes; `gateway` below that home by default."""
    return named("JUBIAN_GATEWAY_STATE", below / "gateway")


def known() -> str | None:
    """`JUBIAN_KNOWN`: the day as of whose knowledge mappings are read, as it is written; None for all that is known."""
    return os.environ.get("JUBIAN_KNOWN") or None


def named(variable: str, default: Path) -> Path:
    """A folder or file that the environment may name, as an absolute path."""
    return Path(os.environ.get(variable) or default).absolute()
