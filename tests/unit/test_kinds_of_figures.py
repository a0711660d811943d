"""Kinds that a department writes with a mark behind the figure, or in two ways."""

from __future__ import annotations

import re
import sys
import unicodedata
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.kinds import (
    AREA,
    COUNT,
    DAY,
    MILLISECOND_DAY,
    MONEY,
    Kind,
    code,
    day,
    either,
    followed_by,
    narrowed,
    trimmed,
)
from schemas.units import with_unit


def read(kind: Kind, text: str) -> object:
    return pl.DataFrame({"text": [text]}).select(kind.read(kind.tidy(pl.col("text")))).item()


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (followed_by("套", COUNT), "4375套", 4375), (followed_by("套", COUNT), "4375", None),
        (followed_by("套", COUNT), "1.2万套", None), (followed_by("套", COUNT), "套", None),
        (followed_by("m2", AREA), "698109.63m²", Decimal("698109.63")), (followed_by("m2", AREA), "0.21万m²", None),
        (followed_by("m2", AREA), "nanm²", None), (either(DAY, MILLISECOND_DAY), "2023-06-18", date(2023, 6, 18)),
        (either(DAY, MILLISECOND_DAY), "1627464632000", date(2021, 7, 28)),
        # Sixteen hours after midnight in UTC it is the next day in China.
        (MILLISECOND_DAY, "1685635200000", date(2023, 6, 2)), (MILLISECOND_DAY, "16274646", None),
        (either(DAY, MILLISECOND_DAY), "0000-00-00", None),
    ],
)  # fmt: skip
def test_a_figure_is_read_with_its_mark_and_not_without(kind: Kind, text: str, value: object) -> None:
    assert read(kind, text) == value


@pytest.mark.parametrize("mark", "①⑴⒈⓪⑳㉑㊿🄀🄊¹²³⁰⁹₀₉¼⅟↉㏠㋀㍘")
def test_a_mark_behind_a_figure_is_no_digit_of_it(mark: str) -> None:
    texts = [f"1234{mark}", f"１234{mark}", f"98.5m²1{mark}", f"2026年1{mark}1日"]
    told = pl.DataFrame({"text": [f" {text[:-1]}\u200b{text[-1]}\u3000" for text in texts]})
    assert told.select(narrowed(pl.col("text")))["text"].to_list() == texts


@pytest.mark.parametrize("text", ["651①", "①", "5 ②", "m²³", "10²"])
def test_what_has_a_mark_is_found_as_it_is_written(text: str) -> None:
    assert [read(kind, text) for kind in (MONEY, COUNT, DAY, code("industry"))] == [None, None, None, text]


def test_no_mark_but_a_unit_becomes_a_digit() -> None:
    every = [chr(at) for at in range(sys.maxunicode + 1) if not 0xD800 <= at < 0xE000]
    odd = [each for each in every if re.search("[0-9]", unicodedata.normalize("NFKC", each)) and not each.isdecimal()]
    told = pl.DataFrame({"text": [f"1{each}" for each in odd]}).select("text", narrowed=narrowed(pl.col("text")))
    changed = told.filter(pl.col("text") != pl.col("narrowed"))["narrowed"].to_list()
    assert len(odd) == 222 and all(text[1].isascii() and text[1].isalpha() for text in changed)


def test_digits_and_units_are_read_in_every_width() -> None:
    assert [read(MONEY, text) for text in ("１２.5", "𝟏𝟐.５")] == [Decimal("12.5")] * 2
    assert [read(with_unit(AREA), f"１2{unit}") for unit in ("m²", "㎡", "ｍ²", "m2")] == [Decimal(12)] * 4
    assert [read(day("%Y年%m月%d日"), text) for text in ("2026年㋀㏤", "２０２６年1月5日")] == [date(2026, 1, 5)] * 2


@given(
    st.lists(
        st.one_of(st.none(), st.text(st.sampled_from("甲９9Ａa（(㎡ﬁ㈱é\u0301\u3000 鿿豈ー"), max_size=6)), max_size=8
    )
)
def test_only_normalising_what_may_change_changes_nothing(texts: list[str | None]) -> None:
    table = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    told = table.select(narrowed(pl.col("text")), whole=trimmed(pl.col("text").str.normalize("NFKC")))
    assert told["text"].to_list() == told["whole"].to_list() and table["text"].to_list() == texts
