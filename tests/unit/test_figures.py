"""A yearbook's table on today's map: counties by any name of its day, figures as they are written, faults by cell."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.places.figures import main

HEAD = "县（市、区）,乡镇,企业数,产值"
ROWS = ('江干区,下沙街道,100,"1,234.5"', "江干区,九堡街道,200,", "杭州市萧山区,,50,7", "330103,,30,8")


def written(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> str:
    """The path of a table of these lines."""
    file = tmp_path / "年鉴.csv"
    file.write_text("\n".join(lines) + "\n", encoding=encoding)
    return str(file)


def test_a_table_of_2019_is_told_on_the_map_of_now(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, "\ufeff" + HEAD, *ROWS)
    assert main([file, "--written", "2019-12-31", "--on", "2026-06-30"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "county,city,name,企业数,产值,企业数_most,产值_most",
        "330102,杭州市,上城区,200,,200,",
        "330105,杭州市,拱墅区,30,8.0,30,8.0",
        "330109,杭州市,萧山区,0,0.0,50,7.0",
        "330114,杭州市,钱塘区,100,1234.5,150,1241.5",
    ]
    assert "企业数: 13.2% may lie in several counties" in said.err
    assert "产值: rows without a figure: 1; their counties have none either; write 0 where there is nothing" in said.err
    assert "企业数: rows" not in said.err


def test_a_town_that_is_not_known_may_lie_in_any_county(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No list and no document has 五杭镇, which a yearbook of older days may; 下砂街道 is a slip."""
    file = written(
        tmp_path, "县,乡镇,产值", "余杭区,五杭镇,7", "余杭区,塘栖镇,700", "余杭区,径山镇,3", "江干区,下砂街道,40"
    )
    assert main([file, "--written", "2020-12-31", "--on", "2026-06-30"]) == 0
    said = capsys.readouterr()
    told = pl.read_csv(said.out.encode()).select("name", "产值", "产值_most").rows()
    assert told == [("上城区", 0, 40), ("余杭区", 3, 10), ("临平区", 700, 707), ("钱塘区", 0, 40)]
    assert "产值: 6.3% may lie in several counties" in said.err


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((HEAD, *ROWS[:3], "火星区,,1,2"), "年鉴.csv, row 4, column 县（市、区）: found 火星区; expected one"),
        ((HEAD, ROWS[0], "钱塘区,,1,2"), "row 2, column 县（市、区）: found 钱塘区; expected one county of 2019-12-31"),
        ((HEAD, ROWS[0], ",,1,2"), "row 2, column 县（市、区）: found None; expected one county of 2019-12-31"),
        ((HEAD, "江干区,,三十,2"), "row 1, column 企业数: found 三十; expected a number in digits, or nothing"),
        ((HEAD, "江干区,,1,2", "江干区,,nan,2"), "row 2, column 企业数: found nan; expected a number in digits"),
        ((HEAD, "江干区,,1,1.2E+05"), "row 1, column 产值: found 1.2E+05; expected a number in digits"),
        ((HEAD, "江干区,下沙街道,1,2", "江干区,下沙,3,4"), "column 县（市、区）: found a second row of 330104 下沙"),
        ((HEAD, "江干区,,.,2"), "row 1, column 企业数: found .; expected a number in digits"),
        (("县,年份,人口", "江干区,2018,1", "江干区,2019,2"), "column 年份: found 年份; expected a figure that is"),
        (("县,统计年度,人口", "江干区,2018,1"), "column 统计年度: found 统计年度; expected a figure that is added up"),
        (("县,所属年份（年）,人口", "江干区,2018,1"), "column 所属年份（年）: found 所属年份（年）; expected a figure"),
        (("县,数据年份值,人口", "江干区,2018,1"), "column 数据年份值: found 数据年份值; expected a figure that"),
        (("县,人口,人均GDP（元）", "江干区,1,2"), "column 人均GDP（元）: found 人均GDP（元）; expected a figure that"),
        (("县,GDP,同比（%）", "江干区,1,2"), "column 同比（%）: found 同比（%）; expected a figure that is added up"),
        (("county,people,per_capita_income", "330104,1,2"), "column per_capita_income: found"),
        (("区县,企业数", "江干区,1"), "found 区县, 企业数; expected a column called county or code"),
        (("县,人口", "江干区,1", "330104,1"), "row 2, column 县: found a second row of 330104, beside row 1"),
        ((HEAD, *ROWS[:2], "330104,九堡街道,2,"), "row 3, column 县（市、区）: found a second row of 330104 九堡街道"),
        ((HEAD, "江干区,,300,7", *ROWS[:2]), "row 1, column 乡镇: found no town of 江干区, beside row 2 with 下沙"),
        ((HEAD, *ROWS[:2], "330104, ,300,7"), "row 3, column 乡镇: found no town of 330104, beside row 1 with"),
        ((HEAD, *ROWS[:2], "江干区,小 计,300,7"), "row 3, column 乡镇: found no town of 江干区, beside row 1 with"),
        (("县,人口", "西湖区,2", "江干区,1,000"), "年鉴.csv, row 2: found 3 fields; expected 2, as the header has"),
        (("县,人口,产值", "西湖区,2"), "年鉴.csv, row 1: found 2 fields; expected 3, as the header has"),
        (("县", "江干区"), "年鉴.csv: found no column of figures; expected one or more beside the counties"),
        (("县,city", "江干区,1"), "column city: found city; expected another name: the recast table has a column"),
        (("县,counties", "江干区,1"), "column counties: found counties; expected another name"),
        (("县,人口,人口_most", "江干区,1,2"), "column 人口_most: found 人口_most; expected another name"),
        (("代码,县,企业数", "330104,江干区,1"), "column 县: found 代码 and 县; expected one of them"),
        (("行政区划代码,地区,人口", "330104,江干区,1"), "found 行政区划代码 and 地区; expected one of them"),
    ],
)  # fmt: skip
def test_a_fault_is_told_by_its_cell(
    lines: tuple[str, ...], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([written(tmp_path, *lines), "--written", "2019-12-31"]) == 2
    said = capsys.readouterr()
    assert told in said.err and said.out == ""


@pytest.mark.parametrize(
    "head", ["2019年", "2019年度", "年度产值（万元）", "单位数", "比亚迪销量（辆）", "people", "shareholders"]
)
def test_what_can_be_added_up_is_a_figure_whatever_it_is_called(
    head: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([written(tmp_path, f"县,{head}", "江干区,1"), "--written", "2019-12-31", "--on", "2019-12-31"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"county,city,name,{head},{head}_most"


def test_figures_are_added_up_as_they_are_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, "县,产值,户数", "下城区,0.10,7.0", "拱墅区,.2,", "上城区,-0.05,")
    assert main([file, "--written", "2019-12-31", "--on", "2026-06-30"]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "330102,杭州市,上城区,-0.05,,-0.05,", "330105,杭州市,拱墅区,0.30,,0.30,"
    ]  # fmt: skip


def test_a_day_before_the_first_map_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, HEAD, *ROWS)
    assert main([file, "--written", "2019-12-31", "--on", "1970-01-01"]) == 2
    told = "No map of 1970-01-01 is known, the first is of 1981-01-01; name another day: ON=\n"
    assert capsys.readouterr() == ("", told)


def test_a_day_in_another_form_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([written(tmp_path, HEAD, *ROWS), "--written", "2019/12/31"])
    assert "argument --written: found 2019/12/31; expected a day such as 2019-12-31" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["nowhere.csv", "empty.csv", "."])
def test_what_is_no_table_is_told_by_its_name(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.csv").touch()
    assert main([str(tmp_path / name), "--written", "2019-12-31"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{tmp_path / name} cannot be read") and "make recast FILE=/path/to/yearbook.csv" in said


def test_another_encoding_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([written(tmp_path, HEAD, *ROWS, encoding="gb18030"), "--written", "2019-12-31"]) == 2
    assert "found bytes that are not UTF-8; expected CSV in UTF-8" in capsys.readouterr().err


def test_the_figures_of_a_table_without_towns_lie_where_their_county_went(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, "地区,人口", "鄞县,7", "余杭县,5")
    assert main([file, "--written", "1990-06-30", "--on", "2000-06-30"]) == 0
    table = pl.read_csv(capsys.readouterr().out.encode(), schema_overrides={"county": pl.String})
    assert dict(table.select("name", "人口").iter_rows()) == {"余杭市": 5, "鄞县": 7}
