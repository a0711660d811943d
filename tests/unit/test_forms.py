"""Forms of arrival at their edges: what is kept as malformed, what is refused, and that nothing is left out unsaid."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import fastexcel
import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from pipelines.disk.deliveries import landed_rows, malformed_rows
from pipelines.formats import book
from pipelines.formats.delimited import read_csv
from pipelines.formats.dump import read_dump
from pipelines.formats.jsonlines import read_jsonlines
from pipelines.formats.layout import Layout, departures, fitted, layout_of
from pipelines.formats.rows import Rows, whole
from pipelines.formats.workbook import read_workbook
from pipelines.land import land
from pipelines.refusal import Refusal
from schemas.admission import OF_HEADERS
from schemas.feed import Csv, Dump, Workbook, all_feeds
from schemas.kinds import EXCEL_DAY

EMPLOYER = all_feeds()["social_security_employer"]
LISTS = all_feeds()["science_technology_list"]
PERMIT = all_feeds()["ecology_permit"]
ONE = {
    "permitNo": "92330782MA2D1D6G2D001Q", "unitName": "甲公司", "divisionCode": "330782",
    "managementClass": "简化管理", "issueDate": "2025年4月14日", "validUntil": "2030年4月13日",
}  # fmt: skip


HEADER = ("序号", "企业名称", "名单类别", "证书编号", "发证日期", "有效期至", "所在地")
# The same with two columns under one name.
GROUPS, LOWER = (*HEADER[:4], "日期", "", HEADER[6]), ("", "", "", "", *HEADER[4:6], "")


def workbook(folder: Path, *sheets: list[tuple[object, ...]]) -> Path:
    """A delivery of these sheets, each by its rows."""
    file = folder / "20260630.xlsx"
    with cast(Any, xlsxwriter).Workbook(str(file), {"default_date_format": "yyyy-mm-dd"}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for at, row in enumerate(rows):
                for place, cell in enumerate(row):
                    put(sheet, at, place, cell)
    return file


_ERRORS = {"=NA()": "#N/A", "=1/0": "#DIV/0!", "=NOT_SAVED": ""}


def put(sheet: Any, at: int, place: int, cell: object) -> None:
    """Write a cell; of a formula that fails, its error."""
    if cell in _ERRORS:
        sheet.write_formula(at, place, cell, None, _ERRORS[str(cell)])
    else:
        sheet.write(at, place, cell)


def listed(*rows: tuple[object, ...], header: tuple[object, ...] = HEADER) -> list[tuple[object, ...]]:
    """The sheet of the list with these rows."""
    return [("科技企业名单",), (None,) * 7, header, *rows]


def firm(number: int, name: str, *more: object) -> tuple[object, ...]:
    """A good row of the list."""
    day = datetime(2024, 4, 4)
    return (number, name, "科技型中小企业", f"20243301{number:08d}", day, None, "余杭区", *more)


def in_order_of_names(*rows: tuple[object, ...]) -> list[tuple[object, ...]]:
    """The same sheet, the company's name in front."""
    return [(row[1], row[0], *row[2:]) if len(row) > 1 else row for row in listed(*rows)]


@pytest.mark.parametrize("put", [listed, in_order_of_names])
def test_a_note_is_one_cell_with_the_mark_and_a_colon_wherever_the_name_stands(
    put: Callable[..., list[tuple[object, ...]]], tmp_path: Path
) -> None:
    rows = [
        firm(1, "注塑机械有限公司"),
        firm(2, "注：塑业有限公司"),
        ("注塑机械有限公司",),
        ("注1：长期有效。",),
        ("注: 完",),
    ]
    rows_again = landed_rows(land(LISTS, workbook(tmp_path, put(*rows)), tmp_path), tmp_path)
    assert rows_again["row"].to_list() == [1, 2, 3]
    assert rows_again["企业名称"][:2].to_list() == ["注塑机械有限公司", "注：塑业有限公司"]


def test_a_column_called_as_rows_are_numbered_is_refused_and_not_to_be_admitted(tmp_path: Path) -> None:
    admitted = replace(layout_of(LISTS), admitted=frozenset(OF_HEADERS))
    with pytest.raises(Refusal, match="a column called row; expected any other name") as refusal:
        fitted(tmp_path / "20260630.xlsx", [*layout_of(LISTS).expected, "row"], admitted)
    assert refusal.value.finding.rule not in OF_HEADERS


