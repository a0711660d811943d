"""Standard rows written as if deliveries had been judged. For tests of what reads them."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import polars as pl

from pipelines.disk.deliveries import Delivery
from pipelines.disk.outcome import Outcome, begin, settle
from pipelines.disk.standard import SUPERSEDED, keep_beside
from pipelines.disk.tables import put_batch
from schemas.feed import Feed, all_feeds
from schemas.standard import standard_schema


def stand(home: Path, key: str, tables: list[pl.DataFrame]) -> tuple[list[Outcome], type[Feed]]:
    """Each table as a delivery of its own day below an otherwise empty home of the feed; columns not given are null.

    Rows with `superseded` do not hold, for that reason.
    """
    feed = all_feeds()[key]
    for room in ("landed", "standard"):
        shutil.rmtree(home / room / key, ignore_errors=True)
    return [_deliver(home, feed, day, table) for day, table in enumerate(tables, start=1)], feed


def _deliver(home: Path, feed: type[Feed], day: int, table: pl.DataFrame) -> Outcome:
    delivery = _delivery(feed, day, table.height)
    folder = home / "landed" / feed.key / delivery.name
    folder.mkdir(parents=True)
    (folder / "delivery.json").write_text(json.dumps(asdict(delivery)))
    settled = home / "standard" / feed.key / delivery.name
    partial = begin(settled)
    put_batch(_standard(feed, table, day), partial / "standard.parquet", 0)
    replaced = _replaced(table)
    keep_beside(replaced, partial, SUPERSEDED)
    stamp = hashlib.sha256(table.write_csv().encode()).hexdigest()
    reasons = dict(replaced[SUPERSEDED].value_counts().iter_rows())
    holding = table.height - replaced.height
    outcome = Outcome(delivery, stamp, holding, 0, reasons, 0, {}, (), table.height, written=stamp)
    settle(partial, settled, outcome)
    return outcome


def _replaced(table: pl.DataFrame) -> pl.DataFrame:
    told = table if SUPERSEDED in table.columns else table.with_columns(pl.lit(None, pl.String).alias(SUPERSEDED))
    numbered = told.select(pl.int_range(1, pl.len() + 1).alias("row"), SUPERSEDED)
    return numbered.drop_nulls(SUPERSEDED)


def _standard(feed: type[Feed], table: pl.DataFrame, day: int) -> pl.DataFrame:
    numbered = table.with_columns(
        pl.int_range(1, pl.len() + 1).alias("row"), pl.struct(pl.all()).hash(seed=day).alias("hash")
    )
    columns = [
        (pl.col(name) if name in numbered.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in standard_schema(feed).items()
    ]
    return numbered.select(columns)


def _delivery(feed: type[Feed], day: int, rows: int) -> Delivery:
    return Delivery(feed.key, f"202606{day:02}.csv", f"{day:064}", f"2026-06-{day:02}", 0, rows, 0, ())
