"""What is told of the policies in force: words and structure, read from the policies' files by hand."""

from __future__ import annotations

import json
from datetime import date

import polars as pl

from pipelines.policies.listed import policy_list
from pipelines.policies.structure import structure
from pipelines.tags.catalogue import whole
from schemas.condition import All, Any, Ends, Holds, Is, Known, Not, OneOf, Under, at_least

ON = date(2026, 6, 30)


def told(key: str, on: date = ON) -> dict[str, object]:
    rows = policy_list(on).filter(pl.col("policy") == key)
    return rows.row(0, named=True) if rows.height else {}


def test_a_policy_is_told_in_words_and_as_structure() -> None:
    award = told("tax_per_mu_award")
    assert (award["source"], award["clause"], award["since"]) == ("示例经信〔2026〕3号", "第二条", date(2026, 1, 1))
    assert award["aimed_at"] == "存续在营企业，且工业"
    assert award["condition"] == "亩均税收不低于30万元/亩，且非（公共信用评价等级为较差、差）"
    assert award["asks"] == "存续在营企业;工业;亩均税收;公共信用评价等级" and award["level"] == "L3"
    assert json.loads(str(award["structure"])) == {
        "object": {"all": [{"tag": "alive"}, {"tag": "industrial"}]},
        "condition": {
            "all": [
                {"tag": "tax_per_mu", "at_least": 300000, "unit": "元/亩"},
                {"not": {"column": "credit_grade", "one_of": ["较差", "差"]}},
            ]
        },
    }


def test_what_is_repealed_or_not_yet_made_is_not_in_the_list() -> None:
    assert told("first_loan_interest", date(2026, 3, 31)) and not told("first_loan_interest", date(2026, 4, 1))
    assert not told("research_growth_award", date(2025, 12, 31))


def test_each_form_of_a_question_has_its_structure() -> None:
    asked = Any((Under(("C",)), Not(Known("land")), Holds("technology_lists", "甲"), Ends("name", ("厂",)),
                 All((Is("alive"), OneOf("status", ("1",)), at_least("insured", 5)))))  # fmt: skip
    assert structure(asked, whole()) == {
        "any": [
            {"industry": ["C"]},
            {"not": {"column": "land", "known": True}},
            {"column": "technology_lists", "holds": "甲"},
            {"column": "name", "ends": ["厂"]},
            {"all": [
                {"tag": "alive"}, {"column": "status", "one_of": ["1"]},
                {"column": "insured", "at_least": 5, "unit": "人"},
            ]},
        ]
    }  # fmt: skip
