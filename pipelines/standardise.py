"""One delivery from landed rows to standard and quarantine, kept on disk and not done twice. Needs land before it."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.correct import correct
from pipelines.dictionary import Mappings
from pipelines.engine.local import by_row
from pipelines.judge import judge
from pipelines.land import Delivery, keep_refused, landed_rows, malformed_rows
from pipelines.plausible import refuse_foreign_columns
from pipelines.refusal import Finding, Refusal
from pipelines.replay import touched
from pipelines.revision import code_revision
from pipelines.translate import Meanings, coded_columns, meanings, source_codes, translate
from schemas.feed import Column, Feed
from schemas.manifest import Coverage


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery's rows, counted; `refusal` is set when it was stopped as a whole.

    `duplicates` are rows that a later row of the same delivery replaced; `translated` the rows that this
    run translated, fewer than all when only a dictionary had changed.
    """

    delivery: Delivery
    stamp: str
    standard: int
    quarantined: int
    duplicates: int
    repaired: int
    rules: dict[str, int]
    coverage: tuple[Coverage, ...]
    translated: int
    refusal: Finding | None = None

    @property
    def conserves(self) -> bool:
        """Law 1 within the delivery: every landed row is standard, quarantined or superseded."""
        return self.refusal is not None or self.delivery.rows == self.standard + self.quarantined + self.duplicates


def standardise(feed: type[Feed], delivery: Delivery, mappings: Mappings, home: Path) -> Outcome:
    """Translate and judge a landed delivery below `home/standard/<feed>/<delivery>/`.

    Writes standard.parquet (with `superseded`, the rule by which a later row of the delivery replaced
    this one), quarantine.parquet, meanings.json and outcome.json. Does nothing when the mappings and the
    code are those of the last time; after an edit to a dictionary only the rows it touches are done again.
    """
    folder = home / "standard" / feed.key / delivery.name
    stamp = _stamp(mappings)
    done = read_outcome(folder)
    if done is not None and done.stamp == stamp:
        return done
    try:
        kept = _untouched(feed, delivery, mappings, home, folder, done)
        return _write(feed, delivery, mappings, home, folder, kept)
    except Refusal as refusal:
        return _stop(feed, delivery, home, folder, stamp, refusal.finding)


@dataclass(frozen=True)
class _Kept:
    """What of an earlier run still holds: judged rows, and which landed rows are to be done again."""

    standard: pl.DataFrame
    quarantine: pl.DataFrame
    again: pl.Series


def _untouched(
    feed: type[Feed], delivery: Delivery, mappings: Mappings, home: Path, folder: Path, done: Outcome | None
) -> _Kept | None:
    """The rows that an edit to a dictionary leaves alone; None when more than dictionaries changed."""
    if (
        done is None
        or done.refusal is not None
        or _all_but_dictionary(done.stamp) != _all_but_dictionary(_stamp(mappings))
    ):
        return None
    rows = landed_rows(delivery, home)
    before: Meanings = json.loads((folder / "meanings.json").read_text())
    again = touched(feed, rows, before, meanings(feed, mappings, date.fromisoformat(delivery.as_of)))
    redone = rows["row"].filter(again).implode()
    standard = pl.read_parquet(folder / "standard.parquet").drop("superseded")
    quarantine = pl.read_parquet(folder / "quarantine.parquet").filter(pl.col("raw_form") == "row").drop("raw_form")
    return _Kept(standard.filter(~pl.col("row").is_in(redone)), quarantine.filter(~pl.col("row").is_in(redone)), again)


def _write(
    feed: type[Feed], delivery: Delivery, mappings: Mappings, home: Path, folder: Path, kept: _Kept | None
) -> Outcome:
    on = date.fromisoformat(delivery.as_of)
    landed = landed_rows(delivery, home)
    rows = correct(feed, landed if kept is None else landed.filter(kept.again), mappings, on)
    translated = by_row(rows, lambda batch: translate(feed, batch, mappings, on))
    judged = judge(feed, translated)
    quarantine = _with_raw(judged.quarantine, rows)
    standard = judged.standard
    if kept is None:
        refuse_foreign_columns(feed, delivery.file, rows, judged.quarantine)
    else:
        standard = pl.concat([kept.standard, standard])
        quarantine = pl.concat([kept.quarantine, quarantine])
    return _settled(feed, delivery, mappings, home, folder, once_each(feed, standard), quarantine, rows.height)


