"""Items put together in their order as long as they are not too much at once. Knows nothing of what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def packed(items: Iterable[Item], size: Callable[[Item], int], most: int) -> Iterator[list[Item]]:
    """As many items as are at most so much between them; one that is more by itself stands alone."""
    some, total = list[Item](), 0
    for item in items:
        more = size(item)
        if some and total + more > most:
            yield some
            some, total = [], 0
        some.append(item)
        total += more
    if some:
        yield some
