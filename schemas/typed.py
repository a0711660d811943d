"""How a command of the gateway is typed: by the Python that runs it, which is no `python` of a person's own."""

from __future__ import annotations

import sys
from pathlib import Path


def typed(command: str) -> str:
    """The command as a person pastes it in the folder in which this one was typed."""
    python, here = Path(sys.executable), Path.cwd()
    return f"{python.relative_to(here) if python.is_relative_to(here) else python} -m gateway {command}"
