"""Where a county's enterprises are, and in which trades: enterprises by town and section of industry."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from gateway.drawing.charts import Drawn, along, bars, coloured, count, down, drawn, ends, labels, rows_high, series
from schemas.entities.enterprise import Enterprise

COLUMNS = ("county_name", "town_name", "status", "industry_section_name")
_TOWNS, _SECTIONS = 12, 5
_OTHER, _UNPLACED = "其他或不明", "乡镇（街道）不明"


def enterprise_mirror(rows: pl.DataFrame, called: Mapping[str, str]) -> Drawn | None:
    """Bars of towns in colours of sections; the largest of both are named."""
    living = rows.filter(~pl.col("status").fill_null("").is_in(Enterprise.status.ends))
    if living.is_empty():
        return None
    largest = _most(living, "industry_section_name").head(_SECTIONS)["industry_section_name"].to_list()
    counted = _most(living, "town_name")
    towns = counted.head(_TOWNS).with_columns(pl.format("{}家", "all").alias("told"))
    section = pl.col("industry_section_name")
    cells = (
        living.with_columns(pl.when(section.is_in(largest)).then(section).otherwise(pl.lit(_OTHER)).alias("section"))
        .group_by(pl.col("town_name").alias("town"), "section")
        .agg(pl.len().alias("enterprises"))
        .join(towns.rename({"town_name": "town"}), on="town", nulls_equal=True)
        .with_columns(pl.col("town").fill_null(_UNPLACED), _rank([*largest, _OTHER]).alias("rank"))
        .sort("all", "town", "rank", descending=[True, False, False])
    )
    notes = [f"列出企业最多的{_TOWNS}个乡镇（街道）"] if counted.height > _TOWNS else []
    return _shown(living, cells, [*largest, _OTHER], called, *notes)


def _most(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """How many rows each value has, the most first; what has no section is no section."""
    counted = rows.group_by(column).agg(pl.len().alias("all")).sort("all", column, descending=[True, False])
    return counted if column == "town_name" else counted.drop_nulls()


def _rank(order: list[str]) -> pl.Expr:
    return pl.col("section").replace_strict(order, list(range(len(order))), return_dtype=pl.Int64)


def _shown(
    living: pl.DataFrame, cells: pl.DataFrame, sections: list[str], called: Mapping[str, str], *notes: str
) -> Drawn:
    towns = cells["town"].unique(maintain_order=True).to_list()
    first = cells.row(0, named=True)
    y, x = down("town", towns), along("enterprises", "未注销、未吊销的企业（家）", stack="zero")
    color = coloured("section", series(sections), legend={"columns": 3})
    total = labels("told", ends(x, "all"), y)
    body = {"width": 470, **rows_high(len(towns)), "layer": [bars(x, y, color, order={"field": "rank"}), total]}
    finding = f"共{count(living.height, '家')}；{first['town']}最多，{count(first['all'], '家')}"
    title = f"{living['county_name'][0]}：企业，按{called['town_name']}与{called['industry_section_name']}"
    return drawn(title, finding, cells, body, *notes)
