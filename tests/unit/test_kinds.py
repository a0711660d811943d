"""Texts that look like a value and are none: read as nothing, never as another value, and no delivery stops of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from pipelines.dictionary import current
from pipelines.judge import judge
from pipelines.translate import translate
from schemas import mapping
from schemas.feed import Feed, all_feeds
from schemas.kinds import (
    COUNT,
    COUNT_AT_MOST,
    COUNTY,
    DAY,
    DIVISION,
    EXCEL_DAY,
    GRID_CODE,
    LONGITUDE,
    MONEY,
    PARCEL_CODE,
    PERMIT_NUMBER,
    TOWN,
    Kind,
    Rule,
    day,
    month,
)

ARABIC_ONE, ARABIC_THREE = "\u0661", "\u0663"
NASTY = (
    "1" * 18, "-" + "9" * 18, "9" * 40, "1e400", "NaN", "inf", "1,5", "12,34", ARABIC_THREE, f"120.{ARABIC_THREE}",
    f"<{ARABIC_THREE}", "<0", "\x00", "\ufeff", "２０２６０２３０", "0000-00-00", "99999999", "9.133E+17", "。",
    "22016-03-01", "-12016-03-01", "12025年4月14日", "12026-06", "-", "+", "%", "\\N", '"', "𠮷" * 300, "1;2;3", "🏭",
)  # fmt: skip


def read(kind: Kind, text: str) -> object:
    """What a kind makes of a text."""
    return pl.DataFrame({"text": [text]}).select(kind.read(kind.tidy(pl.col("text")))).item()


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (month("%Y%m"), "20261", None), (month("%Y%m"), "202601", date(2026, 1, 1)),
        (month("%Y-%m"), "2026-1", date(2026, 1, 1)), (month("%Y-%m"), "2026-01", date(2026, 1, 1)),
        (month("%Y%m"), "2026 1", None), (month("%Y%m"), "+20261", None),
        (day("%Y%m%d"), "2026 105", None), (day("%Y%m%d"), "202601 5", None), (day("%Y%m%d"), "+2026105", None),
        (day("%Y%m%d"), "2026111", None), (day("%Y%m%d"), "20261101", date(2026, 11, 1)),
        (day("%Y年%m月%d日"), "2025年4月14日", date(2025, 4, 14)), (day("%Y年%m月%d日"), "12025年4月14日", None),
        (DAY, "22016-03-01", None), (DAY, "-12016-03-01", None), (month("%Y-%m"), "12026-06", None),
        (EXCEL_DAY, "2024", None), (EXCEL_DAY, "2024.0", None), (EXCEL_DAY, "202405", None),
        (EXCEL_DAY, "10000", date(1927, 5, 18)), (EXCEL_DAY, "45292.00", date(2024, 1, 1)),
        (MONEY, "1,5", None), (MONEY, "12,34", None), (MONEY, "1234,567", None), (MONEY, "1,234.5", Decimal("1234.5")),
        (MONEY, "-12,345,678", Decimal(-12_345_678)), (MONEY, ARABIC_THREE, None),
        (LONGITUDE, f"120.{ARABIC_THREE}", None), (COUNT, ARABIC_THREE, None),
        (COUNT_AT_MOST, "<0", None), (COUNT_AT_MOST, "<5", 4),
    ],
)  # fmt: skip
def test_a_value_is_read_as_it_is_written_or_not_at_all(kind: Kind, text: str, value: object) -> None:
    assert read(kind, text) == value


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (GRID_CODE.rules[-1], "33" + "1" * 13), (DIVISION.rules[-1], "330110001"), (COUNTY.rules[-1], "330110"),
        (TOWN.rules[-1], "330110001"), (PARCEL_CODE.rules[-1], "1" * 12 + "GB" + "1" * 5),
        (PERMIT_NUMBER.rules[1], "1" * 18 + "111P"), (mapping.COUNTY, "330110"), (mapping.TOWN, "330110001"),
        (mapping.COUNTIES, "330110;330111"), (mapping.WHOLE, "11"),
    ],
)  # fmt: skip
def test_a_code_is_written_in_the_digits_of_ascii(rule: Rule, text: str) -> None:
    told = pl.DataFrame({"text": [text, text.replace("1", ARABIC_ONE)]}).select(rule.holds(pl.col("text")))
    assert told["text"].to_list() == [True, False]


@pytest.mark.parametrize("feed", all_feeds().values(), ids=all_feeds())
def test_no_text_in_any_column_stops_a_delivery(feed: type[Feed]) -> None:
    columns = [*feed.headers(), *feed.told_by_name()]
    table = pl.DataFrame(dict.fromkeys(columns, NASTY)).with_row_index("row", 1)
    landed = table.select(pl.col("row").cast(pl.Int64), pl.col("row").cast(pl.UInt64).alias("hash"), *columns)
    judged = judge(feed, translate(feed, landed, current(), date(2026, 6, 30)))
    assert judged.standard.height + judged.quarantine.height == len(NASTY)
    assert judged.quarantine.height > len(NASTY) / 2
