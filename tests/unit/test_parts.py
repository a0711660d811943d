"""Feeds that come in parts, are dated by their rows, lack columns or break lines inside quotes."""

from __future__ import annotations

import csv
import io
import time
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.dictionary import current
from pipelines.disk.deliveries import landed_rows
from pipelines.formats.delimited import read_csv
from pipelines.formats.layout import Layout
from pipelines.formats.rows import whole
from pipelines.gather import gather
from pipelines.land import land
from pipelines.refusal import Refusal
from pipelines.standard.once_each import once_each
from pipelines.standard.standardise import standardise
from schemas.feed import Csv, all_feeds

CATALOGUE = all_feeds()["open_data_catalogue"]
LISTING = all_feeds()["housing_listing"]
EMPLOYER = all_feeds()["social_security_employer"]
GIVEN = Path(__file__).parents[1] / "feeds" / "open_data_catalogue"
_HEADER = "标题,摘要,资源标签,发布日期,更新日期,数据领域,数源单位,开放条件,数据量,更新周期,详情页网址"


def deliver(home: Path, name: str, *titles: str, day: str = "2023-06-01") -> None:
    file = home / name
    rows = [
        f"{title},摘要,标签,{day},2023-06-02,其他,市统计局,开放网站,3,每年,https://portal.example" for title in titles
    ]
    file.write_text("\n".join([_HEADER, *rows, ""]))
    standardise(CATALOGUE, land(CATALOGUE, file, home), current(), home)


def test_a_snapshot_replaces_only_what_came_before_of_its_part(tmp_path: Path) -> None:
    deliver(tmp_path, "zhejiang_taizhou_20230601.csv", "公路", "桥梁")
    deliver(tmp_path, "zhejiang_lishui_20230601.csv", "公路")
    deliver(tmp_path, "zhejiang_taizhou_20230701.csv", "公路", day="2023-07-01")
    held = gather(CATALOGUE, tmp_path).current
    assert held is not None
    assert sorted(held.rows.select("portal", "name").rows()) == [("lishui", "公路"), ("taizhou", "公路")]
    assert sum(held.superseded.values()) == 2


def test_a_name_that_does_not_say_the_part_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "20230601.csv"
    file.write_text(f"{_HEADER}\n")
    with pytest.raises(Refusal, match="no_part") as refused:
        land(CATALOGUE, file, tmp_path)
    assert "portal" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "as_of"),
    [
        ("zhejiang_taizhou", "2023-06-01"),
        ("zhejiang_taizhou_2023", "2023-06-01"),
        ("zhejiang_taizhou_2022", "2022-12-31"),
    ],
)
def test_a_delivery_is_no_fresher_than_its_rows_nor_than_its_name(tmp_path: Path, name: str, as_of: str) -> None:
    file = tmp_path / f"{name}.csv"
    file.write_text(f"{_HEADER}\n公路,,,2023-06-01,2023-09-30,,,,3,,\n")
    assert land(CATALOGUE, file, tmp_path).as_of == as_of


def test_a_column_that_may_be_absent_is_empty_and_any_other_is_asked_for(tmp_path: Path) -> None:
    given = tmp_path / "zhejiang_ningbo.csv"
    given.write_bytes((GIVEN / "given.zhejiang_ningbo.csv").read_bytes())
    landed = land(CATALOGUE, given, tmp_path)
    assert landed_rows(landed, tmp_path)["摘要"].null_count() == 2
    assert not any("missing" in departure for departure in landed.departures)
    given.write_text("资源名称,发布时间\n网格信息,2021-11-19\n")
    with pytest.raises(Refusal, match="missing_column"):
        land(CATALOGUE, given, tmp_path)


@given(st.lists(st.tuples(*[st.text(st.sampled_from('甲a,"\n '), min_size=1)] * 2), min_size=1))
def test_what_a_csv_writer_quotes_is_read_back_row_by_row(rows: list[tuple[str, str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
    with NamedTemporaryFile("w", suffix=".csv") as file:
        file.write(text.getvalue())
        file.flush()
        read = whole(read_csv(Path(file.name), Csv(lines_in_quotes=True), Layout(("a", "b"), {}), size=7))
    assert read.malformed.is_empty()
    assert read.good.select("a", "b").rows() == rows


@pytest.mark.parametrize("size", [7, 1 << 20])
@pytest.mark.parametrize("more", ["", '"丙","在","田"\n' * 5])
def test_a_quote_that_is_not_closed_refuses_the_file_and_says_where(size: int, more: str, tmp_path: Path) -> None:
    file = tmp_path / "20260630.csv"
    file.write_text('a,b,c\n甲,"两\n行",田\n乙,"门前,田\n丁,门,田\n' + more)
    with pytest.raises(Refusal, match="open_quote") as refused:
        whole(read_csv(file, Csv(lines_in_quotes=True), Layout(("a", "b", "c"), {}), size))
    assert "from line 4 on: '乙,\"门前" in refused.value.finding.found


def test_a_quote_that_is_open_from_the_first_row_on_is_told_soon(tmp_path: Path) -> None:
    """Each line above the last quote had been counted anew: a file of 16 MB took twenty minutes."""
    file = tmp_path / "20260630.csv"
    file.write_text('a,b,c\n乙,"门"前",田\n' + '甲,"两行",田\n' * 100_000)
    began = time.monotonic()
    with pytest.raises(Refusal, match="open_quote"):
        whole(read_csv(file, Csv(lines_in_quotes=True), Layout(("a", "b", "c"), {})))
    assert time.monotonic() - began < 5


_LISTED = st.dates(date(2022, 1, 1), date(2022, 1, 5))


@given(st.lists(st.tuples(st.sampled_from("pq"), _LISTED, st.integers(0, 2)), min_size=1))
def test_one_row_of_each_grain_holds_and_none_is_newer(rows: list[tuple[str, date, int]]) -> None:
    table = pl.DataFrame(rows, schema={"property": pl.String, "listed": pl.Date, "hash": pl.UInt64}, orient="row")
    told = once_each(LISTING, table.with_row_index("row", offset=1).with_columns(pl.col("row").cast(pl.Int64)))
    holding = told.filter(pl.col("superseded").is_null())
    newest = table.group_by("property").agg(pl.col("listed").max()).sort("property")
    assert holding.select("property", "listed").sort("property").equals(newest)
    assert told["row"].to_list() == list(range(1, len(rows) + 1))


def test_of_unlike_rows_of_a_table_none_is_said_to_be_newer() -> None:
    """Pulled they come in the order of their texts, by which a correction from 9 to 10 stands first."""
    insured = {"unit_number": ["S1", "S1", "S1", "S2"], "hash": [10, 9, 9, 3], "row": [1, 2, 3, 4]}
    told = once_each(EMPLOYER, pl.DataFrame(insured))
    assert told["superseded"].to_list() == ["unlike_in_delivery", "duplicate", None, None]
