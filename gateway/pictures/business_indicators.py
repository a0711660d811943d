"""How enterprises begin and end: births above the line and deaths below it, month by month."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from gateway.drawing.charts import BLUE, INK, RED, Drawn, coloured, count, drawn

COLUMNS = ("county_name", "indicator", "indicator_title", "scope", "month", "value")
_MONTHS = 36
# Of so many months one is named, the newest among them.
_NAMED = 6
_COLOURS = {"births": BLUE, "deaths": RED}
# Enterprises are whole, and as many below the line as above it: no half of one, and none that is negative.
_WHOLE = "datum.value % 1 ? '' : format(abs(datum.value), ',d')"


def business_indicators(rows: pl.DataFrame, called: Mapping[str, str]) -> Drawn | None:
    """Bars of the last three years of which something is known, of the county as a whole."""
    whole = pl.col("indicator").is_in([*_COLOURS]) & (pl.col("scope") == "全县")
    values = rows.filter(whole, pl.col("value").is_not_null())
    if values.is_empty():
        return None
    months = _months(values)
    shown = (
        values.select("indicator", "indicator_title", _as_written(pl.col("month")), pl.col("value").cast(pl.Int64))
        .filter(pl.col("month").is_in(months))
        .sort("month", "indicator")
        .with_columns(
            pl.when(pl.col("indicator") == "deaths").then(-pl.col("value")).otherwise("value").alias("height")
        )
    )
    return _shown(rows["county_name"][0], months, shown, called)


def _months(values: pl.DataFrame) -> list[str]:
    """The months up to the newest one: those without a row too, in which nothing began or ended."""
    newest = pl.col("month").max()
    months = pl.date_range(newest.dt.offset_by(f"-{_MONTHS - 1}mo"), newest, "1mo")
    return values.select(_as_written(months)).to_series().to_list()


def _as_written(month: pl.Expr) -> pl.Expr:
    return month.dt.strftime("%Y-%m")


def _shown(county: str, months: list[str], shown: pl.DataFrame, called: Mapping[str, str]) -> Drawn:
    titles = {name: shown.filter(indicator=name)["indicator_title"].to_list() for name in _COLOURS}
    colours = {titles[name][0]: colour for name, colour in _COLOURS.items() if titles[name]}
    x = {"field": "month", "type": "ordinal", "title": called["month"], "scale": {"domain": months},
         "axis": {"values": months[::-_NAMED], "labelAngle": 0, "grid": False, "ticks": False}}  # fmt: skip
    y = {"field": "height", "type": "quantitative", "title": None, "stack": None,
         "axis": {"labelExpr": _WHOLE, "grid": True}}  # fmt: skip
    line = {"data": {"values": [{"at": 0}]}, "mark": {"type": "rule", "color": INK},
            "encoding": {"y": {"field": "at", "type": "quantitative"}}}  # fmt: skip
    shapes = {"mark": "bar", "encoding": {"x": x, "y": y, "color": coloured("indicator_title", colours)}}
    sums = {name: int(shown.filter(indicator=name)["value"].sum()) for name in _COLOURS}
    finding = (
        f"{months[0]}至{months[-1]}：新设{count(sums['births'], '家')}，已知注销、吊销{count(sums['deaths'], '家')}"
    )
    title = f"{county}：逐月新设与注销吊销企业"
    body = {"width": 560, "height": 260, "layer": [shapes, line]}
    return drawn(
        title,
        finding,
        shown,
        body,
        "单位：家；向上为新设，向下为注销、吊销。后者按至迟见于数据之月计，首批数据中已有者不计",
    )
