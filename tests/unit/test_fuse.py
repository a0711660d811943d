"""Fusion: authority chooses, ties go to the newer, losers are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from pipelines.dictionary import Mappings, current
from pipelines.fuse import fuse, fused_column
from schemas.entity import all_entities
from schemas.feed import all_feeds

ENTERPRISE = all_entities()["enterprise"]
CODE = "91330110MA2ABCD132"
ON = date(2026, 6, 30)


def rows(**columns: list[object]) -> pl.DataFrame:
    """Standard rows with what every feed's rows carry."""
    height = len(next(iter(columns.values())))
    return pl.DataFrame(columns).with_columns(
        pl.int_range(1, height + 1).alias("row"),
        pl.lit(7, pl.UInt64).alias("hash"),
        pl.lit("2026-06-30-abc").alias("delivery"),
        pl.lit(ON).alias("as_of"),
        pl.lit(ON).alias("since"),
        pl.lit("记录1").alias("record"),
    )


def _fused(mappings: Mappings, newer: str | None = None) -> dict[str, object]:
    here = rows(entity_id=[CODE], name=["甲公司"], county=["330110"], town=[None], place_evidence=["code"])
    there = rows(entity_id=[CODE], name=["乙公司"], county=["330106"], town=["330106001"], place_evidence=["county"])
    taxed = rows(entity_id=[CODE], name=["乙公司"], revenue=[5])
    tables = {"market_regulation_enterprise": here, "social_security_employer": there, "tax_registration": taxed}
    if newer:
        tables[newer] = tables[newer].with_columns(pl.lit(date(2026, 7, 1)).alias("as_of"))
    result = fuse(ENTERPRISE, tables, mappings, ON)
    return {"values": result.values.row(0, named=True), "origin": result.origin.row(0, named=True),
            "disputes": result.disputes.rows(), "sources": result.sources}  # fmt: skip


def test_authority_chooses_and_losers_are_kept_with_their_source() -> None:
    told = _fused(current())
    assert told["values"]["name"] == "甲公司"
    assert told["sources"][told["origin"]["name"] - 1] == "market_regulation_enterprise"
    lost = {"column": "name", "won_by": "market_regulation_enterprise", "value": "甲公司", "won_record": "记录1",
            "lost_by": "tax_registration", "lost_value": "乙公司", "lost_record": "记录1"}  # fmt: skip
    assert (CODE, *lost.values(), ON, ON) in told["disputes"]
    assert len([each for each in told["disputes"] if each[1] == "name"]) == 2
    assert told["values"]["revenue"] == 5 and told["origin"]["registered"] is None


def test_a_town_goes_with_the_county_that_won() -> None:
    told = _fused(current())
    assert (told["values"]["county"], told["values"]["town"]) == ("330110", None)


def _of_equals() -> Mappings:
    """The mappings, but that every feed has the same rank."""
    mappings = current()
    return replace(mappings, authority=mappings.authority.with_columns(pl.lit(1, pl.Int64).alias("rank")))


def test_equal_ranks_go_to_the_newer_source() -> None:
    equal = _of_equals()
    assert _fused(equal, newer="social_security_employer")["values"]["name"] == "乙公司"
    assert _fused(equal, newer="market_regulation_enterprise")["values"]["name"] == "甲公司"


def test_of_equal_ranks_and_one_day_the_source_that_is_first_by_name_wins() -> None:
    told = _fused(_of_equals())
    assert told["values"]["name"] == "甲公司"
    assert told["sources"][told["origin"]["name"] - 1] == "market_regulation_enterprise"


def test_a_newer_row_that_says_nothing_beats_no_equal() -> None:
    older, newer = rows(entity_id=[CODE], name=["甲公司"]), rows(entity_id=[CODE], name=[None])
    tables = {
        "market_regulation_enterprise": older,
        "tax_registration": newer.with_columns(pl.col("name").cast(pl.String), as_of=pl.lit(date(2026, 7, 1))),
    }
    assert fuse(ENTERPRISE, tables, _of_equals(), ON).values["name"].to_list() == ["甲公司"]


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 2, 0]])
def test_of_a_feeds_rows_of_one_day_the_greatest_record_holds_whatever_their_order(order: list[int]) -> None:
    told = pl.DataFrame({"name": ["甲公司", "乙公司", "丙公司"], "county": ["330106", "330110", "330702"]})
    days = [ON, ON, date(2026, 6, 1)]
    records = pl.Series("record", ["浙-5", "浙-9", "浙-99"])
    table = told.with_columns(pl.Series("as_of", days), records, pl.lit(CODE).alias("entity_id"))[order]
    cut = rows(**table.to_dict(as_series=False)).with_columns(table["as_of"], table["record"])
    feeds = {"market_regulation_enterprise": cut.with_columns(town=pl.lit(None, pl.String), place_evidence=pl.lit(""))}
    assert fuse(ENTERPRISE, feeds, current(), ON).values.select("name", "county").row(0) == ("乙公司", "330110")
    assert fused_column(ENTERPRISE, "county", feeds, current(), ON).row(0) == (CODE, "330110")


