"""Coverage of a column over the deliveries in use: values of all, codes of the one that has most."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from pipelines.gather import coverage
from schemas.manifest import Coverage


def outcome(values: int, mapped: int, codes: int, mapped_codes: int) -> Any:
    """What a delivery tells of one column."""
    told = Coverage(feed="tax_registration", column="status", values=values, mapped=mapped, codes=codes,
                    mapped_codes=mapped_codes)  # fmt: skip
    return SimpleNamespace(coverage=(told,))


def test_codes_and_those_that_are_mapped_are_of_the_same_delivery() -> None:
    (told,) = coverage([outcome(100, 50, 10, 5), outcome(80, 80, 8, 8)])
    assert (told.values, told.mapped, told.codes, told.mapped_codes) == (180, 130, 10, 5)
