"""Seats of primary and middle schools by grade and school year: a workbook, its pupils the truth's children."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from demo.children import children
from demo.draws import Dice
from demo.feeds.form import Form, numbered
from demo.writers import WorkbookFile

_GROUPS = [
    ("学校信息", ["区县", "街道（乡镇）", "学年", "学校标识码", "学校名称"]),
    ("学位信息", ["年级", "班级数", "学位数", "在校生数"]),
]
_FIRST_AGE, _PRIMARY, _GRADES = 6, 6, 9
_WORDS = ("小学一年级", "小学二年级", "小学三年级", "小学四年级", "小学五年级", "小学六年级",
          "七年级", "八年级", "九年级")  # fmt: skip
_SIZE = {True: 45, False: 50}
_STAY = 0.96


def _rows(towns: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    """Of each town a primary and a middle school, where as many children sit as stay in the town's schools."""
    grade = pl.col("age") - _FIRST_AGE
    told = children(towns, dice, day).with_columns(grade=grade)
    by = ("number", "town", "town_name", "county_name", "year", "grade")
    asked = told.group_by(by, maintain_order=True).agg(pl.col("people").sum()).with_columns(
        pupils=(_of_grade() * _STAY).floor().cast(pl.Int64), is_primary=pl.col("grade") < _PRIMARY
    ).filter(pl.col("grade").is_between(0, _GRADES - 1))  # fmt: skip
    size = pl.col("is_primary").replace_strict(_SIZE, return_dtype=pl.Int64)
    classes = (pl.col("pupils").max().over("number", "is_primary") * (dice.below("seats", 30) + 85) // 100) // size + 1
    rows = numbered(asked.with_columns(classes=classes, size=size))
    return rows.with_columns(
        pl.col("county_name").alias("区县"),
        pl.col("town_name").alias("街道（乡镇）"),
        pl.format("{}学年", "year").alias("学年"),
        _school_code().alias("学校标识码"),
        pl.concat_str(_stem(), pl.when("is_primary").then(pl.lit("小学")).otherwise(pl.lit("中学"))).alias("学校名称"),
        pl.lit(pl.Series(_WORDS)).gather(pl.col("grade")).alias("年级"),
        pl.col("classes").cast(pl.String).alias("班级数"),
        (pl.col("classes") * pl.col("size")).cast(pl.String).alias("学位数"),
        pl.col("pupils").cast(pl.String).alias("在校生数"),
    )


def _of_grade() -> pl.Expr:
    """Who was six when September began: two thirds of an age at the end of the year, and a third of the next one."""
    older = pl.col("people").shift(-1).over("number", "year", order_by="grade")
    return (2 * pl.col("people") + older) / 3


def _school_code() -> pl.Expr:
    """Ten digits that begin with 21 and the province, as the ministry's do; the numbers are the demo's."""
    return pl.concat_str(pl.lit("2133"), pl.col("town").str.slice(4, 5), pl.when("is_primary").then(1).otherwise(2))


def _stem() -> pl.Expr:
    return pl.col("town_name").str.replace("(街道|镇|乡)$", "")


def _writer(path: Path) -> WorkbookFile:
    return WorkbookFile(
        path, title="杭州市义务教育学校学位统计表", counter="序号", groups=_GROUPS,
        numbers=frozenset(["班级数", "学位数", "在校生数"]), footnote="注：学位数按小学每班45人、初中每班50人核定。",
    )  # fmt: skip


FORM = Form(
    feed="education_seats",
    rows=_rows,
    parts={"figure": "学位数"},
    file_name=lambda day: f"{day.year - 1}.xlsx",
    writer=_writer,
    of="towns",
    keeps=("town", "year", "学校标识码", "grade", "pupils"),
)