def _settled(
    feed: type[Feed], delivery: Delivery, mappings: Mappings, home: Path, folder: Path,
    standard: pl.DataFrame, quarantine: pl.DataFrame, translated: int,
) -> Outcome:  # fmt: skip
    held = meanings(feed, mappings, date.fromisoformat(delivery.as_of))
    all_quarantined = pl.concat(
        [
            quarantine.with_columns(pl.lit("row").alias("raw_form")),
            malformed_rows(delivery, home).with_columns(pl.lit("line").alias("raw_form")),
        ]
    ).sort("row", "raw_form")
    holding = standard.filter(pl.col("superseded").is_null())
    outcome = Outcome(
        delivery, _stamp(mappings), holding.height, all_quarantined.height, standard.height - holding.height,
        _repaired(holding), _rules(all_quarantined), coverage(feed, landed_rows(delivery, home), held), translated,
    )  # fmt: skip
    partial = _partial(folder)
    standard.write_parquet(partial / "standard.parquet", compression="zstd")
    all_quarantined.write_parquet(partial / "quarantine.parquet", compression="zstd")
    (partial / "meanings.json").write_text(json.dumps(held, ensure_ascii=False, sort_keys=True))
    _settle(partial, folder, outcome)
    return outcome


def _stop(feed: type[Feed], delivery: Delivery, home: Path, folder: Path, stamp: str, finding: Finding) -> Outcome:
    """A delivery that is refused once its rows are understood: its bytes stay landed, its finding is kept."""
    kept = home / "landed" / feed.key / delivery.name / f"bytes{feed.arrives.suffix}"
    keep_refused(feed, kept, home, delivery.sha256, finding)
    outcome = Outcome(delivery, stamp, 0, 0, 0, 0, {}, (), 0, finding)
    _settle(_partial(folder), folder, outcome)
    return outcome


def once_each(feed: type[Feed], standard: pl.DataFrame) -> pl.DataFrame:
    """The rows with `superseded`: null for the last of each grain, else duplicate or newer_in_delivery."""
    grain = list(feed.grain)
    is_last = pl.col("row") == pl.col("row").max().over(grain)
    is_same = pl.col("hash") == pl.col("hash").last().over(grain)
    rule = pl.when(is_last).then(None).when(is_same).then(pl.lit("duplicate")).otherwise(pl.lit("newer_in_delivery"))
    return standard.sort("row").with_columns(rule.cast(pl.String).alias("superseded"))


def _with_raw(quarantine: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Quarantined rows as `row`, `raw` (the source columns as JSON) and `reasons`."""
    texts = [name for name in rows.columns if name not in ("row", "hash")]
    raw = rows.select("row", pl.struct(texts).struct.json_encode().alias("raw"))
    return quarantine.select("row", "reasons").join(raw, on="row", how="left").select("row", "raw", "reasons")


def _repaired(standard: pl.DataFrame) -> int:
    return standard.filter(pl.col("repairs").list.len() > 0).height


def _rules(quarantine: pl.DataFrame) -> dict[str, int]:
    """How many quarantined rows each `column/rule` has."""
    told = quarantine.explode("reasons").select(
        pl.concat_str(
            pl.col("reasons").struct.field("column"), pl.col("reasons").struct.field("rule"), separator="/"
        ).alias("rule")
    )
    return dict(told.group_by("rule").len().sort("rule").iter_rows())


def coverage(feed: type[Feed], rows: pl.DataFrame, held: Meanings) -> tuple[Coverage, ...]:
    """For each coded column: values and distinct codes met, and how many of them the dictionary has."""
    return tuple(_covered(feed, column, source_codes(feed, rows, column), held) for column in coded_columns(feed))


def _covered(feed: type[Feed], column: Column, codes: pl.Series, held: Meanings) -> Coverage:
    met = codes.drop_nulls()
    mapped = met.filter(met.is_in(list(held[column.name])))
    return Coverage(feed=feed.key, column=column.name, values=met.len(), mapped=mapped.len(),
                    codes=met.n_unique(), mapped_codes=mapped.n_unique())  # fmt: skip


def _stamp(mappings: Mappings) -> str:
    """What a result rests on besides the delivery: code, places, corrections, then dictionaries."""
    families = (mappings.fingerprints[family][:12] for family in ("place", "correction", "dictionary"))
    return "-".join((code_revision(), *families))


def _all_but_dictionary(stamp: str) -> str:
    return stamp.rpartition("-")[0]


def _partial(folder: Path) -> Path:
    partial = folder.with_name(folder.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    return partial


def _settle(partial: Path, folder: Path, outcome: Outcome) -> None:
    told = asdict(outcome) | {"coverage": [each.model_dump() for each in outcome.coverage]}
    (partial / "outcome.json").write_text(json.dumps(told, ensure_ascii=False, indent=2))
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(partial, folder)


def read_outcome(folder: Path) -> Outcome | None:
    """The outcome that a folder holds, if it has been settled."""
    if not (folder / "outcome.json").exists():
        return None
    told = json.loads((folder / "outcome.json").read_text())
    delivery = Delivery(**told["delivery"] | {"notices": tuple(told["delivery"]["notices"])})
    finding = Finding(**told["refusal"]) if told["refusal"] else None
    met = tuple(Coverage(**each) for each in told["coverage"])
    return Outcome(**told | {"delivery": delivery, "refusal": finding, "coverage": met})
