"""Trips that 余杭区 saw arrive in the month: with a permit and without; one JSON object a line."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo.draws import Dice
from demo.feeds.form import Form, numbered
from demo.haulage import ORIGINS, WASTES, vehicles
from demo.writers import objects

_COLUMNS = ("tripNo", "plateNo", "carrierCode", "wasteType", "day", "load", "loadUnit", "siteName", "startDistrict",
            "endDistrict")  # fmt: skip
_SITES = ("良渚消纳场", "瓶窑资源化利用厂", "仁和中转码头")
_MOST_TRIPS = 12


def _rows(truth: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    went = vehicles(truth, dice).with_columns(trip=pl.int_ranges(0, dice.below(f"trip/{day}", _MOST_TRIPS)))
    rows = numbered(went.explode("trip").drop_nulls("trip")).with_columns(tenths=dice.below("trip/load", 120) + 60)
    on = pl.lit(day.replace(day=1)) + pl.duration(days=dice.below("trip/day", day.day))
    return rows.with_columns(
        tripNo=pl.format("YH{}-{}-{}", pl.lit(f"{day:%Y%m}"), "vehicle", "trip"),
        plateNo="plate",
        carrierCode="credit_code",
        wasteType=dice.weigh("trip/waste", WASTES),
        day=on.dt.to_string("%Y-%m-%d"),
        load=pl.format("{}.{}", pl.col("tenths") // 10, pl.col("tenths") % 10),
        loadUnit=pl.lit("方"),
        siteName=dice.pick("trip/site", _SITES),
        startDistrict=dice.weigh("trip/origin", ORIGINS),
        endDistrict=pl.lit("余杭区"),
    )


FORM = Form(
    feed="haulage_trip",
    rows=_rows,
    parts={"code": "carrierCode", "plate": "plateNo", "waste": "wasteType", "measure": "loadUnit", "day": "day"},
    file_name=lambda day: f"{day:%Y%m}.jsonl",
    writer=objects(_COLUMNS),
    keeps=("credit_code", "plate", "tripNo"),
)
