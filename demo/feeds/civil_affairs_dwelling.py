"""House numbers of four enterprises in five, each with its grid; CSV in GB18030."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo import grids
from demo.draws import Dice
from demo.feeds.form import Form
from demo.writers import delimited, gb18030

_COLUMNS = ("DZBM", "BZDZ", "FWYT", "WGBM", "QXMC")
_USES = {"factory": "厂房", "shop": "商铺", "food": "商铺", "trade": "商业"}


def _rows(truth: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    """One row a house number: where several enterprises share one, the first of them tells it."""
    rows = truth.filter(dice.chance("dwelling", 0.8)).with_columns(street=grids.street(pl.col("address")))
    rows = rows.drop_nulls("street").unique(["town", "street"], keep="first", maintain_order=True)
    community, grid = grids.lies_in(pl.col("street"))
    return rows.with_columns(
        DZBM=pl.concat_str("town", pl.col("number").cast(pl.String).str.zfill(8)),
        BZDZ=pl.concat_str("city", "county_name", "town_name", "street"),
        FWYT=pl.col("setting").replace_strict(_USES, default="其他", return_dtype=pl.String),
        WGBM=grids.grid_code(pl.col("town"), community, grid),
        QXMC="county_name",
    )


FORM = Form(
    feed="civil_affairs_dwelling",
    rows=_rows,
    parts={"grid": "WGBM"},
    file_name=lambda day: f"{day:%Y%m}.csv",
    writer=delimited(_COLUMNS, encode=gb18030),
    keeps=("credit_code", "town", "street", "WGBM"),
)
