"""Made-up requests break nothing and reach nothing; ten thousand of them are in the long tests."""

from __future__ import annotations

from pathlib import Path

from tests.fuzzing import fuzz
from tests.servers.gateway import serving, told


def test_made_up_requests_break_nothing(three_versions: Path, tmp_path: Path) -> None:
    with serving(told(three_versions / "supply", tmp_path)) as served:
        answers = fuzz(served, 400, number=7)
    assert answers.total() > 200 and answers.statuses[200] > 0 and answers.statuses[404] > 0
    assert answers.files > 0, answers
