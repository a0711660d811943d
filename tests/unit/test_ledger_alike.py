"""Near-duplicates: what of a title counts, which parts raise and lower a score, how sketches overlap."""

from __future__ import annotations

from datetime import date
from random import Random

import polars as pl
import pytest

from benchmarks.ledger.measured import judged, measured
from pipelines.dictionary import current
from pipelines.ledger.alike import PAIR, alike, in_words
from pipelines.ledger.listed import ENTRY, OFFICE_WORDS, OFFICES, office
from pipelines.ledger.sketch import KEPT, overlaps, sketch
from pipelines.ledger.titled import titled
from pipelines.meaning.codes import translation

ROWS = [
    # entry, title, office, division, fields
    ("a", "停车场", "transport", "330110", None),
    ("b", "停车场", "transport", "330105", None),
    ("c", "停车场", "transport", "3301", None),
    ("d", "公立小学片区划分", "education", "330604", ["街道", "小区", "学校"]),
    ("e", "公立小学片区划分", "education", "330602", ["街道", "小区", "学校"]),
    ("f", "公立中学片区划分", "education", "330604", ["街道", "小区", "学校"]),
    ("g", "医疗机构", "health", "330110", None),
    ("h", "医疗机构科室", "health", "330110", None),
    ("i", "民办医疗机构", "health", "330110", None),
]


@pytest.fixture(scope="module")
def pairs() -> pl.DataFrame:
    """Few titles would all be rare: a thousand others stand beside them."""
    told = [*ROWS, *((f"z{n:04}", f"{chr(0x4E00 + n)}{chr(0x5E00 + n)}表", None, "33", None) for n in range(1000))]
    rows = [{"entry": name, "core": core, "numbers": "", "office": at, "division": division, "fields": fields}
            for name, core, at, division, fields in told]  # fmt: skip
    return alike(pl.DataFrame(rows, schema={**ENTRY}), 0.0)


def score(pairs: pl.DataFrame, left: str, right: str) -> float:
    found = pairs.filter(pl.col("left") == left, pl.col("right") == right)["score"]
    return float(found[0]) if found.len() else 0.0


def relation(pairs: pl.DataFrame, left: str, right: str) -> str:
    return pairs.filter(pl.col("left") == left, pl.col("right") == right)["relation"][0]


def test_the_same_title_is_a_near_duplicate_wherever_it_is(pairs: pl.DataFrame) -> None:
    assert dict(pairs.schema) == PAIR
    assert score(pairs, "a", "b") == score(pairs, "a", "c") == pytest.approx(1.0)
    assert (relation(pairs, "a", "b"), relation(pairs, "a", "c"), relation(pairs, "g", "i")) == (
        "elsewhere", "above", "again")  # fmt: skip


def test_the_same_entries_score_the_same_to_the_last_bit() -> None:
    drawn, words = Random(7), [f"{chr(0x4E00 + n)}{chr(0x5E00 + n)}{chr(0x6E00 + n)}" for n in range(25)]
    cores = ["".join(drawn.choices(words, k=5)) for _ in range(400)]
    rows = [{"entry": f"{n:03}", "core": core, "numbers": "", "division": "33"} for n, core in enumerate(cores)]
    entries = pl.DataFrame(rows, schema={**ENTRY})
    first = alike(entries, 0.0)
    assert first.height > 500 and all(alike(entries, 0.0).equals(first) for _ in range(3))


def test_words_that_tell_apart_lower_a_score_and_fields_raise_it(pairs: pl.DataFrame) -> None:
    assert score(pairs, "d", "f") < 0.9 < score(pairs, "d", "e")
    (fields,) = pairs.filter(pl.col("left") == "d", pl.col("right") == "e")["fields"]
    assert fields == 1.0


def test_words_in_front_say_less_than_words_behind(pairs: pl.DataFrame) -> None:
    assert score(pairs, "g", "h") < score(pairs, "g", "i") < 1.0


