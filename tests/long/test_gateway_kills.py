"""Fifty kills while counties pull: a file of its own, so that the counts of `test_gateway` run beside it."""

from __future__ import annotations

from pathlib import Path

from tests.integration.test_release import days
from tests.killing import Days
from tests.pulling import kill_while_pulling

__all__ = ["days"]


def test_fifty_kills_during_pulls_tear_and_forget_nothing(days: Days, tmp_path: Path) -> None:
    kill_while_pulling(days, tmp_path, moments=50, seed=1)
