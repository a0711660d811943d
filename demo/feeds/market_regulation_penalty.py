"""Penalties: one enterprise in ten, some twice; one JSON object a line."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo.draws import Dice
from demo.feeds.form import Form, numbered
from demo.writers import objects

_COLUMNS = ("jdswh", "xdrmc", "tyshxydm", "cflb", "wfxwlx", "fkje", "msje", "jdrq", "gsjzq", "cfjg")
_TYPES = {"罚款": 70, "警告": 15, "没收违法所得、没收非法财物": 10, "责令停产停业": 3, "吊销营业执照": 2}
_OFFENCES = ("未按规定公示年度报告", "发布虚假广告", "销售不合格产品", "未明码标价", "无照经营", "特种设备未经检验")
_FIRST, _DAYS = date(2021, 7, 1), 365 * 6


def _rows(truth: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    count = pl.when(dice.chance("penalty/again", 0.2)).then(pl.lit(3)).otherwise(pl.lit(1))
    hit = truth.filter(dice.chance("penalty", 0.1)).with_columns(offender="number", nth=pl.int_ranges(0, count))
    rows = numbered(hit.explode("nth")).with_columns(decided=_decided(dice), word=dice.weigh("penalty/type", _TYPES))
    return rows.filter(pl.col("decided") <= day).with_columns(
        jdswh=pl.format("{}市监处罚〔{}〕{}号", _short(), pl.col("decided").dt.year(), "number"),
        xdrmc="name",
        tyshxydm=pl.when(dice.chance("penalty/coded", 0.9)).then("credit_code").otherwise(pl.lit("")),
        cflb="word",
        wfxwlx=dice.pick("penalty/offence", _OFFENCES),
        fkje=pl.when(pl.col("word") == "罚款").then(_wan(dice, "penalty/fine")).otherwise(pl.lit("")),
        msje=pl.when(pl.col("word").str.starts_with("没收")).then(_wan(dice, "penalty/taken")).otherwise(pl.lit("")),
        jdrq=pl.col("decided").dt.to_string("%Y-%m-%d"),
        gsjzq=pl.col("decided").dt.offset_by("1y").dt.to_string("%Y-%m-%d"),
        cfjg=pl.format("{}市场监督管理局", "county_name"),
    )


def _short() -> pl.Expr:
    return pl.col("county_name").str.slice(0, 2)


def _decided(dice: Dice) -> pl.Expr:
    """Some day that does not change from month to month, never before the registration."""
    return pl.max_horizontal(pl.lit(_FIRST) + pl.duration(days=dice.below("penalty/decided", _DAYS)), "registered")


def _wan(dice: Dice, stream: str) -> pl.Expr:
    """Up to twenty ten thousands of yuan, with two decimals."""
    return ((dice.below(stream, 1990) + 10).cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(18, 2)).cast(pl.String)


FORM = Form(
    feed="market_regulation_penalty",
    rows=_rows,
    parts={"code": "tyshxydm", "told_name": "xdrmc", "penalty": "cflb", "day": "jdrq"},
    file_name=lambda day: f"{day:%Y%m}.jsonl",
    writer=objects(_COLUMNS),
    keeps=("credit_code", "jdswh", "decided"),
)
