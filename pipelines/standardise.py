"""One delivery from landed rows to standard and quarantine, kept on disk and not done twice. Needs land before it."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.engine.local import by_row
from pipelines.judge import judge
from pipelines.land import Delivery, keep_refused, landed_rows, malformed_rows
from pipelines.plausible import refuse_foreign_columns
from pipelines.refusal import Finding, Refusal
from pipelines.revision import code_revision
from pipelines.translate import coded_columns, source_codes, translate
from schemas.feed import Feed
from schemas.manifest import Coverage


@dataclass(frozen=True)
class Outcome:
    """What became of one delivery's rows; `refusal` is set when it was stopped as a whole."""

    delivery: Delivery
    stamp: str
    standard: int
    quarantined: int
    duplicates: int
    repaired: int
    rules: dict[str, int]
    coverage: tuple[Coverage, ...]
    refusal: Finding | None = None

    @property
    def conserves(self) -> bool:
        """Law 1 within the delivery: every landed row is standard, quarantined or superseded."""
        return self.refusal is not None or self.delivery.rows == self.standard + self.quarantined + self.duplicates


def standardise(feed: type[Feed], delivery: Delivery, mappings: Mappings, home: Path) -> Outcome:
    """Translate and judge a landed delivery below `home/standard/<feed>/<delivery>/`.

    Writes standard.parquet, quarantine.parquet, superseded.parquet and outcome.json; does nothing when
    they were made from the same mappings and code.
    """
    folder = home / "standard" / feed.key / delivery.name
    stamp = _stamp(mappings)
    done = read_outcome(folder)
    if done is not None and done.stamp == stamp:
        return done
    try:
        return _write(feed, delivery, mappings, home, folder, stamp)
    except Refusal as refusal:
        return _stop(feed, delivery, home, folder, stamp, refusal.finding)


def _write(
    feed: type[Feed], delivery: Delivery, mappings: Mappings, home: Path, folder: Path, stamp: str
) -> Outcome:
    rows = landed_rows(delivery, home)
    on = date.fromisoformat(delivery.as_of)
    translated = by_row(rows, lambda batch: translate(feed, batch, mappings, on))
    judged = judge(feed, translated)
    refuse_foreign_columns(feed, delivery.file, rows, judged.quarantine)
    standard, superseded = once_each(feed, judged.standard)
    quarantine = pl.concat([_with_raw(judged.quarantine, rows), malformed_rows(delivery, home)]).sort("row")
    outcome = Outcome(delivery, stamp, standard.height, quarantine.height, superseded.height, _repaired(standard),
                      _rules(quarantine), coverage(feed, rows, translated))  # fmt: skip
    partial = _partial(folder)
    standard.write_parquet(partial / "standard.parquet", compression="zstd")
    quarantine.write_parquet(partial / "quarantine.parquet", compression="zstd")
    superseded.write_parquet(partial / "superseded.parquet", compression="zstd")
    _settle(partial, folder, outcome)
    return outcome


def _stop(feed: type[Feed], delivery: Delivery, home: Path, folder: Path, stamp: str, finding: Finding) -> Outcome:
    """A delivery that is refused once its rows are understood: its bytes stay landed, its finding is kept."""
    kept = home / "landed" / feed.key / delivery.name / f"bytes{feed.arrives.suffix}"
    keep_refused(feed, kept, home, delivery.sha256, finding)
    outcome = Outcome(delivery, stamp, 0, 0, 0, 0, {}, (), finding)
    _settle(_partial(folder), folder, outcome)
    return outcome


def once_each(feed: type[Feed], standard: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The last row of each grain, and the earlier ones with why: `row` and `rule` (duplicate or newer_in_delivery)."""
    grain = list(feed.grain)
    last = pl.col("row") == pl.col("row").max().over(grain)
    same = pl.col("hash") == pl.col("hash").last().over(grain)
    ordered = standard.sort("row").with_columns(last.alias("is_last"), same.alias("is_same"))
    rule = pl.when("is_same").then(pl.lit("duplicate")).otherwise(pl.lit("newer_in_delivery")).alias("rule")
    superseded = ordered.filter(~pl.col("is_last")).select("row", rule)
    return ordered.filter("is_last").drop("is_last", "is_same"), superseded


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


def coverage(feed: type[Feed], rows: pl.DataFrame, translated: pl.DataFrame) -> tuple[Coverage, ...]:
    """For each coded column: values and distinct codes met, and how many of them the dictionary has."""
    told: list[Coverage] = []
    for column in coded_columns(feed):
        met = pl.DataFrame({"code": source_codes(feed, rows, column), "standard": translated[column.name]})
        met = met.drop_nulls("code")
        mapped = met.drop_nulls("standard")
        told.append(
            Coverage(feed=feed.key, column=column.name, values=met.height, mapped=mapped.height,
                     codes=met["code"].n_unique(), mapped_codes=mapped["code"].n_unique())
        )  # fmt: skip
    return tuple(told)


def _stamp(mappings: Mappings) -> str:
    return "-".join((code_revision(), mappings.fingerprints["dictionary"][:12], mappings.fingerprints["place"][:12],
                     mappings.fingerprints["correction"][:12]))  # fmt: skip


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
