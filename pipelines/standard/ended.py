"""Since which day each record of a full file says that what it speaks of has ended, whatever else of it has changed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import polars as pl

from pipelines.disk.outcome import Outcome
from pipelines.disk.standard import (
    ENDED,
    SINCE,
    Result,
    StandardFile,
    files_with,
    has_beside,
    read_beside,
    read_holding,
    record,
)
from pipelines.engine.chosen import in_order
from pipelines.standard.batch import Arrival
from schemas.entity import all_entities
from schemas.feed import Feed

Ends = Mapping[str, tuple[str, ...]]
_NOBODY = pl.DataFrame(schema={"record": pl.String, SINCE: pl.Date})


def ended(arrival: Arrival, outcome: Outcome, folder: Path) -> pl.DataFrame | None:
    """The first day of an unbroken run of files that say so, of each record that does: record, since.

    `folder` holds the rows before they are settled. None where the feed brings no full files or tells of no end.
    """
    ends = _ends(arrival.feed)
    if not ends:
        return None
    files = files_with(Result(outcome, folder), arrival.home)
    told = pl.concat([_NOBODY, *in_order(files, partial(_ended_in, arrival.feed, ends))])
    before = told.join(_before(arrival), on="record", how="left", maintain_order="left")
    return before.select("record", pl.coalesce("earlier", SINCE).alias(SINCE)).sort("record")


def _ends(feed: type[Feed]) -> Ends:
    """The codes that tell an end, by the feed's columns that are of such a fused one."""
    entity = all_entities().get(feed.entity or "")
    if entity is None or feed.delivers != "snapshot":
        return {}
    return {name: codes for name, codes in entity.ends().items() if name in feed.columns}


def _ended_in(feed: type[Feed], ends: Ends, file: StandardFile) -> pl.DataFrame:
    """A file's records that have ended, with the day since which the whole row stands."""
    has_ended = pl.any_horizontal(pl.col(name).is_in(codes) for name, codes in ends.items())
    numbers = pl.scan_parquet(file.path).filter(has_ended).select("row").collect()["row"]
    return read_holding(file, [*feed.grain, SINCE], numbers).select(record(feed), SINCE)


def _before(arrival: Arrival) -> pl.DataFrame:
    """What the accepted file before says of it: record, earlier."""
    if arrival.before is None or not has_beside(arrival.before, ENDED):
        return _NOBODY.rename({SINCE: "earlier"})
    return read_beside(arrival.before, ENDED).rename({SINCE: "earlier"})
