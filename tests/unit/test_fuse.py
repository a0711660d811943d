"""Identity and fusion: rungs lead to one credit code, authority chooses, ties go to the newer, losers are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from pipelines.dictionary import Mappings, current
from pipelines.fuse import fuse
from pipelines.identify import identify
from schemas.entity import all_entities
from schemas.feed import all_feeds

ENTERPRISE = all_entities()["enterprise"]
CODE = "91330110MA2ABCD132"
OTHER = "913301842539012375"
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


def test_each_rung_leads_to_the_credit_code() -> None:
    tables = {
        "market_regulation_enterprise": rows(
            credit_code=[CODE, OTHER], name=["杭州青禾软件有限公司", "杭州临平丝织厂"], county=["330110", "330113"]
        ),
        "tax_registration": rows(
            taxpayer_id=[f"{CODE}00", "330184253901237", "330184999999994"], name=["甲", "乙", "丙"]
        ),
        "social_security_employer": rows(
            organisation_code=["MA2ABCD13", OTHER], name=["甲", "乙"], county=["330110", "330113"]
        ),
        "science_technology_list": rows(
            name=["杭州市青禾软件有限责任公司", "杭州临平丝织厂", "（杭州）无此公司"],
            county=["330110", "330110", "330110"],
        ),
    }
    found = identify({key: all_feeds()[key] for key in tables}, tables, current())
    assert found["tax_registration"].rows["entity_id"].to_list() == [CODE, OTHER]
    assert found["tax_registration"].rows["match"].to_list() == ["credit_code", "organisation_code"]
    assert found["tax_registration"].unidentified["taxpayer_id"].to_list() == ["330184999999994"]
    assert found["social_security_employer"].rows["entity_id"].to_list() == [CODE, OTHER]
    assert found["science_technology_list"].rows["entity_id"].to_list() == [CODE]
    reasons = found["science_technology_list"].unidentified["reasons"].explode().struct.field("rule").to_list()
    assert reasons == ["unidentified", "unidentified"]


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


def test_equal_ranks_go_to_the_newer_source() -> None:
    mappings = current()
    equal = replace(mappings, authority=mappings.authority.with_columns(pl.lit(1, pl.Int64).alias("rank")))
    assert _fused(equal, newer="social_security_employer")["values"]["name"] == "乙公司"
    assert _fused(equal, newer="market_regulation_enterprise")["values"]["name"] == "甲公司"
