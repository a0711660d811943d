"""Of a feed that has not arrived nothing is known: no count of nought, no firm no, no settled verdict."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from pipelines.cut import Tables
from pipelines.policies.listed import asked_tags
from pipelines.policies.match import matched
from pipelines.policies.read import all_policies
from pipelines.sql.called import arrived
from pipelines.tags.apply import NOBODY
from pipelines.tags.catalogue import only, whole
from pipelines.tags.mirror import day_of, tagged
from schemas.behind import feeds_behind
from schemas.product import all_products
from tests.products.given import given, made

HERE = Path(__file__).parent
ABSENT = {
    "enterprise_mirror": {
        "permits": "ecology_permit", "penalties_market": "market_regulation_penalty",
    },
    "cross_county_haulage": {
        "trips_permitted": "vehicle_permit", "trips_unpermitted": "vehicle_permit",
        "penalties": "haulage_penalty", "penalties_amount": "haulage_penalty",
    },
}  # fmt: skip
COUNTED = [(product, column, feed) for product, columns in ABSENT.items() for column, feed in columns.items()]
LISTS, PERMITS, PENALTIES = "science_technology_list", "ecology_permit", "market_regulation_penalty"


def known(product: str, *absent: str) -> dict[str, pl.DataFrame]:
    """What is given of a product, of the absent feeds nothing."""
    tables, declared = given(all_products()[product], HERE / product), all_products()[product]
    here = [feed.key for feed in feeds_behind(declared) if feed.key not in absent]
    return tables | {"arrived": arrived(here)} | {each: tables[each].clear() for each in absent}


@pytest.mark.parametrize(("product", "column", "feed"), COUNTED, ids=[column for _, column, _ in COUNTED])
def test_what_is_counted_of_a_feed_is_empty_until_it_arrives(
    product: str, column: str, feed: str, tmp_path: Path
) -> None:
    declared, empty = all_products()[product], given(all_products()[product], HERE / product)
    here = made(declared, empty | {feed: empty[feed].clear()}, tmp_path)[column]
    assert here.null_count() == 0 < here.len()
    assert made(declared, known(product, feed), tmp_path)[column].null_count() == here.len()


@pytest.mark.parametrize(
    ("measure", "feed"),
    [("insured", "social_security_employer"), ("energy", "power_customer"), ("land", "natural_resources_parcel")],
)
def test_an_industry_has_nobody_of_a_feed_that_has_arrived_and_unknown_ones_of_one_that_has_not(
    measure: str, feed: str, tmp_path: Path
) -> None:
    profile, tables = all_products()["industry_profile"], known("industry_profile")
    nobody = {"enterprise": tables["enterprise"].with_columns(pl.lit(None, pl.Int64).alias("insured"))}
    nobody |= {each: tables[each].clear() for each in ("power_customer", "natural_resources_parcel")}
    away = tables | nobody | {"arrived": tables["arrived"].filter(pl.col("feed") != feed)}
    newest = pl.col("year") == pl.col("year").max()
    here = made(profile, tables | nobody, tmp_path).filter(newest)[f"{measure}_units"]
    assert here.len() > 0 and (here == 0).all()
    assert made(profile, away, tmp_path).filter(newest)[f"{measure}_units"].null_count() == here.len()


def test_of_an_industry_that_the_section_alone_tells_no_more_is_said() -> None:
    asked = only(whole(), ["has_industry", "industry_section_c", "industry_division_01", "industry_class_1353"])
    tables = known("enterprise_mirror")
    empty = tables["enterprise"].with_columns(pl.lit("C").alias("industry_section"))
    feeds = tables["arrived"].filter(pl.col("feed") != "tax_registration")
    told = tagged(Tables(tables | {"enterprise": empty, "arrived": feeds}), asked, NOBODY)
    said = told.select("has_industry", "industry_section_c", "industry_division_01", "industry_class_1353")
    assert said.unique().rows() == [(None, True, False, None)]


def test_a_fused_column_that_no_feed_has_brought_is_unknown_too() -> None:
    asked, one = only(whole(), ["has_insured", "has_revenue"]), "social_security_employer"
    tables = known("enterprise_mirror")
    empty = tables["enterprise"].with_columns(pl.lit(None, pl.Int64).alias("insured"))
    feeds = tables["arrived"].filter(pl.col("feed") != one)
    here = tagged(Tables(tables | {"enterprise": empty}), asked, NOBODY)
    away = tagged(Tables(tables | {"enterprise": empty, "arrived": feeds}), asked, NOBODY)
    assert here["has_insured"].to_list() == [False] * 2 and away["has_insured"].null_count() == 2
    assert here["has_revenue"].equals(away["has_revenue"]) and here["has_revenue"].null_count() == 0


@pytest.mark.parametrize(
    ("tag", "feed"), [("permit_any", PERMITS), ("technology_sme", LISTS), ("penalised_market", PENALTIES)]
)
def test_a_tag_says_no_of_a_feed_that_has_arrived_and_nothing_of_one_that_has_not(tag: str, feed: str) -> None:
    asked = only(whole(), [tag])
    tables = known("enterprise_mirror")
    without = tables | {feed: tables[feed].clear()}
    assert tagged(Tables(without), asked, NOBODY)[tag].to_list() == [False] * 2
    assert tagged(Tables(known("enterprise_mirror", feed)), asked, NOBODY)[tag].null_count() == 2


def test_a_verdict_that_waits_for_a_feed_is_open_and_no_enterprise_is_asked_for_it(tmp_path: Path) -> None:
    tables = Tables(known("policy_matches", PENALTIES))
    rows = tagged(tables, asked_tags(), NOBODY)
    asking = "research_growth_award"
    assert matched(all_policies(), rows, whole(), day_of(tables))[asking].null_count() == rows.height
    told = made(all_products()["policy_matches"], tables.named, tmp_path)
    assert told.height > 0 and asking not in {*told["policy"]}
    assert asking in {*made(all_products()["policy_matches"], known("policy_matches"), tmp_path)["policy"]}


def test_the_library_names_the_feed_that_leaves_verdicts_undecided(tmp_path: Path) -> None:
    library = all_products()["policy_library"]
    told = made(library, known(library.key, LISTS), tmp_path).filter(county="330110", policy="high_technology_award")
    lacks = {each["datum"]: each["awaited"] for each in json.loads(told["lacks_structure"][0])}
    assert told.select("fits", "undecided").row(0) == (0, 6) and lacks["technology_lists"]
    before = made(library, known(library.key), tmp_path).filter(county="330110", policy="high_technology_award")
    assert before["undecided"].to_list() == [1] and "technology_lists" not in before["lacks_structure"][0]
