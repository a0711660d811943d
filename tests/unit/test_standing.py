"""What holds of several deliveries is the same in parts and groups of any size, and no part is larger than asked."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import supersede
from pipelines.engine.local import Sizes
from pipelines.supersede import current
from tests.standing import stand

FEED = "market_regulation_enterprise"
ROW = st.tuples(st.integers(0, 9), st.sampled_from(["甲", "乙", "丙"]))
DELIVERIES = st.lists(st.lists(ROW, max_size=8, unique_by=lambda row: row[0]), min_size=1, max_size=4)
SIZES = st.builds(Sizes, part=st.integers(1, 6), group=st.integers(1, 12))


def written(drawn: list[list[tuple[int, str]]]) -> list[pl.DataFrame]:
    """Each delivery's rows: a code that may come again and a name."""
    return [
        pl.DataFrame({"credit_code": [str(code) for code, _ in rows], "name": [name for _, name in rows]},
                     schema={"credit_code": pl.String, "name": pl.String})
        for rows in drawn
    ]  # fmt: skip


@given(drawn=DELIVERIES, sizes=SIZES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_the_newest_row_of_a_grain_holds_whatever_the_sizes(
    drawn: list[list[tuple[int, str]]], sizes: Sizes, tmp_path: Path
) -> None:
    tables = written(drawn)
    outcomes, feed = stand(tmp_path, FEED, tables)
    held = current(feed, outcomes, tmp_path, sizes)
    assert held is not None
    newest = {code: (place, name) for place, rows in enumerate(drawn) for code, name in rows}
    names = {outcome.delivery.name: place for place, outcome in enumerate(outcomes)}
    assert {int(code): (names[delivery], name) for code, delivery, name in
            held.rows.select("credit_code", "delivery", "name").iter_rows()} == newest  # fmt: skip
    assert held.height == held.rows.height == len(newest)
    lost = [len(rows) - sum(place == at for place, _ in newest.values()) for at, rows in enumerate(drawn)]
    assert list(held.superseded.values()) == lost


def test_no_part_is_larger_than_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = written([[(code, "甲") for code in range(1_000)], [(code, "乙") for code in range(500, 1_500)]])
    outcomes, feed = stand(tmp_path, FEED, tables)
    heights: list[int] = []
    read = supersede.read_part

    def spied(*asked: object) -> pl.DataFrame:
        rows = read(*asked)  # pyright: ignore[reportArgumentType]
        heights.append(rows.height)
        return rows

    monkeypatch.setattr(supersede, "read_part", spied)
    held = current(feed, outcomes, tmp_path, Sizes(part=70, group=300))
    assert held is not None and held.height == 1_500
    parts = [part.read(["name"]) for part in held.parts]
    assert sum(part.height for part in parts) == 1_500 and max(heights) == 70
    assert all(part.columns == ["name"] for part in parts)
