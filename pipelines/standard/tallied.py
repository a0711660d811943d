"""The tally of a full file by that of the one before and by what has come and gone since, which alone is counted."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import polars as pl

from pipelines.disk.landed import Batch, batches_in, now_in, now_of, read_batch
from pipelines.door.profile import Tally, read_profile, tally, tally_after
from pipelines.engine.chosen import in_order
from pipelines.standard.batch import CODES, Arrival
from pipelines.translate import coded_texts, count_codes
from schemas.feed import Feed


def tally_again(arrival: Arrival) -> Tally | None:
    """The tally of a full file, by that of the delivery before and of what has come and gone; None where that was not
    the one that it was held against."""
    before = arrival.before
    if before is None or arrival.delivery.held_against != before.name or arrival.feed.panel is not None:
        return None
    old = batches_in(arrival.landed_as(before.name))
    gone = pl.concat(in_order(old, partial(_gone, repeats=arrival.repeats)))
    own = [read_batch(each) for each in arrival.landed if each.repeats is None]
    told = (_tally(arrival.feed, rows) for rows in (gone, pl.concat(own)))
    return tally_after(read_profile(before), pl.read_parquet(before / CODES), *told)


def _gone(batch: Batch, repeats: Path) -> pl.DataFrame:
    """The landed rows of a batch of the delivery before that the new one does not repeat."""
    rows = _numbers(batch)
    numbers = rows.filter(now_of(repeats, batch.brought_by, rows).is_null())
    return read_batch(Batch(batch.file), numbers=numbers)


def _numbers(batch: Batch) -> pl.Series:
    """The numbers of its rows in the delivery that they came with."""
    if batch.repeats is None:
        return pl.read_parquet(batch.file, columns=["row"])["row"]
    return now_in(batch, batch.repeats).drop_nulls("now")["row"]


def _tally(feed: type[Feed], rows: pl.DataFrame) -> Tally:
    return tally(feed, rows, count_codes(feed, coded_texts(feed, rows)))
