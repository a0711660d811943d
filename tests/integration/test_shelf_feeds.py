"""The shelf's feeds of the demo: what stands of them is the truth that was kept, but for the defects that are named."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from pipelines.dictionary import current
from pipelines.land import land
from pipelines.landing.inbox import arrivals
from pipelines.standard.standardise import standardise
from schemas.feed import all_feeds
from tests.published import EVERY_COUNTY

FEEDS = (
    "tax_annual", "power_customer", "natural_resources_parcel", "market_regulation_penalty",
    "development_reform_credit", "public_security_population", "education_seats", "vehicle_permit", "haulage_trip",
    "haulage_penalty", "service_item", "civil_affairs_grid", "civil_affairs_dwelling",
)  # fmt: skip


@pytest.fixture(scope="module")
def home(whole_province: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which these feeds are standardised."""
    folder = tmp_path_factory.mktemp("shelf")
    for key in FEEDS:
        feed = all_feeds()[key]
        for file in arrivals(feed, whole_province / "inbox"):
            standardise(feed, land(feed, file, folder), current(), folder)
    return folder


def stands(home: Path, whole_province: Path, key: str) -> pl.DataFrame:
    """A feed's standard rows beside the truth's columns (`t_` in front), those without a named defect."""
    rows = pl.read_parquet(home / "standard" / key / "*" / "standard.parquet" / "*.parquet")
    truth = pl.read_parquet(whole_province / "truth" / f"{key}.parquet").drop("file")
    named = pl.read_parquet(whole_province / "truth" / "rows.parquet").filter(
        pl.col("feed") == key, pl.col("defects").list.len() == 0
    )
    told = truth.rename({name: f"t_{name}" for name in truth.columns if name != "row"})
    return rows.join(told, on="row").join(named.select("row"), on="row", how="semi")


@pytest.mark.parametrize("key", FEEDS)
def test_nine_rows_in_ten_stand_and_each_has_its_county(home: Path, whole_province: Path, key: str) -> None:
    written = pl.read_parquet(whole_province / "truth" / "rows.parquet").filter(pl.col("feed") == key).height
    rows = pl.read_parquet(home / "standard" / key / "*" / "standard.parquet" / "*.parquet")
    assert 0.9 * written <= rows.height <= written
    if all_feeds()[key].place is not None:
        assert rows["county"].null_count() == 0


def test_amounts_are_the_truths_in_whatever_unit_they_were_written(home: Path, whole_province: Path) -> None:
    returns = stands(home, whole_province, "tax_annual")
    for column in ("revenue", "tax_paid", "profit"):
        assert (returns[column] == returns[f"t_year_{column.removesuffix('_paid')}"]).all(), column
    power = stands(home, whole_province, "power_customer")
    assert (power["energy"] == power["t_energy"]).all() and power["energy"].min() != power["energy"].max()
    parcels = stands(home, whole_province, "natural_resources_parcel")
    off = (parcels["area"].cast(pl.Float64) - parcels["t_mu"].cast(pl.Float64)).abs().max()
    # Square metres to the second digit are mu to the fifth.
    assert isinstance(off, float) and off < 1e-5


def test_the_last_years_return_is_what_the_register_of_taxpayers_says(home: Path, whole_province: Path) -> None:
    returns = stands(home, whole_province, "tax_annual").filter(pl.col("year") == 2025)
    truth = pl.read_parquet(whole_province / "truth" / "enterprises.parquet").select("credit_code", "revenue")
    both = returns.join(truth, left_on="t_credit_code", right_on="credit_code", suffix="_of_truth")
    assert both.height > 300 and (both["revenue"] == both["revenue_of_truth"]).all()


def test_a_hidden_cell_holds_the_truth_between_its_bounds(home: Path, whole_province: Path) -> None:
    people = stands(home, whole_province, "public_security_population")
    assert people["t_people"].is_between(people["people_least"], people["people_most"]).all()
    hidden = people.filter(pl.col("people_least") != pl.col("people_most"))
    assert hidden.height > 100 and set(hidden["people_most"]) == {9} and (hidden["t_people"] < 10).all()
    assert (people["town"] == people["t_town"]).all()


def test_pupils_are_the_children_who_stay_in_their_town(home: Path, whole_province: Path) -> None:
    seats = stands(home, whole_province, "education_seats").with_columns(age=pl.col("t_grade") + 6)
    children = pl.read_parquet(whole_province / "truth" / "public_security_population.parquet")
    asked = children.unique(["town", "year", "age", "sex"]).group_by("town", "year", "age").agg(pl.col("people").sum())
    older = asked.select("town", "year", pl.col("age") - 1, older="people")
    both = seats.join(asked, on=["town", "year", "age"]).join(older, on=["town", "year", "age"])
    assert both.height == seats.height
    sat = (2 * both["people"] + both["older"]) / 3
    assert (both["pupils"] == (sat * 0.96).floor().cast(pl.Int64)).all()


def test_a_vehicle_bears_one_plate_in_three_counties(home: Path, whole_province: Path) -> None:
    told = [stands(home, whole_province, key) for key in ("vehicle_permit", "haulage_trip", "haulage_penalty")]
    plates = pl.concat([each.select("plate", "t_plate", "t_credit_code") for each in told])
    assert (plates["plate"] == plates["t_plate"]).all()
    assert plates.select("plate", "t_credit_code").unique()["plate"].is_unique().all()
    trips = told[1]
    assert set(trips["county"]) == {"330110"} and {"330105", "330521"} <= set(trips["origin_county"])


def test_an_address_leads_to_a_grid_that_there_is(home: Path, whole_province: Path) -> None:
    dwellings = stands(home, whole_province, "civil_affairs_dwelling")
    grids = pl.read_parquet(home / "standard" / "civil_affairs_grid" / "*" / "standard.parquet" / "*.parquet")
    met = dwellings.join(grids.select("grid", grid_town="town"), on="grid", how="left")
    known = met.drop_nulls("grid_town")
    assert known.height > 0.95 * dwellings.height and (known["town"] == known["grid_town"]).all()


def test_items_mean_the_same_in_all_counties_and_are_done_otherwise(home: Path, whole_province: Path) -> None:
    items = stands(home, whole_province, "service_item")
    assert (items["item"] == items["t_basic"]).all() and items["county"].n_unique() == EVERY_COUNTY
    assert items["item"].n_unique() == 20 and items.group_by("item").agg(pl.col("days").n_unique())["days"].min() != 1


def test_scores_and_penalties_are_of_their_enterprise(home: Path, whole_province: Path) -> None:
    ratings = stands(home, whole_province, "development_reform_credit")
    assert (ratings["credit_code"] == ratings["t_credit_code"]).all()
    assert (ratings["score"] == ratings["t_score"].cast(pl.Decimal(24, 6))).all()
    penalties = stands(home, whole_province, "market_regulation_penalty")
    assert (penalties["decided"] == penalties["t_decided"]).all()
    assert all(isinstance(fine, Decimal) and fine >= 1000 for fine in penalties["fine"].drop_nulls())
