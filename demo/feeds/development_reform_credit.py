"""Credit ratings: every living enterprise that is a year old; text with upright bars between its columns."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo.draws import Dice
from demo.feeds.form import Form
from demo.writers import delimited

_COLUMNS = ("tyshxydm", "jgmc", "pjdf", "pjdj", "pjrq")
_GRADES = {"优秀": 850, "良好": 750, "中等": 650, "较差": 500, "差": 0}
_BANDS = {900: 15, 800: 45, 700: 25, 600: 10, 400: 5}


def _rows(truth: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    old_enough = pl.col("registered").dt.offset_by("1y") <= pl.lit(day)
    rated = truth.filter(old_enough, pl.col("ended").is_null(), pl.col("sort") != "branch").with_columns(
        score=dice.weigh("credit/band", _BANDS) + dice.below("credit/score", 100)
    )
    grade = pl.coalesce(*(pl.when(pl.col("score") >= least).then(pl.lit(word)) for word, least in _GRADES.items()))
    return rated.with_columns(
        tyshxydm="credit_code",
        jgmc="name",
        pjdf=pl.col("score").cast(pl.String),
        pjdj=grade,
        pjrq=pl.lit(f"{day:%Y-%m}-01"),
    )


FORM = Form(
    feed="development_reform_credit",
    rows=_rows,
    parts={"code": "tyshxydm", "told_name": "jgmc"},
    file_name=lambda day: f"{day:%Y%m}.csv",
    writer=delimited(_COLUMNS, separator="|"),
    keeps=("credit_code", "score"),
)
