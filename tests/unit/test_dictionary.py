"""Mappings: a wrong row is named with file and line, translation is an as-of join, an edit replays only its rows."""

from __future__ import annotations

import ast
import os
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pipelines
from pipelines import dictionary
from pipelines.cut import lists_behind
from pipelines.dictionary import HOME, MappingError, Mappings, admit, load
from pipelines.disk.deliveries import deliveries
from pipelines.disk.product_grounds import fingerprint_of
from pipelines.land import land
from pipelines.meaning.codes import code_names, translation, translations
from pipelines.meaning.counties import today_counties
from pipelines.standard.standardise import standardise
from schemas.admission import OF_DELIVERIES, OF_HEADERS
from schemas.china import today
from schemas.feed import all_feeds
from schemas.mapping import TOWNS
from schemas.product import all_products

TAX = all_feeds()["tax_registration"]
ON = date(2026, 6, 30)
# What stands in rows for the day on which they are known.
TODAY = "2026-12-01"


@pytest.fixture
def mappings(tmp_path: Path) -> Path:
    """A copy of mappings/ to edit."""
    shutil.copytree(HOME, tmp_path / "mappings")
    return tmp_path / "mappings"


def append(file: Path, row: str) -> None:
    """Append one CSV row, known today."""
    file.write_text(file.read_text() + row.replace(TODAY, f"{today()}") + "\n")


def test_every_table_is_some_causes() -> None:
    told = [name for names in dictionary._FAMILIES.values() for name in names]
    assert sorted(told) == sorted({each.name for each in fields(Mappings)} - {"fingerprints"})
    assert load().fingerprints.keys() == dictionary._FAMILIES.keys()


def test_every_town_of_the_province_can_be_named_by_a_change() -> None:
    """龙港 stands once for itself, as a county without towns."""
    others = load().townships.filter(~TOWNS.holds(pl.col("name")))["name"].unique().to_list()
    assert others == ["龙港县直辖村级区划"]


def test_every_dictionary_leads_into_its_code_list() -> None:
    held = load()
    codes = held.codes.filter(pl.col("standard") != "").join(
        held.lists, left_on=["list", "standard"], right_on=["list", "code"], how="anti"
    )
    assert codes.rows() == []
    assert held.codes.filter(pl.struct("list", "source", "code", "since", "known").is_duplicated()).rows() == []


def test_every_change_of_places_ends_in_todays_counties() -> None:
    held = load()
    known = set(held.counties["code"])
    assert set(held.changes["from_code"]) | set(held.changes["to_code"]) <= known
    assert set(today_counties(held)["code"]) <= known


