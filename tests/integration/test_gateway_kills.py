"""Gateway and release killed during pulls, at a few moments; fifty of them are in the long tests."""

from __future__ import annotations

from pathlib import Path

from tests.integration.test_release import days
from tests.killing import Days
from tests.pulling import kill_while_pulling

__all__ = ["days"]


def test_killed_while_pulling_nothing_is_torn_or_forgotten(days: Days, tmp_path: Path) -> None:
    kill_while_pulling(days, tmp_path, moments=2, seed=3)
