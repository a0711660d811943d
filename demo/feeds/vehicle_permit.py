"""Permits that 拱墅区 gave: seven vehicles in ten have one, to carry to a neighbour; CSV in GB18030."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo.draws import Dice
from demo.feeds.form import Form, numbered
from demo.haulage import DESTINATIONS, WASTES, vehicles
from demo.writers import delimited, gb18030

_COLUMNS = ("ZYZH", "CPHM", "YSQYMC", "TYSHXYDM", "LJZL", "YXQQ", "YXQZ", "FZJG", "XNXQ")


def _rows(truth: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    rows = numbered(vehicles(truth, dice))
    held = rows.filter(dice.chance("permit/haulage", 0.7))
    return held.with_columns(
        ZYZH=pl.format("拱城管准〔{}〕{}号", pl.lit(day.year), "vehicle"),
        CPHM="plate",
        YSQYMC="name",
        TYSHXYDM="credit_code",
        LJZL=dice.weigh("permit/waste", WASTES),
        YXQQ=pl.lit(f"{day.year}-01-01"),
        YXQZ=pl.lit(f"{day.year}-12-31"),
        FZJG=pl.lit("杭州市拱墅区综合行政执法局"),
        XNXQ=dice.weigh("permit/destination", DESTINATIONS),
    )


FORM = Form(
    feed="vehicle_permit",
    rows=_rows,
    parts={"code": "TYSHXYDM", "told_name": "YSQYMC", "plate": "CPHM", "waste": "LJZL"},
    file_name=lambda day: f"{day:%Y%m}.csv",
    writer=delimited(_COLUMNS, encode=gb18030),
    keeps=("credit_code", "vehicle", "plate"),
)
