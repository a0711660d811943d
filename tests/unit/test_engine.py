"""The local engine: two threads keep the order of what they are given, stay near it, and end with the first error."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from pipelines.engine.local import AHEAD, in_order


def test_results_come_in_the_order_of_the_items() -> None:
    def slower_first(item: int) -> int:
        time.sleep(0.002 * (10 - item))
        return item * item

    assert list(in_order(range(10), slower_first)) == [item * item for item in range(10)]
    assert list(in_order([], slower_first)) == []


def test_no_item_is_asked_for_long_before_its_turn() -> None:
    asked: list[int] = []

    def items() -> Iterator[int]:
        for item in range(50):
            asked.append(item)
            yield item

    for done, _ in enumerate(in_order(items(), str), start=1):
        assert len(asked) <= done + AHEAD - 1


def test_the_first_error_ends_it() -> None:
    done: list[int] = []

    def verb(item: int) -> int:
        if item == 3:
            raise ValueError("the third")
        done.append(item)
        return item

    with pytest.raises(ValueError, match="the third"):
        list(in_order(range(1_000), verb))
    assert len(done) <= 3 + AHEAD


def test_who_stops_reading_stops_the_work() -> None:
    done: list[int] = []
    results = in_order(range(1_000), done.append)
    next(results)
    results.close()  # pyright: ignore[reportAttributeAccessIssue]
    assert len(done) <= AHEAD
