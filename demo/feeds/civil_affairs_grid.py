"""The grids of every town; CSV in UTF-8."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo import grids
from demo.draws import Dice
from demo.feeds.form import Form, numbered
from demo.writers import delimited

_COLUMNS = ("WGBM", "WGMC", "WGLX", "SQMC", "XZJMC", "QXMC", "HS")
_TYPES = {"一般网格": 80, "普通网格": 12, "园区网格": 5, "商圈网格": 3}


def _rows(towns: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    community, grid = pl.col("community"), pl.col("grid")
    rows = numbered(towns.join(grids.communities(), how="cross", maintain_order="left_right"))
    rows = rows.with_columns(SQMC=grids.community_name(pl.col("town_name"), community))
    return rows.with_columns(
        WGBM=grids.grid_code(pl.col("town"), community, grid),
        WGMC=grids.grid_name(pl.col("SQMC"), grid),
        WGLX=dice.weigh("grid/type", _TYPES),
        XZJMC="town_name",
        QXMC=pl.when(dice.chance("grid/full", 0.3)).then(pl.concat_str("city", "county_name")).otherwise("county_name"),
        HS=(dice.below("grid/households", 500) + 80).cast(pl.String),
    )


FORM = Form(
    feed="civil_affairs_grid",
    rows=_rows,
    parts={"grid": "WGBM", "figure": "HS"},
    file_name=lambda day: f"{day:%Y%m}.csv",
    writer=delimited(_COLUMNS),
    of="towns",
    keeps=("town", "WGBM"),
)
