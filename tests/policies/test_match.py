"""Verdicts against truth tables worked by hand: fits, does not fit, or lacks which datum from which department."""

from __future__ import annotations

from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.dictionary import current
from pipelines.policies.lacking import gaps, lacking
from pipelines.policies.level import level
from pipelines.policies.match import matched
from pipelines.policies.read import all_policies, policies
from pipelines.tags.catalogue import whole
from schemas.policy import Policy
from tests.tags.asking import ON, framed, tagged

BY_KEY = {policy.key: policy for policy in all_policies()}
T, F, U = True, False, None


def enterprises(*rows: dict[str, Any]) -> pl.DataFrame:
    """Columns and tags of the rows, each with a code of its own."""
    coded = [{"credit_code": str(number)} | row for number, row in enumerate(rows)]
    frame, tags = framed(coded), tagged(*coded)
    return pl.concat([frame, tags.drop("credit_code", "county", strict=False)], how="horizontal")


def verdicts(key: str, *rows: dict[str, Any], on: date = ON) -> list[bool | None]:
    return matched([BY_KEY[key]], enterprises(*rows), whole(), on)[key].to_list()


def made(**parts: Any) -> Policy:
    version = {
        "since": date(2026, 1, 1), "source": "编造〔2026〕1号", "clause": "第一条", "object": {"column": "is_branch"},
        "content": "无", "method": "无",
    } | parts  # fmt: skip
    document = {"title": "编造", "issued_by": "某局", "versions": [version]}
    return policies({Path("made.yaml"): document}, whole(), current())[0]


# 亩均论英雄A类: 存续, 工业, 用地3亩及以上; A类, 无欠税. The columns in the order of COLUMNS.
COLUMNS = ("status", "industry", "land", "per_mu_grade", "tax_arrears")
TABLE = [
    ("1", "1711", 3.0, "A", 0, T),
    ("1", "1711", 2.9, "A", 0, F),
    ("1", "1711", 3.0, "B", 0, F),
    ("1", "1711", 3.0, "A", 1, F),
    ("5", "1711", 3.0, "A", 0, F),
    ("1", "5111", 3.0, "A", 0, F),
    (None, "1711", 3.0, "A", 0, U),
    ("1", None, 3.0, "A", 0, U),
    ("1", "C", 3.0, "A", 0, T),
    ("1", "1711", None, "A", 0, U),
    ("1", "1711", 3.0, None, 0, U),
    ("1", "1711", 3.0, "A", None, U),
    # One part that is false settles it, whatever else is unknown.
    (None, None, None, "D", None, F),
    (None, None, 1.0, None, None, F),
    (None, None, None, None, None, U),
]


def test_per_mu_relief_follows_its_truth_table() -> None:
    rows = [dict(zip(COLUMNS, row[:5], strict=True)) for row in TABLE]
    assert verdicts("per_mu_a_tax_relief", *rows) == [row[5] for row in TABLE]


def test_job_stability_asks_less_of_up_to_thirty_insured() -> None:
    """5.5 % for all, 20 % up to 30 insured; micro by insured headcount because revenue is below 300 wan."""
    common = {
        "status": "1",
        "industry": "1711",
        "revenue": 2_000_000,
        "contribution_months": 12,
        "insurance_arrears": 0,
    }
    cases = [(30, 0.2, T), (31, 0.2, F), (31, 0.055, T), (30, 0.21, F), (None, 0.2, U), (None, 0.05, T), (30, None, U)]
    rows = [common | {"insured": insured, "layoff_rate": rate} for insured, rate, _ in cases]
    assert verdicts("job_stability_refund_small", *rows) == [said for *_, said in cases]


def test_the_version_of_the_day_holds() -> None:
    row = {"status": "1", "is_branch": False, "industry_rolls": "专精特新中小企业", "wage_defaulter": True}
    assert verdicts("specialised_award", row, on=date(2025, 12, 31)) == [T]
    assert verdicts("specialised_award", row, on=date(2026, 1, 1)) == [F]
    assert matched([BY_KEY["first_loan_interest"]], enterprises(row), whole(), ON).columns == ["credit_code"]


