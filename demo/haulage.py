"""Construction waste on the road: who carries it, with which vehicles. Three counties each see a part of it."""

from __future__ import annotations

import polars as pl

from demo.draws import Dice

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_MOST_VEHICLES = 8
_CITIES = ("杭州市", "湖州市", "嘉兴市")
_SETTINGS = ("build", "service")
ORIGINS = {"杭州市拱墅区": 45, "上城区": 20, "西湖区": 15, "德清县": 12, "余杭区": 8}
DESTINATIONS = {"余杭区": 50, "临平区": 25, "德清县": 15, "桐乡市": 10}
WASTES = {"渣土": 60, "工程渣土": 20, "泥浆": 12, "装修垃圾": 8}


def vehicles(truth: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Each operator's vehicles, a row each with `vehicle`, a number, and its `plate`: the same in every feed."""
    near = pl.col("city").is_in(_CITIES) & pl.col("setting").is_in(_SETTINGS) & pl.col("ended").is_null()
    operators = truth.filter(near & (pl.col("sort") != "branch") & dice.chance("haulage", 0.35))
    fleet = operators.with_columns(place_in_fleet=pl.int_ranges(0, dice.below("haulage/fleet", 5) + 1))
    rows = fleet.explode("place_in_fleet")
    rows = rows.with_columns(vehicle=pl.col("number").cast(pl.Int64) * _MOST_VEHICLES + pl.col("place_in_fleet"))
    return rows.with_columns(plate=_plate(pl.col("vehicle")))


def _plate(vehicle: pl.Expr) -> pl.Expr:
    """Two letters and four digits, as new-energy plates are; a number has one plate, and a plate few numbers."""
    letters = pl.lit(pl.Series(list(_LETTERS)))
    second = letters.gather(vehicle // 10_000 % len(_LETTERS))
    return pl.concat_str(pl.lit("浙AD"), second, (vehicle % 10_000).cast(pl.String).str.zfill(4))
