"""One machine: a verb runs over batches of rows or over buckets, a few at a time, so that memory stays bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar


@dataclass(frozen=True)
class Sizes:
    """How many rows are handled at once.

    - `part`: standard rows read together; two row groups as Polars writes them, so that none is read twice
    - `group`: rows of few columns compared by key
    - `bucket`: rows of all feeds in a county bucket, on average; the fullest of sixteen holds half as many again
    """

    part: int = 524_288
    group: int = 16_000_000
    bucket: int = 1_000_000


SIZES = Sizes()
# One more than cores, because each waits now and then: for the disk, or for another's Python.
THREADS = 3
AHEAD = 4

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    items: Iterable[Item], verb: Callable[[Item], Result], threads: int = THREADS, ahead: int = AHEAD
) -> Generator[Result]:
    """What the verb makes of each item, in order, by so many threads and never more than `ahead` items ahead.

    Polars and DuckDB let other threads run while they work. The verb's first error ends it.
    """
    with ThreadPoolExecutor(threads) as pool:
        begun: deque[Future[Result]] = deque()
        try:
            for item in items:
                begun.append(pool.submit(verb, item))
                if len(begun) >= ahead:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
