"""County buckets: groups of whole counties small enough to be fused, cut and released one after another."""

from __future__ import annotations

import polars as pl

NOWHERE = "none"


def bucket_count(rows: int, size: int) -> int:
    """How many buckets so many rows take: a power of two, so that it seldom moves while a province grows."""
    return 1 << (max(1, -(-rows // size)) - 1).bit_length()


def bucket_of(county: pl.Expr, count: int) -> pl.Expr:
    """The number of a county's bucket, from its code alone, text or number; `count` where there is no county.

    The counties of a city, and the first counties of the cities, which are the largest, come into different ones.
    """
    code = county.cast(pl.UInt32)
    city, own = code // 100 % 100, code % 100
    return ((city * 7 + own) % count).fill_null(count).cast(pl.UInt16)


def bucket_name(number: int, count: int) -> str:
    """A bucket as its files are called: 00, 01 … and `none` for entities without a county."""
    return NOWHERE if number == count else f"{number:02}"


def by_bucket(rows: pl.DataFrame, count: int) -> list[tuple[str, pl.DataFrame]]:
    """Rows with the number of their `bucket`, parted by it, each part under its name and without the number."""
    parts = rows.partition_by("bucket", as_dict=True, include_key=False)
    return [(bucket_name(int(number), count), part) for (number,), part in parts.items()]