def test_cells_below_an_empty_header_are_a_column_that_nobody_declared(tmp_path: Path) -> None:
    file = workbook(tmp_path, listed(firm(1, "甲公司"), firm(2, "乙公司", "张三")))
    with pytest.raises(Refusal, match="extra_column") as refusal:
        land(LISTS, file, tmp_path)
    assert refusal.value.finding.column == "column 8 without a header"
    admitted = layout_of(LISTS, frozenset({"extra_column"}))
    (read,) = read_workbook(file, Workbook(1, 2), admitted)
    assert departures(read.good, file, admitted) == ("'column 8 without a header' is left out",)
    assert land(LISTS, workbook(tmp_path, listed(firm(1, "甲公司", " "))), tmp_path).departures == ()


@pytest.mark.parametrize(
    ("above", "says"),
    [
        ([HEADER], "names in row 1 (title_rows=0, header_rows=1); expected them in rows 2 to 3 (title_rows=1,"),
        ([("名单",), HEADER], "names in row 2 (title_rows=1, header_rows=1); expected them in rows 2 to 3"),
        ([("名单",), ("制表",), GROUPS, LOWER], "names in rows 3 to 4 (title_rows=2, header_rows=2); expected them"),
        (
            [],
            "no column's name, and the value '20263301000002', in rows 2 to 3 (title_rows=1, header_rows=2); expected",
        ),
    ],
)
def test_names_that_stand_in_other_rows_are_told_by_their_rows_and_not_as_renamed(
    above: list[tuple[object, ...]], says: str, tmp_path: Path
) -> None:
    rows = [("甲", f"企业{n}", "高新", f"2026330100000{n}", "甲", "乙", "余杭区") for n in range(4)]
    with pytest.raises(Refusal) as refused:
        whole(read_workbook(workbook(tmp_path, [*above, *rows]), Workbook(1, 2), layout_of(LISTS)))
    assert says in str(refused.value) and "aliases" not in str(refused.value)


def test_columns_that_are_renamed_where_names_are_declared_are_told_as_renamed(tmp_path: Path) -> None:
    renamed = ("序号", "企业名称", "名单类别", "证书编号", "日期", "到期", "所在地")
    file = workbook(tmp_path, [("名单",), renamed, ("",) * 7, ("1", "企业", "高新", "1", "甲", "乙", "余杭区")])
    with pytest.raises(Refusal, match="found '日期', '到期' where '发证日期', '有效期至' should stand"):
        whole(read_workbook(file, Workbook(1, 2), layout_of(LISTS)))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(600), "found an old Office file (.xls), or a workbook with a password; expected"),
        ("序号,企业名称\n1,甲\n".encode(), "found text, by its first bytes; expected an Excel workbook"),
        ("PK,企业名称\n1,甲\n".encode(), "found text, by its first bytes; expected an Excel workbook"),
        (b"\x01" + bytes(600), "found no text, by its first bytes; expected an Excel workbook"),
        (b"PK\x03\x04" + bytes(600), "found a workbook that is cut off or damaged"),
        (b"PK\x05\x06" + bytes(18), "found a zip archive that holds no workbook"),
    ],
)
def test_what_is_no_workbook_is_told_by_its_first_bytes(content: bytes, found: str, tmp_path: Path) -> None:
    file = tmp_path / "20260630.xlsx"
    file.write_bytes(content)
    with pytest.raises(Refusal, match=re.escape(found)):
        whole(read_workbook(file, Workbook(1, 2), layout_of(LISTS)))


def test_a_workbook_that_is_empty_cut_off_or_damaged_is_told_in_words_as_other_forms_are(tmp_path: Path) -> None:
    file = workbook(tmp_path, listed(firm(1, "甲公司")))
    whole_book, middle = file.read_bytes(), file.stat().st_size // 2
    for content, rule, found in (
        (b"", "empty_file", "0 bytes without a character"),
        (b"  \n\n", "empty_file", "4 bytes without a character"),
        (whole_book[:-100], "truncated", "a workbook that is cut off or damaged, without its end"),
        (whole_book[:middle], "truncated", "a workbook that is cut off or damaged, without its end"),
        (bytes(100).join(whole_book.split(b"worksheets", 1)), "not_a_workbook", "a workbook that cannot be read ("),
    ):
        file.write_bytes(content)
        with pytest.raises(Refusal) as refused:
            land(LISTS, file, tmp_path)
        assert refused.value.finding.rule == rule and refused.value.finding.found.startswith(found)


