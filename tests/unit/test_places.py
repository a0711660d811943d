"""Places: codes, names and addresses of any year lead to one of today's counties, or to none with a reason."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines.cut import code_tables
from pipelines.dictionary import HOME, current, load
from pipelines.meaning.counties import today_counties
from pipelines.places.address import read_address
from pipelines.places.divisions import counties_on, spellings
from pipelines.places.gazetteer import Gazetteer, gazetteer
from pipelines.places.locate import locate
from pipelines.translate import translate
from schemas.china import today
from schemas.feed import Place, all_feeds

REGISTER = Place(division="code", division_since=date(2015, 10, 1), address="address", city="city", written="written")
BY_NAME = Place(name="name")


def placed(place: Place, **row: str | None) -> tuple[str | None, str]:
    """The county of one row, and the evidence or else the rule it broke."""
    columns = {name: row.get(name) for name in place.sources}
    frame = pl.DataFrame({name: [value] for name, value in columns.items()}, schema=dict.fromkeys(columns, pl.String))
    frame = frame.with_columns(pl.col(name).str.to_date() for name in frame.columns if name == place.written)
    told = locate(frame, place, gazetteer(current(), date(2026, 6, 30))).row(0, named=True)
    return told["county"], told["place_evidence"] or told["place_reasons"][0]["rule"]


@pytest.mark.parametrize("code", ["92330281MA25LKG229", "92 330281 MA25LKG229", "92-330281-ma25lkg22-9"])
def test_the_office_is_read_from_a_credit_code_as_its_column_mends_it(code: str) -> None:
    register = all_feeds()["market_regulation_enterprise"]
    told = {"统一社会信用代码": code, "注册地址": "新兴路403号", "注册日期": "2016-03-01"}
    row = pl.DataFrame({"row": [1], "hash": [1], **{name: [told.get(name)] for name in register.headers()}},
                       schema_overrides=dict.fromkeys(register.headers(), pl.String))  # fmt: skip
    standard = translate(register, row, current(), date(2026, 6, 30))
    assert standard.select("credit_code", "county").row(0) == ("92330281MA25LKG229", "330281")


@pytest.mark.parametrize("day", ["2005-06-01", "1117555200000"])
def test_a_place_was_written_on_the_day_as_its_column_reads_it(day: str) -> None:
    """A part of 西湖区 went to 拱墅区 in 1996: without the day either may be meant."""
    catalogue = all_feeds()["open_data_catalogue"]
    told = {"portal": "hangzhou", "标题": "甲", "数源单位": "西湖区统计局", "发布日期": day}
    names = [*catalogue.headers(), *catalogue.told_by_name()]
    row = pl.DataFrame({"row": [1], "hash": [1], **{name: [told.get(name)] for name in names}},
                       schema_overrides=dict.fromkeys(names, pl.String))  # fmt: skip
    standard = translate(catalogue, row, current(), date(2026, 6, 30))
    assert standard.select("published", "county").row(0) == (date(2005, 6, 1), "330106")


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
        ("330784", "金华", "舟山镇前村12号", "330784"),
        ("330211", "宁波", "宁波镇海区骆驼街道", "330211"),
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


@pytest.mark.parametrize(
    ("code", "city", "address", "county", "evidence"),
    [
        ("330103", "杭州", "下城区观巷武林街道新大楼", "330105", "code+county+town+city"),
        ("330103", "杭州", "浙江省杭州市江干区丁兰街道三义路10号", "330102", "county+town+city!code"),
        ("330104", "杭州", "杭州市江干区九堡镇三村三区65号", "330102", "code+county+town+city"),
        ("330104", "杭州", "杭州市下沙围垦八号坝北", "330114", "code+town+city"),
        ("330104", "杭州", "浙江省杭州经济技术开发区十号大街西200号北侧3幢", "330114", "code+zone+city"),
        ("330204", "宁波", "宁波市江东区福明乡邵家村", "330212", "code+county+town+city"),
        ("330204", "宁波", "宁波市江东北路390号2楼", "330212", "code+city"),
        ("330621", "绍兴", "平水镇", "330603", "code+town+city"),
        ("330621", "绍兴", "绍兴县马山镇", "330602", "code+county+town+city"),
        ("330621", "绍兴", "浙江省绍兴柯桥经济开发区曙光路56号", "330603", "code+county+zone+city"),
    ],
)
def test_the_four_abolished_codes_are_followed_in_real_addresses(
    code: str, city: str, address: str, county: str, evidence: str
) -> None:
    assert placed(REGISTER, code=code, city=city, address=address) == (county, evidence)


@pytest.mark.parametrize(
    ("city", "address", "county", "evidence"),
    [
        ("宁波", "宁波高新区江南路556号9层", "330212", "zone+city"),
        ("宁波", "浙江省宁波市大榭开发区南湖路188号8幢1-1", "330206", "zone+city"),
        ("宁波", "宁波东钱湖旅游度假区方水村", "330212", "zone+city"),
        ("宁波", "慈溪经济开发区(杭州湾新区)滨海二路西端", "330282", "county+zone+city"),
        ("杭州", "杭州经济技术开发区学源街258号行政楼第五层", "330114", "zone+city"),
        ("绍兴", "袍江工业区南四路北", "330602", "zone+city"),
        ("温州", "浙江省温州经济技术开发区滨海园区一道二路", "330303", "zone+city"),
        ("嘉兴", "嘉兴经济开发区塘汇街道", "330411", "town+zone+city"),
    ],
)
def test_a_zone_is_no_county_and_lies_in_one(city: str, address: str, county: str, evidence: str) -> None:
    assert placed(REGISTER, code="330000", city=city, address=address) == (county, evidence)


@pytest.mark.parametrize(
    ("city", "address", "rule"),
    [
        ("嘉兴", "嘉兴经济开发区无名路36号", "ambiguous_place"),
        ("金华", "经济开发区(白殿)", "ambiguous_place"),
        ("宁波", "宁波市鄞县大道东段", "ambiguous_place"),
        ("温州", "温州市鹿城路", "ambiguous_place"),
    ],
)
def test_a_zone_of_two_counties_or_of_no_named_city_and_a_road_place_nothing(
    city: str, address: str, rule: str
) -> None:
    assert placed(REGISTER, code="330000", city=city, address=address) == (None, rule)


@pytest.mark.parametrize(
    ("code", "city", "address", "county", "evidence"),
    [
        ("330303", "温州", "温州经济技术开发区飞云江路135号", "330303", "code+zone+city"),
        ("331001", "台州", "台州经济开发区滨海工业区块B区块", "331002", "zone+city"),
        ("330201", "宁波", "浙江省宁波市大榭开发区龙山村", "330206", "zone+city"),
        ("330301", "温州", "温州经济技术开发区飞云镇", "330381", "town+city!zone"),
    ],
)
def test_a_short_town_counts_only_in_the_zone_that_is_named(
    code: str, city: str, address: str, county: str, evidence: str
) -> None:
    assert placed(REGISTER, code=code, city=city, address=address) == (county, evidence)


@pytest.mark.parametrize(
    ("code", "city", "address", "county", "evidence"),
    [
        ("331102", "丽水", "丽水市城北村26号", "331102", "code+city"),
        ("331181", "丽水", "丽水市城北村26号", "331181", "code+town+city"),
        ("331100", "丽水", "龙泉市城北村26号", "331181", "county+town+city"),
        ("331181", "丽水", "丽水市城北岭下村6号", "331181", "code+town+city"),
        ("331102", "丽水", "丽水市城北岭下村6号", "331181", "town+city!code"),
        ("331000", "台州", "台州市太平洋大厦2幢", None, "ambiguous_place"),
        ("330400", "嘉兴", "嘉兴市乍浦港区长安桥", "330482", "town+city"),
        ("330106", "杭州", "莲花港家园9幢", "330106", "code+city"),
    ],
)
def test_what_only_begins_like_a_town_is_none_without_its_county(
    code: str, city: str, address: str, county: str | None, evidence: str
) -> None:
    """Of 122,373 real registrations eight lay so in another county: 南塘住宅区 of 温州 in 乐清, 太平洋大厦 in 温岭."""
    told = placed(REGISTER, code=code, city=city, address=address, written="2016-03-01")
    assert told == (county, evidence)


@pytest.mark.parametrize(
    ("code", "city", "address", "town", "evidence"),
    [
        ("330206", "宁波", "宁波市北仑区大榭街道滨海南路111号", "330206001", "code+county+town+zone+city"),
        ("330206", "宁波", "梅山乡梅东村", "330206009", "code+town+zone+city"),
        ("330212", None, "鄞州区东钱湖镇湖滨路1号", "330212103", "code+county+town"),
        ("331102", "丽水", "丽水市水阁街道白岩村", None, "code+zone+city"),
    ],
)
def test_a_town_called_like_its_zone_is_read_too(
    code: str, city: str | None, address: str, town: str | None, evidence: str
) -> None:
    frame = pl.DataFrame(
        {"code": [code], "address": [address], "city": [city], "written": [date(2016, 3, 1)]},
        schema_overrides={"city": pl.String},
    )
    told = locate(frame, REGISTER, gazetteer(current(), date(2026, 6, 30)))
    assert told.select("county", "town", "place_evidence").row(0) == (code, town, evidence)


@pytest.mark.parametrize(
    ("code", "city", "address", "county", "evidence"),
    [
        ("330110", "杭州", "余杭区临平街道东湖路2号", "330113", "town+city!code!county"),
        ("330110", None, "余杭区临平街道东湖路2号", "330113", "town!code!county"),
        ("330114", "杭州", "杭州市萧山区义蓬街道", "330114", "code+town+city!county"),
        # 鹿城 has a 临江 too, which left 瓯海, and 桐乡 a 高桥.
        ("330109", "杭州", "杭州市萧山区临江街道", "330114", "town+city!code!county"),
        ("330212", None, "鄞州区高桥镇", "330203", "town!code!county"),
        ("330604", "绍兴", "上虞区沥海街道", "330602", "town+city!code!county"),
        ("330327", "温州", "苍南县龙港镇龙翔路", "330383", "town+city!code!county"),
        ("330303", "温州", "龙湾区灵昆街道", "330305", "town+city!code!county"),
        ("330304", "温州", "瓯海区灵昆镇", "330305", "town+city!code!county"),
        ("330110", "杭州", "余杭区高桥镇", "330110", "code+county+city!town"),
        ("330110", "杭州", "余杭区临平东湖路", "330110", "code+county+city"),
        ("330110", "宁波", "余杭区临平街道", None, "contradicting_place"),
    ],
)
def test_a_town_that_left_the_county_named_lies_where_it_went(
    code: str, city: str | None, address: str, county: str | None, evidence: str
) -> None:
    told = placed(REGISTER, code=code, city=city, address=address, written="2023-05-01")
    assert told == (county, evidence)


def test_a_road_decides_between_the_counties_that_are_left_and_only_there() -> None:
    row = {"city": "宁波", "written": "2011-01-01"}
    address = "宁波市鄞州区中河街道四明中路18号"
    assert placed(REGISTER, code="330212", address=address, **row) == ("330212", "code+county+town+city")
    roads = pl.DataFrame(
        {"city": ["宁波"] * 2, "road": ["四明中路", "甬金路"], "county": ["330212"] * 2, "rows": [3, 2]}
    )
    known = replace(gazetteer(current(), date(2026, 6, 30)), roads=roads)
    for road, county in (("四明中路", "330212"), ("甬金路", None), ("无名路", None)):
        columns = {**dict.fromkeys(REGISTER.sources, ""), "code": "330212", "address": f"宁波市鄞州区{road}1号", **row}
        frame = pl.DataFrame(columns).with_columns(pl.col("written").str.to_date())
        assert locate(frame, REGISTER, known)["county"][0] == county


@pytest.mark.parametrize(("written", "county"), [("1994-05-01", None), ("2005-05-01", "330106")])
def test_an_address_is_not_older_than_its_enterprise(written: str, county: str | None) -> None:
    """A part of 西湖区 went to 拱墅区 in 1996."""
    row = {"code": "330100", "city": "杭州", "address": "杭州市西湖区文三路1号", "written": written}
    assert placed(REGISTER, **row)[0] == county


def test_what_the_address_says_goes_before_the_office_that_registered() -> None:
    county, evidence = placed(REGISTER, code="330281", city="杭州", address="杭州市萧山区城厢街道人民路1号")
    assert (county, evidence) == ("330109", "county+town+city!code")


@pytest.mark.parametrize(
    "address",
    [
        "上海市宝山区罗店镇", "上海 宝山区罗店镇", "广东省东莞市长安镇", "广东东莞市长安镇", "江苏苏州昆山市花桥镇",
        "北京东城区", "中国(上海)自由贸易试验区张江镇", "吉林市昌邑区", "重庆渝北区龙溪街道",
        "广西壮族自治区南宁市江南区",
        "新疆伊犁州霍尔果斯经济技术开发区", "贵州省贵阳市清镇市物流新城", "香港特别行政区",
    ],
)  # fmt: skip
def test_an_address_of_another_province_tells_nothing_of_ours(address: str) -> None:
    assert placed(REGISTER, code="330281", address=address) == ("330281", "code")
    assert placed(REGISTER, code="330000", address=address) == (None, "unknown_place")
    read = read_address(pl.Series("address", [address]), gazetteer(current(), date(2026, 6, 30)))
    assert read.drop("in_full", "loose").row(0) == (None,) * 5


@pytest.mark.parametrize(
    ("address", "evidence"),
    [
        ("湖南镇项家村", ("330803", "town")), ("余姚市上海路12号", ("330281", "county")),
        ("上海路12号陆埠镇", ("330281", "town")), ("北京东路陆埠镇", ("330281", "town")),
        ("江西新村小区陆埠镇", ("330281", "town")), ("上海市场街1号陆埠镇", ("330281", "town")),
        ("福建工业园区陆埠镇", ("330281", "town")), ("北京城市花园陆埠镇", ("330281", "town")),
        ("浙江省余姚市陆埠镇上海市宝山区商会", ("330281", "county+town")),
    ],
)  # fmt: skip
def test_what_is_called_after_a_province_lies_here(address: str, evidence: tuple[str, str]) -> None:
    assert placed(REGISTER, address=address) == evidence


@pytest.mark.parametrize(
    ("name", "county"),
    [
        ("余杭区", "330110"), ("余杭", "330110"), ("杭州市余杭区", "330110"), ("浙江省杭州市余杭区", "330110"),
        ("富阳市", "330111"), ("绍兴柯桥", "330603"), ("上虞", "330604"), ("景宁畲族自治县", "331127"),
        ("景宁", "331127"), ("景宁县", "331127"), ("丽水市景宁县", "331127"), ("浙江省景宁县", "331127"),
        ("浙江省杭州余杭区", "330110"), ("浙江杭州余杭区", "330110"), ("杭州市 余杭区", "330110"),
        ("杭州市\u3000余杭区", "330110"), ("浙江余杭", "330110"), ("浙江省余杭", "330110"), ("浙江余杭区", "330110"),
        ("浙江杭州余杭", "330110"), ("浙江杭州市余杭", "330110"), ("浙江省杭州余杭", "330110"),
        ("浙江省杭州市余杭", "330110"), ("浙江富阳", "330111"), ("浙江景宁", "331127"), ("浙江丽水景宁", "331127"),
        ("鄞县", None), ("江干区", None), ("城区", None), ("火星市", None), ("浙江", None), ("浙江鄞县", None),
        ("浙江城区", None), ("浙江丽水", None), ("浙江省金华", None), ("浙江绍兴", None),
    ],
)  # fmt: skip
def test_a_division_is_known_by_any_of_its_names(name: str, county: str | None) -> None:
    assert placed(BY_NAME, name=name)[0] == county


def test_the_province_in_front_makes_no_name_mean_more_than_it_means_alone() -> None:
    eras = sorted({*current().changes["since"], date(2026, 6, 30)})
    for divisions in (current().counties, *(counties_on(current(), day) for day in eras)):
        spelt = spellings(divisions.select("code", "name", "city"))
        meant = spelt.group_by("name").agg(pl.col("code").unique().sort())
        alone = meant.with_columns(pl.concat_str(pl.lit("浙江"), "name").alias("name"))
        both = meant.join(alone, on="name", suffix=" alone")
        assert both.height and both.filter(pl.col("code") != pl.col("code alone")).is_empty()


def test_of_a_county_and_a_town_the_row_known_last_holds(tmp_path: Path) -> None:
    places = shutil.copytree(HOME, tmp_path / "mappings") / "places"
    written = {"counties": "{code},改{name},{city},{since}", "townships": "{code},改{name},{county},{since}"}
    for name, told in written.items():
        last = (
            pl.read_csv(places / f"{name}.csv", infer_schema=False)
            .sort("since")
            .unique("code", keep="last", maintain_order=True)
        )
        with (places / f"{name}.csv").open("a") as stream:
            stream.writelines(f"{told.format(**row)},{today()},更正\n" for row in last.iter_rows(named=True))
    mappings = load(tmp_path / "mappings")
    counties = today_counties(mappings)
    mended = pl.read_csv(places / "counties.csv", infer_schema=False).filter(pl.col("basis") == "更正")
    here = counties.join(mended, on="code", suffix="@mended")
    assert here.height == counties.height and here.filter(pl.col("name") != pl.col("name@mended")).is_empty()
    assert counties_on(mappings, date(2026, 6, 30)).sort("code").equals(counties.sort("code"))
    mended = pl.read_csv(places / "townships.csv", infer_schema=False).filter(pl.col("basis") == "更正")
    towns = code_tables(mappings, date(2026, 6, 30))["town_list"].join(mended, on="code", suffix="@mended")
    assert towns.height == mended.height and towns.filter(pl.col("name") != pl.col("name@mended")).is_empty()


def test_a_road_that_is_counted_again_decides_by_its_last_count(tmp_path: Path) -> None:
    places = shutil.copytree(HOME, tmp_path / "mappings") / "places"
    with (places / "roads.csv").open("a") as stream:
        stream.write(f"宁波,万众村,330203,99,2021-06-01,{today()},测试\n")
    roads = gazetteer(load(tmp_path / "mappings"), date(2026, 6, 30)).roads
    assert roads.filter(pl.col("road") == "万众村").select("county", "rows").rows() == [("330203", 99)]


def after(tmp_path: Path, rows: dict[str, list[str]]) -> Gazetteer:
    """What places mean once rows are appended to files of places/."""
    home = shutil.copytree(HOME, tmp_path / "mappings")
    for name, lines in rows.items():
        with (home / "places" / f"{name}.csv").open("a") as stream:
            stream.writelines(f"{line},{today()},测试\n" for line in lines)
    return gazetteer(load(home), today() + timedelta(days=1))


def located(places: Gazetteer, address: str, code: str | None = None) -> tuple[str | None, str | None]:
    row = pl.DataFrame({"code": [code], "address": [address]}, schema={"code": pl.String, "address": pl.String})
    told = locate(row, Place(division="code", address="address"), places).row(0, named=True)
    return told["county"], told["place_evidence"]


@pytest.mark.parametrize(
    ("address", "code", "evidence"),
    [
        ("萧山区城厢街道1号", None, "county+town"),
        ("杭州市萧山经济技术开发区1号", None, "county+zone+city"),
        ("杭州市萧山区万达中路1号", "330109", "code+county+city+road"),
        ("萧江区城厢街道1号", "330115", "code+county+town"),
    ],
)
def test_a_county_that_is_recoded_takes_its_towns_zones_and_roads_along(
    tmp_path: Path, address: str, code: str | None, evidence: str
) -> None:
    """A part of 萧山 went to 钱塘 in 2021, so that its name alone leaves two counties."""
    recoded = {"counties": [f"330115,萧江区,杭州市,{today()}"], "changes": [f"{today()},recode,330109,330115,"]}
    assert located(after(tmp_path, recoded), address, code) == ("330115", evidence)


def test_what_was_known_of_a_county_before_it_was_divided_decides_no_more(tmp_path: Path) -> None:
    """Whether the road and the zone lie in the town that has left is not known."""
    divided = after(tmp_path, {"changes": [f"{today()},partial,330109,330108,闻堰街道"]})
    assert located(divided, "杭州市萧山区万达中路1号", "330109") == (None, None)
    assert located(divided, "杭州市萧山经济技术开发区1号", "330109") == (None, None)
    told = after(tmp_path / "told", {"zones": [f"萧山经济技术开发区,杭州市,330109,{today()}"]})
    assert located(told, "杭州市萧山经济技术开发区1号", "330109") == ("330109", "code+county+zone+city")


PARTED = {
    "counties": [f"330117,径山市,杭州市,{today()}"],
    "changes": [f"{today()},partial,330110,330117,径山镇", f"{today()},partial,330105,330117,康桥街道"],
}


BEFORE, SINCE = today() - timedelta(days=26), today() + timedelta(days=4)


def spoken(places: Path, feed: str, on: date, **told: str) -> str | None:
    """The county of a row of a feed that was delivered on a day."""
    headers = all_feeds()[feed].headers()
    row = pl.DataFrame({"row": [1], "hash": [1], **{name: [told.get(name)] for name in headers}},
                       schema_overrides=dict.fromkeys(headers, pl.String))  # fmt: skip
    return translate(all_feeds()[feed], row, load(places), on)["county"].item()


@pytest.mark.parametrize(
    ("feed", "told", "county"),
    [
        ("vehicle_permit", {"FZJG": "杭州市拱墅区综合行政执法局"}, "330105"),
        ("service_item", {"QXMC": "余杭区"}, "330110"),
        ("market_regulation_penalty", {"cfjg": "余杭区市场监督管理局"}, "330110"),
        ("haulage_trip", {"endDistrict": "余杭区"}, "330110"),
        ("haulage_penalty", {"案发地": "余杭区"}, "330110"),
        ("power_customer", {"GDDW": "国网杭州市余杭区供电公司"}, "330110"),
        ("social_security_employer", {"xzqhmc": "余杭区"}, None),
    ],
)
def test_an_office_stays_with_the_county_of_which_a_part_leaves(
    tmp_path: Path, feed: str, told: dict[str, str], county: str | None
) -> None:
    """Where somebody sits may have left with the part; who decided has not."""
    after(tmp_path, PARTED)
    assert spoken(tmp_path / "mappings", feed, BEFORE, **told) == county


@pytest.mark.parametrize("on", [BEFORE, SINCE])
@pytest.mark.parametrize(("name", "county"), [("余杭区", "330118"), ("西湖区", None)])
def test_an_office_goes_with_its_county_that_is_recoded_and_is_unknown_of_one_that_is_split(
    tmp_path: Path, on: date, name: str, county: str | None
) -> None:
    """A part of 余杭 went to 临平 in 2021."""
    recoded = {
        "counties": [f"330118,余新区,杭州市,{today()}", f"330119,灵隐区,杭州市,{today()}"],
        "changes": [f"{today()},recode,330110,330118,", f"{today()},split,330106,330119,灵隐街道",
                    f"{today()},split_rest,330106,330105,"],
    }  # fmt: skip
    after(tmp_path, recoded)
    assert spoken(tmp_path / "mappings", "market_regulation_penalty", on, cfjg=f"{name}市场监督管理局") == county


def test_a_town_of_an_ended_county_lies_where_it_went_also_where_another_has_its_name() -> None:
    """There is a 丁桥 in 海宁."""
    assert placed(REGISTER, code="330104", city="杭州", address="杭州市江干区丁桥镇广发路30号") == (
        "330102",
        "code+county+town+city",
    )


def test_a_zone_may_have_brackets_in_its_name(tmp_path: Path) -> None:
    places = after(tmp_path, {"zones": [f"云城(一期)新区,杭州市,330110,{today()}"]})
    assert located(places, "杭州市云城(一期)新区1号") == ("330110", "zone+city")
