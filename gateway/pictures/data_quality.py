"""How far each department's data can be trusted: how many enterprises it knows, how late it is, what was set aside."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from gateway.drawing.charts import AMBER, BLUE, PALE, RED, ROW, Drawn, Spec, along, bars, count, down, drawn, labels

COLUMNS = ("county_name", "feed", "feed_title", "department_title", "lag_days", "cycles_behind", "quarantined_share",
           "known_share")  # fmt: skip
_PANELS = {"known_share": BLUE, "lag_days": PALE, "quarantined_share": AMBER}


def data_quality(rows: pl.DataFrame, called: Mapping[str, str]) -> Drawn | None:
    """Three panels beside one another over the same feeds, the best known first."""
    if rows.is_empty():
        return None
    feeds = rows.sort("known_share", "feed", descending=[True, False], nulls_last=True).select(
        pl.col("feed_title").alias("title"),
        pl.col(*_PANELS).cast(pl.Float64).fill_null(0),
        _percent("known_share"),
        _percent("quarantined_share"),
        (pl.col("cycles_behind").fill_null(0) > 0).alias("late"),
        pl.format("{}天", "lag_days").fill_null("未到数").alias("lag_days_told"),
    )
    late, absent = rows.filter(pl.col("cycles_behind") > 0), rows["lag_days"].null_count()
    departments = rows["department_title"].n_unique()
    finding = (
        f"{departments}个部门{count(rows.height, '个数源')}，缺期{late.height}个，未到数{absent}个；"
        f"{feeds['title'][0]}覆盖本县企业的{feeds['known_share_told'][0]}"
    )
    title = f"{rows['county_name'][0]}：各数源的覆盖、时效与隔离"
    panels = _panels(feeds["title"].to_list(), called)
    return drawn(title, finding, feeds, {"hconcat": panels}, "滞后天数为红色的数源，至少缺一期")


def _percent(column: str) -> pl.Expr:
    """Shares as `charts.percent` tells one."""
    share = pl.col(column).cast(pl.Float64)
    figure = pl.format("{}%", (share * 100).round(1).clip(upper_bound=99.9))
    return pl.when(share == 1).then(pl.lit("100%")).otherwise(figure).fill_null("—").alias(f"{column}_told")


def _panels(order: list[str], called: Mapping[str, str]) -> list[Spec]:
    """The first panel names the feeds for all of them."""
    y = down("title", order)
    first, *rest = _PANELS
    return [_panel(first, called, y), *(_panel(each, called, y | {"axis": None}) for each in rest)]


def _panel(column: str, called: Mapping[str, str], y: Spec) -> Spec:
    x = along(column, None, axis={"labels": False, "grid": False})
    late = {"condition": {"test": "datum.late", "value": RED}} if column == "lag_days" else {}
    shown = bars(x, y, {"value": _PANELS[column], **late})
    title = {"text": called[column], "fontSize": 13, "offset": 6}
    return {"title": title, "width": 120, "height": {"step": ROW}, "layer": [shown, labels(f"{column}_told", x, y)]}
