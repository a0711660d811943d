"""What of earlier results stands in a delivery's new one, counted. How that is found out is for others to say."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

# A result stands on so many others at most: behind more it costs less to do all of it once again.
MOST_STOOD_ON = 16


@dataclass(frozen=True)
class Stood:
    """So many standard `rows` that hold, of which so many `repaired`, and so many `duplicates`, as they lie there.

    `stands_on` are the results that they lie with, by delivery and what they were written under, oldest first; `left`
    (delivery, written, row) are the rows of those that do not stand. `written` is what the earlier result was written
    under, if all of it is as it was; else empty.
    """

    rows: int
    repaired: int
    duplicates: int
    stands_on: tuple[tuple[str, str], ...]
    left: pl.DataFrame
    written: str = ""
