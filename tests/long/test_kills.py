"""The long form of the kill test: fifty random moments of a release at work."""

from __future__ import annotations

from pathlib import Path

from tests.integration.test_release import days
from tests.killing import Days, kill_at_random

__all__ = ["days"]


def test_fifty_kills_tear_nothing(days: Days, tmp_path: Path) -> None:
    kill_at_random(days, tmp_path, kills=50, seed=1)
