"""What a version brings, as a county reads it: each cause in Chinese, and what changed where no row did."""

from __future__ import annotations

from gateway.supply.causes import in_words, unchanged
from schemas.manifest import CAUSES


def test_every_cause_has_a_name_in_chinese() -> None:
    assert not [each for each in CAUSES if in_words(each).isascii()]
    assert in_words("source+dictionary") == "数源更新、对照表"


def test_a_first_version_without_rows_is_no_change_of_contract() -> None:
    assert "契约" not in unchanged(1) and "契约" in unchanged(2)