def test_a_roll_that_is_there_says_no_and_one_that_is_absent_says_nothing() -> None:
    row = {"status": "1", "is_branch": False, "serious_penalties": 0}
    assert verdicts("high_technology_award", row) == [U]
    assert verdicts("high_technology_award", row | {"technology_lists": None}) == [F]
    assert verdicts("high_technology_award", row | {"technology_lists": "高新技术企业"}) == [T]


@pytest.mark.parametrize(("joint", "settles"), [("all", F), ("any", T)])
def test_two_flags_joined_follow_kleenes_table(joint: str, settles: object) -> None:
    policy = made(condition={joint: [{"column": "abnormal"}, {"column": "first_loan"}]})
    pairs = list(product((T, U, F), (T, U, F)))
    rows = [{"is_branch": True, "abnormal": left, "first_loan": right} for left, right in pairs]
    said = matched([policy], enterprises(*rows), whole(), ON)["made"].to_list()
    assert said == [settles if settles in pair else U if U in pair else not settles for pair in pairs]


def told(frame: pl.DataFrame, *picked: Policy) -> list[tuple[str, str]]:
    return list(lacking(picked, frame, whole(), ON).select("credit_code", "datum").iter_rows())


def test_what_is_lacking_is_named_with_its_department_and_nothing_that_would_change_nothing() -> None:
    rows = [dict(zip(COLUMNS, row[:5], strict=True)) for row in TABLE]
    frame = enterprises(*rows)
    assert told(frame, BY_KEY["per_mu_a_tax_relief"]) == [
        ("10", "per_mu_grade"), ("11", "tax_arrears"),
        ("14", "industry"), ("14", "land"), ("14", "per_mu_grade"), ("14", "status"), ("14", "tax_arrears"),
        ("6", "status"), ("7", "industry"), ("9", "land"),
    ]  # fmt: skip
    named = lacking([BY_KEY["per_mu_a_tax_relief"]], frame, whole(), ON)
    assert named.filter(pl.col("datum") == "land").row(0)[3:] == ("实际用地面积", "浙江省自然资源厅")


def test_a_settled_branch_asks_for_nothing() -> None:
    """any(abnormal, all(first_loan, on_list)): on_list is false, so that first_loan could change nothing."""
    policy = made(
        condition={"any": [{"column": "abnormal"}, {"all": [{"column": "first_loan"}, {"column": "on_list"}]}]}
    )
    row = {"is_branch": True, "abnormal": None, "first_loan": None, "on_list": False}
    assert told(enterprises(row), policy) == [("0", "abnormal")]


def test_only_the_indicators_of_its_own_industry_are_asked_for() -> None:
    """A mill's class needs staff and revenue, a lessor's staff and assets (国统字〔2017〕213号)."""
    policy = made(condition={"tag": "size_large"})
    rows = [{"is_branch": True, "industry": code, "employees": 5_000} for code in ("1711", "7111")]
    assert told(enterprises(*rows), policy) == [("0", "revenue"), ("1", "assets")]


def test_a_number_that_cannot_be_reckoned_is_named_itself() -> None:
    policy = made(condition={"tag": "tax_per_mu", "at_least": "1万元/亩"})
    row = {"is_branch": True, "tax_paid": 1_000_000, "land": 0.0}
    assert told(enterprises(row), policy) == [("0", "tax_per_mu")]


def test_an_industry_that_is_too_coarse_is_lacking() -> None:
    policy = made(condition={"industry": ["171"]})
    rows = [{"is_branch": True, "industry": code} for code in ("1711", "17", "C", "18", None)]
    frame = enterprises(*rows)
    assert matched([policy], frame, whole(), ON)["made"].to_list() == [T, U, U, F, U]
    assert told(frame, policy) == [("1", "industry"), ("2", "industry"), ("4", "industry")]


