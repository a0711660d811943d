"""The house's way of drawing: Vega-Lite's words for bars, marks and titles in one dress. Knows no product."""

from __future__ import annotations

from typing import Any, NamedTuple

import polars as pl

Spec = dict[str, Any]

INK, SOFT, LINE = "#1f2a33", "#5b6872", "#dfe5ea"
BLUE, MIDDLE, PALE, AMBER, RED, GREEN = "#2f7cab", "#83b3cf", "#c3d9e7", "#d19a2a", "#b8483d", "#3b8f63"
# Told apart by who sees no red and green too (Okabe and Ito), the last one for all that is left.
SERIES = ("#2f7cab", "#e0a030", "#3f9a84", "#c66a8b", "#8a78bd", "#b9c2c9")
# What a county's desktop has comes first, then what a server has.
FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, WenQuanYi Zen Hei, sans-serif"
ROW = 27
_DRESS: Spec = {
    "font": FONT,
    "background": "#ffffff",
    "padding": {"left": 12, "right": 18, "top": 12, "bottom": 10},
    "view": {"stroke": None},
    "title": {"anchor": "start", "color": INK, "fontSize": 17, "fontWeight": "bold", "offset": 14,
              "subtitleColor": SOFT, "subtitleFontSize": 13, "subtitlePadding": 6, "subtitleLineHeight": 19},
    "axis": {"labelColor": INK, "labelFontSize": 13, "titleColor": SOFT, "titleFontSize": 13, "labelLimit": 300,
             "titleFontWeight": "normal", "titlePadding": 8, "gridColor": LINE, "domainColor": LINE, "tickColor": LINE},
    "axisY": {"ticks": False, "domain": False, "labelPadding": 8, "grid": False},
    "legend": {"orient": "top", "direction": "horizontal", "title": None, "labelColor": INK, "labelFontSize": 13,
               "symbolType": "square", "symbolSize": 130, "labelLimit": 260, "columnPadding": 16, "offset": 10},
    "text": {"color": INK, "fontSize": 12.5},
    "concat": {"spacing": 22},
    "header": {"labelFontSize": 13, "labelColor": INK, "title": None},
}  # fmt: skip


class Drawn(NamedTuple):
    """A picture as Vega-Lite draws it, and what it shows in words for who cannot see it."""

    spec: Spec
    words: str


def drawn(title: str, finding: str, rows: pl.DataFrame, body: Spec, *notes: str) -> Drawn:
    """A whole picture: what it is of, what it says, how to read it; `rows` are all that it is drawn from."""
    head = {"text": title, "subtitle": [finding, *notes]}
    words = "。".join(each.rstrip("。") for each in (title, finding, *notes)) + "。"
    return Drawn({"title": head, "data": {"values": rows.to_dicts()}, "config": _DRESS, **body}, words)


def rows_high(rows: int) -> Spec:
    """The height of so many rows below one another."""
    return {"height": {"step": ROW}} if rows > 1 else {"height": ROW * 2}


def down(column: str, order: list[str]) -> Spec:
    """Names below one another in an order."""
    return {"field": column, "type": "nominal", "sort": order, "title": None}


def told_apart(name: str, by: str) -> pl.Expr:
    """A name a row; where several rows bear it, with what tells them apart: one name is drawn as one bar."""
    is_twice = pl.len().over(name) > 1
    return pl.when(is_twice).then(pl.format("{}（{}）", name, by)).otherwise(name)


def along(column: str, title: str | None, **more: Any) -> Spec:
    """A quantity from left to right, with few ticks."""
    axis = {"tickCount": 5, "domain": False, "ticks": False, "grid": False} | more.pop("axis", {})
    return {"field": column, "type": "quantitative", "title": title, "axis": axis, **more}


def coloured(column: str, colours: dict[str, str], **more: Any) -> Spec:
    """A colour a name, in the order of the legend."""
    return {"field": column, "type": "nominal", "scale": {"domain": [*colours], "range": [*colours.values()]}, **more}


def bars(x: Spec, y: Spec, color: Spec, **more: Any) -> Spec:
    """Bars from left to right."""
    return {"mark": {"type": "bar", "height": {"band": 0.68}}, "encoding": {"x": x, "y": y, "color": color, **more}}


def labels(column: str, x: Spec, y: Spec, **mark: Any) -> Spec:
    """A text at each bar's end, once however many pieces the bar has."""
    fields = sorted({column, y["field"], *([x["field"]] if "field" in x else [])})
    text = {"type": "text", "align": "left", "baseline": "middle", "dx": 5} | mark
    return {"transform": [{"aggregate": [{"op": "count", "as": "pieces"}], "groupby": fields}], "mark": text,
            "encoding": {"x": x, "y": y, "text": {"field": column, "type": "nominal"}}}  # fmt: skip


def ends(x: Spec, column: str) -> Spec:
    """Where stacked bars end: the same axis over their sums."""
    return x | {"field": column, "stack": None}


def rule(at: float) -> Spec:
    """A line from top to bottom at a number."""
    mark = {"type": "rule", "color": SOFT, "strokeDash": [4, 3]}
    return {"data": {"values": [{"at": at}]}, "mark": mark, "encoding": {"x": {"field": "at", "type": "quantitative"}}}


def series(names: list[str]) -> dict[str, str]:
    """A colour for each of up to six names."""
    return dict(zip(names, SERIES, strict=False))


def percent(share: float, decimals: int = 1) -> str:
    """A share as a person reads it, never rounded up to all of it."""
    return "100%" if share == 1 else f"{min(share, 1 - 10.0 ** -(decimals + 2)):.{decimals}%}"


def money(yuan: pl.Expr) -> pl.Expr:
    """Amounts in 亿元, 万元 or 元."""
    exact = yuan.cast(pl.Decimal(24, 6))
    in_yi = pl.format("{}亿元", (exact / 100_000_000).cast(pl.Float64).round(1))
    in_wan = pl.format("{}万元", (exact / 10_000).round(0).cast(pl.Int64))
    in_yuan = pl.format("{}元", exact.round(0).cast(pl.Int64))
    return pl.when(exact >= 100_000_000).then(in_yi).when(exact >= 10_000).then(in_wan).otherwise(in_yuan)


def count(number: int, unit: str) -> str:
    """A count with its unit."""
    return f"{number:,}{unit}"
