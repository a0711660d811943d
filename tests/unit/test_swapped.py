"""Columns of one kind that stand in each other's place: seen where they were clearly apart, and honest files let in."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from pipelines.door.profile import Profile, after, read_profile
from pipelines.door.swapped import swapped_columns
from schemas.feed import all_feeds

TAX, REGISTER = all_feeds()["tax_registration"], all_feeds()["market_regulation_enterprise"]
DAY = Profile("2026-06-30-甲", 100, "", 0, {}, {}, {}, {}, [], {}, {})


def paid(revenue: float, tax: float, count: int = 100) -> Profile:
    """A day's taxpayers by what they have in the middle."""
    return replace(DAY, middle={"revenue": revenue, "tax_paid": tax}, amounts={"revenue": count, "tax_paid": count})


def written(name: int, scope: int, address: int, count: int = 100) -> Profile:
    """An increment of the register by how many of its texts have a digit; a scope that has none lists something."""
    digits = {"企业名称": name, "经营范围": scope, "注册地址": address}
    return replace(DAY, rows=count, cells=dict.fromkeys(digits, count), marks={"a digit": digits, "a list": {}})


@pytest.mark.parametrize(
    ("before", "now", "columns"),
    [
        (paid(3_500_000, 100_000), paid(100_000, 3_500_000), ["YYSR, SJSE"]),
        (paid(100_000, 3_500_000), paid(3_000_000, 150_000), ["YYSR, SJSE"]),
        (paid(500_000, 100_000), paid(100_000, 500_000), ["YYSR, SJSE"]),
        (paid(400_000, 100_000), paid(100_000, 400_000), []),
        (paid(3_500_000, 100_000), paid(1_200_000, 300_000), []),
        (paid(3_500_000, 100_000), paid(100_000, 9_000_000), []),
        (paid(3_500_000, 100_000), paid(100_000, 100_000), []),
        (paid(3_500_000, 100_000), paid(100_000, 3_500_000, 49), []),
        (paid(3_500_000, 100_000, 19), paid(100_000, 3_500_000), []),
        (paid(3_500_000, -100_000), paid(-100_000, 3_500_000), []),
    ],
    ids=["whole", "roughly", "five times", "near", "moved", "too large", "one copied", "few", "few before", "losses"],
)
def test_amounts_are_swapped_where_each_has_the_median_that_the_other_had(
    before: Profile, now: Profile, columns: list[str]
) -> None:
    assert [sign.column for sign in swapped_columns(TAX, after(now, before))] == columns


@pytest.mark.parametrize(
    ("before", "now", "columns"),
    [
        (written(0, 2, 60), written(60, 2, 0), ["企业名称, 注册地址"]),
        (written(0, 2, 60), written(0, 60, 2), ["经营范围, 注册地址"]),
        (written(0, 2, 60), written(2, 0, 60), []),
        (written(0, 2, 60), written(20, 2, 30), []),
        (written(0, 2, 60), written(60, 2, 60), []),
        (written(0, 2, 30), written(30, 2, 0), []),
        (written(0, 1, 30, 49), written(30, 1, 0, 49), []),
    ],
)
def test_texts_are_swapped_where_the_digits_of_one_stand_in_the_other(
    before: Profile, now: Profile, columns: list[str]
) -> None:
    assert [sign.column for sign in swapped_columns(REGISTER, after(now, before))] == columns


def test_two_columns_are_told_with_what_was_found_and_expected_and_what_to_do() -> None:
    (sign,) = swapped_columns(TAX, after(paid(100_000, 3_500_000), paid(3_500_000, 100_000)))
    assert (sign.rule, sign.verdict) == ("swapped", "stop")
    assert (sign.found, sign.expected) == (
        "medians of 100,000 and 3,500,000",
        "about medians of 3,500,000 and 100,000",
    )
    assert sign.todo.startswith("Each has what the other had") and "make admit" in sign.todo


def test_a_profile_that_was_kept_without_marks_is_read_and_stops_nothing(tmp_path: Path) -> None:
    kept = asdict(written(0, 2, 60))
    del kept["marks"], kept["usual_marks"]
    (tmp_path / "profile.json").write_text(json.dumps(kept))
    assert swapped_columns(REGISTER, after(written(60, 2, 0), read_profile(tmp_path))) == []
    assert swapped_columns(REGISTER, after(paid(1, 1), None)) == []
