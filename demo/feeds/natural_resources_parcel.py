"""Parcels: what factories and a few others sit on; CSV in UTF-8, the old cadastre's codes and square metres in it."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo.draws import Dice
from demo.feeds.form import Form, numbered
from demo.writers import delimited

_COLUMNS = ("ZDDM", "QLRMC", "QLRZJH", "TDYT", "ZDMJ", "MJDW", "ZL", "DJRQ")
_NEW_CODES = date(2017, 11, 1)
_OLD_USE = {"factory": "061", "trade": "063", "shop": "051", "food": "052", "tech": "083", "farm": "061"}
_NEW_USE = {"factory": "0601", "trade": "0604", "shop": "0501", "food": "0503", "tech": "0804", "farm": "0601"}


def _rows(truth: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    chance = (
        pl.when(pl.col("setting") == "factory").then(dice.chance("land", 0.35)).otherwise(dice.chance("land", 0.04))
    )
    second = pl.when(dice.chance("land/second", 0.15)).then(pl.lit(2)).otherwise(pl.lit(1))
    held = truth.filter(chance).with_columns(place_number=pl.int_ranges(0, second)).explode("place_number")
    rows = numbered(held.with_columns(owner="number")).with_columns(mu=_mu(dice))
    old = pl.col("registered") < _NEW_CODES
    metres = ((pl.col("mu").cast(pl.Float64) * 2000 / 3).round(2)).cast(pl.Decimal(18, 2)).cast(pl.String)
    return rows.with_columns(
        ZDDM=_code(),
        QLRMC="name",
        QLRZJH=pl.when(dice.chance("land/coded", 0.85)).then("credit_code").otherwise(pl.lit("")),
        TDYT=pl.when(old).then(_use(_OLD_USE, "054")).otherwise(_use(_NEW_USE, "0507")),
        ZDMJ=pl.when(old).then(metres).otherwise(pl.col("mu").cast(pl.String)),
        MJDW=pl.when(old).then(pl.lit("平方米")).otherwise(pl.lit("亩")),
        ZL=pl.when("moved").then("division_name").otherwise(pl.concat_str("division_name", "town_name")),
        DJRQ=pl.col("registered").dt.to_string("%Y-%m-%d"),
    )


def _mu(dice: Dice) -> pl.Expr:
    """Half an mu to forty, more for those with many people."""
    tenths = dice.below("land/area", 395) + 5 + pl.min_horizontal("insured", pl.lit(500))
    return (tenths.cast(pl.Decimal(18, 2)) / 10).cast(pl.Decimal(18, 2))


def _code() -> pl.Expr:
    """The county of that day, cadastral area and subarea, GB for state-owned construction land, a number."""
    owner = pl.col("owner").cast(pl.Int64)
    area = pl.concat_str((owner % 900 + 100).cast(pl.String), pl.lit("00"), pl.col("place_number") + 1)
    serial = (owner // 900 % 100_000).cast(pl.String).str.zfill(5)
    return pl.concat_str("division", area, pl.lit("GB"), serial)


def _use(words: dict[str, str], other: str) -> pl.Expr:
    return pl.col("setting").replace_strict(words, default=other, return_dtype=pl.String)


FORM = Form(
    feed="natural_resources_parcel",
    rows=_rows,
    parts={"code": "QLRZJH", "told_name": "QLRMC", "measure": "MJDW", "day": "DJRQ"},
    file_name=lambda day: f"{day:%Y%m}.csv",
    writer=delimited(_COLUMNS),
    keeps=("credit_code", "ZDDM", "mu"),
)
