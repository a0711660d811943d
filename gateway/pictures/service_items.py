"""Where a county is slower than others: the promised days of its items beside the median and the best county."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from gateway.drawing.charts import (
    AMBER,
    GREEN,
    LINE,
    RED,
    Drawn,
    Spec,
    along,
    coloured,
    count,
    down,
    drawn,
    labels,
    rows_high,
    told_apart,
)

COLUMNS = ("county_name", "local_code", "name", "days", "best_days", "median_days", "best_county_name")
_ROWS = 10
_POINTS = {"best_days": GREEN, "median_days": AMBER, "days": RED}


def service_items(rows: pl.DataFrame, called: Mapping[str, str]) -> Drawn | None:
    """Three points an item on one line, the items that lie farthest behind the median first."""
    if rows.is_empty():
        return None
    items = rows.with_columns(
        (pl.col("days") - pl.col("median_days")).alias("behind"),
        pl.format("{}；最优{}", _time(), "best_county_name").alias("told"),
        pl.max_horizontal(*_POINTS).alias("most"),
        told_apart("name", "local_code").alias("label"),
    )
    worst = items.sort("behind", "days", "local_code", descending=[True, True, False]).head(_ROWS)
    index = ["label", "told", "best_days", "most"]
    cells = worst.unpivot(on=[*_POINTS], index=index, variable_name="whose", value_name="at")
    title = f"{rows['county_name'][0]}：承诺时限最靠后的{count(worst.height, '个')}事项"
    cells = cells.with_columns(pl.col("whose").replace_strict(dict(called)))
    return drawn(title, _finding(items, worst), cells, _body(worst, called), "按承诺办结时限与全省中位数之差排列")


def _time() -> pl.Expr:
    """What is promised, in words: none at all is 即办."""
    return pl.when(pl.col("days") == 0).then(pl.lit("即办")).otherwise(pl.format("{}个工作日", "days"))


def _finding(items: pl.DataFrame, worst: pl.DataFrame) -> str:
    slower, quicker = items.filter(pl.col("behind") > 0).height, items.filter(pl.col("behind") < 0).height
    first = worst.row(0, named=True)
    farthest = f"；{first['name']}慢{first['behind']}个工作日" if slower else ""
    return f"{count(items.height, '项')}中，慢于中位数{slower}项，快于中位数{quicker}项{farthest}"


def _body(worst: pl.DataFrame, called: Mapping[str, str]) -> Spec:
    y = down("label", worst["label"].to_list()) | {"axis": {"labelPadding": 16}}
    x = along("at", f"{called['days']}（工作日）", scale={"zero": True})
    ends = {"x": x | {"field": "best_days"}, "x2": {"field": "most"}, "y": y}
    line = {"mark": {"type": "rule", "color": LINE, "strokeWidth": 5}, "encoding": ends}
    names = [called[name] for name in _POINTS]
    color = coloured("whose", dict(zip(names, _POINTS.values(), strict=True)))
    shape = color | {"scale": {"domain": names, "range": ["square", "diamond", "circle"]}}
    mark = {"type": "point", "filled": True, "size": 120, "opacity": 1}
    points = {"mark": mark, "encoding": {"x": x, "y": y, "color": color, "shape": shape}}
    text = labels("told", x | {"field": "most"}, y, dx=12)
    return {"width": 400, **rows_high(worst.height), "layer": [line, points, text]}
