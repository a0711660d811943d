"""Long random runs of changes: what is decided again is what is decided from nothing, by all rungs and without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.identify import LADDER, PROBABLE
from pipelines.identity import probable
from tests.reidentifying import go_through


@pytest.mark.parametrize("seed", range(1_000, 1_008))
def test_without_the_last_rung(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(LADDER, PROBABLE)
    go_through(seed, 20, tmp_path)


@pytest.mark.parametrize("seed", range(2_000, 2_003))
def test_with_the_last_rung(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probable, "SMALLEST", 2)
    go_through(seed, 12, tmp_path)
