"""The lists of recognised enterprises: a workbook for people's eyes, merged headers and a footnote."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from demo.draws import Dice
from demo.feeds.form import Daily, Form, happened
from demo.writers import WorkbookFile

_GROUPS = [
    ("企业信息", ["企业名称", "所在地"]),
    ("认定信息", ["名单类别", "证书编号", "发证日期", "有效期至"]),
]
_SERIAL_ZERO = date(1899, 12, 30)


def _rows(truth: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    held = truth.filter(pl.col("in_science") & pl.col("ended").is_null()).explode("certificates").unnest("certificates")
    return held.with_columns(
        pl.col("name").alias("企业名称"),
        pl.concat_str("city", "county_name").alias("所在地"),
        pl.col("listed").alias("名单类别"),
        pl.col("certificate").alias("证书编号"),
        _serial("issued").alias("发证日期"),
        _serial("valid_until").alias("有效期至"),
    )


def _serial(column: str) -> pl.Expr:
    """Excel's serial day."""
    return (pl.col(column) - pl.lit(_SERIAL_ZERO)).dt.total_days().cast(pl.String)


def _writer(path: Path) -> WorkbookFile:
    return WorkbookFile(
        path, title="浙江省科技企业认定名单", counter="序号", groups=_GROUPS,
        numbers=frozenset(["发证日期", "有效期至"]),
        footnote="注：科技型中小企业证书长期有效，有效期至为空。",
    )  # fmt: skip


FORM = Form(
    feed="science_technology_list",
    rows=_rows,
    parts={"name": "企业名称", "told_name": "企业名称", "division": "所在地", "serial": "发证日期"},
    file_name=lambda day: f"{day:%Y%m%d}.xlsx",
    writer=_writer,
    daily=Daily(is_due=pl.col("in_science") & happened("born", "died", "moved", "renamed", "certified")),
)
