"""One batch of a delivery, by row: corrected, translated, judged and written, as far as it does not hold still."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.correct import correct, corrected
from pipelines.dictionary import Mappings
from pipelines.disk.grounds import Grounds
from pipelines.disk.landed import Batch, read_batch
from pipelines.disk.outcome import Outcome
from pipelines.disk.tables import put_batch, take_over
from pipelines.door.foreign import failures
from pipelines.door.profile import Tally, Values, tally, values
from pipelines.judge import judge
from pipelines.land import Delivery, landed_batches
from pipelines.replay import touched
from pipelines.translate import coded_texts, count_codes, texts_of, translate, understood
from schemas.feed import Feed

# Beside the batches: every code that was written, as batch, column, code, rows.
CODES = "codes.parquet"


@dataclass(frozen=True)
class Arrival:
    """A delivery on its way: where its result goes, what that rests on, and the accepted delivery before it."""

    feed: type[Feed]
    delivery: Delivery
    mappings: Mappings
    home: Path
    folder: Path
    grounds: Grounds
    before: Path | None

    @property
    def day(self) -> date:
        """The day that the delivery speaks of."""
        return date.fromisoformat(self.delivery.as_of)

    @property
    def landed(self) -> list[Batch]:
        """Its landed rows in batches."""
        return landed_batches(self.delivery, self.home)


@dataclass(frozen=True)
class Replay:
    """An earlier result of the same delivery that mostly still holds: what it rests on, and how it came out."""

    grounds: Grounds
    outcome: Outcome


@dataclass(frozen=True)
class Done:
    """What became of one batch.

    `rows`: row, hash, grain (UInt64) and whether it was repaired, of each standard row. `failures` as
    `pipelines.door.foreign` counts them; `corrected` the landed rows that a correction is about. `values` is None where
    the rows are those of an earlier result.
    """

    translated: int
    rows: pl.DataFrame
    quarantined: int
    rules: dict[str, int]
    failures: pl.DataFrame
    corrected: pl.DataFrame
    values: Values | None


def do_batch(arrival: Arrival, number: int, landed: Batch, folder: Path) -> tuple[Done, Tally]:
    """Do a landed batch, write what becomes of it into `folder`, and tally it."""
    feed, rows = arrival.feed, read_batch(landed)
    texts = texts_of(feed, rows)
    return _do(arrival, number, rows, texts, folder), tally(feed, rows, count_codes(feed, texts, number))


def do_rows(arrival: Arrival, number: int, rows: pl.DataFrame, folder: Path) -> Done:
    """Do landed rows and write what becomes of them as a batch into `folder`."""
    return _do(arrival, number, rows, texts_of(arrival.feed, rows), folder)


def tally_batch(feed: type[Feed], number: int, landed: Batch) -> Tally:
    """Tally a landed batch alone."""
    rows = read_batch(landed)
    return tally(feed, rows, count_codes(feed, coded_texts(feed, rows), number))


def _do(arrival: Arrival, number: int, rows: pl.DataFrame, texts: pl.DataFrame, folder: Path) -> Done:
    translated = understood(arrival.feed, rows, texts, arrival.mappings, arrival.day)
    told = values(arrival.feed, rows, translated)
    judged = judge(arrival.feed, _mended(arrival, rows, translated))
    quarantine = _with_raw(judged.quarantine, rows)
    _put(judged.standard, quarantine, folder, number)
    return _done(arrival, rows.height, judged.standard, quarantine, rows, told)


def do_again(arrival: Arrival, replay: Replay, number: int, landed: Batch, folder: Path) -> Done:
    """Of an earlier result do what is touched again; a batch of which nothing is touched is taken over as it is."""
    feed, kept = arrival.feed, arrival.folder
    codes = pl.read_parquet(kept / CODES).filter(pl.col("batch") == number)
    rows = read_batch(landed)
    again = rows.filter(touched(feed, rows, codes, replay.grounds, arrival.grounds, arrival.home))
    files = [kept / name / f"{number:05d}.parquet" for name in ("standard.parquet", "quarantine.parquet")]
    standard, quarantine = (pl.read_parquet(file) for file in files)
    if again.is_empty():
        for file in files:
            take_over(file, folder / file.parent.name, number)
    else:
        judged = judge(feed, _translated(arrival, again))
        stays = ~pl.col("row").is_in(again["row"].implode())
        standard = pl.concat([standard.filter(stays), judged.standard]).sort("row")
        quarantine = pl.concat([quarantine.filter(stays), _with_raw(judged.quarantine, again)]).sort("row")
        _put(standard, quarantine, folder, number)
    return _done(arrival, again.height, standard, quarantine, rows, None)


def keep_quarantined(feed: type[Feed], number: int, quarantine: pl.DataFrame, last: Done, folder: Path) -> Done:
    """Write rows that stay in quarantine into `folder`, as the batch behind the `last` one."""
    put_batch(quarantine, folder / "quarantine.parquet", number)
    return replace(
        last, translated=0, rows=last.rows.clear(), quarantined=quarantine.height, rules=rules(quarantine),
        failures=failures(feed, quarantine), corrected=last.corrected.clear(), values=None,
    )  # fmt: skip


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


def _with_raw(quarantine: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Quarantined rows as `row`, `raw` (every source column as it landed, as JSON), `reasons`, and what `raw` is."""
    texts = [name for name in rows.columns if name not in ("row", "hash")]
    bad = rows.join(quarantine, on="row", how="semi", maintain_order="left")
    raw = bad.select("row", pl.struct(texts).struct.json_encode().alias("raw"))
    told = quarantine.select("row", "reasons").join(raw, on="row", how="left", maintain_order="left")
    return told.select("row", "raw", "reasons", pl.lit("row").alias("raw_form"))


def _put(standard: pl.DataFrame, quarantine: pl.DataFrame, folder: Path, number: int) -> None:
    put_batch(standard, folder / "standard.parquet", number)
    put_batch(quarantine, folder / "quarantine.parquet", number)


def _done(
    arrival: Arrival, translated: int, standard: pl.DataFrame, quarantine: pl.DataFrame, rows: pl.DataFrame,
    told: Values | None,
) -> Done:  # fmt: skip
    feed = arrival.feed
    repaired = (pl.col("repairs").list.len() > 0).alias("repaired")
    grain = pl.struct(list(feed.grain)).hash(seed=0).alias("grain")
    return Done(
        translated, standard.select("row", "hash", grain, repaired), quarantine.height, rules(quarantine),
        failures(feed, quarantine), corrected(feed, rows, arrival.grounds.edits_table()), told,
    )  # fmt: skip


def rules(quarantine: pl.DataFrame) -> dict[str, int]:
    """How many quarantined rows each `column/rule` has."""
    reasons = quarantine.select("reasons").explode("reasons").unnest("reasons")
    counted = reasons.select(pl.concat_str("column", "rule", separator="/").alias("rule")).group_by("rule").len()
    return dict(counted.iter_rows())
