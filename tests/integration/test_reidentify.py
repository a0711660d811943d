"""What is decided again after any change is what is decided from nothing, row by row; the touched are told."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.identify import LADDER, PROBABLE
from pipelines.identity import probable
from tests.reidentifying import decided_again, decided_anew, led, standings, tables_of


def run(seed: int, steps: int, folder: Path) -> None:
    """Go through a province's changes; each step's decisions are those from nothing, and the touched are told."""
    before: pl.DataFrame | None = None
    for place, parts in enumerate(standings(seed, steps)):
        anew, again = decided_anew(parts), decided_again(parts, folder)
        expected, told = tables_of(anew), tables_of(again.decided)
        assert sorted(expected) == sorted(told), (seed, place)
        assert {name: table.equals(told[name]) for name, table in expected.items()} == dict.fromkeys(expected, True), (
            seed,
            place,
        )
        now = led(parts, anew)
        if before is not None:
            assert again.touched is not None
            moved = [one.join(other, on=one.columns, how="anti") for one, other in ((before, now), (now, before))]
            assert set(pl.concat(moved)["entity_id"]) <= set(again.touched), (seed, place)
        before = now


@pytest.mark.parametrize("seed", range(25))
def test_any_sequence_of_changes_ends_in_what_is_decided_from_nothing(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(LADDER, PROBABLE)
    run(seed, 8, tmp_path)


@pytest.mark.parametrize("seed", range(100, 104))
def test_so_it_does_with_the_last_rung_whose_prior_moves_with_births(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probable, "SMALLEST", 2)
    run(seed, 6, tmp_path)