def test_a_further_sheet_with_cells_is_refused_and_an_empty_one_is_not(tmp_path: Path) -> None:
    assert land(LISTS, workbook(tmp_path, listed(firm(1, "甲公司")), [], [(" ",)]), tmp_path).rows == 1
    with pytest.raises(Refusal, match="Sheet2") as refusal:
        land(LISTS, workbook(tmp_path, listed(firm(1, "甲公司")), listed(firm(2, "乙公司"))), tmp_path)
    assert refusal.value.finding.rule == "several_sheets" and "one sheet" in refusal.value.finding.expected


def test_the_one_sheet_with_cells_may_stand_behind_others(tmp_path: Path) -> None:
    """A chart on a sheet of its own has its place among the sheets, and no cells."""
    odd = (*firm(2, "乙公司")[:3], 913301102381772529, *firm(2, "乙公司")[4:])
    file = workbook(tmp_path, [], listed(firm(1, "甲公司"), odd))
    with cast(Any, xlsxwriter).Workbook(str(tmp_path / "20260701.xlsx")) as made:
        chart = made.add_chart({"type": "bar"})
        made.add_chartsheet("图").set_chart(chart)
        sheet = made.add_worksheet("名单")
        chart.add_series({"values": "=名单!$A$4:$A$5"})
        for at, row in enumerate(listed(firm(1, "甲公司"), odd)):
            for place, cell in enumerate(row):
                put(sheet, at, place, cell)
    for each in (file, tmp_path / "20260701.xlsx"):
        delivery = land(LISTS, each, tmp_path)
        assert (delivery.rows, delivery.malformed) == (2, 1)


def test_a_workbook_that_would_take_all_memory_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = workbook(tmp_path, listed(firm(1, "甲公司")))
    blown = rewritten(file, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</row>", b"</row>" + b" " * 500_000))
    monkeypatch.setattr(book, "MOST_UNPACKED", 1_000_000)
    monkeypatch.setattr(fastexcel, "read_excel", None)
    with pytest.raises(Refusal, match=r"too_large") as refusal:
        land(LISTS, blown, tmp_path)
    assert "bytes when it is unpacked; expected at most 1,000,000: saved anew" in str(refusal.value)


@pytest.mark.parametrize("sheet", [[], [(" ",)]])
def test_a_workbook_without_cells_is_refused_as_empty(sheet: list[tuple[object, ...]], tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="empty_file"):
        land(LISTS, workbook(tmp_path, sheet), tmp_path)


def test_date_cells_and_serial_days_are_the_same_day(tmp_path: Path) -> None:
    delivery = land(LISTS, workbook(tmp_path, listed(firm(1, "甲公司"))), tmp_path)
    cell = landed_rows(delivery, tmp_path)["发证日期"].item()
    texts = pl.DataFrame({"text": [cell, "2024-04-04", "45386", "2024-04-04 08:00:00", "2024-02-30"]})
    assert texts.select(EXCEL_DAY.read(pl.col("text"))).to_series().to_list() == [date(2024, 4, 4)] * 3 + [None] * 2


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("有效期至", "=NA()", "#N/A in the column '有效期至'"),
        ("所在地", "=1/0", "#DIV/0! in the column '所在地'"),
        ("有效期至", "=NOT_SAVED", "a formula without its value in the column '有效期至'"),
        ("证书编号", 2024330112345678, "the number 2024330112345678 in the column '证书编号'"),
        ("证书编号", 913301102381772529, "the number 913301102381772544 in the column '证书编号'"),
    ],
)
def test_a_row_with_an_error_or_a_rounded_number_is_malformed_and_says_where(
    column: str, cell: object, says: str, tmp_path: Path
) -> None:
    odd = [*firm(2, "乙公司")]
    odd[HEADER.index(column)] = cell
    file = workbook(tmp_path, listed(firm(1, "甲公司"), tuple(odd), ("=NA()", *firm(3, "丙公司")[1:])))
    delivery = land(LISTS, file, tmp_path)
    bad = malformed_rows(delivery, tmp_path)
    assert (delivery.rows, bad["row"].to_list()) == (3, [2])
    assert (bad["reasons"].item()[0]["rule"], bad["reasons"].item()[0]["found"]) == ("cell", says)
    assert landed_rows(delivery, tmp_path)["企业名称"].to_list() == ["甲公司", "丙公司"]


