"""Electricity customers: two in three bear a credit code, the others a name alone; CSV in GB18030."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo.draws import Dice
from demo.feeds.form import Form, numbered
from demo.writers import delimited, gb18030
from demo.years import yearly

_COLUMNS = ("YHBH", "YHMC", "TYSHXYDM", "YDLB", "ND", "YF", "YDL", "JLDW", "GDDW")
_LARGE = 1_000_000
_MONTHS = 6


def _rows(truth: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    metered = truth.filter(
        pl.when(pl.col("setting") == "factory").then(dice.chance("power", 0.6)).otherwise(dice.chance("power", 0.12))
    )
    rows = _periods(yearly(metered, dice, day), dice, day).with_columns(large=_is_large())
    wan = pl.concat_str((pl.col("energy").cast(pl.Decimal(24, 6)) / 10_000).cast(pl.Decimal(24, 6)))
    return numbered(rows).with_columns(
        YHBH=pl.concat_str(pl.lit("33"), pl.col("customer_number").cast(pl.String).str.zfill(8)),
        YHMC="name",
        TYSHXYDM=pl.when("coded").then("credit_code").otherwise(pl.lit("")),
        YDLB=pl.when("large").then(pl.lit("100")).when(_farms()).then(pl.lit("300")).otherwise(pl.lit("400")),
        ND=pl.col("year").cast(pl.String),
        YF=pl.col("month").cast(pl.String),
        YDL=pl.when("large").then(wan).otherwise(pl.col("energy").cast(pl.String)),
        JLDW=pl.when("large").then(pl.lit("万千瓦时")).otherwise(pl.lit("kWh")),
        GDDW=pl.format("国网{}{}供电公司", "city", "county_name"),
    )


def _periods(years: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    """Each year as a whole, and the last six months at a twelfth of the last year's use, more or less."""
    coded = dice.chance("power/coded", 0.67).alias("coded")
    whole = years.with_columns(coded, customer_number=pl.col("number"), month=pl.lit(0), energy=pl.col("year_energy"))
    last = whole.filter(pl.col("year") == day.year - 1, pl.col("ended").is_null())
    ago = [divmod(day.year * 12 + day.month - 1 - back, 12) for back in range(_MONTHS)]
    months = [_month(last, dice, year, month + 1) for year, month in reversed(ago)]
    return pl.concat([whole, *months]).sort("customer_number", "year", "month", maintain_order=True)


def _month(last: pl.DataFrame, dice: Dice, year: int, month: int) -> pl.DataFrame:
    share = (dice.below(f"power/{year}/{month}", 61) + 70) * 1.0 / (12 * 100)
    used = (pl.col("year_energy").cast(pl.Float64) * share).round(2).cast(pl.Decimal(18, 2))
    return last.with_columns(energy=used, year=pl.lit(year), month=pl.lit(month))


def _is_large() -> pl.Expr:
    return pl.col("energy").max().over("customer_number") >= _LARGE


def _farms() -> pl.Expr:
    return pl.col("setting") == "farm"


FORM = Form(
    feed="power_customer",
    rows=_rows,
    parts={"code": "TYSHXYDM", "told_name": "YHMC", "measure": "JLDW"},
    file_name=lambda day: f"{day:%Y%m}.csv",
    writer=delimited(_COLUMNS, encode=gb18030),
    keeps=("credit_code", "customer_number", "year", "month", "energy"),
)
