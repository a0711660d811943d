"""What a county's own columns are on rows, worked by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipelines.cut import Tables
from pipelines.overlays.own import columns, values
from pipelines.overlays.read import understood
from pipelines.shelf import whole
from pipelines.tags.apply import NOBODY
from schemas.product import all_products
from tests.products.given import given

TAGS, MIRROR, COUNTY = whole(all_products()["enterprise_tags"]), all_products()["enterprise_mirror"], "330110"


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"measure": {"multiple": {"of": "revenue", "among": "county"}}}, [0.33, 1, 2.33]),
        ({"measure": {"given": "revenue_to_county", "when": {"tag": "alive"}}}, [0.33, 1, 2.33]),
        ({"measure": {"sum": ["revenue_to_county", "revenue_place_county"]}}, [1.33, 1.67, 2.67]),
        ({"measure": {"change": ["revenue_to_county", "revenue_place_county"]}}, [-0.67, 0.33, 2]),
    ],
)
def test_what_is_made_of_a_number_beside_others_is_told_in_two_digits(own: dict[str, Any], told: list[float]) -> None:
    """Revenues of 100, 300 and 700: 0.33, 1 and 2.33 of the median, in places 1, 0.67 and 0.33."""
    wish = {TAGS.key: {"since": date(2026, 6, 1), "add": {"one": {"title": "编造的标签"} | own}}}
    added = columns(understood(COUNTY, Path(f"{COUNTY}.yaml"), wish).overlays[TAGS.key], TAGS)
    tables = given(MIRROR, Path(__file__).parents[1] / "products" / MIRROR.key)
    enterprise = pl.concat([tables["enterprise"].head(1)] * 3).with_columns(
        credit_code=pl.Series(["A", "B", "C"]), county=pl.lit(COUNTY), status=pl.lit("1"),
        revenue=pl.Series([100, 300, 700], dtype=tables["enterprise"].schema["revenue"]),
    )  # fmt: skip
    assert values(added, Tables(tables | {"enterprise": enterprise}), NOBODY)["one"].to_list() == told
    assert "保留2位小数" in added.fields["one"].meaning


def test_a_number_of_a_row_alone_keeps_its_digits() -> None:
    own = {
        "title": "编造的标签",
        "measure": {"given": "tax_burden", "when": {"tag": "revenue_place_county_first_10pct"}},
    }
    wish = {TAGS.key: {"since": date(2026, 6, 1), "add": {"one": own}}}
    added = columns(understood(COUNTY, Path(f"{COUNTY}.yaml"), wish).overlays[TAGS.key], TAGS)
    assert "位小数" not in added.fields["one"].meaning