def _several(**columns: list[object]) -> pl.DataFrame:
    """Rows of one feed about one enterprise, the last having the greatest record."""
    height = len(next(iter(columns.values())))
    kinds = pl.Schema({name: ENTERPRISE.attributes[name].kind.dtype for name in columns})
    told = rows(entity_id=[CODE] * height, **columns).cast(kinds)
    return told.with_columns(pl.Series("record", [f"记录{number}" for number in range(height)]))


def _values(feed: str, told: pl.DataFrame) -> dict[str, object]:
    return fuse(ENTERPRISE, {feed: told}, current(), ON).values.row(0, named=True)


def test_what_several_units_insure_adds_up() -> None:
    told = _several(name=["甲公司", "甲公司杭州办", "甲公司工地"], insured=[500, None, 3], county=["330110"] * 3,
                    town=[None] * 3, place_evidence=["county"] * 3)  # fmt: skip
    values = _values("social_security_employer", told)
    assert (values["name"], values["insured"], values["source_rows"]) == ("甲公司工地", 503, 3)


def test_amounts_of_several_registrations_add_up_to_the_last_digit() -> None:
    told = _several(revenue=[Decimal("240000000000000000.000001"), Decimal("0.000001"), None], tax_paid=[None] * 3)
    values = _values("tax_registration", told)
    assert values["revenue"] == Decimal("240000000000000000.000002")
    assert values["tax_paid"] is None


def test_a_sum_that_no_amount_could_be_is_not_told() -> None:
    most = Decimal("999999999999999999.999999")
    assert _values("tax_registration", _several(revenue=[most, most]))["revenue"] is None


def test_a_live_registration_holds_before_a_newer_one_that_has_ended() -> None:
    told = _several(status=["1", "5", "4"], name=["甲公司", "乙公司", "丙公司"], revenue=[24_000_000, None, None])
    newer = told.with_columns(pl.Series("as_of", [date(2026, 6, 1), ON, ON]))
    values = _values("tax_registration", newer)
    assert (values["status"], values["name"], values["revenue"]) == ("1", "甲公司", 24_000_000)


@pytest.mark.parametrize(("status", "holds"), [(["5", "4"], "乙公司"), ([None, "5"], "甲公司"), (["1", "7"], "乙公司")])
def test_where_all_have_ended_or_none_has_the_newest_holds(status: list[object], holds: str) -> None:
    assert _values("tax_registration", _several(status=status, name=["甲公司", "乙公司"]))["name"] == holds


def test_the_county_is_that_of_a_unit_that_still_pays() -> None:
    told = _several(county=["330110", "330702"], town=[None] * 2, place_evidence=["county"] * 2,
                    insurance_status=["2", "3"])  # fmt: skip
    values = _values("social_security_employer", told)
    assert (values["county"], values["insurance_status"]) == ("330110", "2")
    one = fused_column(ENTERPRISE, "county", {"social_security_employer": told}, current(), ON)
    assert one.row(0) == (CODE, "330110")


def test_a_feed_that_does_not_describe_an_entity_decides_nothing_and_still_stands_behind_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tax = all_feeds()["tax_registration"]
    tables = {tax.key: rows(entity_id=[CODE], name=["乙公司"])}
    heard = fuse(ENTERPRISE, tables, current(), ON)
    monkeypatch.setattr(tax, "describes", False)
    silent = fuse(ENTERPRISE, tables, current(), ON)
    assert (heard.values["name"][0], silent.values["name"][0], silent.sources) == ("乙公司", None, ())
    assert silent.values["source_rows"].to_list() == heard.values["source_rows"].to_list() == [1]


def test_the_same_texts_from_other_feeds_are_another_hash() -> None:
    one, other = (rows(entity_id=[CODE]).with_columns(hash=pl.lit(each, pl.UInt64)) for each in (7, 9))
    told = [{"market_regulation_enterprise": here, "tax_registration": there}
            for here, there in ((one, other), (other, one))]  # fmt: skip
    (this,), (that,) = (fuse(ENTERPRISE, each, current(), ON).values["source_hash"] for each in told)
    assert this != that
