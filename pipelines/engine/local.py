"""One machine: a verb runs over batches of rows, buckets of keys or single counties, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl

BATCH = 500_000
BUCKET = 2_000_000


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
