"""How a command of ours is typed: by the Python that runs this one, no `python` of a person; what is said in it."""

from __future__ import annotations

import sys
from pathlib import Path

# What stands in a printed command where a person is to say something.
UNSAID = "…"


def typed(command: str) -> str:
    """A module with its words as a person pastes it in the folder in which this command was typed."""
    python, here = Path(sys.executable), Path.cwd()
    return f"{python.relative_to(here) if python.is_relative_to(here) else python} -m {command}"


def is_said(text: str) -> bool:
    """Whether a person has said anything there."""
    return text.strip() not in ("", UNSAID)
