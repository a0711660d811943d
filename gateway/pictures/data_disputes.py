"""What departments say otherwise of a county's enterprises: disputes by column and by whose word did not count."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from gateway.drawing.charts import (
    Drawn,
    Spec,
    along,
    bars,
    coloured,
    count,
    down,
    drawn,
    ends,
    labels,
    rows_high,
    series,
)

COLUMNS = ("county_name", "column_title", "lost_feed")
_ROWS, _FEEDS, _OTHERS = 12, 5, "其他数据"


def data_disputes(rows: pl.DataFrame, called: Mapping[str, str]) -> Drawn | None:
    """Bars of columns in colours of the feeds that lost, those that lost most by name."""
    if rows.is_empty():
        return None
    losers, columns = _most(rows, "lost_feed"), _most(rows, "column_title").head(_ROWS)
    named, feed = losers["lost_feed"].head(_FEEDS).to_list(), pl.col("lost_feed")
    order = [*named, _OTHERS] if losers.height > _FEEDS else named
    cells = (
        rows.group_by("column_title", pl.when(feed.is_in(named)).then(feed).otherwise(pl.lit(_OTHERS)).alias("feed"))
        .agg(pl.len().alias("disputes"))
        .join(columns, on="column_title")
        .with_columns(
            pl.format("{}处", "all").alias("told"),
            pl.col("feed").replace_strict(order, list(range(len(order))), return_dtype=pl.Int64).alias("rank"),
        )
        .sort("all", "column_title", "rank", descending=[True, False, False])
    )
    most, lost = columns["column_title"][0], losers.row(0, named=True)
    finding = f"共{count(rows.height, '处')}；{most}最多；{lost['lost_feed']}落选{count(lost['all'], '处')}"
    title = f"{rows['county_name'][0]}：部门说法不一之处，按{called['column_title']}与{called['lost_feed']}"
    return drawn(title, finding, cells, _body(columns["column_title"].to_list(), order))


def _most(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    return rows.group_by(column).agg(pl.len().alias("all")).sort("all", column, descending=[True, False])


def _body(columns: list[str], feeds: list[str]) -> Spec:
    y, x = down("column_title", columns), along("disputes", "争议（处）", stack="zero", axis={"tickMinStep": 1})
    shapes = bars(x, y, coloured("feed", series(feeds), legend={"columns": 3}), order={"field": "rank"})
    return {"width": 470, **rows_high(len(columns)), "layer": [shapes, labels("told", ends(x, "all"), y)]}
