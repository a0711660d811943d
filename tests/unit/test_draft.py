"""What a draft sees in a delivery: its form by the bytes, kinds by content, meanings by name, no more."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.dictionary import current
from pipelines.draft.amounts import currency, in_ten_thousands, unit_in, unit_of
from pipelines.draft.fits import fits, shares
from pipelines.draft.grain import find_grain
from pipelines.draft.meaning import meanings
from pipelines.draft.recognise import Guess, look, recognise
from pipelines.draft.sniff import sniff
from pipelines.draft.words import Word, initials, likeness, said_by_others
from pipelines.refusal import Refusal
from schemas.feed import Csv, Dump, JsonLines
from schemas.kinds import COUNT
from tests.codes import credit_code

ROWS = "户号,户名,地址\n001,甲公司,余杭区文一西路1号\n002,乙公司,鄞州区宁穿路2号\n"


def delivered(folder: Path, content: bytes) -> Path:
    file = folder / "用电客户.csv"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_encoding_and_separator_are_seen_in_the_bytes(encoding: str, separator: str, tmp_path: Path) -> None:
    sample = sniff(delivered(tmp_path, ROWS.replace(",", separator).encode(encoding)))
    assert sample.form == Csv(encoding=encoding, separator=separator)
    assert sample.headers == ["户号", "户名", "地址"]
    assert sample.rows["户名"].to_list() == ["甲公司", "乙公司"]


def test_a_dump_and_json_lines_are_seen_whatever_the_file_is_called(tmp_path: Path) -> None:
    dump = "COPY public.dw_jfxx (dwbh, dwmc) FROM stdin;\n1\t甲公司\n\\.\n"
    assert sniff(delivered(tmp_path, dump.encode())).form == Dump(table="dw_jfxx")
    quoted = dump.replace("public.dw_jfxx", '"public"."dw_jfxx"')
    assert quoted != dump and sniff(delivered(tmp_path, quoted.encode())).form == Dump(table="dw_jfxx")
    assert sniff(delivered(tmp_path, '{"户号": "1", "户名": "甲"}\n'.encode())).form == JsonLines()


def test_columns_of_json_lines_are_those_of_any_line(tmp_path: Path) -> None:
    lines = ['{"户号": "1"}', '{"户号": "2", "户名": "乙", "地址": "余杭区"}', '{"户名": "丙", "户号": "3"}',
             '{"户号": {"甲": "4"}}', '[1]', '{"\\ud800": 1}']  # fmt: skip
    sample = sniff(delivered(tmp_path, "".join(f"{line}\n" for line in lines).encode()))
    assert sample.headers == ["户号", "户名", "地址"]
    assert sample.rows["户号"].to_list() == ["1", "2", "3"] and sample.rows["户名"].to_list() == [None, "乙", "丙"]
    assert sample.malformed["row"].to_list() == [4, 5, 6]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("户号,户名\n1,甲\n".encode("utf-16"), "UTF-16"),
        ("2026年用电客户表\n户号,户名\n1,甲\n2,乙\n".encode(), "a title"),
        (b"{\n", "one JSON object a line"),
        ("2026年用电客户表,\n户号,户名\n1,甲\n2,乙\n".encode(), "found '2026年用电客户表'; .*so line 1 is a title"),
        (b"PK\x03\x04broken", "Excel workbook"),
        (
            b"\xd0\xcf\x11\xe0" + bytes(600),
            r"found an old Office file \(.xls\), .*; expected a workbook \(.xlsx\), CSV",
        ),
        (b'[{"id": 1}, {"id": 2}]', "found an array of JSON objects; expected one JSON object a line"),
        (b'[\n {\n  "id": 1\n }\n]\n', "found an array of JSON objects; expected one JSON object a line"),
        (b"<table>\n<tr><td>1</td></tr>\n<tr><td>2</td></tr>\n</table>\n", "found HTML or XML, by its first mark"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<rows></rows>', "found HTML or XML, by its first mark"),
        (b'{"data": [{"id": 1}]}\n', "row 1: found an array in the key 'data'.*none of 1 lines is a row"),
        ("户号,户名\n1,甲,\n2,乙,\n".encode(), "row 1: found 2 separators .*none of 2 lines is a row"),
        ("1,甲公司,2026-06-01\n2,乙公司,2026-06-02\n".encode(), "column 2026-06-01: found .*expected a header"),
    ],
)
def test_what_no_feed_can_arrive_in_is_refused_by_name(content: bytes, told: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=told) as refused:
        sniff(delivered(tmp_path, content))
    assert "用电客户.csv" in str(refused.value)


def best(*values: str) -> tuple[str, str] | None:
    found = fits(shares(pl.Series(values)))
    return (found[0].kind, found[0].declared) if found else None


def guess(header: str, kind: str, *values: str) -> Guess:
    """What a column that is named as a known one of this kind is drafted as."""
    words = [Word(header, "known", kind)]
    (only,) = recognise(look(pl.DataFrame({header: values}), current()), words, current())
    return only


def test_kinds_are_told_by_content() -> None:
    assert best(credit_code("330110", 1), credit_code("330212", 2)) == ("credit_code", "CREDIT_CODE")
    assert best("2026年06月30日", "2025年01月02日") == ("day", 'day("%Y年%m月%d日")')
    assert best("202606", "202512") == ("month", 'month("%Y%m")')
    assert best("1719705600000", "1719792000000") == ("day", "MILLISECOND_DAY")
    assert best("13800000000", "13900000000") == ("person", "")
    assert best("120.12", "121.55") == ("longitude", "LONGITUDE")
    assert best("3", "14") == ("count", "COUNT")
    assert best("随便", "什么") is None


def test_eight_digits_are_a_day_only_where_they_are_one() -> None:
    assert best("20260630", "20260229") != ("day", 'day("%Y%m%d")')
    assert best("20260630", "20240229") == ("day", 'day("%Y%m%d")')


def test_the_unit_of_money_is_never_made_up() -> None:
    assert unit_in("营业收入（万元）") == "万元" and unit_in("营业收入") is None
    assert unit_of("营业收入", pl.Series(["12.50", "7.00"]))[0] == "元"
    assert unit_of("营业收入", pl.Series(["12", "7"]))[0] is None


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("收入万元", "万元"), ("收入(税前)(万元)", "万元"), ("资本(人民币万元)", "万元"), ("资本(万元人民币)", "万元"),
        ("单位：元", "元"), ("单价（元/平方米）", "元"), ("税收（万元/亩）", "万元"), ("产值（万元，不变价）", "万元"),
        ("收入（千元）", "千元"), ("资产(百万元)", "百万元"), ("收入(2020)", None), ("金额（人民币）", None),
    ],
)  # fmt: skip
def test_a_unit_of_money_is_read_off_a_header_in_whichever_way_it_is_written(header: str, unit: str | None) -> None:
    assert unit_in(header) == unit


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("产值（千万元）", "千万元"), ("投资十亿元", "十亿元"),
        ("金额(100元)", "100元"), ("金额(美元)", "美元"), ("资本(万美元)", "万美元"), ("金额(新加坡元)", "新加坡元"),
        ("出口（百万英镑）", "百万英镑"), ("利润（万）", "万"),
    ],
)  # fmt: skip
def test_a_unit_of_money_that_none_can_declare_is_said_and_taken_for_no_other(header: str, said: str) -> None:
    assert unit_of(header, pl.Series(["12.50", "7.00"])) == (None, f"the header says {said}")
    drafted = guess(header, "money", "12.50", "7.00")
    assert drafted.unit is None and drafted.open.startswith(f"the header says {said}; the unit of money is not known")


@pytest.mark.parametrize(
    ("values", "declared"),
    [
        (["3", "4"], "COUNT"), (["3套", "14 套"], 'followed_by("套", COUNT)'), (["3.5㎡"], 'followed_by("m2", AREA)'),
        (["3.7%", "4%"], 'followed_by("%", QUOTIENT)'), (["1,203吨", "980吨"], 'followed_by("吨", QUOTIENT)'),
        (["0.5", "3.5"], "TEXT"), (["3.0", "10.0"], "COUNT"),
    ],
)  # fmt: skip
def test_no_number_with_decimals_is_a_count_and_no_mark_begins_with_a_point(values: list[str], declared: str) -> None:
    assert guess("数", "count", *values).declared == declared


def test_whole_numbers_with_a_point_are_read_without_it_too() -> None:
    take = guess("人数", "count", "3.0", "10.0").take
    texts = pl.Series(["3.0", "10", "0.5"])
    read = COUNT.read(pl.coalesce(texts.str.extract(str(take), 1), texts))
    assert pl.select(read).to_series().to_list() == [3, 10, None]


def test_an_area_with_the_mark_of_another_unit_is_left_open() -> None:
    drafted = guess("占地面积", "area", "3.5亩", "12亩")
    assert drafted.declared == 'followed_by("亩", QUOTIENT)'
    assert drafted.open == "called area, of which the mark is no unit"


@pytest.mark.parametrize(
    ("behind", "kinds", "declared"),
    [
        (["万"], ["money"], None), (["万元", "(万元)"], ["money"], None),
        (["万美元"], ["money"], 'code("currency", source="capital_unit")'),
        (["(万元人民币)", "万港元"], ["money"], 'code("currency", source="capital_unit")'),
        (["万吨"], [], None), (["万股"], [], None), (["万元", "万吨"], [], None), (["万平方米"], [], None),
    ],
)  # fmt: skip
def test_ten_thousands_are_money_only_of_a_currency(behind: list[str], kinds: list[str], declared: str | None) -> None:
    values = pl.Series([f"{at}{mark}" for at in range(10) for mark in behind])
    assert [fit.kind for fit in in_ten_thousands(values, current())] == kinds
    assert currency(values, current()) == declared


def test_names_are_alike_in_chinese_in_initials_and_in_english() -> None:
    assert initials("纳税人识别号") == "nsrsbh"
    assert likeness("NSRSBH", "纳税人识别号") == 0.9
    assert likeness("permitNo", "permit number") == 0.9
    assert likeness("营业收入（万元）", "营业收入") == 1.0
    assert likeness("营业收入", "排污许可证编号") < 0.3


def test_content_that_contradicts_a_name_leaves_the_column_open() -> None:
    words = [Word("发证日期", "issued", "day")]
    assert meanings({"发证日期": frozenset({"day"})}, words)["发证日期"].meaning == "issued"
    assert meanings({"发证期": frozenset({"area"})}, words) == {}


@pytest.mark.parametrize(
    ("header", "kind", "values", "asked"),
    [
        ("成立日期", "day", ["民国1年", "民国9年"], "called day, read as text; 2 different values: 民国1年、民国9年"),
        ("注册资本", "money", ["10万股", "20万股"], "called money, read as text; 2 different values: 10万股、20万股"),
        ("用电量", "energy", ["3", "14"], "called energy, read as count; 2 different values: 3、14"),
        ("成立日期", "day", ["民国一百一十五年六月三十日", "民国一百一十五年六月三十"],
         "called day, read as text; 2 different values: 民国一百一十五年六月三十…、民国一百一十五年六月三十"),
        ("成立日期", "day", ["2026-06-01", "2026-06-30"], ""), ("成立日期", "day", ["45292", "45300"], ""),
        ("价格", "price", ["35万元", "40万元"], ""), ("用途", "text", ["3", "14"], ""),
    ],
)  # fmt: skip
def test_an_exact_name_whose_content_says_otherwise_keeps_its_meaning_and_is_left_open(
    header: str, kind: str, values: list[str], asked: str
) -> None:
    drafted = guess(header, kind, *values)
    assert (drafted.name, drafted.open) == ("known", asked)


def test_days_are_read_however_the_time_behind_them_is_written() -> None:
    assert best("2026-06-30 08:30", "2026-01-02 17:00") == ("day", 'day("%Y-%m-%d %H:%M")')
    assert best("2026/6/30 8:30", "2026/1/2 17:00") == ("day", 'day("%Y/%m/%d %H:%M")')
    assert best("2026-06-30T08:30:00", "2026-01-02T17:00:00") == ("day", 'day("%Y-%m-%dT%H:%M:%S")')


@pytest.mark.parametrize(("header", "meant"), [("社会信用代码", ["credit_code"]), ("信用代码", [])])
def test_a_name_that_content_contradicts_gives_no_way_to_one_that_is_less_alike(header: str, meant: list[str]) -> None:
    """Credit codes that were made up for a first try, so that no check digit holds, are no communities."""
    words = [Word("社会信用代码", "credit_code", "credit_code"), Word("村（社区）代码", "community", "code")]
    assert [each.meaning for each in meanings({header: frozenset[str]()}, words).values()] == meant


def test_no_meaning_is_given_twice() -> None:
    words = [Word("企业名称", "name", "name"), Word("单位名称", "name", "name")]
    found = meanings({"单位名称": frozenset({"name"}), "企业名称": frozenset({"name"})}, words)
    assert [meant.meaning for meant in found.values()] == ["name"]


def test_a_word_is_forgotten_with_the_only_source_that_says_it() -> None:
    words = [Word("标题", "title", "text", sources=("a.x", "a.y")), Word("资源名称", "title", "text", sources=("a.x",))]
    assert [(word.name, word.sources) for word in said_by_others(words, "a.x")] == [("标题", ("a.y",))]


def test_the_grain_is_the_fewest_columns_that_tell_rows_apart() -> None:
    rows = pl.DataFrame(
        {"户号": ["1", "1", "2", "2"], "月": ["202601", "202602", "202601", "202602"], "备": list("甲甲甲甲")}
    )
    kinds = {"户号": "number", "月": "month", "备": "text"}
    found = find_grain(rows, kinds)
    assert found is not None and (found.headers, found.share) == (("户号", "月"), 1.0)
    amounts = rows.with_columns(月=pl.lit("202601"), 量=pl.col("月"))
    assert find_grain(amounts, {**kinds, "量": "money"}) is None
