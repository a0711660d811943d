"""Cases that 临平区 decided in twelve months, one vehicle in five; CSV in UTF-8 with Chinese headers."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo.draws import Dice
from demo.feeds.form import Form, numbered
from demo.haulage import DESTINATIONS, ORIGINS, vehicles
from demo.writers import delimited

_COLUMNS = ("案号", "车牌号", "当事人", "统一社会信用代码", "案由", "罚款（元）", "处罚日期", "案发地",
            "装载地", "卸载地")  # fmt: skip
_OFFENCES = {"抛洒滴漏": 40, "无证运输": 25, "不按路线行驶": 20, "随意倾倒": 10, "擅自处置": 5}


def _rows(truth: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    rows = numbered(vehicles(truth, dice))
    caught = pl.concat([_caught(rows, dice, year) for year in (day.year - 1, day.year)])
    lately = pl.col("decided").is_between(pl.lit(day).dt.offset_by("-1y"), pl.lit(day))
    return (
        caught.filter(lately)
        .sort("number", maintain_order=True)
        .with_columns(
            pl.format("临综执罚〔{}〕{}号", pl.col("decided").dt.year(), "vehicle").alias("案号"),
            pl.col("plate").alias("车牌号"),
            pl.col("name").alias("当事人"),
            pl.when(dice.chance("haulage/coded", 0.8))
            .then("credit_code")
            .otherwise(pl.lit(""))
            .alias("统一社会信用代码"),
            dice.weigh("haulage/offence", _OFFENCES).alias("案由"),
            ((dice.below("haulage/fine", 40) + 1) * 500).cast(pl.String).alias("罚款（元）"),
            pl.col("decided").dt.to_string("%Y年%-m月%-d日").alias("处罚日期"),
            pl.lit("临平区").alias("案发地"),
            dice.weigh("haulage/origin", ORIGINS).alias("装载地"),
            dice.weigh("haulage/destination", DESTINATIONS).alias("卸载地"),
        )
    )


def _caught(rows: pl.DataFrame, dice: Dice, year: int) -> pl.DataFrame:
    """Those whose case of a year is decided on some day of it, the same day in every month's list."""
    decided = pl.lit(date(year, 1, 1)) + pl.duration(days=dice.below(f"haulage/{year}/decided", 365))
    return rows.filter(dice.chance(f"haulage/{year}/penalty", 0.2)).with_columns(decided=decided)


FORM = Form(
    feed="haulage_penalty",
    rows=_rows,
    parts={"code": "统一社会信用代码", "told_name": "当事人", "plate": "车牌号", "day": "处罚日期"},
    file_name=lambda day: f"{day:%Y%m}.csv",
    writer=delimited(_COLUMNS),
    keeps=("credit_code", "vehicle", "plate"),
)