@pytest.mark.parametrize(
    ("file", "row", "column", "expected"),
    [
        ("codes/enterprise_status", "tax_status,77,1,2026-13-01,2026-12-01,无", "since", "a day that exists"),
        ("codes/enterprise_status", "tax_status,77,1,0000-01-01,2026-12-01,无", "since", "a day that exists"),
        ("codes/enterprise_status", "tax_status,77,1,2026-01-01,昨天,无", "known", "a day that exists"),
        ("codes/enterprise_status", "tax_status,77,1,2026-01-01,2026-12-01, ", "basis", "a document that says so"),
        ("codes/enterprise_status", "tax_status,7,1,2026-01-01,2026-12-01,待补：依据文件", "basis", "it is printed"),
        ("codes/enterprise_status", "tax_status,77,1,2026-01-01,2020-01-01,旧", "known", "not earlier than that of"),
        ("codes/enterprise_status", "tax_status,77,火星,2026-01-01,2026-12-01,无", "standard", "a code of"),
        ("codes/enterprise_status", "tax_status,77,1;2,2026-01-01,2026-12-01,无", "standard", "a code of"),
        ("codes/enterprise_status", "tax_status,01,5,2013-01-01,2026-06-01,再", "source",
         "same source 'tax_status', code '01', since '2013-01-01', known '2026-06-01', as line 2 has"),
        ("codes/enterprise_status", ",77,1,2026-01-01,2026-12-01,无", "source", "a text that is not empty"),
        ("codes/enterprise_status", "tax_status,77,1,2026-1-01,2026-12-01,无", "since", "a day that exists"),
        ("codes/enterprise_status", "tax_status,77 ,1,2026-01-01,2026-12-01,无", "code", "without white space"),
        ("codes/enterprise_status", "tax_status,７７,1,2026-01-01,2026-12-01,无", "code", "half-width"),
        ("lists/enterprise_status", "10,名,,零,2026-12-01,无", "level", "a whole number"),
        ("lists/land_use", "0599,新地类,5,2,2026-12-01,无", "parent", "a code of this file one level above"),
        ("lists/land_use", "0599,新地类,,2,2026-12-01,无", "parent", "a code of this file one level above"),
        ("lists/land_use", "0599,新地类,0599,2,2026-12-01,无", "parent", "a code of this file one level above"),
        ("lists/enterprise_status", "10,名,,1,2020-01-01,无", "known", "not earlier than that of"),
        ("lists/enterprise_status", "9,再,,1,2026-12-01,无", "code", "no row above with the same code '9'"),
        ("places/changes", "2026-01-01,annex,330110,330113,,2026-12-01,无", "kind", "recode, rename, merge"),
        ("places/changes", "2026-01-01,merge,330110,339999,,2026-12-01,无", "to_code", "a code of"),
        ("places/changes", "2026-01-01,rename,330326,330327,,2026-12-01,无", "to_code", "of a rename the code itself"),
        ("places/changes", "2026-01-01,partial,330326,330326,昆阳镇,2026-12-01,无", "to_code", "another one"),
        ("places/counties", "440101,某区,某市,2026-01-01,2026-12-01,无", "code", "a six-digit division code"),
        ("places/counties", "330384,某某市,温洲市,2026-01-01,2026-12-01,无", "city", "the city of its prefecture's"),
        ("places/counties", "330384,某市,温洲市,2026-01-01,2026-12-01,无\n330385,某县,温洲市,2026-01-01,2026-12-01,无",
         "city", "the city of its prefecture's"),
        ("places/counties", "330384,某某市,宁波市,2026-01-01,2026-12-01,无", "city", "the city of its prefecture's"),
        ("places/counties", "339099,某某市,温洲市,2026-01-01,2026-12-01,无", "city", "the city of its prefecture's"),
        ("places/zones", "某园区,温州,330326,2026-01-01,2026-12-01,无", "city", "the city that"),
        ("places/zones", "某园区,杭州市,330326;330327,2026-01-01,2026-12-01,无", "city", "gives to its county"),
        ("places/roads", "温州市,某路,330326,2,2026-01-01,2026-12-01,无", "city", "without 市"),
        ("places/townships", "33010,某镇,330110,2026-01-01,2026-12-01,无", "code", "a nine-digit town code"),
        ("places/zones", "某区,杭州市,330110;33,2026-01-01,2026-12-01,无", "county", "joined by ;"),
        ("places/changes", "2026-01-01,partial,330326,330327, 鳌江镇,2026-12-01,无", "towns", "without white space"),
        ("places/changes", "2026-01-01,partial,330326,330327,鳌江镇；水头镇,2026-12-01,无", "towns", "half-width ;"),
        ("places/changes", "2026-01-01,partial,330326,330327,鳌江鎮,2026-12-01,无", "towns", "街道, 镇, 乡"),
        ("places/changes", "2026-01-01,partial,330326,330327,昆阳镇;熬江镇,2026-12-01,无", "towns", "townships"),
        ("places/changes", "2026-01-01,split,330326,330327,昆阳镇,2026-12-01,无", "kind", "recode or merge where it"),
        ("places/changes", "2026-01-01,recode,330326,330327,,2026-12-01,无\n2026-01-01,split,330326,330328,昆阳镇,"
         "2026-12-01,无", "kind", "split, as this day ends the county in another one too"),
        ("places/changes", "2026-01-01,split_rest,330326,330327,鳌江镇,2026-12-01,无\n2026-01-01,split,330326,330328,"
         "昆阳镇,2026-12-01,无", "towns", "nothing: split_rest takes the towns that no split"),
        ("places/changes", "2026-01-01,split,330326,330327,,2026-12-01,无\n2026-01-01,split_rest,330326,330328,,"
         "2026-12-01,无", "towns", "the towns that go there"),
        ("places/changes", "2026-01-01,split,330326,330327,昆阳镇,2026-12-01,无\n2026-01-01,split,330326,330328,鳌江镇,"
         "2026-12-01,无", "towns", "has in from_code; or append a split_rest"),
        ("places/changes", "2026-01-01,partial,330113,330110,径山镇,2026-12-01,无", "towns", "from that day on"),
        ("places/changes", "2026-01-01,partial,330184,330113,,2026-12-01,无", "from_code", "stood on the day before"),
        ("places/changes", "2026-01-01,partial,330110,330184,,2026-12-01,无", "to_code", "stands on that day"),
        ("places/changes", "2026-01-01,rename,330122,330122,,2026-12-01,无", "from_code", "says the new name"),
        ("places/counties", "330122,桐江县,杭州市,2026-01-01,2026-12-01,无", "code", "with the same since leads"),
        ("places/counties", "330128,桐江市,杭州市,2026-01-01,2026-12-01,无", "code", "with the same since leads"),
        ("places/townships", "330326999,某 镇,330326,2026-01-01,2026-12-01,无", "name", "without white space"),
        ("places/townships", "330326999,某\u200e镇,330326,2026-01-01,2026-12-01,无", "name", "unseen signs"),
        ("places/zones", "某园（北）,杭州市,330110,2026-01-01,2026-12-01,无", "name", "half-width"),
        ("codes/enterprise_status", "tax_status,77,1,2026-01-01,2062-07-03,无", "known", "a day that has come"),
        ("corrections", "tax_registration,1,NSRZT_DM,88,03,2020-01-01,2062-07-03,函", "known", "a day that has come"),
        ("places/zones", "某园区,杭州市,330110,2027-07-01,2062-07-01,无", "known", "a day that has come"),
        ("places/counties", "330384,某某市,温州市,2027-07-01,2026-12-01,无", "since", "append it on its day"),
        ("places/changes", "2027-07-01,merge,330113,330110,,2026-12-01,无", "since", "append it on its day"),
        ("places/townships", "330326999,某镇,330326,2027-07-01,2026-12-01,无", "since", "append it on its day"),
        ("places/zones", "某园区,杭州市,330110,2027-07-01,2026-12-01,无", "since", "append it on its day"),
        ("places/roads", "杭州,某路,330110,2,2027-07-01,2026-12-01,无", "since", "append it on its day"),
        ("authority", "enterprise,*,tax_registration,第一,2026-01-01,2026-12-01,无", "rank", "a whole number"),
        ("authority", "enterprise,*,tax_registration,1.5,2026-01-01,2026-12-01,无", "rank", "a whole number"),
        ("authority", "vehicle,*,tax_registration,1,2026-01-01,2026-12-01,无", "entity", "schemas/entities"),
        ("authority", "enterprise,行业,tax_registration,1,2026-01-01,2026-12-01,无", "column", "an attribute"),
        ("authority", "enterprise,*,tax,1,2026-01-01,2026-12-01,无", "source", "schemas/feeds"),
        ("authority", "enterprise,*,education_school,1,2026-01-01,2026-12-01,无", "source", "describes the entity"),
        ("authority", "enterprise,revenue,tax_annual,1,2026-01-01,2026-12-01,无", "source", "describes the entity"),
        ("admissions", "tax_registraton,0123456789ab,row_count,王工,2026-12-01,来函", "scope", "a feed that"),
        ("admissions", "tax_registration, 0123456789ab,row_count,王工,2026-12-01,来函", "subject", "first 12 digits"),
        ("admissions", "tax_registration,0123456,row_count,王工,2026-12-01,来函", "subject", "first 12 digits"),
        ("admissions", "enterprise_mirror,0123456789ab,fall,王工,2026-12-01,来函", "subject", "330110/2026-07-01"),
        ("admissions", "enterprise_mirror,330110/2026-07-01,earlier_day,王工,2026-12-01,函", "subject", "-07-02/20"),
        ("admissions", "enterprise_mirror,余杭/2026-07-01,fall,王工,2026-12-01,来函", "subject", "fall 330110/2026-"),
        ("admissions", "enterprise_mirror,330110/2026-07-01,coverage,王工,2026-12-01,函", "subject", "status/202"),
        ("admissions", "enterprise_mirror,tax_registration.statsu/2026-07-01,coverage,王工,2026-12-01,函", "subject",
         "a feed's column of codes"),
        ("admissions", "enterprise_mirror,tax_registration.revenue/2026-07-01,coverage,王工,2026-12-01,函", "subject",
         "a feed's column of codes"),
        ("admissions", "enterprise_mirror,2026-07-01/2026-07-02,earlier_day,王工,2026-12-01,函", "subject",
         "the later day first"),
        ("admissions", "tax_registration,0123456789ab,row_cuont,王工,2026-12-01,来函", "rule", "row_count, grain"),
        ("admissions", "tax_registration,0123456789ab,fall,王工,2026-12-01,来函", "rule", "row_count, grain"),
        ("admissions", "enterprise_mirror,330110/2026-07-01,grain,王工,2026-12-01,来函", "rule", "fall or coverage"),
        ("admissions", "tax_registration,0123456789ab,row_count,王工 ,2026-12-01,来函", "by", "without white space"),
        ("admissions", "tax_registration,0123456789ab,row_count,…,2026-12-01,来函", "by", "as it is printed"),
        ("admissions", "tax_registration,0123456789ab,row_count,王工,2026-12-01,…", "basis", "as it is printed"),
        ("answers", "330110-a,accepted,…,2026-12-01,复函", "by", "as it is printed"),
        ("answers", "330110-a,accepted,王工,2026-12-01,…", "basis", "as it is printed"),
        ("corrections", "tax,1,NSRZT_DM,88,03,2026-01-01,2026-12-01,无", "feed", "schemas/feeds"),
        ("corrections", "tax_registration,1,status,88,03,2026-01-01,2026-12-01,无", "column", "names it"),
        ("corrections", "tax_registration,1,统一社会信用代码,8,3,2026-01-01,2026-12-01,无", "column", "of that feed"),
        ("corrections", "tax_registration,1,NSRZT_DM,88,<02 or 03>,2026-01-01,2026-12-01,函", "new", "stands in <>"),
        ("corrections", "tax_registration,1,NSRZT_DM,88,03,2026-01-01,2026-12-01,<basis>", "basis", "as it is printed"),
        ("corrections", "tax_registration,1,NSRZT_DM,8,3,2026-01-01,2026-12-01,异议 3，<复函>", "basis", "is printed"),
        ("corrections", "tax_registration,1,NSRZT_DM,88, 03,2026-01-01,2026-12-01,无", "new", "without white space"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_relied_on_is_named_with_its_line(
    mappings: Path, file: str, row: str, column: str, expected: str
) -> None:
    path = mappings / f"{file}.csv"
    lines = len(path.read_text().splitlines())
    append(path, row)
    with pytest.raises(MappingError) as error:
        load(mappings)
    assert str(error.value).startswith(f"{path} line {lines + 1}, column {column}: found ")
    assert expected in str(error.value)


def test_what_lets_nothing_in_is_not_recorded(mappings: Path) -> None:
    before = (mappings / "admissions.csv").read_bytes()
    row = {"scope": TAX.key, "subject": "0123456789ab", "by": "王工", "known": "2026-07-02", "basis": "来函"}
    with pytest.raises(MappingError, match=r"admissions\.csv line 2, column rule: found 'row_cuont'"):
        admit(row | {"rule": "row_cuont"}, mappings)
    assert (mappings / "admissions.csv").read_bytes() == before


def test_a_row_is_appended_on_a_line_of_its_own_also_behind_a_last_line_without_an_end(mappings: Path) -> None:
    row = {"scope": TAX.key, "subject": "0123456789ab", "by": "王工", "known": "2026-07-02", "basis": "来函"}
    first = admit(row | {"rule": "row_count"}, mappings)
    file = mappings / "admissions.csv"
    file.write_text(file.read_text().rstrip("\n"))
    second = admit(row | {"rule": "unit"}, mappings)
    assert file.read_text().splitlines()[1:] == [first, second]


def test_of_many_who_append_at_once_nobodys_row_is_lost(mappings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_bytes = Path.read_bytes

    def slowly(file: Path) -> bytes:
        content = read_bytes(file)
        time.sleep(0.005 if file.name == "admissions.csv" else 0)
        return content

    monkeypatch.setattr(Path, "read_bytes", slowly)
    row = {"scope": TAX.key, "rule": "row_count", "by": "王工", "known": "2026-07-02", "basis": "来函"}
    with ThreadPoolExecutor(8) as people:
        told = list(people.map(lambda number: admit(row | {"subject": f"{number:012}"}, mappings), range(24)))
    assert sorted((mappings / "admissions.csv").read_text().splitlines()[1:]) == sorted(told)


def test_who_is_killed_while_appending_leaves_the_file_as_it_was_and_another_writes_it_under_its_mode(
    mappings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"scope": TAX.key, "subject": "0123456789ab", "rule": "row_count", "by": "王工", "known": "2026-07-02",
           "basis": "来函"}  # fmt: skip
    file, names = mappings / "admissions.csv", {each.name for each in mappings.iterdir()}
    file.chmod(0o640)
    before = file.read_bytes()
    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(os, "fsync", lambda _: signal.raise_signal(signal.SIGINT))
        admit(row, mappings)
    assert file.read_bytes() == before and {each.name for each in mappings.iterdir()} == names | {".lock"}
    line = admit(row, mappings)
    assert file.read_bytes() == before + f"{line}\n".encode() and file.stat().st_mode & 0o777 == 0o640


def test_every_rule_that_stops_a_delivery_can_be_admitted_and_no_other() -> None:
    door = [file for room in ("door", "formats") for file in (Path(pipelines.__path__[0]) / room).glob("*.py")]
    calls = [node for file in door for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    signs = [call.args for call in calls if ast.unparse(call.func) == "Sign" and len(call.args) > 1]
    stops = {told.value for rule, verdict, *_ in signs if ast.unparse(verdict) not in ("'benign'", "'translate'")
             for told in ast.walk(rule) if isinstance(told, ast.Constant)}  # fmt: skip
    assert stops - {"fill"} == set(OF_DELIVERIES) - set(OF_HEADERS)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (b"tax_status,77,1,2026-01-01,2026-12-01,a,b\n", "found 7 cells, expected 6: put a text that has a comma"),
        (
            b"a,77,1,2026-01-01,2026-12-01,ba,78,1,2026-01-01,2026-12-01,b\n",
            "11 cells, expected 6: where two rows stand",
        ),
        (
            "tax_status，77，1，2026-01-01，2026-12-01，无\n".encode(),
            "found 1 cells, expected 6: write , instead of ，",
        ),
        (b"tax_status,77,1\n", "found 3 cells, expected 6: write the others, or drop the line"),
        (b"\n", "found 0 cells, expected 6"),
        ("税,77,1,2026-01-01,2026-12-01,无".encode("gb18030"), "a byte that is not UTF-8, 0xce; save"),
        ('tax_status,77,1,2026-01-01,2026-12-01,"某文'.encode(), "a double quote that stays open; close it"),
    ],
)
def test_a_line_that_is_no_row_is_named(mappings: Path, row: bytes, told: str) -> None:
    file = mappings / "codes" / "enterprise_status.csv"
    line = len(file.read_text().splitlines()) + 1
    file.write_bytes(file.read_bytes() + row)
    with pytest.raises(MappingError) as error:
        load(mappings)
    assert told in str(error.value) and f"line {line}" in str(error.value)


def test_a_new_row_of_a_dictionary_changes_what_those_products_look_up_that_read_dictionaries(mappings: Path) -> None:
    """A product of which more has changed than rows is made anew whole."""
    products = all_products().values()
    before = {each.key: fingerprint_of(lists_behind(each, load(mappings), (), today())) for each in products}
    append(mappings / "codes" / "enterprise_status.csv", "tax_status,77,1,2026-01-01,2026-12-01,无")
    after = {each.key: fingerprint_of(lists_behind(each, load(mappings), (), today())) for each in products}
    reading = {each.key for each in products if "dictionary_list" in lists_behind(each, load(mappings), (), today())}
    assert {key for key, told in after.items() if told != before[key]} == reading
    assert reading and "enterprise_mirror" not in reading


def test_products_look_a_code_up_as_it_holds_on_their_day(mappings: Path) -> None:
    append(mappings / "codes" / "enterprise_status.csv", f"tax_status,77,1,2031-01-01,{today()},无")
    known = load(mappings)
    for on, told in ((date(2030, 12, 31), []), (date(2031, 1, 1), ["1"])):
        held = translations(known, on)
        assert held.filter(source="tax_status", code="77")["standard"].to_list() == told
        for (code_list, source), rows in held.partition_by("list", "source", as_dict=True).items():
            one = translation(known, str(code_list), str(source), on)
            assert rows.select("code", "standard").sort("code").equals(one.sort("code")), (code_list, source)


def test_a_dictionary_without_a_list_and_a_list_without_files_are_named(mappings: Path) -> None:
    (mappings / "lists" / "currency.csv").unlink()
    with pytest.raises(MappingError, match=r"currency\.csv has no code list"):
        load(mappings)


def industry() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """The names of the 2011 codes, of the 2017 codes, and the translation from one to the other."""
    names = [dict(code_names(load(), edition).select("code", "name").iter_rows()) for edition in
             ("gbt4754_2011", "gbt4754_2017")]  # fmt: skip
    return names[0], names[1], dict(translation(load(), "gbt4754_2017", "gbt4754_2011", ON).iter_rows())


def test_the_editions_of_industry_are_whole() -> None:
    levels = pl.col("list").str.starts_with("gbt4754"), pl.col("list"), pl.col("level")
    counts = dict(load().lists.filter(levels[0]).group_by(pl.format("{}/{}", *levels[1:])).len().iter_rows())
    assert counts == {
        "gbt4754_2011/1": 20, "gbt4754_2011/2": 96, "gbt4754_2011/3": 432, "gbt4754_2011/4": 1094,
        "gbt4754_2017/1": 20, "gbt4754_2017/2": 97, "gbt4754_2017/3": 473, "gbt4754_2017/4": 1381,
    }  # fmt: skip


def test_every_code_of_2011_is_answered_by_a_translation_or_by_why_there_is_none() -> None:
    before, _, held = industry()
    answers = load().codes.filter(pl.col("source") == "gbt4754_2011")
    assert set(answers["code"]) == set(before)
    assert sorted(set(before) - set(held)) == ["72", "729", "7296", "74", "749", "L", "M"]
    why = answers.filter(pl.col("standard") == "")
    assert set(why["code"]) == set(before) - set(held) and why["basis"].str.contains("无确定的共同层级").all()


@pytest.mark.parametrize(
    ("code", "before", "standard"),
    [
        ("0511", "农业机械服务", "0512"), ("0512", "灌溉服务", "0513"), ("0513", "农产品初加工服务", "0514"),
        ("1363", "水产饲料制造", "1329"), ("3073", "日用陶瓷制品制造", "3074"), ("5236", "箱、包零售", "5237"),
        ("6540", "数据处理和存储服务", "I"), ("7240", "广告业", "725"),
        ("7250", "知识产权服务", "7520"), ("8630", "电影和影视节目制作", "8730"),
    ],
)  # fmt: skip
def test_a_code_is_translated_by_its_meaning_and_not_by_its_digits(code: str, before: str, standard: str) -> None:
    names, after, held = industry()
    assert names.get(code) == before and held.get(code) == standard
    assert after.get(code) != before


def test_no_code_whose_name_changed_its_meaning_keeps_its_digits() -> None:
    """Of the codes that both editions have with other names, those that keep their digits are told as renamed."""
    before, after, held = industry()
    reused = {code for code in before.keys() & after.keys() if before[code] != after[code] and len(code) == 4}
    kept = {code for code in reused if held.get(code) == code}
    rows = load().codes.filter(pl.col("source") == "gbt4754_2011", pl.col("code").is_in(sorted(kept)))
    assert len(reused) > 200 and len(kept) < 40
    assert rows.filter(~pl.col("basis").str.contains("更名或整类归入|同名")).rows() == []


def test_a_translation_of_a_class_lies_within_that_of_its_group_its_division_and_its_section() -> None:
    _, _, held = industry()
    parents = {edition: dict(code_names(load(), edition).select("code", "parent").iter_rows()) for edition in
               ("gbt4754_2011", "gbt4754_2017")}  # fmt: skip

    def line(code: str, edition: str) -> list[str]:
        return [code, *line(parents[edition][code], edition)] if code else []

    outside = [
        (code, above)
        for code, standard in held.items()
        for above in line(code, "gbt4754_2011")
        if above in held and held[above] not in line(standard, "gbt4754_2017")
    ]
    assert outside == []


def test_a_class_that_was_divided_is_translated_to_the_finest_level_that_is_certain_and_says_so() -> None:
    _, _, held = industry()
    rows = load().codes.filter(pl.col("source") == "gbt4754_2011", pl.col("code").str.len_chars() == 4)
    coarser = rows.filter(pl.col("code").is_in([code for code, standard in held.items() if len(standard) < 4]))
    last = coarser.sort("known").unique("code", keep="last")
    assert last.height > 100
    assert last.filter(~pl.col("basis").str.contains("译至[门大中]类")).rows() == []


def test_a_row_holds_until_the_next_since_and_as_it_was_known(mappings: Path) -> None:
    file = mappings / "codes" / "enterprise_status.csv"
    append(file, "tax_status,99,1,2020-01-01,2026-06-01,甲文件")
    append(file, "tax_status,99,5,2024-01-01,2026-07-01,乙文件")

    def meaning(on: date, known: date | None = None) -> dict[str, str]:
        held = translation(load(mappings, known), "enterprise_status", "tax_status", on)
        return dict(held.iter_rows())

    assert "99" not in meaning(date(2019, 12, 31))
    assert meaning(date(2023, 12, 31))["99"] == "1"
    assert meaning(date(2024, 1, 1))["99"] == "5"
    assert meaning(date(2024, 1, 1), known=date(2026, 6, 30))["99"] == "1"


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from("19"), st.dates(date(2000, 1, 1), date(2030, 1, 1))), max_size=12
    ),
    st.dates(date(2000, 1, 1), date(2035, 1, 1)),
    st.integers(0, 12),
)
def test_no_two_rows_hold_at_once_and_what_is_appended_later_changes_no_earlier_knowledge(
    told: list[tuple[int, str, date]], on: date, upto: int
) -> None:
    start = date(2026, 1, 1)
    rows = [("x", "tax_status", f"7{code}", standard, since, start + timedelta(days=number))
            for number, (code, standard, since) in enumerate(told)]  # fmt: skip
    schema = {"list": pl.String, "source": pl.String, "code": pl.String, "standard": pl.String, "since": pl.Date,
              "known": pl.Date}  # fmt: skip
    whole = pl.DataFrame(rows, schema=schema, orient="row")
    known = start + timedelta(days=upto)

    def meaning(codes: pl.DataFrame) -> dict[str, str]:
        held = translation(replace(load(), codes=codes), "x", "tax_status", on)
        assert held["code"].is_duplicated().sum() == 0
        return dict(held.iter_rows())

    then = meaning(whole.filter(pl.col("known") <= known))
    assert then == meaning(whole.head(upto + 1))
    for code, standard in then.items():
        holds = [row for row in rows[: upto + 1] if row[2] == code and row[4] <= on]
        newest = max(row[4] for row in holds)
        assert standard == [row[3] for row in holds if row[4] == newest][-1]


