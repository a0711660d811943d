"""What is told of a column that several counties built alike: how it becomes core, or why it does not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.overlays.read import understood
from pipelines.promoting.alike import candidates
from pipelines.promoting.promotions import told
from pipelines.tags.catalogue import whole
from schemas.overlay import Overlay

TAGS = "enterprise_tags"


def wished(county: str, **add: dict[str, Any]) -> Overlay:
    said = understood(county, Path(f"{county}.yaml"), {TAGS: {"since": date(2026, 7, 1), "add": add}})
    assert said.faults == {}
    return said.overlays[TAGS]


def promoting(*overlays: Overlay) -> str:
    (found,) = candidates(overlays, Path("none"))
    return "\n".join(told(found))


def insured(title: str, least: str) -> dict[str, Any]:
    return {"title": title, "when": {"all": [{"tag": "alive"}, {"column": "insured", "at_least": least}]}}


def test_who_must_choose_another_name_or_title_first_is_named() -> None:
    lines = promoting(
        wished("330109", fostered=insured("重点培育企业", "20人")),
        wished("330110", fostered=insured("另一企业", "30人")),
        wished("330681", seed=insured("重点培育企业", "20人"), seedling=insured("苗圃企业", "40人")),
        wished("330782", bud=insured("重点培育企业", "50人")),
    )
    assert "write schemas/tags/fostered.py" in lines
    (first,) = [line for line in lines.splitlines() if "need another name or title" in line]
    assert first.endswith("their counties would be held: 330110.fostered 另一企业, 330782.bud 重点培育企业")


def test_a_tag_called_as_a_family_is_goes_into_a_file_of_another_name() -> None:
    lines = promoting(
        wished("330109", governance=insured("重点产出", "10人")),
        wished("330681", productive=insured("产出企业", "10人")),
    )
    assert "write schemas/tags/governance_of_counties.py so" in lines
    assert "GOVERNANCE_OF_COUNTIES = Family(" in lines and '"governance_of_counties",' in lines
    assert "Flag(" in lines and '"governance",' in lines


def test_what_the_core_has_already_is_not_promoted_again() -> None:
    alive = {"title": whole().tags["alive"].title, "when": {"tag": "alive"}}
    lines = promoting(wished("330109", living=alive), wished("330681", in_being=alive))
    assert "has it already, as alive" in lines and "write" not in lines


@pytest.mark.parametrize(
    ("built", "named"),
    [({"when": {"column": "status", "one_of": ["1"]}}, "alive, status_1"),
     ({"measure": {"multiple": {"of": "revenue", "among": "county"}}}, "revenue_to_county"),
     ({"when": {"column": "revenue", "at_least": "100亿元"}}, "revenue_from_10b")],
)  # fmt: skip
def test_what_the_core_has_under_another_title_is_not_promoted(built: dict[str, Any], named: str) -> None:
    lines = promoting(wished("330109", one={"title": "甲"} | built), wished("330681", other={"title": "乙"} | built))
    assert f"The core has it already, as {named}: it stays as it is." in lines and "write" not in lines


def test_days_that_are_counted_stay_each_countys_own() -> None:
    days = {"unit": "天", "measure": {"days": "permit_valid_until"}}
    lines = promoting(
        wished("330109", days_left={"title": "许可剩余天数（甲）"} | days),
        wished("330681", days_of_permit={"title": "许可剩余天数（乙）"} | days),
    )
    assert "every row would change every day" in lines and "write" not in lines
