"""The tax bureau's register: five enterprises in six, CSV in GB18030 with CRLF, the full file each time."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo.draws import Dice
from demo.feeds.form import Daily, Form, words
from demo.vocabulary import TAX_STATES, TAX_TYPES
from demo.ways import BROKEN_BYTE
from demo.writers import delimited, gb18030

_COLUMNS = ("NSRSBH", "NSRMC", "HY_DM", "DJZCLX_DM", "NSRZT_DM", "ZCZB", "KYSLRQ", "YYSR", "SJSE")
_YUAN_PER_HUNDRED = {"CNY": 100, "USD": 710, "HKD": 91, "EUR": 780, "JPY": 5}
_BROKEN = gb18030(BROKEN_BYTE)


def _rows(truth: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    yuan = pl.col("capital_yuan") * pl.col("currency").replace_strict(_YUAN_PER_HUNDRED, return_dtype=pl.Int64) // 100
    return truth.filter("in_tax").with_columns(
        NSRSBH="credit_code",
        NSRMC="name",
        HY_DM="tax_code",
        DJZCLX_DM=words("sort", TAX_TYPES),
        NSRZT_DM=words("state", TAX_STATES),
        ZCZB=pl.concat_str(yuan, pl.lit(".00")).fill_null(""),
        KYSLRQ=pl.col("started").dt.to_string("%Y%m%d"),
        YYSR=pl.col("revenue").cast(pl.String),
        SJSE=pl.col("tax_paid").cast(pl.String),
    )


def _encode(text: str) -> bytes:
    return gb18030(text).replace(_BROKEN, b"\xff")


FORM = Form(
    feed="tax_registration",
    rows=_rows,
    parts={
        "code": "NSRSBH", "taxpayer": "NSRSBH", "name": "NSRMC", "told_name": "NSRMC",
        "bare_name": "NSRMC", "byte_name": "NSRMC",
        "industry": "HY_DM", "tax_type": "DJZCLX_DM", "status": "NSRZT_DM",
        "amount": "YYSR", "tax": "SJSE", "claim": "ZCZB", "day": "KYSLRQ",
    },
    file_name=lambda day: f"{day:%Y%m%d}.csv",
    writer=delimited(_COLUMNS, end="\r\n", encode=_encode),
    daily=Daily(),
)  # fmt: skip