@pytest.mark.parametrize("power", [b"e+17", b"E17", b"e17"])
def test_a_rounded_number_is_told_whoever_wrote_the_workbook(power: bytes, tmp_path: Path) -> None:
    odd = [*firm(1, "甲公司")]
    odd[HEADER.index("证书编号")] = 913301102381772529
    file = workbook(tmp_path, listed(tuple(odd)))
    delivery = land(
        LISTS, rewritten(file, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"E+17", power)), tmp_path
    )
    found = malformed_rows(delivery, tmp_path)["reasons"].item()[0]["found"]
    assert found == "the number 913301102381772544 in the column '证书编号'"


def test_a_row_of_errors_alone_is_malformed_and_not_left_out(tmp_path: Path) -> None:
    delivery = land(LISTS, workbook(tmp_path, listed(firm(1, "甲公司"), ("=NA()",) * 7)), tmp_path)
    assert (delivery.rows, delivery.malformed) == (2, 1)


@pytest.mark.parametrize("corner", [(0, 0), (3, 2)])
def test_cells_merged_below_the_header_are_no_empty_ones(corner: tuple[int, int], tmp_path: Path) -> None:
    """Of a block the first cell alone has a value; a note in several rows is one all the same."""
    down, right = corner
    file = tmp_path / "20260630.xlsx"
    with cast(Any, xlsxwriter).Workbook(str(file), {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(listed(*(firm(number, f"第{number}公司") for number in range(1, 6)))):
            sheet.write_row(at + down, right, row)
        sheet.merge_range(down, right, down, right + 6, "科技企业名单")
        sheet.merge_range(down + 4, right + 5, down + 6, right + 5, "2030-01-01")
        sheet.merge_range(down + 8, right, down + 10, right + 6, "注：长期有效。")
    delivery = land(LISTS, file, tmp_path)
    bad = malformed_rows(delivery, tmp_path)
    assert (delivery.rows, bad["row"].to_list()) == (5, [3, 4])
    assert bad["reasons"][0][0]["found"] == f"a cell merged into row {down + 5} of the sheet in the column '有效期至'"


def rewritten(file: Path, part: str, mend: Callable[[bytes], bytes]) -> Path:
    """The same workbook, one of its parts written otherwise."""
    with zipfile.ZipFile(file) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    with zipfile.ZipFile(file, "w") as archive:
        for each, content in (parts | {part: mend(parts[part])}).items():
            archive.writestr(each, content)
    return file


@pytest.mark.parametrize(("told", "is_taken"), [("1", False), ("true", False), ("0", True), ("false", True)])
def test_a_workbook_that_counts_days_from_1904_is_refused(told: str, is_taken: bool, tmp_path: Path) -> None:  # noqa: FBT001
    file = workbook(tmp_path, listed(firm(1, "甲公司")))
    rewritten(
        file, "xl/workbook.xml", lambda book: book.replace(b"<workbookPr ", f'<workbookPr date1904="{told}" '.encode())
    )
    try:
        assert land(LISTS, file, tmp_path).rows == 1 and is_taken
    except Refusal as refusal:
        assert not is_taken and refusal.finding.rule == "date_system"
        assert "found days that count from 1904 (date1904); expected a workbook that is saved in" in str(refusal)


def test_a_workbook_in_the_strict_form_is_told_as_one(tmp_path: Path) -> None:
    file = workbook(tmp_path, listed(firm(1, "甲公司")))
    usual, strict = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
    for part in ("_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"):
        rewritten(
            file, part, lambda text: re.sub(usual + b"(officeDocument|spreadsheetml)/2006", strict + rb"\1", text)
        )
    with pytest.raises(Refusal, match="found a workbook in the form 'Strict Open XML'; expected one that is saved as"):
        land(LISTS, file, tmp_path)


def otherwise(*mends: tuple[str, str]) -> Callable[[Path], Path]:
    """The same workbook with its sheet's tags written in another way that is XML as well."""

    def mend(sheet: bytes) -> bytes:
        for pattern, how in mends:
            sheet = re.sub(pattern.encode(), how.encode(), sheet, flags=re.IGNORECASE)
        return sheet

    return lambda file: rewritten(file, "xl/worksheets/sheet1.xml", mend)


# As most writers have them; under a prefix as .NET's; places last, in single quotes, or none where cells follow on.
TAGS = {
    "most": otherwise(), "prefixed": otherwise(("<(/?)([a-z])", r"<\1x:\2"), ("xmlns=", "xmlns:x=")),
    "turned": otherwise(('<c( r="[^"]*")([^>]*)>', r"<c\2\1>")), "quoted": otherwise(('<c r="([^"]*)"', r"<c r='\1'")),
    "placeless": otherwise((' r="[A-Z0-9]+"', "")), "spaced": otherwise(("<(mergeCell|c) ", r"<\1  ")),
    "pretty": otherwise(("><(c|v|f|/c|/row|mergeCell)\\b", r">\n  <\1")), "ended": otherwise(("</([cvf])>", r"</\1 >")),
    "one formula": otherwise(("><f>", "> <f>")), "one block": otherwise(("<mergeCell ", "<mergeCell\t")),
    "first": otherwise(('<c r="A1"', '<c  r="A1"')),
}  # fmt: skip


@pytest.mark.parametrize("written", TAGS.values(), ids=TAGS)
def test_a_gap_is_seen_however_the_tags_of_a_sheet_are_written(written: Callable[[Path], Path], tmp_path: Path) -> None:
    file = tmp_path / "20260630.xlsx"
    firms = [[*firm(number, f"第{number}公司")] for number in range(1, 7)]
    firms[4][HEADER.index("有效期至")], firms[5][HEADER.index("证书编号")] = "=NOT_SAVED", 2024330112345678
    with cast(Any, xlsxwriter).Workbook(str(file), {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(listed(*map(tuple, firms))):
            for place, cell in enumerate(row):
                put(sheet, at, place, cell or "-")
        sheet.merge_range(4, 5, 6, 5, "2030-01-01")
    delivery = land(LISTS, written(file), tmp_path)
    found = [reasons[0]["found"] for reasons in malformed_rows(delivery, tmp_path)["reasons"]]
    assert delivery.rows == 6 and found == [
        *["a cell merged into row 5 of the sheet in the column '有效期至'"] * 2,
        "a formula without its value in the column '有效期至'",
        "the number 2024330112345678 in the column '证书编号'",
    ]


def section(name: str, employer: str, table: str = "social_security_employer") -> str:
    """A COPY section with one row, its table as `name` writes it."""
    headers = EMPLOYER.headers()
    row = "\t".join([employer, *("1" for _ in headers[1:])])
    return f"COPY {name.format(table)} ({', '.join(headers)}) FROM stdin;\n{row}\n\\.\n\n"


def dumped(folder: Path, *sections: str) -> Path:
    """A dump of these sections."""
    file = folder / "202606.sql"
    file.write_text("".join(("-- PostgreSQL database dump\n\n", *sections)))
    return file


@pytest.mark.parametrize("name", ["{}", "public.{}", '"public"."{}"', 'public."{}"', '"市 社保""局".{}'])
def test_a_table_is_found_however_its_name_is_quoted(name: str, tmp_path: Path) -> None:
    others = section("public.{}", "别", "social_security_employer_2019"), section("public.{}", "COPY ", "other")
    delivery = land(EMPLOYER, dumped(tmp_path, others[0], section(name, "甲"), others[1]), tmp_path)
    assert landed_rows(delivery, tmp_path)[EMPLOYER.headers()[0]].to_list() == ["甲"]


@pytest.mark.parametrize("size", [40, 1 << 20])
def test_a_table_that_is_twice_in_a_dump_is_refused(size: int, tmp_path: Path) -> None:
    between = section("public.{}", "别", "other")
    file = dumped(tmp_path, section("backup_2019.{}", "旧"), between, section('public."{}"', "新"))
    with pytest.raises(Refusal, match="table_twice") as refusal:
        whole(read_dump(file, Dump("social_security_employer"), layout_of(EMPLOYER), size))
    assert "backup_2019.social_security_employer and public." in refusal.value.finding.found


def test_a_row_that_looks_like_a_section_is_a_row(tmp_path: Path) -> None:
    head = section("public.{}", "甲").splitlines()[0]
    file = dumped(tmp_path, section("public.{}", head.replace("(", "\\t(")))
    assert land(EMPLOYER, file, tmp_path).rows == 1


def test_a_row_with_a_broken_character_is_malformed_in_a_dump_too(tmp_path: Path) -> None:
    head, row, *end = section("public.{}", "杭州青禾软件有限公司").splitlines(keepends=True)
    rows = [*[row] * 150, row.replace("公司", "公§")]
    file = dumped(tmp_path, head, *rows, *end)
    file.write_bytes(file.read_bytes().replace("§".encode(), "司".encode()[:2]))
    delivery = land(EMPLOYER, file, tmp_path)
    bad = malformed_rows(delivery, tmp_path)
    assert (delivery.rows, bad["row"].to_list()) == (151, [151])
    assert bad["reasons"][0][0]["rule"] == "encoding"


def _csv(folder: Path, text: str, how: str) -> Rows:
    file = folder / "20260630.csv"
    file.write_bytes("\n".join(["甲,乙", *["1,22222"] * 9999, f'"{text}",2', ""]).encode(how))
    return whole(read_csv(file, Csv(encoding=how), Layout(("甲", "乙"), {})))


def _dump(folder: Path, text: str, how: str) -> Rows:
    head, row, *end = section("public.{}", "杭州青禾软件有限公司").splitlines(keepends=True)
    file = dumped(folder, head, *[row] * 9999, row.replace("青禾", text), *end)
    return whole(read_dump(file, Dump("social_security_employer"), layout_of(EMPLOYER)))


def _json(folder: Path, text: str, how: str) -> Rows:
    line = json.dumps(ONE, ensure_ascii=False).replace("甲", text)
    return whole(read_jsonlines(objects(folder, *[ONE] * 9999, line), layout_of(PERMIT)))


@pytest.mark.parametrize(("read", "how"), [(_csv, "utf-8"), (_csv, "gb18030"), (_dump, "utf-8"), (_json, "utf-8")])
def test_a_line_with_a_zero_byte_far_below_is_malformed_in_every_form(
    read: Callable[[Path, str, str], Rows], how: str, tmp_path: Path
) -> None:
    told = read(tmp_path, "某\x00\x00", how)
    assert (told.good.height, told.malformed["row"].to_list()) == (9999, [10000])
    assert told.malformed["reasons"][0][0]["rule"] == "encoding" and "某" in told.malformed["raw"].item()


@pytest.mark.parametrize(("read", "how"), [(_csv, "utf-8"), (_csv, "gb18030"), (_dump, "utf-8"), (_json, "utf-8")])
@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("某\x00公司", "某\ufffd公司", "whole characters in the file's encoding"),
        ("某" * 3_500_000, r"^10500\d{3} bytes", "at most 1,000,000 bytes in a line"),
    ],
    ids=["broken", "too long"],
)
def test_of_a_line_with_a_broken_character_or_too_long_it_is_told_in_every_form(
    read: Callable[[Path, str, str], Rows], how: str, text: str, found: str, expected: str, tmp_path: Path
) -> None:
    """Its fields or keys are as they should be."""
    (reason,) = read(tmp_path, text, how).malformed["reasons"].item()
    assert re.search(found, reason["found"]) and reason["expected"] == expected


@pytest.mark.parametrize("written", ["_x0000_", "\x00"])
def test_a_row_of_a_workbook_with_a_zero_byte_is_malformed(written: str, tmp_path: Path) -> None:
    file = workbook(tmp_path, listed(firm(1, "甲公司"), firm(2, "乙§公司")))
    rewritten(file, "xl/sharedStrings.xml", lambda texts: texts.replace("§".encode(), written.encode()))
    delivery = land(LISTS, file, tmp_path)
    bad = malformed_rows(delivery, tmp_path)
    assert (landed_rows(delivery, tmp_path)["row"].to_list(), bad["row"].to_list()) == ([1], [2])
    assert "a zero byte in the column '企业名称'" in bad["reasons"][0][0]["found"]


def test_a_file_that_is_refused_leaves_nothing_where_it_was_to_land(tmp_path: Path) -> None:
    head, *rest = section("public.{}", "甲").splitlines(keepends=True)
    file = dumped(tmp_path, head.replace("employer (", "employer (x, "), *rest)
    with pytest.raises(Refusal):
        land(EMPLOYER, file, tmp_path)
    assert [each.name for each in (tmp_path / "landed" / EMPLOYER.key).iterdir()] == []


def objects(folder: Path, *lines: object) -> Path:
    """A delivery of these objects; what is a text already is written as it is."""
    file = folder / "20260630.jsonl"
    told = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    file.write_text("".join(f"{line}\n" for line in told))
    return file


REGISTER = all_feeds()["market_regulation_enterprise"]
# By the name of a file its feed, what stands above the rows, and a row.
ABOVE = {
    "20260630.jsonl": (PERMIT, "", json.dumps(ONE, ensure_ascii=False)),
    "20260630.csv": (REGISTER, ",".join(REGISTER.headers()), '"甲\n公司",1'),
    "202606.sql": (EMPLOYER, f"-- PostgreSQL\n\n{section('public.{}', '甲').splitlines()[0]}", "甲\t1"),
}


@pytest.mark.parametrize("name", ABOVE)
def test_a_file_that_is_cut_off_or_in_another_encoding_is_told_by_its_line_in_every_form(
    name: str, tmp_path: Path
) -> None:
    """A row may have several lines, and a dump has many above its rows."""
    feed, above, row = ABOVE[name]
    head = f"{above}\n".lstrip("\n")
    line = head.count("\n") + 1
    cut, other = f"{head}{row}\n{row}"[:-1].encode(), head.encode() + f"{row}\n{row}\n".encode("gb18030")
    for content, says in (
        (cut, f"line {line + 1 + 2 * row.count(chr(10))} of the file; expected a line end"),
        (other, rf"that are not utf-8, the first in line {line}\b"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Refusal, match=says) as refused:
            land(feed, tmp_path / name, tmp_path)
        assert refused.value.finding.row == 0


def without(*names: str) -> dict[str, str]:
    """The one object, some keys of which are left out."""
    return {name: value for name, value in ONE.items() if name not in names}


@pytest.mark.parametrize(
    ("line", "rule", "says"),
    [
        (without("unitName") | {"name": "乙"}, "keys", "not declared: the key 'name'; missing: the key 'unitName'"),
        (ONE | {"tel": "0571"}, "keys", "not declared: the key 'tel'"),
        (json.dumps(ONE)[:-1] + ', "unitName": "乙"}', "keys", "twice: the key 'unitName'"),
        (json.dumps(ONE)[:-1] + ',"unitName" : ":"}', "keys", "twice: the key 'unitName'"),
        (ONE | {"validUntil": {"day": 1}}, "value", "an object in the key 'validUntil'"),
        (ONE | {"validUntil": [1]}, "value", "an array in the key 'validUntil'"),
        (ONE | {"validUntil": float("nan")}, "value", "NaN, Infinity or a number beyond all bounds"),
        (ONE | {"validUntil": float("-inf")}, "value", "NaN, Infinity or a number beyond all bounds"),
        (ONE | {"validUntil": 10**39}, "value", "a number of more than 38 digits"),
        (json.dumps(ONE | {"unitName": "甲\ud83d公司"}), "value", "half a character (a lone surrogate)"),
        (ONE | {"validUntil": "2030年\x00"}, "value", "a zero byte (U+0000) in the key 'validUntil'"),
        (json.dumps(ONE | {"甲\ud83d": 1}), "keys", "not declared: the key '甲?'"),
        ("[" * 2000 + "]" * 2000, "not_an_object", "[[[["),
        ("3", "not_an_object", "3"),
    ],
)
def test_a_line_that_is_no_row_is_malformed_and_says_which_key(
    line: object, rule: str, says: str, tmp_path: Path
) -> None:
    delivery = land(PERMIT, objects(tmp_path, ONE, line, ONE), tmp_path)
    assert landed_rows(delivery, tmp_path)["row"].to_list() == [1, 3]
    bad = malformed_rows(delivery, tmp_path)
    assert bad["row"].to_list() == [2] and bad["raw"].item() == objects(tmp_path, line).read_text()[:-1]
    (reason,) = bad["reasons"].item()
    assert reason["rule"] == rule and says in reason["found"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("98765432109876.12", None), ("9.133E+17", None), ("1e999", None), ("0.1234567890123456", None),
        ("9876543210987.12", "9876543210987.12"), ("1.5E7", "15000000"), ("-0.25", "-0.25"),
        ("12345678901234567890123", "12345678901234567890123"), ("123456789012.345", "123456789012.345"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_written_or_not_at_all(written: str, read: str | None, tmp_path: Path) -> None:
    line = json.dumps(ONE | {"unitName": 7}).replace('"unitName": 7', f'"unitName": {written}')
    delivery = land(PERMIT, objects(tmp_path, ONE, line), tmp_path)
    assert landed_rows(delivery, tmp_path)["unitName"].to_list()[1:] == ([] if read is None else [read])
    assert malformed_rows(delivery, tmp_path).height == (read is None)


def test_a_key_of_an_optional_column_may_be_left_out_of_any_line(tmp_path: Path) -> None:
    delivery = land(PERMIT, objects(tmp_path, without("validUntil"), ONE, without("validUntil")), tmp_path)
    assert delivery.malformed == 0 and delivery.departures == ()
    assert landed_rows(delivery, tmp_path)["validUntil"].to_list() == [None, "2030年4月13日", None]


def test_a_first_line_with_another_key_is_refused_and_with_brackets_alone_too(tmp_path: Path) -> None:
    for line, rule in (
        (without("validUntil") | {"validTo": ""}, "renamed_column"),
        (ONE | {"a": 1, "b\ud83d": 2}, "extra_column"),
        (without("unitName"), "missing_column"),
        (ONE | {"row": 1}, "reserved_column"),
        ("[" * 2000, "not_json"),
    ):
        with pytest.raises(Refusal, match=rule):
            land(PERMIT, objects(tmp_path, json.dumps(line) if isinstance(line, dict) else line, ONE), tmp_path)


def test_what_may_be_left_out_is_what_optional_columns_alone_read() -> None:
    assert layout_of(PERMIT).may_be_empty == ("validUntil",)
    assert "NSRSBH" not in layout_of(all_feeds()["tax_registration"]).may_be_empty


_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text('a:" \\\t\u4e00\ud83d')
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner), max_leaves=3
)


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), _VALUES) | _VALUES, max_size=4))
def test_each_line_of_any_json_is_a_row_or_malformed(lines: list[object]) -> None:
    with TemporaryDirectory() as folder:
        written = [{"a": "1", "b": "2"}, *lines]
        text = [json.dumps(each, ensure_ascii=bool(row % 2)) for row, each in enumerate(written)]
        file = Path(folder) / "20260630.jsonl"
        file.write_bytes("".join(f"{each}\n" for each in text).encode(errors="replace"))
        read = whole(read_jsonlines(file, Layout(("a", "b", "c"), {}, may_be_empty=("c",))))
    assert sorted([*read.good["row"], *read.malformed["row"]]) == list(range(1, len(text) + 1))
    for row in read.good["row"]:
        told = json.loads(text[row - 1])
        assert {"a", "b"} <= set(told) <= {"a", "b", "c"}


