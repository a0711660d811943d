"""A home brought up to date day by day ends in the bytes of one that is built from nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines import assemble, publish
from pipelines.dictionary import current
from pipelines.disk.fused import steps
from pipelines.verify import verify
from schemas.entity import all_entities
from schemas.product import all_products
from tests.conftest import ENTERPRISE_PRODUCTS
from tests.sequences import bring_up, counted, next_day, snapshots

ENTERPRISE = all_entities()["enterprise"]


def test_days_end_in_the_bytes_of_a_rebuild(province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = list[bool]()
    beside = publish._beside
    monkeypatch.setattr(publish, "_beside", lambda *told: cut.append(True) or beside(*told))
    bring_up(province / "inbox", province, current())
    for day in (1, 2):
        next_day(province)
        assert bring_up(province / "inbox", province, current()) > 0
        assert steps(ENTERPRISE, province) == day and cut
        rebuilt = tmp_path / f"rebuilt-{day}"
        bring_up(province / "inbox", rebuilt, current())
        assert steps(ENTERPRISE, rebuilt) == 0
        assert snapshots(province) == snapshots(rebuilt) and counted(province) == counted(rebuilt)
        shutil.rmtree(rebuilt)
        for key in ENTERPRISE_PRODUCTS:
            assert verify(all_products()[key], province / "supply") == []


def test_what_is_touched_too_much_is_fused_whole(province: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring_up(province / "inbox", province, current())
    monkeypatch.setattr(assemble, "MOST_TOUCHED", 0.0)
    next_day(province)
    bring_up(province / "inbox", province, current())
    assert steps(ENTERPRISE, province) == 0
