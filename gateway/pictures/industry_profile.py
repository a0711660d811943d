"""Which industries a county is made of, and in which it is more than the province: output and location quotient."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from gateway.charts import (
    BLUE,
    PALE,
    Drawn,
    along,
    bars,
    coloured,
    count,
    down,
    drawn,
    money,
    percent,
    rows_high,
    rule,
    said,
)

COLUMNS = ("county_name", "year", "industry_name", "revenue", "revenue_share", "revenue_lq",
           "revenue_withheld")  # fmt: skip
_ROWS = 12
_MORE, _LESS = "区位商大于1：本县相对专业化", "区位商不大于1"


def industry_profile(rows: pl.DataFrame, called: Mapping[str, str]) -> Drawn | None:
    """Two panels over the industries of most revenue: their share of the county's, and their location quotient."""
    told = rows.drop_nulls(["revenue", "revenue_share", "revenue_lq"]).filter(pl.col("revenue") > 0)
    if told.is_empty():
        return None
    largest = told.sort("revenue", "industry_name", descending=[True, False]).head(_ROWS)
    shown = largest.select(
        pl.col("industry_name").alias("industry"),
        money(pl.col("revenue")).alias("revenue_told"),
        pl.col("revenue_share").cast(pl.Float64).alias("share"),
        pl.col("revenue_lq").cast(pl.Float64).alias("quotient"),
        pl.col("revenue_lq").round(2).cast(pl.Decimal(24, 2)).cast(pl.String).alias("quotient_told"),
        pl.when(pl.col("revenue_lq") > 1).then(pl.lit(_MORE)).otherwise(pl.lit(_LESS)).alias("side"),
    )
    return _shown(rows, shown, called)


def _shown(rows: pl.DataFrame, shown: pl.DataFrame, called: Mapping[str, str]) -> Drawn:
    y, color = down("industry", shown["industry"].to_list()), coloured("side", {_MORE: BLUE, _LESS: PALE})
    share = along("share", called["revenue_share"], axis={"format": ".0%", "tickCount": 4})
    quotient = along("quotient", called["revenue_lq"], axis={"tickCount": 4})
    bare = y | {"axis": None}
    left = {"width": 210, **rows_high(shown.height), "layer": [bars(share, y, color), said("revenue_told", share, y)]}
    right = {"width": 190, **rows_high(shown.height),
             "layer": [bars(quotient, bare, color), rule(1), said("quotient_told", {"value": 190}, bare)]}  # fmt: skip
    first, withheld = shown.row(0, named=True), rows["revenue_withheld"].count()
    finding = f"{first['industry']}{first['revenue_told']}，占{percent(first['share'])}，区位商{first['quotient_told']}"
    note = f"{called['revenue']}最多的{shown.height}个行业大类；另有{count(withheld, '个')}因企业过少不予公布"
    title = f"{rows['county_name'][0]}{rows['year'][0]}年：各行业{called['revenue']}与专业化程度"
    return drawn(title, finding, shown, {"hconcat": [left, right]}, note)
