"""Towns in three standards: a code means something with its source, its edition and its name, and else nothing."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines.dictionary import HOME, current, load
from pipelines.mapping_files.stem import stem
from pipelines.meaning.codes import code_names, translation
from pipelines.places.located import located
from pipelines.translate import texts_of, translate
from schemas.china import today
from schemas.feed import all_feeds
from schemas.mapping import AS_READ

CATCHMENT = all_feeds()["education_catchment"]
TRADE = all_feeds()["housing_trade_daily"]
ON = date(2022, 12, 31)


def means(source: str, word: str, on: date = ON) -> str | None:
    held = translation(current(), "town", source, on)
    return dict(held.select("code", "standard").rows()).get(word)


@pytest.mark.parametrize(
    ("source", "word", "town"),
    [
        ("civil_affairs", "330602108 陶堰镇", "330602016"), ("statistics", "330602109 陶堰镇", "330602016"),
        ("education", "330102008 紫阳街道", "330102009"), ("statistics", "330102008 南星街道", "330102008"),
        ("statistics", "330104009", "330114002"), ("statistics", "330104011", "330102015"),
        ("statistics", "330602108 陶堰镇", None), ("education", "330102008 南星街道", None),
        ("education", "330102008", None), ("statistics", "330683201", None),
    ],
)  # fmt: skip
def test_a_town_code_is_read_in_its_own_standard(source: str, word: str, town: str | None) -> None:
    assert means(source, word) == town


def test_an_edition_before_a_code_was_given_does_not_know_it() -> None:
    assert means("statistics", "330102011 凯旋街道", date(2020, 12, 31)) is None
    assert means("statistics", "330102011 凯旋街道", date(2021, 12, 31)) == "330102011"


def test_every_translation_ends_in_a_town_of_today() -> None:
    towns = set(code_names(current(), "town")["code"])
    reached = current().codes.filter(pl.col("list") == "town")["standard"]
    assert set(reached) <= towns


def test_a_name_is_read_as_the_dictionary_must_write_it() -> None:
    row = dict.fromkeys(CATCHMENT.headers()) | {"communityCode": "1", "communityName": "春江（北）社区"}
    rows = pl.DataFrame([row], schema=dict.fromkeys(row, pl.String)).with_columns(row=pl.lit(1), hash=pl.lit(1))
    words = texts_of(CATCHMENT, rows)["community"]
    assert words.to_list() == ["1 春江(北)社区"]
    assert words.to_frame().select(AS_READ.holds(pl.col("community"))).item()


def test_code_and_name_that_contradict_are_told_together() -> None:
    row = {"streetCode": "330102008", "streetName": "南星街道", "communityCode": "330102005011000",
           "communityName": "葵巷社区", "qxmc": "杭州市上城区", "year": "2022", "xqbsm": "1", "schoolName": "望江小学",
           "xqbm": "2", "xqmc": "锦花苑", "buildingNumber": None}  # fmt: skip
    rows = pl.DataFrame([row], schema=dict.fromkeys(row, pl.String)).with_columns(row=pl.lit(1), hash=pl.lit(1))
    (why,) = translate(CATCHMENT, rows, current(), ON)["reasons"][0].to_list()
    assert (why["column"], why["rule"], why["found"]) == ("town_code", "contradicting_name", "330102008 南星街道")
    assert "紫阳街道" in why["expected"]


def test_a_town_of_a_county_that_is_recoded_goes_along_by_its_old_code(tmp_path: Path) -> None:
    places = shutil.copytree(HOME, tmp_path / "mappings") / "places"
    towns = current().townships.filter(pl.col("county") == "330108").unique("code", keep="last")
    rows = {
        "counties": ["330115,滨新区,杭州市"],
        "changes": ["2026-03-30,recode,330108,330115,"],
        "townships": [f"330115{code[6:]},{name},330115" for code, name in towns.select("code", "name").iter_rows()],
    }
    for name, told in rows.items():
        since = "" if name == "changes" else ",2026-03-30"
        with (places / f"{name}.csv").open("a") as stream:
            stream.writelines(f"{line}{since},{today()},测试\n" for line in told)
    row = {"streetCode": "330108001", "streetName": "西兴街道", "qxmc": "滨江区"}
    given = dict.fromkeys(CATCHMENT.headers()) | row
    texts = pl.DataFrame([given], schema=dict.fromkeys(given, pl.String)).with_columns(row=pl.lit(1), hash=pl.lit(1))
    told = translate(CATCHMENT, texts, load(tmp_path / "mappings"), date(2026, 6, 1)).row(0, named=True)
    found = told["county"], told["town"], told["place_evidence"]
    assert told["town_code"] == "330108001" and found == ("330115", "330115001", "county+town+city")


@pytest.mark.parametrize(
    ("day", "district", "county"),
    [
        ("2022-08-22", "下城", "330105"), ("2022-08-22", "上城", "330102"), ("2022-08-22", "余杭", None),
        ("2022-08-30", "余杭", None), ("2022-08-31", "余杭", "330110"), ("2022-08-31", "萧山", "330109"),
        ("2022-08-22", "江干", None), ("2022-08-22", "之江", None),
    ],
)  # fmt: skip
def test_a_name_is_read_by_the_map_that_was_used_when_it_was_written(
    day: str, district: str, county: str | None
) -> None:
    rows = pl.DataFrame({"date": [day], "district_raw": [district]})
    found = located(TRADE, TRADE.place, rows, _dated(rows), current(), ON)
    assert found["county"][0] == county
    assert (found["place_reasons"].list.len()[0] == 0) == (county is not None)


def _dated(rows: pl.DataFrame) -> pl.DataFrame:
    """The standard rows as far as places are read from them."""
    return rows.select(pl.col("date").str.to_date().alias("day"))


def test_a_total_stands_without_a_county() -> None:
    rows = pl.DataFrame({"date": ["2022-08-31"], "district_raw": ["合计"]})
    found = located(TRADE, TRADE.place, rows, _dated(rows), current(), ON)
    assert found["county"][0] is None and found["place_reasons"].list.len()[0] == 0


def test_a_town_that_kept_its_name_is_the_town_of_that_name() -> None:
    """福全镇 became 福全街道: where the county has a town of the same stem today, the old code means that one."""
    mappings = current()
    newest = mappings.townships.filter(pl.col("since") == pl.col("since").max())
    towns = newest.select("county", today="code", stem=stem(pl.col("name")))
    codes = mappings.codes.filter(pl.col("list") == "town").sort("known")
    last = codes.unique(["source", "code", "since"], keep="last")
    named = last.select("code", "standard", stem=stem(pl.col("code").str.extract(r"^\d+ (.+)$"))).drop_nulls("stem")
    told = named.join(towns.select("county", standard="today"), on="standard").join(towns, on=["county", "stem"])
    assert told.height > 1_000 and told.filter(pl.col("standard") != pl.col("today")).rows() == []