def test_evidence_is_told_in_words(pairs: pl.DataFrame) -> None:
    (told,) = in_words(pairs).filter(pl.col("left") == "d", pl.col("right") == "e")["evidence"]
    assert told == "去掉地名、部门和套话后标题相同 100%；同一类部门；摘要所列字段重合 100%"


def test_place_office_and_filler_words_are_taken_off_a_title() -> None:
    given = {
        "杭州市富阳区基层司法所组织信息": ("基层司法所组织", "330111"),
        "省回流_社团年检信息": ("社团年检", "3303"),
        "文晖街道实时人口信息": ("实时人口", "3303"),
        "柯城区水利局小流域情况信息": ("小流域", "330802"),
        "慈溪市城建住房领域招标公告信息": ("招标公告", "330282"),
        "旅游厕所分布": ("旅游厕所", "3303"),
        "信息": ("信息", "3303"),
    }
    rows = pl.DataFrame({"title": list(given)}).with_columns(
        pl.lit("wenzhou").alias("catalogue"), pl.lit(None, pl.String).alias("county"),
        pl.lit(None, pl.String).alias("district"), pl.lit("市民政局").alias("office_name"),
    )  # fmt: skip
    told = titled(rows, current()).select("title", "core", "division")
    assert {title: (core, division) for title, core, division in told.iter_rows()} == given
    numbers = titled(rows.with_columns(pl.lit("2021年国家级3A景区（二）").alias("title")), current())["numbers"][0]
    assert numbers.split(" ") == ["2021", "3", "国家级", "（二）"]


def test_an_office_is_known_by_the_first_word_that_means_one() -> None:
    words = translation(current(), OFFICES, OFFICE_WORDS, date(2026, 6, 30))
    names = [
        "【台州市】台州市市场监督管理局（市知识产权局）",
        "市司法局(市行政复议局)",
        "农业农村和水利局",
        "展茅街道",
        "市民卡公司",
        None,
    ]
    told = pl.DataFrame({"name": names}).select(office(pl.col("name"), words))["name"].to_list()
    assert told == ["market_regulation", "justice", "agriculture", "town_government", None, None]


def numbers(first: int, last: int) -> pl.Series:
    return pl.Series([str(n) for n in range(first, last)])


def test_small_columns_are_compared_exactly_and_large_ones_nearly() -> None:
    small = pl.concat([sketch("a", [numbers(0, 100), numbers(50, 150)]), sketch("b", [numbers(100, 200)])])
    assert overlaps(small).row(0) == ("a", "b", 50 / 200, 50 / 100)
    large = pl.concat([sketch("a", [numbers(0, 20_000)]), sketch("b", [numbers(10_000, 30_000)])])
    assert large.height == 2 * KEPT
    (_, _, jaccard, within) = overlaps(large).row(0)
    assert jaccard == pytest.approx(1 / 3, abs=0.09) and within == pytest.approx(0.5, abs=0.12)
    assert overlaps(pl.concat([sketch("a", [numbers(0, 9)]), sketch("b", [numbers(9, 20)])])).is_empty()


def test_three_hundred_pairs_are_judged_and_each_counts_for_those_it_was_drawn_from() -> None:
    pairs = judged()
    assert pairs.height == 300 and pairs.select("left", "right").n_unique() == 300
    sums = pairs.group_by("stratum").agg(pl.col("weight").sum().round(), pl.col("of").first())
    assert sums.filter(pl.col("weight") != pl.col("of")).is_empty()
    nothing = pl.DataFrame(
        {"left": [], "right": [], "score": []},
        schema_overrides={"left": pl.String, "right": pl.String, "score": pl.Float64},
    )
    everything = pairs.select("left", "right", score=pl.col("alike").cast(pl.Float64))
    assert measured(everything, 0.5).precision == measured(everything, 0.5).recall_of_blocked == 1.0
    assert measured(pl.concat([everything, nothing]), 0.5).told == pairs["alike"].sum()
