"""Children of school age and below by town, age and sex: CSV in GB18030, small cells hidden."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo.children import children
from demo.draws import Dice
from demo.feeds.form import Form, numbered
from demo.writers import delimited, gb18030

_COLUMNS = ("TJND", "XZQHDM", "XZJDMC", "NL", "XB", "RKS")
_SMALLEST = 10


def _rows(towns: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    hidden = pl.when(pl.col("people") < _SMALLEST).then(pl.lit(f"<{_SMALLEST}"))
    return numbered(children(towns, dice, day)).with_columns(
        TJND=pl.col("year").cast(pl.String),
        XZQHDM="county",
        XZJDMC="town_name",
        NL=pl.col("age").cast(pl.String),
        XB=pl.col("sex").cast(pl.String),
        RKS=hidden.otherwise(pl.col("people").cast(pl.String)),
    )


FORM = Form(
    feed="public_security_population",
    rows=_rows,
    parts={"sex": "XB", "figure": "RKS"},
    file_name=lambda day: f"{day.year - 1}.csv",
    writer=delimited(_COLUMNS, encode=gb18030),
    of="towns",
    keeps=("town", "year", "age", "sex", "people"),
)
