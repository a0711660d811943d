"""What is decided again after any change is what is decided from nothing, row by row; the touched are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.identify import LADDER, PROBABLE
from pipelines.identity import probable
from tests.reidentifying import go_through


@pytest.mark.parametrize("seed", range(6))
def test_any_sequence_of_changes_ends_in_what_is_decided_from_nothing(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(LADDER, PROBABLE)
    go_through(seed, 6, tmp_path)


@pytest.mark.parametrize("seed", range(100, 102))
def test_so_it_does_with_the_last_rung_whose_prior_moves_with_births(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probable, "SMALLEST", 2)
    go_through(seed, 4, tmp_path)
