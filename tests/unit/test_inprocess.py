"""What a run says of the checks of its counties: a version that is not whole, and none that is only held."""

from __future__ import annotations

import dagster as dg
import pytest

from assets.inprocess import damaged
from assets.products import CHECK


def evaluation(check: str, *, passed: bool, is_damaged: bool) -> dg.AssetCheckEvaluation:
    """The verdict on a county's version 7."""
    told = {"county": "330110", "version": 7, "reasons": "L1 快照与清单不符", "is damaged": is_damaged}
    return dg.AssetCheckEvaluation(dg.AssetKey(["released", "enterprise_mirror"]), check, passed, told)


@pytest.mark.parametrize(
    ("check", "passed", "is_damaged", "lines"),
    [
        (CHECK, False, True, ["enterprise_mirror 330110, version 7: L1 快照与清单不符"]),
        (CHECK, True, False, []),
        (CHECK, False, False, []),
        ("arrived", False, True, []),
    ],
)
def test_a_version_that_is_not_whole_is_named(check: str, passed: bool, is_damaged: bool, lines: list[str]) -> None:  # noqa: FBT001
    assert list(damaged([evaluation(check, passed=passed, is_damaged=is_damaged)])) == lines
