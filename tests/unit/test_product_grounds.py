"""When it is enough to look at the entities that were told anew: all that rows rest on besides is as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.disk.product_grounds import ProductGrounds

BEFORE = ProductGrounds(
    rests="r1", promise="p", code="c", lists="l", supply="s", state="t1", whole="w", steps=2, on="2026-07-01",
    today="2026-07-01", open=(),
)  # fmt: skip
# Another night of the same: more steps lie there, and the day and what is open have gone on.
NEXT = replace(BEFORE, rests="r2", state="t2", steps=4, on="2026-07-02", today="2026-07-02", open=("x",))


@pytest.mark.parametrize(
    ("now", "is_enough"),
    [
        ({}, True), ({"steps": 2}, True), ({"steps": 1}, False),
        *(({name: "another"}, False) for name in ("promise", "code", "lists", "supply", "whole")),
    ],
)  # fmt: skip
def test_rows_can_differ_by_more_than_steps_where_what_they_rest_on_is_another(
    now: dict[str, object], is_enough: object
) -> None:
    assert BEFORE.differs_by_steps(replace(NEXT, **now)) is is_enough


def test_of_a_today_that_lay_before_the_day_of_what_was_fused_no_step_tells_who_has_turned() -> None:
    behind = replace(BEFORE, today="2026-06-30")
    assert not behind.differs_by_steps(NEXT)
    assert behind.differs_by_steps(replace(NEXT, today="2026-06-30"))
