"""Writing one day's deliveries from the truth, and the truth of their rows. Nothing is made true here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from demo.draws import Dice
from demo.feeds.form import Form
from demo.spoil import spoil
from demo.truth import ROWS_SCHEMA, Table, chunks
from demo.vocabulary import World
from demo.writers import Writer


@dataclass(frozen=True)
class Delivery:
    """One file to write: its feed, the day it speaks of, and the enterprises or towns that it tells of, if any."""

    form: Form
    day: date
    chosen: pl.Expr


@dataclass(frozen=True)
class _Open:
    delivery: Delivery
    path: Path
    writer: Writer
    kept: Table


def keep_places(out: Path, world: World) -> None:
    """Write today's towns, and the province as a row, into `truth/`, with the `number` by which the dice know them."""
    towns = Table(out / "truth" / "towns.parquet")
    towns.append(world.map.towns.with_columns(number=pl.col("spot").cast(pl.UInt64)))
    towns.close()
    province = Table(out / "truth" / "province.parquet")
    province.append(pl.DataFrame({"number": [0]}, schema={"number": pl.UInt64}))
    province.close()


def deliver(out: Path, deliveries: list[Delivery], dice: Dice) -> dict[Path, int]:
    """Write the deliveries into `out/inbox`, their rows into `out/truth/rows.parquet`; gives rows by file.

    All read the same chunks of `out/truth/enterprises.parquet`, `towns.parquet` and `province.parquet`, so that memory
    does not grow with them.
    """
    files = [_opened(out, delivery) for delivery in deliveries]
    rows = Table(out / "truth" / "rows.parquet")
    rows.append_old()
    for table in ("enterprises", "towns", "province"):
        mine = [file for file in files if file.delivery.form.of == table]
        for chunk in chunks(out / "truth" / f"{table}.parquet"):
            for file in mine:
                told = _written(file, chunk.filter(file.delivery.chosen), dice)
                if told.height:
                    rows.append(told)
    for file in files:
        file.writer.close()
        file.kept.close()
    rows.close()
    return {file.path: file.writer.rows for file in files}


def _opened(out: Path, delivery: Delivery) -> _Open:
    path = out / "inbox" / delivery.form.feed / delivery.form.file_name(delivery.day)
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = Table(out / "truth" / f"{delivery.form.feed}.parquet")
    kept.append_old()
    return _Open(delivery, path, delivery.form.writer(path), kept)


def _written(file: _Open, enterprises: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Write one chunk's rows of one delivery; gives them as the truth of the rows tells them.

    A row that is no enterprise's has no credit code there.
    """
    form, first = file.delivery.form, file.writer.rows + 1
    frame = spoil(form.rows(enterprises, dice, file.delivery.day), form.feed, form.parts, dice)
    file.writer.append(frame)
    place = (
        pl.lit(file.path.name).alias("file"),
        pl.int_range(first, first + frame.height, dtype=pl.Int64, eager=True).alias("row"),
    )
    if form.keeps and frame.height:
        file.kept.append(frame.select(*place, *form.keeps))
    whose = pl.col("credit_code") if form.of == "enterprises" else pl.lit(None, pl.String).alias("credit_code")
    return frame.select(pl.lit(form.feed).alias("feed"), *place, whose, "defects").cast(pl.Schema(ROWS_SCHEMA))
