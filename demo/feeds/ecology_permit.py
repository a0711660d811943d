"""Discharge permits: one JSON object a line, as the department's API pages them."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo.draws import Dice
from demo.feeds.form import Daily, Form, happened
from demo.writers import objects

_COLUMNS = ("permitNo", "unitName", "divisionCode", "managementClass", "issueDate", "validUntil")


def _rows(truth: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    held = truth.filter("in_ecology").drop("permit_class", "division").explode("permits").unnest("permits")
    return held.with_columns(
        permitNo="permit_number",
        unitName="name",
        divisionCode="division",
        managementClass="permit_class",
        issueDate=_day("issued"),
        validUntil=_day("valid_until"),
    )


def _day(column: str) -> pl.Expr:
    """2021年4月9日, nothing padded."""
    return pl.col(column).dt.to_string("%Y年%-m月%-d日")


FORM = Form(
    feed="ecology_permit",
    rows=_rows,
    parts={
        "code": "permitNo",
        "office": "divisionCode",
        "name": "unitName",
        "told_name": "unitName",
        "day": "issueDate",
    },
    file_name=lambda day: f"{day:%Y%m%d}.jsonl",
    writer=objects(_COLUMNS),
    daily=Daily(happened("born", "moved", "renamed", "repermitted")),
)
