"""Check characters against a second computation in plain Python and against real codes."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from schemas.checkdigits import credit_code_is_valid, organisation_code_is_valid, registration_number_is_valid

CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def credit_check(body: str) -> str:
    """GB 32100-2015 annex A, weights as powers of three."""
    return CREDIT[-sum(CREDIT.index(each) * pow(3, place, 31) for place, each in enumerate(body)) % 31]


def organisation_check(body: str) -> str:
    """GB 11714-1997: C9 = 11 - MOD(sum of Ci*Wi, 11)."""
    rest = (
        11
        - sum(ORGANISATION.index(each) * weight for each, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
        % 11
    )
    return {10: "X", 11: "0"}.get(rest, str(rest))


def registration_check(body: str) -> str:
    """GS 15-2006 annex A, step by step as ISO 7064 tells MOD 11,10."""
    product = 10
    for digit in map(int, body):
        product = ((product + digit) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def which_hold(rule: Callable[[pl.Expr], pl.Expr], texts: list[str]) -> list[bool]:
    """A rule on several values."""
    return pl.DataFrame({"code": texts}).select(rule(pl.col("code"))).to_series().to_list()


@given(st.text(CREDIT, min_size=17, max_size=17))
def test_a_credit_code_holds_with_its_check_character_and_no_other(body: str) -> None:
    good = credit_check(body)
    assert which_hold(credit_code_is_valid, [body + last for last in CREDIT]) == [last == good for last in CREDIT]


@given(st.text(ORGANISATION, min_size=8, max_size=8))
def test_an_organisation_code_holds_with_its_check_character_and_no_other(body: str) -> None:
    good = organisation_check(body)
    lasts = "0123456789X"
    assert which_hold(organisation_code_is_valid, [body + last for last in lasts]) == [last == good for last in lasts]


@given(st.text("0123456789", min_size=14, max_size=14))
def test_a_registration_number_holds_with_its_check_digit_and_no_other(body: str) -> None:
    good = registration_check(body)
    lasts = "0123456789X"
    assert which_hold(registration_number_is_valid, [body + last for last in lasts]) == [last == good for last in lasts]


def test_public_registration_numbers_hold_and_one_in_eleven_would_pass_for_a_tax_number() -> None:
    assert which_hold(registration_number_is_valid, ["110108000000016", "440301103097413"]) == [True] * 2
    bodies = [f"330184{serial * 7_919 % 10**8:08}" for serial in range(4000)]
    numbers = [body + registration_check(body) for body in bodies]
    passing = sum(which_hold(organisation_code_is_valid, [number[6:] for number in numbers]))
    assert 0.07 < passing / len(numbers) < 0.11


def test_codes_of_the_public_register_hold() -> None:
    codes = ["913301086890803964", "91331021148340431N", "91330382089461216K", "92330281MA2ENPH99F"]
    assert which_hold(credit_code_is_valid, codes) == [True] * 4
    assert which_hold(organisation_code_is_valid, [code[8:17] for code in codes]) == [True] * 4


def test_what_is_too_short_or_empty_does_not_hold() -> None:
    assert which_hold(credit_code_is_valid, ["9133010MA2ABCD132", "", "913301086890803964 "]) == [False] * 3
