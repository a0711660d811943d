"""Service items of all counties: the same items, each county in its own words, numbers and pace; CSV in UTF-8."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo.draws import Dice
from demo.feeds.form import Form, numbered
from demo.writers import delimited

_COLUMNS = ("QXMC", "SXBM", "SXMC", "CLS", "FDQX", "CNQX", "HJS", "DXCCS", "SFWB", "WBSD")
# Word of the kind, its code, name, legal days, materials as most do it.
_ITEMS = (
    ("许可", "01", "食品经营许可", 20, 4), ("许可", "01", "公共场所卫生许可", 20, 5),
    ("许可", "01", "城镇污水排入排水管网许可", 20, 6), ("许可", "01", "建筑工程施工许可证核发", 7, 9),
    ("许可", "01", "建设工程规划许可证核发", 20, 8), ("许可", "01", "道路货物运输经营许可", 20, 6),
    ("许可", "01", "劳务派遣经营许可", 20, 7), ("许可", "01", "人力资源服务许可", 20, 6),
    ("许可", "01", "药品零售经营许可", 30, 9), ("许可", "01", "取水许可", 45, 7),
    ("许可", "01", "林木采伐许可证核发", 20, 4), ("许可", "01", "民办学校设立审批", 60, 12),
    ("许可", "01", "烟花爆竹零售经营许可", 20, 5), ("许可", "01", "城市建筑垃圾处置核准", 20, 6),
    ("检查", "06", "食品销售监督检查", 30, 0), ("检查", "06", "特种设备监督检查", 30, 0),
    ("检查", "06", "排污单位监督检查", 30, 0), ("确认", "07", "工伤认定", 60, 7),
    ("其他", "10", "企业投资项目备案", 5, 1), ("服务", "20", "社会保险登记", 5, 2),
)  # fmt: skip
_PARTS = ("word", "kind", "item_name", "legal", "usual")
_DEPTHS = {"互联网咨询": 5, "互联网预审": 15, "互联网受理": 30, "互联网办理": 20, "互联网电子证照反馈": 30}


def _rows(towns: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    counties = towns.unique("county", keep="first", maintain_order=True).with_columns(ahead=dice.below("item/pace", 60))
    rows = numbered(counties.join(_items(), how="cross", maintain_order="left_right"))
    rows = rows.filter(dice.chance("item/has", 0.97))
    saved = pl.col("legal") * (pl.col("ahead") + dice.below("item/saved", 40)) // 100
    days = pl.col("legal") - saved
    return rows.with_columns(
        QXMC=pl.when(dice.chance("item/full", 0.3)).then(pl.concat_str("city", "county_name")).otherwise("county_name"),
        SXBM=pl.when(pl.col("ahead") < 45).then("provincial").otherwise("basic"),
        SXMC="item_name",
        CLS=(pl.col("usual") + pl.col("usual") * dice.below("item/materials", 80) // 100).cast(pl.String),
        FDQX=pl.col("legal").cast(pl.String),
        CNQX=pl.when(days < 2).then(pl.lit("即办")).otherwise(days.cast(pl.String)),
        HJS=(dice.below("item/steps", 4) + 2).cast(pl.String),
        DXCCS=dice.weigh("item/visits", {"0": 70, "1": 25, "2": 5}),
        SFWB=pl.when(pl.col("kind") == "06").then(pl.lit("否")).otherwise(pl.lit("是")),
        WBSD=pl.when(pl.col("kind") == "06").then(pl.lit("")).otherwise(dice.weigh("item/depth", _DEPTHS)),
    )


def _items() -> pl.DataFrame:
    """The items with their number in the province's list and in the basic catalogue; both are the demo's."""
    items = pl.DataFrame(_ITEMS, schema=list(_PARTS), orient="row").with_row_index("at", offset=1)
    at = pl.col("at")
    provincial = pl.format("{}-{}-000", "word", (at * 37).cast(pl.String).str.zfill(5))
    basic = pl.format("0001{}{}000", "kind", at.cast(pl.String).str.zfill(3))
    return items.with_columns(provincial=provincial, basic=basic)


FORM = Form(
    feed="service_item",
    rows=_rows,
    parts={"item": "SXBM", "figure": "CNQX"},
    file_name=lambda day: f"{day:%Y%m}.csv",
    writer=delimited(_COLUMNS),
    of="towns",
    keeps=("county", "basic", "CNQX", "CLS", "HJS"),
)
