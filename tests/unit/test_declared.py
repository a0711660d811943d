"""Declarations of products and indicators that name what is declared nowhere: told by class, attribute, near words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipelines.dictionary import current
from pipelines.promises import contracts, declared
from pipelines.promises.declared import misdeclared
from schemas.indicator import Figure, declared_indicators
from schemas.kinds import TEXT, code
from schemas.product import all_products, field

MIRROR, INDICATORS = all_products()["enterprise_mirror"], all_products()["business_indicators"]
FILE = "schemas/products/enterprise_mirror.py, EnterpriseMirror"


def told(monkeypatch: pytest.MonkeyPatch, attribute: str, said: Any) -> str:
    """What is said of a class of which one attribute says something else, or nothing."""
    if said is None:
        monkeypatch.delattr(MIRROR, attribute)
    else:
        monkeypatch.setattr(MIRROR, attribute, said)
    return "\n".join(misdeclared(current()))


def test_the_projects_declarations_name_what_there_is() -> None:
    assert misdeclared(current()) == []


@pytest.mark.parametrize(
    ("attribute", "said", "words"),
    [
        ("version", None, ["version: found none; expected a text", 'Write version = "1.0.0"']),
        ("needs", None, ["needs: found none; expected a tuple of names"]),
        ("needs", (), ["needs: found none; expected at least one feed"]),
        ("needs", "tax_registration", ["needs: found 'tax_registration'; expected a tuple", "with a comma"]),
        ("needs", ("tax_registratoin",), ["needs: found 'tax_registratoin'; expected a feed", "tax_registration"]),
        ("made_of", ("enterprise_miror",), ["made_of: found 'enterprise_miror'; expected another product"]),
        ("made_of", ("enterprise_mirror",), ["made_of: found 'enterprise_mirror'; expected another product"]),
        ("entity", "enterprize", ["entity: found 'enterprize'", "Did you mean enterprise?"]),
        ("entity", "county", ["entity: found 'county'; expected an entity"]),
        ("identifier", "credit_cod", ["identifier: found 'credit_cod'; expected a column", "credit_code"]),
        ("grain", ("credit_cod",), ["grain: found 'credit_cod'; expected a column", "Did you mean credit_code"]),
        ("row_level", "levle", ["row_level: found 'levle'; expected a column of enterprise_mirror"]),
        ("levels", ("L1", "L5"), ["levels: found 'L5'; expected one of L1, L2, L3, L4"]),
    ],
)
def test_an_attribute_that_names_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch, attribute: str, said: Any, words: list[str]
) -> None:
    message = told(monkeypatch, attribute, said)
    assert message.startswith(f"{FILE}.{attribute}: ") and [each for each in words if each not in message] == []


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (field(TEXT, "甲", "L1", of=("tax_registratoin.revenue",)), ["'tax_registratoin.revenue'; expected a table"]),
        (field(TEXT, "甲", "L1", of=("tax_registration.revenu",)), ["Did you mean tax_registration.revenue"]),
        (field(TEXT, "甲", "L1", of=("tax_registration",)), ["its of: found 'tax_registration'"]),
        (field(code("enterprise_statu"), "甲", "L1"), ["its code list: found 'enterprise_statu'", "enterprise_status"]),
        (field(TEXT, "甲", "L5"), ["its level: found 'L5'; expected one of L1"]),  # pyright: ignore
    ],
)
def test_a_column_that_names_nothing_is_told(monkeypatch: pytest.MonkeyPatch, column: Any, words: list[str]) -> None:
    message = told(monkeypatch, "fields", MIRROR.fields | {"made_up": replace(column, name="made_up")})
    assert message.startswith(f"{FILE}.made_up, its ") and [each for each in words if each not in message] == []
    assert len(message.splitlines()) == 1


def test_an_indicator_of_what_nothing_sums_and_a_second_of_one_code_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    first = declared_indicators()[0]
    strange = replace(first, title="另一", per=Figure("insurd", "甲", "L1"))
    monkeypatch.setattr(declared, "declared_indicators", lambda: (first, strange))
    figure, twins = misdeclared(current())
    assert f"{first.code}.per: found the figure 'insurd'" in figure and "Did you mean insured" in figure
    assert f"{first.code}: found 2 indicators of that code ({first.title}、另一); expected one" in twins


def test_make_contracts_ends_with_a_line_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(MIRROR, "needs", ())
    monkeypatch.setattr(contracts, "renew", lambda *_: pytest.fail("something was written"))
    assert contracts.main() == 1
    assert capsys.readouterr().out.startswith(f"{FILE}.needs: found none; expected at least one feed")
