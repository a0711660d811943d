"""The day that a file's name carries: in every form that departments write, and never a guess."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.door.name import as_of_name
from pipelines.refusal import Refusal


@pytest.mark.parametrize(
    "name",
    [
        "20260630", "2026-06-30", "2026_06_30", "2026.06.30", "2026年06月30日", "2026年6月30日", "20260630120000",
        "20260630_120000", "20260630_2", "330100_20260630", "1234_20260630", "202606", "2026-06", "2026年6月",
        "税务登记202606",
    ],
)  # fmt: skip
def test_a_day_is_found_however_it_is_written(name: str) -> None:
    assert as_of_name(Path(f"{name}.csv")) == date(2026, 6, 30)


@pytest.mark.parametrize("name", ["2026", "2026年年报", "zhejiang_hangzhou_2026", "330100_2026"])
def test_a_year_is_its_last_day(name: str) -> None:
    assert as_of_name(Path(f"{name}.csv")) == date(2026, 12, 31)


@pytest.mark.parametrize("name", ["2026-6-30", "2026_1", "20260231", "202613", "0001", "9999", "企业名单", "126"])
def test_what_may_be_another_day_is_refused(name: str) -> None:
    with pytest.raises(Refusal, match="a name that carries the day"):
        as_of_name(Path(f"{name}.csv"))
