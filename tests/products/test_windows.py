"""What is dated after today, by a slip of the pen, counts for nothing in what is told of the last months and years."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from schemas.product import all_products
from tests.products.given import given, made

HERE = Path(__file__).parent
MIRROR, HAULAGE, GRIDS, SEATS = "enterprise_mirror", "cross_county_haulage", "grid_register", "school_seats"
ONE, PLATE = "91330110MA2ABCD132", "浙A00001"
RETURN = {"entity_id": ONE, "taxpayer_id": ONE, "credit_class": "D"}
METER = {"entity_id": ONE, "customer": "3300000001", "energy": Decimal(1)}
DECIDED = {"entity_id": ONE, "decision": "余市监处罚〔2026〕3号"}
RATED = {"entity_id": ONE, "credit_code": ONE, "grade": "E"}
FINED = {"case_number": "临综执罚〔2026〕4号", "plate": PLATE, "offence": "3", "fine": Decimal(1), "county": "330110"}
TRIP = {"trip": "YH-9", "plate": PLATE, "waste": "1", "volume": 1, "county": "330110", "origin_county": "330105"}
LISTED = {"campus": "C9", "name": "来年小学", "county": "330110"}
SEATED = {"school": "S1", "grade": "21", "seats": 260, "pupils": 204, "county": "330110", "town": "330110005"}


@pytest.mark.parametrize(
    ("product", "feed", "row"),
    [
        (MIRROR, "tax_annual", RETURN | {"year": 2052}),
        (MIRROR, "power_customer", METER | {"year": 2026, "month": 13}),
        (MIRROR, "power_customer", METER | {"year": 2026, "month": 7}),
        (MIRROR, "power_customer", METER | {"year": 2062, "month": 4}),
        (MIRROR, "market_regulation_penalty", DECIDED | {"decided": date(2027, 1, 1)}),
        (MIRROR, "development_reform_credit", RATED | {"rated": date(2062, 6, 1)}),
        (HAULAGE, "haulage_penalty", FINED | {"decided": date(2026, 7, 1)}),
        (HAULAGE, "haulage_trip", TRIP | {"day": date(2062, 6, 1)}),
        (HAULAGE, "haulage_trip", TRIP | {"day": date(2026, 7, 1)}),
        (GRIDS, "education_school", LISTED | {"year": 2062}),
        (SEATS, "education_seats", SEATED | {"year": 2062}),
        (SEATS, "education_seats", SEATED | {"year": 2026}),
    ],
    ids=["year", "no month", "next month", "month of a later year", "penalty", "rating", "fine", "trip",
         "trip of tomorrow", "list", "seats", "seats of next year"],
)  # fmt: skip
def test_what_is_dated_after_today_changes_nothing(
    product: str, feed: str, row: dict[str, object], tmp_path: Path
) -> None:
    declared = all_products()[product]
    tables = given(declared, HERE / product)
    told = made(declared, tables | {feed: _with(tables[feed], row)}, tmp_path)
    assert told.height > 0 and told.equals(made(declared, tables, tmp_path))


def test_a_grid_of_another_county_is_on_the_list(tmp_path: Path) -> None:
    """Its dwelling's code is what is wrong there."""
    declared = all_products()[GRIDS]
    tables = given(declared, HERE / GRIDS)
    borne = {
        "dwelling": "D99",
        "address": "临平街道东湖路2号",
        "use": "2",
        "grid": "330110095001001",
        "county": "330113",
    }
    strange = borne | {"dwelling": "D98", "grid": "330113999999999"}
    dwellings = _with(_with(tables["civil_affairs_dwelling"], borne), strange)
    told = made(declared, tables | {"civil_affairs_dwelling": dwellings}, tmp_path).filter(kind="网格", county="330113")
    evidence = dict(told.select("code", "evidence").iter_rows())
    assert (evidence["330110095001001"], evidence["330113999999999"]) == ("网格与乡镇不符", "网格不在册")


def _with(table: pl.DataFrame, row: dict[str, object]) -> pl.DataFrame:
    types = {name: table.schema[name] for name in row}
    return pl.concat([table, pl.DataFrame([row], schema=types)], how="diagonal")


@pytest.mark.parametrize(
    ("feed", "row", "told"),
    [
        ("tax_annual", RETURN | {"year": 2026}, {"tax_credit_grade": "D"}),
        ("power_customer", METER | {"year": 2026, "month": 6}, {"electricity_month": Decimal(1)}),
        ("market_regulation_penalty", DECIDED | {"decided": date(2026, 6, 30)}, {"penalties_market": 2}),
        ("development_reform_credit", RATED | {"rated": date(2026, 6, 30)}, {"credit_grade": "差"}),
    ],
    ids=["year", "month", "day", "rating"],
)
def test_today_itself_counts(feed: str, row: dict[str, object], told: dict[str, object], tmp_path: Path) -> None:
    mirror = all_products()[MIRROR]
    tables = given(mirror, HERE / MIRROR)
    one = made(mirror, tables | {feed: _with(tables[feed], row)}, tmp_path).filter(credit_code=ONE)
    assert one.select(told.keys()).to_dicts() == [told]


def test_before_any_policy_is_in_force_nothing_matches(tmp_path: Path) -> None:
    """The real register ends in 2013, years before the first policy."""
    matches = all_products()["policy_matches"]
    tables = given(matches, HERE / matches.key)
    then = tables["today"].with_columns(pl.lit(date(2013, 12, 31)).alias("day"))
    assert made(matches, tables, tmp_path).height > 0
    assert made(matches, tables | {"today": then}, tmp_path).is_empty()


@pytest.mark.parametrize("county", ["330110", "330113"])
def test_a_year_long_ago_makes_no_other_year_the_first_one(county: str, tmp_path: Path) -> None:
    """S1 lacks a grade in the first year, which a row of 1950 must not hide."""
    seats = all_products()[SEATS]
    tables = given(seats, HERE / SEATS)
    own = tables["education_seats"]
    lacking = own.filter(~((pl.col("school") == "S1") & (pl.col("grade") == "22") & (pl.col("year") == 2021)))
    slip = SEATED | {"year": 1950, "school": "S9", "grade": "11", "county": county}
    told = made(seats, tables | {"education_seats": _with(lacking, slip)}, tmp_path)
    assert told.filter(town="330110005", stage="2", year=2021)["need"].to_list() == [None]
