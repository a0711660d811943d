"""The gateway's counts that take long: every wrong pair of counties, ten thousand made-up requests."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

from tests.fuzzing import fuzz
from tests.integration.test_gateway_door import let_all_in, refuse_wrong_pairs
from tests.published import EVERY_COUNTY
from tests.servers.gateway import serving, told


def test_no_county_reaches_any_other(three_versions: Path, tmp_path: Path) -> None:
    with serving(told(three_versions / "supply", tmp_path)) as served:
        held = let_all_in(served, three_versions / "supply")
        pairs = list(permutations(held, 2))
        assert len(pairs) == EVERY_COUNTY * (EVERY_COUNTY - 1)
        refuse_wrong_pairs(served, held, pairs)


def test_ten_thousand_made_up_requests_break_nothing(three_versions: Path, tmp_path: Path) -> None:
    with serving(told(three_versions / "supply", tmp_path)) as served:
        answers = fuzz(served, 12_000, number=20260630)
    print(f"{sum(answers.values())} made-up requests: {answers}")
    assert sum(answers.values()) >= 10_000
