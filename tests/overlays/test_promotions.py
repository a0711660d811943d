"""What is told of a column that several counties built alike: how it becomes core, or why it does not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pipelines.overlays.read import understood
from pipelines.promoting.alike import candidates
from pipelines.promoting.promotions import told
from schemas.overlay import Overlay

TAGS = "enterprise_tags"


def wished(county: str, **add: dict[str, Any]) -> Overlay:
    said = understood(county, Path(f"{county}.yaml"), {TAGS: {"since": date(2026, 7, 1), "add": add}})
    assert said.faults == {}
    return said.overlays[TAGS]


def promoting(*overlays: Overlay) -> str:
    (found,) = candidates(overlays, Path("none"))
    return "\n".join(told(found))


def test_days_that_are_counted_stay_each_countys_own() -> None:
    days = {"unit": "天", "measure": {"days": "permit_valid_until"}}
    lines = promoting(
        wished("330109", days_left={"title": "许可剩余天数（甲）"} | days),
        wished("330681", days_of_permit={"title": "许可剩余天数（乙）"} | days),
    )
    assert "every row would change every day" in lines and "write" not in lines
