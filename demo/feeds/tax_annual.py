"""Annual returns of who owes enterprise income tax, ten years each: CSV in GB18030 with CRLF, in ten thousand yuan."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo.draws import Dice
from demo.feeds.form import Form, numbered
from demo.writers import delimited, gb18030
from demo.years import last_year, yearly

_COLUMNS = ("NSRSBH", "NSRMC", "SSND", "YYSR", "SJSE", "YFFY", "LRZE", "NSXYJB")
# 企业所得税法 does not apply to them; a branch is in its parent's return.
_OWE_NONE = ("individual", "sole", "partnership", "limited_partnership", "branch")
_CLASSES = {"A": 20, "B": 45, "M": 22, "C": 9, "D": 4}


def _rows(truth: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    filed = truth.filter("in_tax", ~pl.col("sort").is_in(_OWE_NONE)).with_columns(
        credit_class=dice.weigh("tax/credit", _CLASSES)
    )
    rows = yearly(filed, dice, day).with_columns(
        NSRSBH="credit_code",
        NSRMC="name",
        SSND=pl.col("year").cast(pl.String),
        YYSR=_wan("year_revenue"),
        SJSE=_wan("year_tax"),
        YFFY=pl.when(dice.chance("tax/research", 0.9)).then(_wan("year_research")).fill_null(""),
        LRZE=_wan("year_profit"),
        NSXYJB="credit_class",
    )
    return numbered(rows)


def _wan(column: str) -> pl.Expr:
    """Yuan as ten thousands, to the fen."""
    return (pl.col(column).cast(pl.Decimal(24, 6)) / 10_000).cast(pl.Decimal(24, 6)).cast(pl.String)


FORM = Form(
    feed="tax_annual",
    rows=_rows,
    parts={"code": "NSRSBH", "told_name": "NSRMC", "wan": "YYSR", "tax": "SJSE"},
    file_name=lambda day: f"{last_year(day)}.csv",
    writer=delimited(_COLUMNS, end="\r\n", encode=gb18030),
    keeps=("credit_code", "year", "year_revenue", "year_tax", "year_research", "year_profit"),
)
