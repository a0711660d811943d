"""Who is a branch: by a type that says so, else by how the name ends; a type above others too says nothing."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from schemas.product import all_products
from tests.products.given import given, made

MIRROR = all_products()["enterprise_mirror"]


@pytest.mark.parametrize(
    ("code", "name", "is_branch"),
    [
        ("4000", "永嘉县城关民政橡塑加工厂", False),
        ("4000", "杭州丝绸有限公司余杭分公司", True),
        ("4300", "杭州丝绸厂", True),
        ("4320", "杭州丝绸厂", True),
        ("4540", "杭州丝绸厂", False),
        ("2000", "杭州丝绸厂", True),
        (None, "杭州丝绸厂", False),
        (None, "杭州丝绸厂余杭营业部", True),
    ],
)
def test_the_name_decides_where_the_type_does_not_say(
    code: str | None, name: str, is_branch: object, tmp_path: Path
) -> None:
    tables = given(MIRROR, Path(__file__).parent / MIRROR.key)
    said = [pl.lit(code, pl.String).alias("enterprise_type"), pl.lit(name).alias("name")]
    told = made(MIRROR, tables | {"enterprise": tables["enterprise"].with_columns(said)}, tmp_path)
    assert set(told["is_branch"]) == {is_branch}