def test_a_new_dictionary_row_replays_only_the_rows_that_it_touches(mappings: Path, tmp_path: Path) -> None:
    given = Path(__file__).parents[1] / "feeds" / "tax_registration" / "given.csv"
    file = tmp_path / "20260630.csv"
    file.write_bytes(given.read_bytes())
    delivery = land(TAX, file, tmp_path)
    before = standardise(TAX, delivery, load(mappings), tmp_path)
    assert "status/unmapped" in before.rules and before.translated == before.delivery.rows
    append(mappings / "codes" / "enterprise_status.csv", "tax_status,88,1,2013-01-01,2026-07-01,甲文件")
    after = standardise(TAX, deliveries(TAX, tmp_path)[0], load(mappings), tmp_path)
    assert after.translated == 1
    assert after.standard == before.standard + 1 and after.quarantined == before.quarantined - 1
    assert "status/unmapped" not in after.rules and after.conserves
    assert standardise(TAX, delivery, load(mappings), tmp_path) == after


def test_a_correction_mends_what_it_guards_and_nothing_else(mappings: Path, tmp_path: Path) -> None:
    file = tmp_path / "20260630.csv"
    file.write_bytes((Path(__file__).parents[1] / "feeds" / "tax_registration" / "given.csv").read_bytes())
    delivery = land(TAX, file, tmp_path)
    append(
        mappings / "corrections.csv", "tax_registration,91330204144100035R,NSRZT_DM,88,03,2020-01-01,2026-07-01,来函"
    )
    append(
        mappings / "corrections.csv", "tax_registration,91330110MA2ABCD132,NSRZT_DM,77,07,2020-01-01,2026-07-01,来函"
    )
    outcome = standardise(TAX, delivery, load(mappings), tmp_path)
    rows = pl.read_parquet(tmp_path / "standard" / TAX.key / delivery.name / "standard.parquet")
    status = dict(rows.select("taxpayer_id", "status").iter_rows())
    assert "status/unmapped" not in outcome.rules
    assert status["91330204144100035R"] == status["91330110MA2ABCD132"]
