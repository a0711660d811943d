"""Maps of other years: codes forward and back, figures with their uncertain share, laws of the table of changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dictionary import current
from pipelines.meaning.counties import today_counties
from pipelines.places.divisions import counties_on, spellings
from pipelines.places.moves import Move, born, follow, moves_of, trace
from pipelines.places.recast import codes_named, recast, resolve
from schemas.mapping import ENDING

NOW = date(2026, 6, 30)
DAYS = sorted(set(current().changes["since"]))


def lies(code: str, written: date, on: date, town: str | None = None) -> list[str]:
    """The counties of one code on another map."""
    asked = pl.DataFrame({"code": [code], "town": [town]}, schema={"code": pl.String, "town": pl.String})
    return resolve(current(), asked, written, on)["counties"][0].to_list()


@pytest.mark.parametrize(
    ("code", "written", "on", "town", "counties"),
    [
        ("330104", date(2019, 1, 1), NOW, None, ["330102", "330114"]),
        ("330104", date(2019, 1, 1), NOW, "下沙街道", ["330114"]),
        ("330104", date(2019, 1, 1), NOW, "九堡街道", ["330102"]),
        ("330621", date(2010, 1, 1), NOW, "陶堰镇", ["330602"]),
        ("330621", date(2010, 1, 1), NOW, "齐贤镇", ["330603"]),
        ("330621", date(2000, 1, 1), NOW, "马山镇", ["330602"]),
        ("330212", date(2010, 1, 1), NOW, "石碶街道", ["330203"]),
        ("330212", date(2010, 1, 1), NOW, "邱隘镇", ["330212"]),
        ("330212", date(2010, 1, 1), date(2015, 1, 1), None, ["330212"]),
        ("330125", date(1985, 1, 1), date(1995, 1, 1), None, ["330184"]),
        ("330125", date(1985, 1, 1), date(2005, 1, 1), None, ["330110"]),
        ("330114", NOW, date(2019, 1, 1), "下沙街道", ["330104"]),
        ("330114", NOW, date(2019, 1, 1), "义蓬街道", ["330109"]),
        ("330114", NOW, date(2019, 1, 1), None, ["330104", "330109"]),
        ("330105", NOW, date(2019, 1, 1), None, ["330103", "330105"]),
        ("330110", date(2005, 1, 1), date(1990, 1, 1), None, ["330125"]),
        ("999999", date(2005, 1, 1), NOW, None, []),
    ],
)
def test_a_code_of_any_map_lies_on_any_other(
    code: str, written: date, on: date, town: str | None, counties: list[str]
) -> None:
    assert lies(code, written, on, town) == counties


@pytest.mark.parametrize(
    ("name", "written", "codes"),
    [
        ("余杭", NOW, ["330110"]), ("杭州市余杭区", NOW, ["330110"]), ("余杭县", date(1990, 1, 1), ["330125"]),
        ("余杭", date(1990, 1, 1), ["330125"]), ("鄞县", NOW, ["330227", "332226"]),
        ("浙江省宁波市鄞州区", NOW, ["330212"]),
        ("杭州江干", date(2000, 1, 1), ["330104"]), ("江干区", NOW, ["330104"]), ("火星市", NOW, []), (None, NOW, []),
    ],
)  # fmt: skip
def test_a_name_in_any_spelling_means_a_code_of_its_day(name: str | None, written: date, codes: list[str]) -> None:
    assert codes_named(current(), pl.Series([name], dtype=pl.String), written)[0].to_list() == codes


def test_every_spelling_of_every_county_of_every_year_is_known() -> None:
    for day in (date(1984, 6, 1), *DAYS, NOW):
        spelt = spellings(counties_on(current(), day))
        codes = codes_named(current(), spelt["name"], day)
        assert spelt.with_columns(codes).select(pl.col("codes").list.contains(pl.col("code")).all()).item()


def test_the_map_of_a_year_has_the_counties_of_that_year() -> None:
    assert counties_on(current(), NOW)["code"].to_list() == today_counties(current())["code"].to_list()
    of_2019 = set(counties_on(current(), date(2019, 6, 30))["name"])
    assert {"江干区", "下城区", "余杭区"} <= of_2019 and not {"钱塘区", "临平区", "龙港市"} & of_2019
    assert {"余杭县", "鄞县", "绍兴县"} <= set(counties_on(current(), date(1985, 1, 1))["name"])


def test_every_chain_ends_in_a_county_of_today() -> None:
    today = set(today_counties(current())["code"])
    moves = moves_of(current())
    for code in current().counties["code"].unique():
        for day in (date.min, *DAYS, NOW):
            assert follow(code, moves, day) and follow(code, moves, day) <= today


def test_no_code_ends_twice_and_none_lives_on_after_its_end() -> None:
    ends = current().changes.filter(pl.col("kind").is_in(ENDING))
    assert ends.group_by("from_code").agg(pl.col("since").n_unique())["since"].max() == 1
    later = current().changes.join(ends.select("from_code", pl.col("since").alias("ended")), on="from_code")
    assert later.filter(pl.col("since") > pl.col("ended")).height == 0


def test_a_code_that_is_given_back_is_followed_there_and_back() -> None:
    """平阳县 becomes a city under another code, and a county under its old one a year later."""
    gone, back, known = date(2025, 1, 1), date(2026, 1, 1), date(2026, 12, 5)
    held, new = current(), ("330385", "330326")
    divisions = [(new[0], "平阳市", "温州市", gone, known, "甲"), (new[1], "平阳县", "温州市", back, known, "乙")]
    steps = [(gone, "recode", *new[::-1], [], known, "甲"), (back, "recode", *new, [], known, "乙")]
    mappings = replace(
        held,
        counties=pl.concat([held.counties, pl.DataFrame(divisions, schema=held.counties.schema, orient="row")]),
        changes=pl.concat([held.changes, pl.DataFrame(steps, schema=held.changes.schema, orient="row")]),
    )
    between, moves = date(2025, 6, 1), moves_of(mappings)
    for day in (date.min, gone, between, back, NOW):
        assert {code: follow(code, moves, day) for code in new} == dict.fromkeys(new, frozenset({"330326"}))
    assert follow("330326", moves, date.min, between) == {"330385"}
    assert trace("330326", moves, born(mappings), NOW, between) == {"330385"}
    assert trace("330326", moves, born(mappings), NOW, date(2020, 1, 1)) == {"330326"}
    stood = {day: set(counties_on(mappings, day)["code"]) & {*new} for day in (date(2020, 1, 1), between, NOW)}
    assert list(stood.values()) == [{"330326"}, {"330385"}, {"330326"}]
    assert set(today_counties(mappings)["code"]) == set(today_counties(held)["code"])


def test_a_code_written_after_its_end_means_what_it_became_whatever_became_of_it_once_it_was_given_again() -> None:
    ended, again, moved = date(2000, 1, 1), date(2010, 1, 1), date(2015, 1, 1)
    steps = [Move(ended, "recode", "330002", (), again), Move(moved, "recode", "330003", (), None)]
    told = [follow("330001", {"330001": steps}, day) for day in (date.min, ended, date(2005, 1, 1), again, moved)]
    assert told == [{"330002"}] * 3 + [{"330003"}] * 2


@given(st.sampled_from(DAYS), st.sampled_from(DAYS), st.data())
def test_recast_and_back_keeps_the_certain_rows(one: date, other: date, data: st.DataObject) -> None:
    older, newer = sorted((one, other))
    code = data.draw(st.sampled_from(sorted(counties_on(current(), older)["code"])))
    there = lies(code, older, newer)
    assert there and set(there) <= set(counties_on(current(), newer)["code"])
    assert all(code in lies(each, newer, older) for each in there)


def test_figures_are_recast_where_the_town_allows_it_and_the_rest_is_said() -> None:
    figures = pl.DataFrame(
        {"code": ["330104", "330104", "330104", "330103"], "town": ["下沙街道", "九堡街道", None, None],
         "enterprises": [100, 200, 50, 30]}
    )  # fmt: skip
    told = recast(current(), figures, ["enterprises"], date(2019, 12, 31), NOW)
    assert told.table.rows() == [("330102", 200, 250), ("330105", 30, 30), ("330114", 100, 150)]
    assert told.uncertain == {"enterprises": pytest.approx(50 / 380)}


def test_figures_with_signs_are_as_uncertain_as_they_are_great() -> None:
    """What 余杭区 lost and 江干区 won in 2019 sums to nothing, and no county can be given either."""
    rows = {"code": ["330110", "330104", "330106"], "town": [None] * 3, "profit": [-100, 100, 50]}
    figures = pl.DataFrame(rows, schema_overrides={"town": pl.String})
    assert recast(current(), figures, ["profit"], date(2019, 12, 31), NOW).uncertain == {"profit": 0.8}
