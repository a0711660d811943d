"""Items that are put together in their order as long as they are not too much at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.packed import packed


@pytest.mark.parametrize(
    ("sizes", "sets"),
    [([], []), ([3, 3, 4, 1], [[3, 3, 4], [1]]), ([11, 1, 11], [[11], [1], [11]]), ([0, 0, 10, 0], [[0, 0, 10, 0]])],
    ids=["nothing", "just as much", "too much alone", "nothing weighs nothing"],
)
def test_items_are_put_together_while_they_are_not_too_much(sizes: list[int], sets: list[list[int]]) -> None:
    assert list(packed(sizes, lambda size: size, 10)) == sets


def test_no_item_is_made_before_the_set_that_it_ends_is_taken() -> None:
    made = list[int]()

    def making() -> Iterator[int]:
        for item in range(4):
            made.append(item)
            yield item

    assert next(packed(making(), lambda _: 5, 10)) == [0, 1] and made == [0, 1, 2]
