"""The register of enterprises: all of them, CSV in UTF-8, quoted as the real register's files are."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from demo.draws import Dice
from demo.feeds.form import Daily, Form, happened, words
from demo.vocabulary import REGISTER_TYPES
from demo.writers import TextFile

_HEAD = "企业名称,统一社会信用代码,注册日期,企业类型,法人代表,注册资金,经营范围,所在省份,地区,注册地址\n"
_YUAN_SPELLINGS = {
    "{}(万元人民币)": 695, "{}万人民币": 62, "{}(万)": 54, "{}万元人民币": 9, "{}万人民币元": 8,
    "{}(万元)": 3, "{}万": 3, "{}(万元(人民币))": 3, "{}( 万人民币元)": 3,
}  # fmt: skip
_FOREIGN_SPELLINGS = {
    "USD": {"{}(万美元)": 90, "{}万美元": 10}, "HKD": {"{}(万香港元)": 100}, "EUR": {"{}(万欧元)": 100},
    "JPY": {"{}(万日元)": 95, "{}( 万日元)": 5},
}  # fmt: skip


def _rows(truth: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    kind = words("sort", REGISTER_TYPES)
    return truth.with_columns(
        pl.col("name").alias("企业名称"),
        pl.col("credit_code").alias("统一社会信用代码"),
        pl.col("registered").dt.to_string("%Y-%m-%d").alias("注册日期"),
        pl.when(dice.chance("register/type", 0.08)).then(pl.lit("N/A")).otherwise(kind).alias("企业类型"),
        pl.when(dice.chance("register/capital", 0.95)).then(_capital(dice)).fill_null("N/A").alias("注册资金"),
        pl.col("scope").alias("经营范围"),
        pl.col("city").str.replace("市$", "").alias("地区"),
        pl.col("address").alias("注册地址"),
    )


def _capital(dice: Dice) -> pl.Expr:
    """The capital in ten thousands with one of the register's many spellings of the unit."""
    foreign = [
        pl.when(pl.col("currency") == currency).then(dice.weigh(f"register/spelling/{currency}", spellings))
        for currency, spellings in _FOREIGN_SPELLINGS.items()
    ]
    spelling = pl.coalesce(*foreign, dice.weigh("register/spelling", _YUAN_SPELLINGS))
    return pl.concat_str(_amount(dice), spelling.str.strip_prefix("{}"))


def _amount(dice: Dice) -> pl.Expr:
    """Ten thousands: 2.5, 500, and from a thousand on mostly 1,188."""
    wan, tenth = pl.col("capital_yuan") // 10_000, pl.col("capital_yuan") // 1000 % 10
    commas = pl.concat_str(wan // 1000, pl.lit(","), (wan % 1000).cast(pl.String).str.zfill(3))
    return (
        pl.when(tenth > 0).then(pl.concat_str(wan, pl.lit("."), tenth))
        .when((wan >= 1000) & dice.chance("register/comma", 0.9)).then(commas)
        .otherwise(wan.cast(pl.String))
    )  # fmt: skip


def _writer(path: Path) -> TextFile:
    line = pl.format(
        '{},{},{},{},,"{}","{}",浙江,{},"{}"',
        "企业名称", "统一社会信用代码", "注册日期", "企业类型", "注册资金", "经营范围", "地区", "注册地址",
    )  # fmt: skip
    return TextFile(path, line, head=_HEAD)


FORM = Form(
    feed="market_regulation_enterprise",
    rows=_rows,
    parts={
        "code": "统一社会信用代码", "office": "统一社会信用代码", "name": "企业名称",
        "bare_name": "企业名称", "scope": "经营范围",
        "amount": "注册资金", "capital_word": "注册资金", "type_word": "企业类型", "day": "注册日期",
    },
    file_name=lambda day: f"{day:%Y%m%d}.csv",
    writer=_writer,
    daily=Daily(happened("born", "moved", "renamed", "recapitalised")),
)  # fmt: skip
