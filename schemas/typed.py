"""How a command of ours is typed: by the Python that runs this one, which is no `python` of a person's own."""

from __future__ import annotations

import sys
from pathlib import Path


def typed(command: str) -> str:
    """A module with its words as a person pastes it in the folder in which this command was typed."""
    python, here = Path(sys.executable), Path.cwd()
    return f"{python.relative_to(here) if python.is_relative_to(here) else python} -m {command}"
