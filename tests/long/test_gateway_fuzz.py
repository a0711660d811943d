"""Ten thousand made-up requests to the gateway: a file of its own, so that the wrong pairs are asked beside it."""

from __future__ import annotations

from pathlib import Path

from tests.fuzzing import fuzz
from tests.servers.gateway import serving, told


def test_ten_thousand_made_up_requests_break_nothing(three_versions: Path, tmp_path: Path) -> None:
    with serving(told(three_versions / "supply", tmp_path)) as served:
        answers = fuzz(served, 12_000, number=20260630)
    print(f"{answers.total()} made-up requests: {answers}")
    assert answers.total() >= 10_000 and answers.files > 30
