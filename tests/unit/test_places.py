"""Places: codes, names and addresses of any year lead to one of today's counties, or to none with a reason."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipelines.dictionary import current, today_counties
from pipelines.gazetteer import gazetteer
from pipelines.places import locate
from schemas.feed import Place

REGISTER = Place(division="code", division_since=date(2015, 10, 1), address="address", city="city", written="written")
BY_NAME = Place(name="name")


def placed(place: Place, **row: str | None) -> tuple[str | None, str]:
    """The county of one row, and the evidence or else the rule it broke."""
    columns = {name: row.get(name) for name in place.sources}
    frame = pl.DataFrame({name: [value] for name, value in columns.items()}, schema=dict.fromkeys(columns, pl.String))
    told = locate(frame, place, gazetteer(current(), date(2026, 6, 30))).row(0, named=True)
    return told["county"], told["place_evidence"] or told["place_reasons"][0]["rule"]


def test_today_has_ninety_counties() -> None:
    assert today_counties(current()).height == 90


@pytest.mark.parametrize(
    ("code", "city", "address", "county"),
    [
        ("330184", "杭州", "杭州市余杭区临平街道东湖路2号", "330113"),
        ("330184", "杭州", "余杭区仓前街道文一西路1号", "330110"),
        ("330104", "杭州", "杭州市江干区下沙街道3号大街", "330114"),
        ("330104", "杭州", "浙江省杭州市江干区凯旋街道景昙路9号", "330102"),
        ("330103", "杭州", "杭州市下城区朝晖路168号", "330105"),
        ("330204", "宁波", "浙江省宁波市江东区百丈街道中山东路9号", "330212"),
        ("330621", "绍兴", "绍兴县陶堰镇浔阳村", "330602"),
        ("330621", "绍兴", "绍兴县齐贤镇羊山村", "330603"),
        ("330283", "宁波", "奉化市锦屏街道", "330213"),
        ("331021", "台州", "玉环市玉城街道下陡门", "331083"),
        ("330327", "温州", "苍南县龙港镇龙翔路", "330383"),
        ("330100", "杭州", "浙江省杭州市西湖区灵隐街道", "330106"),
        ("330212", "宁波", "宁波市鄞州区石碶街道雅戈尔大道", "330203"),
        ("330301", "温州", "浙江省温州瓯江口产业集聚区灵昆街道灵昆街29号", "330305"),
    ],
)
def test_an_address_with_its_office_code_is_placed(code: str, city: str, address: str, county: str) -> None:
    assert placed(REGISTER, code=code, city=city, address=address)[0] == county


@pytest.mark.parametrize(
    ("code", "city", "address", "rule"),
    [
        ("330104", "杭州", "杭州市江干区艮山西路1号", "ambiguous_place"),
        ("330110", "杭州", "杭州市余杭区某路1号", "ambiguous_place"),
        ("330382", "温州", "浙江省德清县武康镇珍珠街258号", "contradicting_place"),
        ("330000", None, "浙江省体育场路178号", "unknown_place"),
    ],
)
def test_what_is_not_certain_is_not_guessed(code: str, city: str | None, address: str, rule: str) -> None:
    assert placed(REGISTER, code=code, city=city, address=address) == (None, rule)


@pytest.mark.parametrize(("written", "county"), [("1994-05-01", None), ("2005-05-01", "330106")])
def test_an_address_is_not_older_than_its_enterprise(written: str, county: str | None) -> None:
    """A part of 西湖区 went to 拱墅区 in 1996."""
    row = {"code": "330100", "city": "杭州", "address": "杭州市西湖区文三路1号", "written": written}
    assert placed(REGISTER, **row)[0] == county


def test_what_the_address_says_goes_before_the_office_that_registered() -> None:
    county, evidence = placed(REGISTER, code="330281", city="杭州", address="杭州市萧山区城厢街道人民路1号")
    assert (county, evidence) == ("330109", "county+town+city!code")


@pytest.mark.parametrize(
    ("name", "county"),
    [
        ("余杭区", "330110"), ("余杭", "330110"), ("杭州市余杭区", "330110"), ("浙江省杭州市余杭区", "330110"),
        ("富阳市", "330111"), ("绍兴柯桥", "330603"), ("上虞", "330604"), ("景宁畲族自治县", "331127"),
        ("景宁", "331127"),
        ("鄞县", None), ("江干区", None), ("城区", None), ("火星市", None),
    ],
)  # fmt: skip
def test_a_division_is_known_by_any_of_its_names(name: str, county: str | None) -> None:
    assert placed(BY_NAME, name=name)[0] == county
