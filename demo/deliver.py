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
from demo.writers import Writer


@dataclass(frozen=True)
class Delivery:
    """One file to write: its feed, the day it speaks of, and the enterprises that it tells of."""

    form: Form
    day: date
    chosen: pl.Expr


@dataclass(frozen=True)
class _Open:
    delivery: Delivery
    path: Path
    writer: Writer


def deliver(out: Path, deliveries: list[Delivery], dice: Dice) -> dict[Path, int]:
    """Write the deliveries into `out/inbox`, their rows into `out/truth/rows.parquet`; gives rows by file.

    All read the same chunks of `out/truth/enterprises.parquet`, so memory does not grow with them.
    """
    files = [_opened(out / "inbox", delivery) for delivery in deliveries]
    rows = Table(out / "truth" / "rows.parquet")
    rows.append_old()
    for chunk in chunks(out / "truth" / "enterprises.parquet"):
        for file in files:
            told = _written(file, chunk.filter(file.delivery.chosen), dice)
            if told.height:
                rows.append(told)
    for file in files:
        file.writer.close()
    rows.close()
    return {file.path: file.writer.rows for file in files}


def _opened(inbox: Path, delivery: Delivery) -> _Open:
    path = inbox / delivery.form.feed / delivery.form.file_name(delivery.day)
    path.parent.mkdir(parents=True, exist_ok=True)
    return _Open(delivery, path, delivery.form.writer(path))


def _written(file: _Open, enterprises: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Write one chunk's rows of one delivery; gives them as the truth of the rows tells them."""
    form, first = file.delivery.form, file.writer.rows + 1
    frame = spoil(form.rows(enterprises, dice, file.delivery.day), form.feed, form.parts, dice)
    file.writer.append(frame)
    return frame.select(
        pl.lit(form.feed).alias("feed"),
        pl.lit(file.path.name).alias("file"),
        pl.int_range(first, first + frame.height, dtype=pl.Int64, eager=True).alias("row"),
        "credit_code",
        "defects",
    ).cast(pl.Schema(ROWS_SCHEMA))
