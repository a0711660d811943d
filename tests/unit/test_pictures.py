"""Pictures drawn of the golden pairs: their titles and figures, no column beyond those they say, valid Vega-Lite."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import date
from pathlib import Path

import altair
import polars as pl
import pytest

from gateway.drawing.charts import percent
from gateway.drawing.drawn import NotDrawn, _Beside
from gateway.drawing.picture import Picture, picture_of
from gateway.drawing.renderer import svg
from pipelines.shelf import whole
from schemas.product import Product, all_products
from tests.products.given import given, made

PAIRS = Path(__file__).resolve().parents[1] / "products"
COUNTY = "330110"
PICTURED = {key: whole(each) for key, each in all_products().items() if picture_of(key) and (PAIRS / key).is_dir()}
# What stands in the picture of 余杭区, read off each golden pair's expect.csv.
SHOWN = {
    "business_indicators": (
        "余杭区：逐月新设与注销吊销企业", "2023-07至2026-06：新设3家，已知注销、吊销1家", "注销吊销企业数",
    ),
    "cross_county_haulage": (
        "余杭区：外县运入的渣土，按起运县（市、区）", "2026-05至2026-06：外县来车3趟，其中无证或种类不符2趟，占66.7%",
        "拱墅区", "2辆", "上城区", "1辆",
    ),
    "data_disputes": ("余杭区：部门说法不一之处，按争议列名称与落选数据", "共7处", "企业名称", "2处", "税务登记"),
    "data_quality": (
        "4个部门4个数源，缺期2个，未到数1个", "企业覆盖率", "滞后天数", "隔离率", "3天", "未到数", "12.5%", "60.0%",
    ),
    "enterprise_mirror": ("余杭区：企业，按所在乡镇（街道）与行业门类", "共1家", "制造业", "乡镇（街道）不明"),
    "enterprise_tags": ("余杭区：常用企业标签", "存续在营1家", "盈利企业", "纳税缴费信用A级", "占存续在营企业", "0家"),
    "grid_register": (
        "余杭区：企业的网格依据，按所在乡镇（街道）", "12家企业中5家落到网格，占41.7%；门牌不在册1家",
        "4 / 10", "1 / 1", "0 / 1", "乡镇（街道）不明",
    ),
    "industry_profile": (
        "余杭区2025年：哪些行业可作主导产业", "批发业200元，占16.7%，区位商1.50，竞争力分量+117元",
        "营业收入占本县比重", "营业收入区位商", "竞争力分量：2020至2025年", "另有2个因企业过少不予公布",
    ),
    "policy_library": (
        "余杭区：政策与符合、待定、不符合的企业", "2项政策，7家企业", "（浙江省司法厅）：1项政策1家次", "0 · 1 · 6",
        "— · — · —", "近三年责令停产停业或吊销许可次数：1家", "浙江省司法厅，尚无部门归集",
    ),
    "policy_matches": ("1项政策，1家企业至少符合一项", "亩均税收贡献奖励", "1 / 1", "符合"),
    "school_seats": (
        "余杭区：小学、初中学位需求与学位数", "2025学年初中965人、学位1,155个",
        "预测1处将缺，仓前街道初中2026学年最多，缺20个；另有3处有学年不明", "20（20至30），2026学年",
    ),
    "service_items": (
        "余杭区：承诺时限最靠后的2个事项", "2项中，慢于中位数1项，快于中位数0项；食品经营许可（小餐饮）慢2个工作日",
        "9个工作日；最优临平区", "承诺办结时限（工作日）", "承诺时限中位数",
    ),
}  # fmt: skip


def rows_of(product: type[Product], scratch: Path) -> pl.DataFrame:
    return made(product, given(product, PAIRS / product.key), scratch).filter(county=COUNTY)


def called(product: type[Product]) -> dict[str, str]:
    return {name: each.title for name, each in product.fields.items()}


def picture(product: type[Product]) -> Picture:
    found = picture_of(product.key)
    assert found is not None
    return found


@pytest.mark.parametrize("product", PICTURED.values(), ids=PICTURED)
def test_a_picture_shows_the_countys_figures_under_the_products_own_titles(
    product: type[Product], tmp_path: Path
) -> None:
    drawn = picture(product).drawn(rows_of(product, tmp_path), called(product))
    assert drawn is not None and all(each in drawn.words for each in ("余杭区", drawn.spec["title"]["text"]))
    altair.Chart.from_dict(drawn.spec)
    told = svg(drawn.spec)
    assert [each for each in SHOWN.get(product.key, ()) if each not in told] == []
    assert "<script" not in told and "href=" not in told and "NaN" not in told and "undefined" not in told
    assert svg(drawn.spec) == told


@pytest.mark.parametrize("product", PICTURED.values(), ids=PICTURED)
def test_a_picture_is_drawn_of_exactly_the_columns_that_it_says(product: type[Product], tmp_path: Path) -> None:
    told, rows = picture(product), rows_of(product, tmp_path)
    assert set(told.columns) <= product.fields.keys()
    titles = {name: each for name, each in called(product).items() if name in told.columns}
    drawn = told.draw(rows.select(told.columns), titles)
    assert drawn == told.drawn(rows.reverse(), called(product)), "other columns or the order of rows are seen"
    for name in told.columns:
        with pytest.raises((pl.exceptions.ColumnNotFoundError, KeyError)):
            told.draw(rows.select(each for each in told.columns if each != name), titles)


@pytest.mark.parametrize("product", PICTURED.values(), ids=PICTURED)
def test_of_no_rows_there_is_no_picture(product: type[Product], tmp_path: Path) -> None:
    assert picture(product).drawn(rows_of(product, tmp_path).clear(), called(product)) is None


def test_more_feeds_than_colours_and_more_rows_than_bars_are_told_together() -> None:
    disputes = all_products()["data_disputes"]
    told = pl.DataFrame([("余杭区", f"列{column:02}", f"数据{feed}") for column in range(20) for feed in range(8)],
                        schema=["county_name", "column_title", "lost_feed"], orient="row")  # fmt: skip
    drawn = picture(disputes).drawn(told, called(disputes))
    assert drawn is not None
    bars = pl.DataFrame(drawn.spec["data"]["values"])
    assert set(bars["feed"]) == {"数据0", "数据1", "数据2", "数据3", "数据4", "其他数据"}
    assert bars["column_title"].n_unique() == 12 and bars.filter(feed="其他数据")["disputes"].to_list() == [3] * 12


def test_a_product_without_a_file_has_no_picture() -> None:
    assert picture_of("unheard_of") is None and picture_of("../charts") is None and picture_of("__init__") is None


def test_the_process_beside_is_started_anew_when_it_has_gone_and_says_what_it_cannot_draw() -> None:
    beside, spec = _Beside(), {"data": {"values": [{"a": 1}]}, "mark": "bar", "encoding": {"x": {"field": "a"}}}
    try:
        first = beside.svg(spec)
        assert beside._process is not None
        beside._process.kill()
        assert beside.svg(spec) == first and first.startswith("<svg")
        with pytest.raises(NotDrawn, match=r"(?i)mark|spec|error"):
            beside.svg({"mark": 7})
        assert beside.svg(spec) == first
    finally:
        beside.end()


def test_a_drawing_that_takes_too_long_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody else's pictures wait for it."""
    beside, begun = _Beside(), list[subprocess.Popen[str]]()

    def hanging() -> subprocess.Popen[str]:
        begun.append(subprocess.Popen(["sleep", "60"], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        beside._process = begun[-1]
        return begun[-1]

    monkeypatch.setattr("gateway.drawing.drawn._SECONDS", 0.2)
    monkeypatch.setattr(beside, "_started", hanging)
    with pytest.raises(NotDrawn, match=r"took more than 0.2 seconds"):
        beside.svg({"mark": "bar"})
    assert len(begun) == 1 and begun[0].poll() is not None


def test_a_vehicle_of_whose_permits_nothing_has_arrived_is_not_shown_without_one(tmp_path: Path) -> None:
    haulage = all_products()["cross_county_haulage"]
    unknown = [pl.lit(None, pl.Int64).alias(name) for name in ("trips_permitted", "trips_unpermitted")]
    drawn = picture(haulage).drawn(rows_of(haulage, tmp_path).with_columns(unknown), called(haulage))
    assert drawn is not None and "准运证数源尚未到达，有证与否不详" in svg(drawn.spec)
    assert {each["permit"] for each in drawn.spec["data"]["values"]} == {"准运证数源尚未到达"}


def test_what_interrupts_the_gateway_does_not_reach_the_process_that_draws() -> None:
    beside = _Beside()
    try:
        drawing = beside._started()
        assert os.getpgid(drawing.pid) == drawing.pid != os.getpgid(0)
    finally:
        beside.end()


def test_a_time_of_none_at_all_is_told_as_counties_say_it(tmp_path: Path) -> None:
    product = all_products()["service_items"]
    rows = made(product, given(product, PAIRS / product.key), tmp_path).filter(days=0)
    drawn = picture(product).drawn(rows, called(product))
    assert drawn is not None and "即办；最优上城区" in svg(drawn.spec) and "0个工作日；" not in svg(drawn.spec)


def test_a_quotient_far_below_one_ends_far_from_the_rule_at_one(tmp_path: Path) -> None:
    profile = all_products()["industry_profile"]
    small = rows_of(profile, tmp_path).with_columns(revenue_lq=pl.lit(0.2), revenue_share=pl.lit(0.012))
    drawn = picture(profile).drawn(small, called(profile))
    assert drawn is not None
    quotient = drawn.spec["hconcat"][1]["layer"][0]["encoding"]["x"]
    assert quotient["scale"]["domain"] == [0, 1]
    assert re.findall(r">([0-9.]+%)</text>", svg(drawn.spec)) == ["0%", "0.5%", "1%"]


def test_months_are_named_below_their_own_bars(tmp_path: Path) -> None:
    indicators = all_products()["business_indicators"]
    drawn = picture(indicators).drawn(rows_of(indicators, tmp_path), called(indicators))
    assert drawn is not None
    told = svg(drawn.spec)
    named = {month: float(at) for at, month in re.findall(r"translate\(([0-9.]+),[^>]*>(20[0-9-]{5})</text>", told)}
    ((edge, width),) = re.findall(r'aria-label="月份: 2026-06;[^>]* d="M([0-9.]+),[0-9.]+h([0-9.]+)', told)
    assert list(named) == ["2023-12", "2024-06", "2024-12", "2025-06", "2025-12", "2026-06"]
    assert named["2026-06"] == pytest.approx(float(edge) + float(width) / 2, abs=1)


def test_enterprises_are_counted_whole_on_both_sides_of_the_line() -> None:
    names = {"births": "新设企业数", "deaths": "注销吊销企业数"}
    told = [("余杭区", "全县", name, title, date(2026, 5, 1), 1.0) for name, title in names.items()]
    columns = ("county_name", "scope", "indicator", "indicator_title", "month", "value")
    drawn = picture(all_products()["business_indicators"]).drawn(
        pl.DataFrame(told, schema=columns, orient="row"), called(all_products()["business_indicators"])
    )
    assert drawn is not None
    assert sorted(re.findall(r">([-−]?[0-9,]+)</text>", svg(drawn.spec))) == ["0", "1", "1"]


@pytest.mark.parametrize(
    ("balances", "most", "said"),
    [
        ([100, 90, 10, 0], 100, "；预测各乡镇（街道）均不缺学位"),
        ([100, 90, None, None], 0, "；预测各乡镇（街道）均不缺学位"),
        ([100, 90, None, 0], None, "；预测已知的学年均不缺学位，1处有学年不明"),
        ([100, 90, None, 0], 300, "；预测已知的学年均不缺学位，1处有学年不明"),
        ([100, -20, None, 0], None, "缺20个；另有1处有学年不明"),
        ([None, -20, 10, 0], None, "缺20个"),
        ([None, None, None, None], None, "；以后学年的学位余缺不明"),
        ([], None, "；以后学年的学位余缺不明"),
    ],
)
def test_of_seats_to_come_it_is_said_what_is_not_known(balances: list[int | None], most: int | None, said: str) -> None:
    seats = all_products()["school_seats"]
    known = [("余杭区", town, "1", "小学", 2025, "实有", 100, 100, 100, 200, 100) for town in ("甲镇", "乙镇")]
    ahead = [
        ("余杭区", ("甲镇", "乙镇")[at // 2], "1", "小学", 2026 + at % 2, "预测", None, most, most, 200, balance)
        for at, balance in enumerate(balances)
    ]
    types = [*[pl.String] * 4, pl.Int64, pl.String, *[pl.Int64] * 5]
    rows = pl.DataFrame(known + ahead, dict(zip(picture(seats).columns, types, strict=True)), orient="row")
    drawn = picture(seats).drawn(rows, called(seats))
    assert drawn is not None and drawn.spec["title"]["subtitle"][0].endswith(said)


def test_two_policies_of_one_title_have_a_bar_each_under_who_issued_them() -> None:
    matches, library = all_products()["policy_matches"], all_products()["policy_library"]
    issued = {"a": "甲局", "b": "乙局"}
    matched = [
        ("余杭区", policy, "研发奖励", issued[policy], f"{at}", verdict)
        for policy, verdict, most in (("a", "符合", 5), ("b", "待补", 3)) for at in range(most)
    ]  # fmt: skip
    columns = ["county_name", "policy", "policy_title", "issued_by"]
    rows = pl.DataFrame(matched, [*columns, "credit_code", "verdict"], orient="row")
    drawn = picture(matches).drawn(rows, called(matches))
    assert drawn is not None
    bars = [(each["title"], each["told"]) for each in drawn.spec["data"]["values"]]
    assert bars == [("研发奖励（甲局）", "5 / 5"), ("研发奖励（乙局）", "0 / 3")]
    figures = ["enterprises", "fits", "undecided", "does_not_fit", "lacks_structure"]
    counted = [("a", 80, 10, 10), ("b", 5, 5, 90)]
    rows = pl.DataFrame(
        [("余杭区", policy, "研发奖励", issued[policy], 100, *counts, "[]") for policy, *counts in counted],
        [*columns, *figures], orient="row",
    )  # fmt: skip
    drawn = picture(library).drawn(rows, called(library))
    assert drawn is not None
    named = {each["title"]: each["numbers"] for each in drawn.spec["data"]["values"]}
    assert named == {"研发奖励（甲局）": "80 · 10 · 10", "研发奖励（乙局）": "5 · 5 · 90"}


def test_without_returns_of_five_years_ago_no_competitive_part_is_told(tmp_path: Path) -> None:
    profile = all_products()["industry_profile"]
    unknown = pl.lit(None, pl.Int64).alias("base_year"), pl.lit(None, pl.Float64).alias("competitive_effect")
    drawn = picture(profile).drawn(rows_of(profile, tmp_path).with_columns(unknown), called(profile))
    assert drawn is not None and "None" not in svg(drawn.spec)
    assert "五年前没有申报数据，竞争力分量不公布" in drawn.words and "两项皆备" not in drawn.words


def test_industries_that_have_both_are_counted_beyond_those_that_are_drawn(tmp_path: Path) -> None:
    profile = all_products()["industry_profile"]
    one = rows_of(profile, tmp_path).filter(pl.col("year") == 2025).drop_nulls("revenue").head(1)
    many = pl.concat([one] * 15).with_columns(
        pl.format("行业{}", pl.int_range(15).cast(pl.String).str.zfill(2)).alias("industry_name"),
        *(
            pl.lit(each).cast(one.schema[name]).alias(name)
            for name, each in (("revenue_lq", 1.5), ("competitive_effect", 9))
        ),
    )
    drawn = picture(profile).drawn(many, called(profile))
    assert drawn is not None and len(drawn.spec["data"]["values"]) == 12 and "。15个行业两项皆备；行业00" in drawn.words
    small = many.with_columns(
        competitive_effect=pl.when(pl.col("industry_name") == "行业14").then("competitive_effect")
    )
    drawn = picture(profile).drawn(small, called(profile))
    assert drawn is not None and "。1个行业两项皆备；行业14" in drawn.words


def test_a_share_is_never_rounded_up_to_all_of_it(tmp_path: Path) -> None:
    assert [percent(each) for each in (1, 0.9999, 0.9994, 0.5, 0)] == ["100%", "99.9%", "99.9%", "50.0%", "0.0%"]
    assert [percent(each, decimals=2) for each in (1, 0.99999, 0.5)] == ["100%", "99.99%", "50.00%"]
    quality = all_products()["data_quality"]
    rows = rows_of(quality, tmp_path)
    shares = pl.Series("known_share", [1.0, 0.9999, 0.5, None]).cast(rows.schema["known_share"])
    drawn = picture(quality).drawn(rows.with_columns(shares, quarantined_share=shares), called(quality))
    assert drawn is not None
    told = [(each["known_share_told"], each["quarantined_share_told"]) for each in drawn.spec["data"]["values"]]
    assert told == [("100%", "100%"), ("99.9%", "99.9%"), ("50.0%", "50.0%"), ("—", "—")]


def test_of_a_tag_that_is_known_of_nobody_no_count_is_told() -> None:
    tags = PICTURED["enterprise_tags"]
    names = picture(tags).columns[2:]
    nobody = pl.Series([None] * 4, dtype=pl.Boolean)
    unknown = pl.DataFrame({"county_name": ["余杭区"] * 4, "alive": [True] * 4, **dict.fromkeys(names, nobody)})
    drawn = picture(tags).drawn(unknown, called(tags))
    assert drawn is not None and "。存续在营4家；常用标签均不明。" in drawn.words and "0家" not in svg(drawn.spec)
    known = unknown.with_columns(in_profit=pl.Series([False, False, None, False]))
    drawn = picture(tags).drawn(known, called(tags))
    assert drawn is not None and "。存续在营4家；盈利企业0家，占0.0%。" in drawn.words
    assert [each["told"] for each in drawn.spec["data"]["values"][: len(names)]] == ["0家", *["—"] * (len(names) - 1)]
