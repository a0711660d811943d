"""The catalogue as a whole: what every tag says of itself, what is refused, what stays unknown."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines.dictionary import HOME, current, load
from pipelines.meaning.counties import today_counties
from pipelines.tags.catalogue import CatalogueError, catalogue, whole
from pipelines.tags.data import known_data
from schemas.awaits import all_departments
from schemas.china import today
from schemas.condition import Condition, Is, Not, OneOf, Under, at_least, atoms
from schemas.entity import all_entities
from schemas.measure import Given, Per
from schemas.product import LEVELS
from schemas.standard import tells
from schemas.tag import Bands, Branches, Codes, Family, Flag, Member, Number, Rolls, Words, all_families
from tests.tags.asking import tagged

TAGS = whole().tags
LEAST = 1_000
# A day outside of these is a slip of the pen; a tag may be declared some time before its day.
EARLIEST, A_YEAR = date(2000, 1, 1), timedelta(days=366)


def test_there_are_more_than_a_thousand_tags_and_half_as_many_again_without_the_industries() -> None:
    assert len(TAGS) > LEAST
    assert sum(tag.family != "industry" for tag in TAGS.values()) > LEAST


def test_every_title_is_unique_and_every_key_a_name() -> None:
    titles = Counter(tag.title for tag in TAGS.values())
    assert [title for title, count in titles.items() if count > 1] == []
    assert [key for key in TAGS if not key.isidentifier() or key != key.lower()] == []


def test_every_tag_says_what_it_means_and_bears_the_level_of_its_most_sensitive_source() -> None:
    data = whole().data
    for tag in TAGS.values():
        assert tag.meaning and tag.of, tag.key
        assert tag.level in LEVELS and tag.level == max(data[name].level for name in tag.of), tag.key


def test_every_tag_is_answered_since_a_day_that_can_be_meant() -> None:
    far = today() + A_YEAR
    assert {key: str(tag.since) for key, tag in TAGS.items() if not EARLIEST <= tag.since <= far} == {}


def test_every_family_says_who_asks_what() -> None:
    for family in all_families():
        assert family.asked_by.startswith(("县", "市")) and family.asks.endswith("？"), family.key


def test_every_datum_is_some_departments_word_unless_it_is_our_own() -> None:
    ours = {"departments", "disputes"}
    assert {name for name, datum in known_data().items() if not datum.departments} <= ours | {"organisation_code"}


def test_every_awaited_column_is_asked_by_a_tag() -> None:
    awaited = {name for department in all_departments() for name in department.columns}
    assert awaited - {name for tag in TAGS.values() for name in tag.of} == set()


def test_every_code_that_a_family_names_is_in_its_list() -> None:
    lists = current().lists
    counties = {*today_counties(current())["code"], *whole().recoded["county"]}
    for tag in TAGS.values():
        for atom in atoms(tag.rule) if isinstance(tag.rule, Condition) else ():
            if isinstance(atom, OneOf) and (name := whole().data[atom.name].kind.code_list):
                known = counties if name == "county" else set(lists.filter(pl.col("list") == name)["code"])
                assert set(atom.words) <= known, tag.key


def test_mountain_counties_are_26_and_island_counties_6() -> None:
    words = {key: next(iter(atoms(TAGS[key].rule))).words for key in ("mountain_county", "island_county")}  # pyright: ignore
    assert {key: len(set(each)) for key, each in words.items()} == {"mountain_county": 26, "island_county": 6}


def test_where_a_frame_lacks_all_columns_no_tag_is_false() -> None:
    said = tagged({"credit_code": "91330110000000001X"}, of=whole())
    assert [name for name in TAGS if said[name].null_count() == 0] == []


def test_what_is_absent_is_unknown_and_what_is_present_is_said() -> None:
    said = tagged({"revenue": 30_000_000, "industry": "1711", "status": "1"}).row(0, named=True)
    assert said["industry_above_scale"] is True and said["alive"] is True
    for key in ("high_technology", "clean_record", "per_mu_a", "has_land", "tax_per_mu", "food_trade_held"):
        assert said[key] is None, key


def one(*members: Member) -> Family:
    return Family("made_up", "编造", "县统计局", "有什么？", date(2026, 7, 1), members)


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ((Flag("rich", "富", at_least("revenu", 1), "富"),),
         ["rich of family made_up", "found 'revenu'", "near ones are revenue", "schemas/awaited/"]),
        ((Flag("rich", "富", Is("poor"), "富"), Flag("poor", "贫", Not(Is("rich")), "贫")), ["rich → poor → rich"]),
        ((Flag("revenue", "营收", Is("is_branch"), "营收"),), ["'revenue' is a column already"]),
        ((Flag("objected", "异议", Is("is_branch"), "异议"),), ["'objected' is a column already"]),
        ((Flag("trusted", "可信", Not(Is("objected")), "可信"),), ["trusted of family made_up", "found 'objected'"]),
        ((Bands("band", "revenu", "档", (1,)),),
         ["Family made_up, Bands band, of: found 'revenu'; expected a column", "revenue"]),
        ((Bands("band", "name", "档", (1,)),), ["of: found name, which is 名称; expected a number"]),
        ((Bands("band", "revenue", "档", (5, 1)),), ["cuts: found (5, 1); expected numbers, each above"]),
        ((Bands("band", "revenue", "档", (1, float("nan"))),), ["cuts: found (1, nan)"]),
        ((Bands("band", "revenue", "档", (1, 5), ("低", "高")),), ["labels: found 2 of them; expected 3"]),
        ((Rolls("technology_list", "{word}", {"one": "甲"}),), ["Rolls of technology_list, of", "technology_lists"]),
        ((Words("town", "{wrod}", {"one": "甲"}),), ["Words of town, title: found the place {wrod}; expected {word}"]),
        ((Words("revenue", "{word}", {"one": "甲"}),), ["of: found revenue, which is 金额; expected a text"]),
        ((Codes("code", "status", "enterprise_statu", "{name}"),),
         ["code_list: found 'enterprise_statu'", "enterprise_status"]),
        ((Codes("code", "status", "enterprise_status", "{name}", (7,)),),
         ["ranks: found 7; expected a level of enterprise_status: 1"]),
        ((Branches("branches", "{code}{name}", 9),), ["rank: found 9; expected a level of gbt4754_2017: 1, 2, 3, 4"]),
        ((Flag("one", "一", Under(("999",)), "一"),), ["Flag one, when: found '999'; expected a code of GB/T 4754"]),
        ((Flag("one", "一", Not(OneOf("status", ("存续",))), "一"),),
         ["when: found '存续'; expected a code of enterprise_status"]),
        ((Flag("one", "一", at_least("name", 1), "一"),), ["found name, which is 名称; expected a number"]),
        ((Flag("one", "一", Is("revenue"), "一"),), ["found revenue, which is 金额; expected a yes or no"]),
        ((Rolls("technology_lists", "{word}", {"two": "乙"}),
          Flag("one", "一", OneOf("technology_lists", ("甲",)), "一")), ["cells join several words; expected Holds"]),
        ((Number("one", "一", Given("revenue", Under(("999",))), "一"),), ["Number one, rule: found '999'"]),
        ((Flag("one", " ", Is("is_branch"), ""),), ["one, title: found ' '; expected a text", "meaning: found ''"]),
        ((Flag("one", "一", Is("is_branch"), "一"), Flag("two", "一", Is("is_branch"), "一")),
         ["tag two: '一' is of tag one in family made_up already"]),
    ],
)  # fmt: skip
def test_families_that_are_no_catalogue_are_refused_by_name(members: tuple[Member, ...], told: list[str]) -> None:
    with pytest.raises(CatalogueError) as error:
        catalogue((one(*members),), current())
    assert [word for word in told if word not in str(error.value)] == []


def test_a_number_of_one_family_may_be_banded_in_another() -> None:
    number = Number("made", "数", Per("revenue", "insured"), "数")
    made = catalogue((one(Bands("band", "made", "档", (0.5,))), one(number)), current())
    assert list(made.tags) == ["band_under_50pct", "band_from_50pct", "made"]
    assert made.steps == (("made",), ("band_under_50pct", "band_from_50pct"))


def test_whose_word_a_column_is_are_the_departments_that_it_is_fused_from() -> None:
    """A meter or a fine says where it lies, and never where the enterprise does."""
    enterprise = all_entities()["enterprise"]
    fused = {feed.department_title for feed in enterprise.described_by() if tells(feed, "town")}
    assert set(known_data()["town"].departments) == fused
    assert fused < {feed.department_title for feed in enterprise.feeds() if tells(feed, "town")}


def test_a_tag_names_a_recoded_county_by_its_code_of_before(tmp_path: Path) -> None:
    """淳安 is one of the 26 mountain counties, whatever its code; what is divided or merged is another county."""
    home = shutil.copytree(HOME, tmp_path / "mappings")
    rows = {
        "counties": "330115,淳安区,杭州市,2026-10-01",
        "changes": "2026-10-01,recode,330127,330115,\n2026-10-01,merge,330723,330703,",
    }
    for name, row in rows.items():
        with (home / "places" / f"{name}.csv").open("a") as stream:
            stream.writelines(f"{line},{today()},测试\n" for line in row.splitlines())
    place = tuple(each for each in all_families() if each.key == "place")
    said = tagged(*({"county": code} for code in ("330115", "330703", "330110")), of=catalogue(place, load(home)))
    assert said["mountain_county"].to_list() == [True, False, False]
