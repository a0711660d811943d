"""One machine: a verb runs over batches of rows, buckets of keys or single counties, so that memory stays bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import polars as pl

BATCH = 500_000
BUCKET = 2_000_000
THREADS = 2
AHEAD = 3

Item = TypeVar("Item")
Result = TypeVar("Result")


def by_row(rows: pl.DataFrame, verb: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """Run a verb that looks at one row at a time over batches, in order."""
    batches = (verb(rows.slice(start, BATCH)) for start in range(0, max(rows.height, 1), BATCH))
    return pl.concat(list(batches))


def by_key(tables: dict[str, pl.DataFrame], key: str) -> Iterator[dict[str, pl.DataFrame]]:
    """The tables parted so that all rows of one key are in one bucket; buckets hold about two million rows."""
    total = sum(table.height for table in tables.values())
    buckets = max(1, -(-total // BUCKET))
    for bucket in range(buckets):
        mine = pl.col(key).hash(seed=0) % buckets == bucket
        yield {name: table.filter(mine) if buckets > 1 else table for name, table in tables.items()}


def in_order(items: Iterable[Item], verb: Callable[[Item], Result]) -> Iterator[Result]:
    """What the verb makes of each item, in order, two at a time and never more than `AHEAD` items ahead.

    Polars and DuckDB let other threads run while they work. The verb's first error ends it.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        begun: deque[Future[Result]] = deque()
        try:
            for item in items:
                begun.append(pool.submit(verb, item))
                if len(begun) >= AHEAD:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)
