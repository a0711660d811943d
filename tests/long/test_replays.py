"""More days of full files, more rows and more edits than the short form has."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.editing import go_through


@pytest.mark.parametrize("seed", range(100, 103))
def test_days_and_edits_end_as_if_all_were_done_whole(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert go_through(seed, 7, 120, tmp_path, monkeypatch)
