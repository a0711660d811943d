"""When a county's rows have fallen so far that its release is held until somebody says that they have."""

from __future__ import annotations

import pytest

from pipelines.promises.verdict import fall
from schemas.product import all_products
from tests.manifests import manifest

PRODUCT = all_products()["enterprise_mirror"]


@pytest.mark.parametrize(
    ("before", "rows", "is_held"), [(100, 50, False), (100, 49, True), (20, 9, True), (20, 10, False), (19, 0, False)]
)
def test_less_than_half_of_twenty_rows_or_more_is_a_fall(before: int, rows: int, is_held: object) -> None:
    told = fall(PRODUCT, "330110/2026-07-02", rows, manifest(rows=before))
    assert (told is not None) is is_held
    assert told is None or f"rows fell from {before} to {rows}" in told.words


def test_a_county_that_was_never_released_falls_from_nothing() -> None:
    assert fall(PRODUCT, "330110/2026-07-02", 0, None) is None
