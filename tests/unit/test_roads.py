"""Roads are learnt from rows that other evidence placed, and decide only where every row on them agrees."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.dictionary import current
from pipelines.places.roads import county_by_road
from pipelines.words.learn_roads import learn


def test_a_road_is_learnt_from_rows_that_no_road_has_placed() -> None:
    rows = pl.DataFrame(
        [("宁波市鄞州区中兴路1号", "330212", "code+county+road")] * 5
        + [("宁波市江东区中兴路762号", "330212", "code+county+city")] * 2
        + [("宁波市海曙区石碶街道中兴路9号", "330203", "county+town")]
        + [("宁波市江北区单行路9号", "330205", "county")]
        + [("宁波市某路9号", None, None)],
        schema=["address", "county", "place_evidence"], orient="row",
    )  # fmt: skip
    learnt = learn(rows, current(), date(2026, 6, 30))
    assert learnt.rows() == [("宁波", "中兴路", "330203", 1), ("宁波", "中兴路", "330212", 2)]


def test_a_road_decides_when_all_its_rows_lie_in_one_of_the_counties_left() -> None:
    roads = pl.DataFrame(
        {
            "city": ["宁波"] * 4,
            "road": ["一路", "一路", "二路", "三路"],
            "county": ["A", "C", "A", "A"],
            "rows": [3, 9, 2, 9],
        }
    )
    open_rows = pl.DataFrame(
        {
            "at": [0, 1, 2, 3, 4],
            "city": ["宁波"] * 5,
            "road": ["一路", "一路", "二路", "三路", "三路"],
            "meant": [["A", "B"], ["A", "C"], ["A", "B"], ["A", "B"], ["A", "B"]],
            "named": [True, True, True, True, False],
        }
    )
    assert county_by_road(open_rows, roads).sort("at").rows() == [(0, "A"), (3, "A")]
