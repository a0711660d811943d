"""How many of a town's enterprises are led to a grid, by what, and why the others are not."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from gateway.drawing.charts import (
    AMBER,
    BLUE,
    LINE,
    MIDDLE,
    Drawn,
    along,
    bars,
    coloured,
    count,
    down,
    drawn,
    ends,
    labels,
    percent,
    rows_high,
)

COLUMNS = ("county_name", "kind", "town_name", "evidence")
_TOWNS = 12
_HOUSE, _ROOM, _ABSENT, _UNTOLD, _SHORT = "门牌", "门牌及室号", "门牌不在册", "在册而不能定", "地址不足"
_COLOURS = {_HOUSE: BLUE, _ROOM: MIDDLE, _ABSENT: AMBER, _UNTOLD: "#ecd29c", _SHORT: LINE}
_TOLD_AS = {
    "门牌属多个网格": _UNTOLD, "网格不在册": _UNTOLD, "网格与乡镇不符": _UNTOLD,
    "没有地址": _SHORT, "没有门牌号": _SHORT, "乡镇（街道）不明": _SHORT,
}  # fmt: skip
_UNPLACED = "乡镇（街道）不明"


def grid_register(rows: pl.DataFrame, called: Mapping[str, str]) -> Drawn | None:
    """Bars of towns in colours of evidence, the towns of most enterprises first."""
    enterprises = rows.filter(pl.col("kind") == "企业").select(
        "county_name", pl.col("town_name").fill_null(_UNPLACED).alias("town"), pl.col("evidence").replace(_TOLD_AS)
    )
    if enterprises.is_empty():
        return None
    has_grid = pl.col("evidence").is_in([_HOUSE, _ROOM])
    towns = (
        enterprises.group_by("town")
        .agg(pl.len().alias("all"), has_grid.sum().alias("led"))
        .sort("all", "town", descending=[True, False])
        .with_columns(pl.format("{} / {}", "led", "all").alias("told"))
    )
    rank = pl.col("evidence").replace_strict([*_COLOURS], [*range(len(_COLOURS))], return_dtype=pl.Int64)
    cells = (
        enterprises.group_by("town", "evidence").agg(pl.len().alias("enterprises")).join(towns.head(_TOWNS), on="town")
        .with_columns(rank.alias("rank"))
        .sort("all", "town", "rank", descending=[True, False, False])
    )  # fmt: skip
    notes = [f"列出企业最多的{_TOWNS}个乡镇（街道）"] if towns.height > _TOWNS else []
    return _shown(enterprises, cells, int(towns["led"].sum()), called, *notes)


def _shown(enterprises: pl.DataFrame, cells: pl.DataFrame, led: int, called: Mapping[str, str], *notes: str) -> Drawn:
    towns = cells["town"].unique(maintain_order=True).to_list()
    y, x = down("town", towns), along("enterprises", "企业（家）", stack="zero", axis={"tickMinStep": 1})
    total = labels("told", ends(x, "all"), y)
    color = coloured("evidence", _COLOURS)
    body = {"width": 440, **rows_high(len(towns)), "layer": [bars(x, y, color, order={"field": "rank"}), total]}
    absent = enterprises.filter(evidence=_ABSENT).height
    finding = (
        f"{count(enterprises.height, '家')}企业中{count(led, '家')}落到网格，占{percent(led / enterprises.height)}；"
        f"{_ABSENT}{count(absent, '家')}"
    )
    title = f"{enterprises['county_name'][0]}：企业的{called['evidence']}，按{called['town_name']}"
    note = f"蓝色为落到网格，数字为落到网格 / 合计；{_UNTOLD}：门牌属多个网格，或网格不在册、与乡镇不符"
    return drawn(title, finding, cells, body, note, *notes)
