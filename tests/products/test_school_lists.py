"""Of which year a county's schools are in the grid register: of its newest list, which a slip of a year is not."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.cut import Tables, build
from schemas.product import all_products
from tests.products.given import given

GRIDS = all_products()["grid_register"]
FOLDER = Path(__file__).parent / GRIDS.key


def told(years: dict[str, int], county: str = "330110") -> pl.DataFrame:
    """A county's campuses, each in one year's list."""
    one = given(GRIDS, FOLDER)["education_school"].head(1)
    named = pl.DataFrame({"campus": list(years), "year": list(years.values())}, schema_overrides={"year": pl.Int64})
    rows = one.drop("campus", "year", "county").join(named, how="cross")
    return rows.with_columns(county=pl.lit(county)).select(one.columns)


def registered(*lists: pl.DataFrame) -> set[tuple[str, str]]:
    """The counties and campuses that are in the register."""
    tables = given(GRIDS, FOLDER) | {"education_school": pl.concat(lists)}
    rows = build(GRIDS, Tables(tables)).filter(pl.col("kind") == "学校")
    return set(rows.select("county", "code").iter_rows())


def test_each_county_has_the_schools_of_its_own_newest_list() -> None:
    lists = told({"甲": 2022, "乙": 2022}), told({"丙": 2025, "丁": 2026}, "330111")
    assert registered(*lists) == {("330110", "甲"), ("330110", "乙"), ("330111", "丁")}


@pytest.mark.parametrize("year", [2026, 2062])
def test_one_slip_of_a_year_takes_no_other_school_with_it(year: int) -> None:
    plain = dict.fromkeys(("甲", "乙", "丙"), 2025)
    slipped = registered(told(plain | {"丙": year}))
    assert slipped >= {("330110", "甲"), ("330110", "乙")}
    assert (("330110", "丙") in slipped) is (year == 2026)


def test_a_list_of_more_than_half_as_many_is_the_newest() -> None:
    old, new = told(dict.fromkeys("甲乙丙丁", 2025)), told(dict.fromkeys("甲戊己", 2026))
    assert registered(old, new) == {("330110", each) for each in "甲戊己"}
    assert registered(old, new.head(2)) == {("330110", each) for each in "甲乙丙丁戊"}