@given(
    st.lists(st.text('a:",{} /\\\t\u4e00') | st.integers() | st.booleans() | st.none(), min_size=2, max_size=3),
    st.sampled_from(("", " ", "\t ", " \r")),
    st.permutations("abc"),
)
def test_a_line_is_read_as_json_reads_it_however_it_is_spaced(values: list[object], gap: str, names: list[str]) -> None:
    pairs = [f'{gap}"{name}"{gap}:{gap}{json.dumps(value, ensure_ascii=False)}{gap}'
             for name, value in zip(names, values, strict=False)]  # fmt: skip
    line = f"{gap}{{{','.join(pairs)}}}{gap}"
    with TemporaryDirectory() as folder:
        file = objects(Path(folder), json.dumps({"a": "1", "b": "2"}), line)
        read = whole(read_jsonlines(file, Layout(("a", "b", "c"), {}, may_be_empty=("c",))))
    told = json.loads(line)
    is_row = {"a", "b"} <= told.keys() and all(abs(each) < 10**38 for each in values if isinstance(each, int))
    assert (read.malformed["row"].to_list() == []) is is_row
    if is_row:
        row = read.good.filter(pl.col("row") == 2).row(0, named=True)
        assert all(row[name] == value for name, value in told.items() if isinstance(value, str) or value is None)
        assert all(row.get(name) is None for name in {"a", "b", "c"} - told.keys())
