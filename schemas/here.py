"""Where this machine keeps what it has, and as of which day it knows it, from the environment. What lies there, not."""

from __future__ import annotations

import os
import re
from pathlib import Path

from schemas.mendable import Mendable

REPOSITORY = Path(__file__).resolve().parent.parent
_PATTERN = re.compile(r"[*?[]")


class NoHome(Mendable, ValueError):
    """A path below which no Parquet could be read; the message says why."""


def home() -> Path:
    """`JUBIAN_HOME`: landed, standard, fused and published data; var/demo in the repository by default."""
    return plain("JUBIAN_HOME", REPOSITORY / "var" / "demo")


def supply() -> Path:
    """Where products are published, before they are shipped anywhere."""
    return home() / "supply"


def state(below: Path) -> Path:
    """`JUBIAN_GATEWAY_STATE`: what the gateway over a home writes; `gateway` below that home by default."""
    return plain("JUBIAN_GATEWAY_STATE", below / "gateway")


def known() -> str | None:
    """`JUBIAN_KNOWN`: the day as of whose knowledge mappings are read, as it is written; None for all that is known."""
    return os.environ.get("JUBIAN_KNOWN") or None


def named(variable: str, default: Path) -> Path:
    """A folder or file that the environment may name, as an absolute path."""
    return Path(os.environ.get(variable) or default).absolute()


def plain(variable: str, default: Path) -> Path:
    """The same of a folder that Parquet lies in. Raises NoHome where what reads Parquet would take it for a pattern."""
    path = named(variable, default)
    if _PATTERN.search(str(path)):
        raise NoHome(
            f"{variable} is {path}; expected a path without *, ? and [, which what reads Parquet takes for a pattern. "
            "Move it, or name another."
        )
    return path
