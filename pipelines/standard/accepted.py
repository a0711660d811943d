"""A delivery that is let in: what is known once all its rows are seen, kept beside them. Translates no row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from pipelines.correct import fates
from pipelines.disk.deliveries import malformed_rows
from pipelines.disk.landed import read_batch
from pipelines.disk.outcome import Outcome, written_under
from pipelines.disk.standard import LEFT, SINCE, SUPERSEDED, keep_beside
from pipelines.disk.tables import put_batch, read_batches
from pipelines.engine.chosen import in_order
from pipelines.grounds import read_grounds
from pipelines.standard.batch import CODES, Arrival, corrected_numbers, rules
from pipelines.standard.covered import coverage
from pipelines.standard.entered import Entered
from pipelines.standard.once_each import once_each
from pipelines.standard.quarantined import LINE
from pipelines.standard.since import since
from pipelines.standard.stood import Stood, by_reason
from schemas.feed import Feed

_NOTHING_STOOD = Stood(0, 0, {}, (), pl.DataFrame())


def accept(arrival: Arrival, entered: Entered, earlier: Outcome | None, partial: Path) -> Outcome:
    """What becomes of a delivery, of which `partial` has the rows; `earlier` is a result of it by the same code."""
    feed, delivery, grounds, did = arrival.feed, arrival.delivery, arrival.grounds, entered.did
    stood = entered.stood or _NOTHING_STOOD
    rows = pl.concat([each.rows for each in did])
    replaced = _replaced(feed, rows, partial / "standard.parquet")
    if not stood.written:
        _keep_beside(arrival, rows, replaced, stood, partial)
    malformed = malformed_rows(delivery, arrival.home).with_columns(pl.lit(LINE).alias("raw_form"))
    put_batch(malformed, partial / "quarantine.parquet", len(did))
    entered.codes.write_parquet(partial / CODES)
    holding = rows.join(replaced, on="row", how="anti")
    return Outcome(
        delivery, grounds.stamp, holding.height + stood.rows,
        sum(each.quarantined for each in did) + malformed.height, _summed([by_reason(replaced), stood.replaced]),
        int(holding["repaired"].sum()) + stood.repaired,
        _summed([*(each.rules for each in did), rules(malformed)]), coverage(feed, entered.codes, grounds.meanings),
        sum(each.translated for each in did), corrections=_fates(arrival, earlier), stands_on=stood.stands_on,
        written=stood.written or written_under(grounds.stamp, stood.stands_on),
    )  # fmt: skip


def _keep_beside(arrival: Arrival, rows: pl.DataFrame, replaced: pl.DataFrame, stood: Stood, partial: Path) -> None:
    """Keep what is known of the rows once all are seen."""
    keep_beside(replaced, partial, SUPERSEDED)
    if arrival.before is not None and arrival.feed.delivers == "snapshot":
        keep_beside(since(arrival, rows), partial, SINCE)
    if stood.stands_on:
        stood.left.write_parquet(partial / f"{LEFT}.parquet", compression="zstd")


def _fates(arrival: Arrival, earlier: Outcome | None) -> tuple[tuple[str, ...], ...]:
    """What became of the corrections; that of the same ones over the same rows has not changed."""
    held = arrival.grounds.edits
    if earlier is not None and read_grounds(arrival.folder).edits == held:
        return earlier.corrections
    if not held:
        return ()
    numbers = corrected_numbers(arrival)
    met = pl.concat(in_order(arrival.landed, lambda batch: read_batch(batch, numbers=numbers)))
    return tuple(fates(arrival.feed, met, arrival.grounds.edits_table()).rows())


def _replaced(feed: type[Feed], rows: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """The rows of which another one of the delivery holds: row, superseded. Only doubled grains are looked at."""
    doubled = rows.filter(pl.col("grain").is_duplicated())["row"]
    if doubled.is_empty():
        return pl.DataFrame(schema={"row": pl.Int64, SUPERSEDED: pl.String})
    columns = sorted({"row", "hash", *feed.grain, *filter(None, [feed.newest])})
    some = [each.filter(pl.col("row").is_in(doubled.implode())) for each in read_batches(folder, columns)]
    return once_each(feed, pl.concat(some)).select("row", SUPERSEDED).drop_nulls()


def _summed(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """How many rows each reason has."""
    return dict(sorted(sum(map(Counter, counts), Counter[str]()).items()))
