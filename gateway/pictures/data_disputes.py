"""What departments say otherwise of a county's enterprises: disputes by column and by whose word did not count."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from gateway.charts import Drawn, along, bars, coloured, count, down, drawn, ends, rows_high, said, series

COLUMNS = ("county_name", "column_title", "lost_feed")
_ROWS = 12


def data_disputes(rows: pl.DataFrame, called: Mapping[str, str]) -> Drawn | None:
    """Bars of columns in colours of the feeds that lost."""
    if rows.is_empty():
        return None
    counted = rows.group_by("column_title").agg(pl.len().alias("all"))
    columns = counted.sort("all", "column_title", descending=[True, False]).head(_ROWS)
    cells = (
        rows.group_by("column_title", "lost_feed")
        .agg(pl.len().alias("disputes"))
        .join(columns, on="column_title")
        .with_columns(pl.format("{}处", "all").alias("told"))
        .sort("all", "column_title", "disputes", "lost_feed", descending=[True, False, True, False])
    )
    return _shown(rows, cells, columns["column_title"].to_list(), called)


def _shown(rows: pl.DataFrame, cells: pl.DataFrame, columns: list[str], called: Mapping[str, str]) -> Drawn:
    losers = rows["lost_feed"].value_counts(sort=False).sort("count", "lost_feed", descending=[True, False])
    y, x = down("column_title", columns), along("disputes", "争议（处）", stack="zero", axis={"tickMinStep": 1})
    color = coloured("lost_feed", series(losers["lost_feed"].to_list()))
    total = said("told", ends(x, "all"), y)
    body = {"width": 470, **rows_high(len(columns)), "layer": [bars(x, y, color), total]}
    first = losers.row(0, named=True)
    finding = f"共{count(rows.height, '处')}；{columns[0]}最多；{first['lost_feed']}落选{count(first['count'], '处')}"
    title = f"{rows['county_name'][0]}：部门说法不一之处，按{called['column_title']}与{called['lost_feed']}"
    return drawn(title, finding, cells, body)
