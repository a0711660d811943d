"""Where an address has its house number: no road's number, no building's, and what stands there takes none away."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.cut import Tables, build
from schemas.product import all_products
from tests.products.given import given

GRIDS = all_products()["grid_register"]
FOLDER = Path(__file__).parent / GRIDS.key


def read(address: str) -> tuple[str | None, str]:
    """House number and evidence of an enterprise there."""
    tables = given(GRIDS, FOLDER)
    one = tables["enterprise"].filter(credit_code="A1").with_columns(address=pl.lit(f"仓前街道{address}"))
    rows = build(GRIDS, Tables(tables | {"enterprise": one})).filter(kind="企业")
    return rows.select("house_number", "evidence").row(0)


@pytest.mark.parametrize(
    "behind", ["大润发超市内一层", "大时代A810", "大楼三楼", "厂房2楼", "大院3号门", "库房第1幢1号", "大"]
)
def test_what_stands_at_a_roads_number_takes_it_from_no_address(behind: str) -> None:
    assert read(f"文一西路969号{behind}") == ("文一西路969号", "门牌")


@pytest.mark.parametrize("numbered", ["12号大街", "12号大道", "12号路", "文一西路12号弄"])
def test_a_roads_own_number_is_no_house_number(numbered: str) -> None:
    assert read(f"{numbered}3号厂房") == (f"{numbered}3号", "门牌不在册")
    assert read(numbered) == (None, "没有门牌号")


@pytest.mark.parametrize("building", ["创业园3号厂房", "创业园3号大楼", "创业园3号库", "文一西路969号楼"])
def test_a_buildings_number_is_no_house_number(building: str) -> None:
    assert read(building) == (None, "没有门牌号")
