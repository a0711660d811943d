"""One batch of a delivery, by row: corrected, translated, judged and written; or kept as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from pathlib import Path

import polars as pl

from pipelines.correct import correct, corrected, key_sources
from pipelines.dictionary import Mappings
from pipelines.disk.deliveries import Delivery, landed_batches, landed_folder
from pipelines.disk.landed import REPEATS, Batch, read_batch
from pipelines.disk.tables import put_batch
from pipelines.door.foreign import failures
from pipelines.door.profile import Tally, Values, tally, values
from pipelines.engine.chosen import in_order
from pipelines.grounds import DeliveryGrounds
from pipelines.judge import judge
from pipelines.refusal import REASONS
from pipelines.standard.quarantined import with_raw
from pipelines.translate import coded_texts, count_codes, texts_of, translate, understood
from schemas.feed import Feed

# Beside the batches: every code that was written, as column, code, rows.
CODES = "codes.parquet"
_ROWS = {"row": pl.Int64, "hash": pl.UInt64, "grain": pl.UInt64, "repaired": pl.Boolean}


@dataclass(frozen=True)
class Arrival:
    """A delivery on its way: where its result goes, what that rests on, and the accepted delivery before it."""

    feed: type[Feed]
    delivery: Delivery
    mappings: Mappings
    home: Path
    folder: Path
    grounds: DeliveryGrounds
    before: Path | None

    @property
    def day(self) -> date:
        """The day that the delivery speaks of."""
        return date.fromisoformat(self.delivery.as_of)

    @cached_property
    def landed(self) -> list[Batch]:
        """Its landed rows in batches."""
        return landed_batches(self.delivery, self.home)

    @property
    def repeats(self) -> Path:
        """Where it is kept which of its rows came with an earlier delivery, if any did."""
        return self.landed_as(self.delivery.name) / REPEATS

    def landed_as(self, name: str) -> Path:
        """Where a delivery of the feed lies as it landed."""
        return landed_folder(self.delivery, self.home).with_name(name)


@dataclass(frozen=True)
class Done:
    """What became of one batch.

    `rows`: row, hash, grain (UInt64) and whether it was repaired, of each standard row. `failures` as
    `pipelines.door.foreign` counts them. `values` is None where the rows are those of an earlier result.
    """

    translated: int
    rows: pl.DataFrame
    quarantined: int
    rules: dict[str, int]
    failures: pl.DataFrame
    values: Values | None


def do_batch(arrival: Arrival, number: int, landed: Batch, folder: Path) -> tuple[Done, Tally]:
    """Do a landed batch, write what becomes of it into `folder`, and tally it."""
    feed, rows = arrival.feed, read_batch(landed)
    texts = texts_of(feed, rows)
    return _do(arrival, number, rows, texts, folder), tally(feed, rows, count_codes(feed, texts))


def do_rows(arrival: Arrival, number: int, rows: pl.DataFrame, folder: Path) -> Done:
    """Do landed rows and write what becomes of them as a batch into `folder`."""
    return _do(arrival, number, rows, texts_of(arrival.feed, rows), folder)


def tally_batch(feed: type[Feed], landed: Batch) -> Tally:
    """Tally a landed batch alone."""
    rows = read_batch(landed)
    return tally(feed, rows, count_codes(feed, coded_texts(feed, rows)))


def _do(arrival: Arrival, number: int, rows: pl.DataFrame, texts: pl.DataFrame, folder: Path) -> Done:
    translated = understood(arrival.feed, rows, texts, arrival.mappings, arrival.day)
    told = values(arrival.feed, rows, translated)
    judged = judge(arrival.feed, _mended(arrival, rows, translated))
    quarantine = with_raw(judged.quarantine, rows)
    put_batch(judged.standard, folder / "standard.parquet", number)
    put_batch(quarantine, folder / "quarantine.parquet", number)
    known, counts = _known(arrival.feed, judged.standard), rules(quarantine)
    return Done(rows.height, known, quarantine.height, counts, failures(arrival.feed, quarantine), told)


def keep_quarantined(feed: type[Feed], number: int, quarantine: pl.DataFrame, folder: Path) -> Done:
    """Write rows that stay in quarantine as a batch into `folder`."""
    put_batch(quarantine, folder / "quarantine.parquet", number)
    return kept_quarantined(feed, quarantine)


def kept_quarantined(feed: type[Feed], quarantine: pl.DataFrame) -> Done:
    """What is told of rows that stay in quarantine."""
    return Done(0, pl.DataFrame(schema=_ROWS), quarantine.height, rules(quarantine), failures(feed, quarantine), None)


def keep_standard(feed: type[Feed], number: int, standard: pl.DataFrame, folder: Path) -> Done:
    """Write rows that stay standard as a batch into `folder`."""
    put_batch(standard, folder / "standard.parquet", number)
    nothing = pl.DataFrame(schema={"row": pl.Int64, "reasons": REASONS})
    return Done(0, _known(feed, standard), 0, {}, failures(feed, nothing), None)


def corrected_numbers(arrival: Arrival) -> pl.Series:
    """The numbers of the landed rows that a correction is about."""
    none = pl.Series("row", dtype=pl.Int64)
    landed = arrival.landed if arrival.grounds.edits else []
    return pl.concat([none, *in_order(landed, partial(_corrected_in, arrival))])


def _corrected_in(arrival: Arrival, batch: Batch) -> pl.Series:
    rows = read_batch(batch, ["row", *key_sources(arrival.feed)])
    return corrected(arrival.feed, rows, arrival.grounds.edits_table())["row"]


def _translated(arrival: Arrival, rows: pl.DataFrame) -> pl.DataFrame:
    mended = correct(arrival.feed, rows, arrival.grounds.edits_table())
    return translate(arrival.feed, mended, arrival.mappings, arrival.day)


def _mended(arrival: Arrival, rows: pl.DataFrame, translated: pl.DataFrame) -> pl.DataFrame:
    """Translated rows, those that a correction is about translated again with it."""
    concerned = corrected(arrival.feed, rows, arrival.grounds.edits_table())
    if concerned.is_empty():
        return translated
    others = translated.join(concerned, on="row", how="anti", maintain_order="left")
    return pl.concat([others, _translated(arrival, concerned)]).sort("row")


def _known(feed: type[Feed], standard: pl.DataFrame) -> pl.DataFrame:
    """What stays in memory of standard rows."""
    grain = pl.struct(list(feed.grain)).hash(seed=0).alias("grain")
    return standard.select("row", "hash", grain, (pl.col("repairs").list.len() > 0).alias("repaired"))


def rules(quarantine: pl.DataFrame) -> dict[str, int]:
    """How many quarantined rows each `column/rule` has."""
    reasons = quarantine.select("reasons").explode("reasons").unnest("reasons")
    counted = reasons.select(pl.concat_str("column", "rule", separator="/").alias("rule")).group_by("rule").len()
    return dict(counted.iter_rows())
