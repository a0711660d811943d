"""What of earlier results stands in a delivery's new one, counted. How that is found out is for others to say."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from pipelines.disk.standard import SUPERSEDED

# A result stands on so many others at most: behind more it costs less to do all of it once again.
MOST_STOOD_ON = 16


@dataclass(frozen=True)
class Stood:
    """So many standard `rows` that hold, of which so many `repaired`, and so many `replaced` by reason, as they lie
    there.

    `stands_on` are the results that they lie with, by delivery and what they were written under, oldest first; `left`
    (delivery, written, row) are the rows of those that do not stand. `written` is what the earlier result was written
    under, if all of it is as it was; else empty.
    """

    rows: int
    repaired: int
    replaced: dict[str, int]
    stands_on: tuple[tuple[str, str], ...]
    left: pl.DataFrame
    written: str = ""


def by_reason(rows: pl.DataFrame) -> dict[str, int]:
    """How many of some rows another row of their delivery replaced, by reason."""
    return dict(rows.drop_nulls(SUPERSEDED).group_by(SUPERSEDED).len().iter_rows())