@pytest.mark.parametrize(
    "asked",
    [{"column": "enterprise_type", "one_of": ["1200", "5200", "6200"]}, {"tag": "joint_stock"}],
)
def test_a_code_that_is_too_coarse_is_lacking(asked: dict[str, Any]) -> None:
    policy = made(condition=asked)
    rows = [{"is_branch": True, "enterprise_type": code} for code in ("5200", "5000", "1000", "5100", "9000", None)]
    frame = enterprises(*rows)
    assert matched([policy], frame, whole(), ON)["made"].to_list() == [T, U, U, F, F, U]
    assert told(frame, policy) == [("1", "enterprise_type"), ("2", "enterprise_type"), ("5", "enterprise_type")]


def test_a_verdict_bears_the_level_of_the_most_sensitive_that_it_rests_on() -> None:
    levels = {key: level(policy, whole(), ON) for key, policy in BY_KEY.items()}
    assert levels["high_technology_award"] == "L1" and levels["small_to_scale_award"] == "L3"
    assert levels["per_mu_d_differential_price"] == "L3" and levels["first_loan_interest"] is None


def test_gaps_are_what_is_lacking_counted() -> None:
    rows = [dict(zip(COLUMNS, row[:5], strict=True)) for row in TABLE]
    counties = pl.Series("county", ["330110", "330113"]).gather([at % 2 for at in range(len(rows))])
    frame = enterprises(*rows).with_columns(counties)
    each = lacking(BY_KEY.values(), frame, whole(), ON).join(frame.select("credit_code", "county"), on="credit_code")
    summed = gaps(BY_KEY.values(), frame, whole(), ON)
    keys = ["county", "policy", "datum"]
    assert summed.sort(keys).select(*keys, "enterprises").rows() == each.group_by(keys).len().sort(keys).rows()


@pytest.mark.parametrize("asked", [{"column": "credit_code", "one_of": ["0", "1"]},
                                   {"column": "county", "one_of": ["330110"]}])  # fmt: skip
def test_a_policy_may_name_enterprises_by_their_keys(asked: dict[str, Any]) -> None:
    policy = made(object=asked, condition={"column": "insured", "at_least": "1人"})
    frame = enterprises({"insured": 5}, {"insured": None}).with_columns(county=pl.lit("330110"))
    assert matched([policy], frame, whole(), ON)["made"].to_list() == [T, U]
    assert told(frame, policy) == [("1", "insured")]
    assert gaps([policy], frame, whole(), ON).select("county", "datum", "enterprises").rows() == [
        ("330110", "insured", 1)
    ]


def test_nothing_is_lacking_where_all_is_said_and_no_policy_holds() -> None:
    frame = enterprises({"status": "5"}).with_columns(county=pl.lit("330110"))
    for picked in ([], [BY_KEY["per_mu_a_tax_relief"]]):
        assert lacking(picked, frame, whole(), ON).height == gaps(picked, frame, whole(), ON).height == 0


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(*(st.sampled_from(sorted({row[at] for row in TABLE}, key=str)) for at in range(5))),
        min_size=1,
        max_size=12,
    )
)
def test_a_verdict_is_open_just_where_something_is_lacking_and_supplying_it_settles(
    rows: list[tuple[Any, ...]],
) -> None:
    frame = framed([{"credit_code": str(at)} | dict(zip(COLUMNS, row, strict=True)) for at, row in enumerate(rows)])
    policy = made(
        object={"column": "status", "one_of": ["1"]},
        condition={
            "any": [{"column": "land", "at_least": "3亩"}, {"not": {"column": "per_mu_grade", "one_of": ["D"]}}]
        },
    )
    said = matched([policy], frame, whole(), ON)
    named = lacking([policy], frame, whole(), ON)
    assert set(named["credit_code"]) == set(said.filter(pl.col("made").is_null())["credit_code"])
    given_ = frame.with_columns(
        pl.col("status").fill_null("1"), pl.col("land").fill_null(0), pl.col("per_mu_grade").fill_null("D")
    )
    assert matched([policy], given_, whole(), ON)["made"].null_count() == 0
