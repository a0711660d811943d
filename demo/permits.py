"""The certificates and permits of those who hold some, as lists of structs."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo import places
from demo.draws import Dice
from demo.vocabulary import PERMIT_CLASSES, TECHNOLOGY_LISTS, World

_CERTIFICATE_FRONTS = {"高新技术企业": "GR", "科技型中小企业": "KJ", "省级企业研究院": "YY"}
_YEARS_VALID = {"高新技术企业": 3, "省级企业研究院": 5}
_RATES = {"高新技术企业": 0.45, "省级企业研究院": 0.08}
_CLASS_LETTERS = {"重点管理": "P", "简化管理": "Q", "登记管理": "W"}
_CLASS_WEIGHTS = {"重点管理": 12, "简化管理": 20, "登记管理": 68}


def certificates(holders: pl.DataFrame, dice: Dice, world: World, today: date) -> pl.DataFrame:
    """For each holder `number`, `certificates` and `technology_lists`.

    A certificate is a struct of listed (the department's word), certificate, issued, valid_until;
    technology_lists are the standard's codes. Every holder is at least a small enterprise of science.
    """
    codes = world.meaning("technology_list", "science_technology", {word: word for word in TECHNOLOGY_LISTS})
    held = [_certificate(listed, dice, today) for listed in TECHNOLOGY_LISTS]
    known = [pl.when(_holds(listed, dice)).then(pl.lit(codes[listed])) for listed in TECHNOLOGY_LISTS]
    return holders.select(
        "number",
        certificates=pl.concat_list(held).list.drop_nulls(),
        technology_lists=pl.concat_list(known).list.drop_nulls(),
    )


def _holds(listed: str, dice: Dice) -> pl.Expr:
    return dice.chance(f"certificate/{listed}", _RATES.get(listed, 1))


def _certificate(listed: str, dice: Dice, today: date) -> pl.Expr:
    """A certificate issued in the last three years, its number unique by enterprise and list; or null."""
    issued = pl.lit(today) - pl.duration(days=dice.below(f"certificate/{listed}/issued", 1000) + 20)
    serial = pl.col("number").cast(pl.String).str.zfill(6)
    front = pl.concat_str(pl.lit(_CERTIFICATE_FRONTS[listed]), issued.dt.year().cast(pl.String), pl.lit("33"), serial)
    years = _YEARS_VALID.get(listed)
    until = pl.lit(None, pl.Date) if years is None else _until(issued, years)
    told = pl.struct(listed=pl.lit(listed), certificate=front, issued=issued, valid_until=until)
    return pl.when(_holds(listed, dice)).then(told)


def _until(issued: pl.Expr, years: int) -> pl.Expr:
    return issued.dt.offset_by(f"{years}y").dt.offset_by("-1d")


def first_issued(dice: Dice, today: date) -> pl.Expr:
    """The day of a permit's issue: in the last six years and a bit, never before the registration."""
    return pl.max_horizontal(pl.lit(today) - pl.duration(days=dice.below("permit/issued", 2300)), "registered")


def permits(holders: pl.DataFrame, issued: pl.Expr, dice: Dice, world: World) -> pl.DataFrame:
    """For each holder `number`, `permits` and `permit_class`, the standard's code of the class.

    A permit is a struct of permit_number, permit_class (the department's word), issued, valid_until and
    division: that of the holder's town on the day of issue.
    """
    codes = world.meaning("permit_class", "ecology", {word: word for word in PERMIT_CLASSES})
    dated = holders.select(
        "number", "spot", "credit_code", word=dice.weigh("permit/class", _CLASS_WEIGHTS), issued=issued
    )
    placed = places.division_on(dated, world.map, "issued")
    second = pl.when(dice.chance("permit/second", 0.05)).then(_permit("002"))
    return placed.select(
        "number",
        permits=pl.concat_list(_permit("001"), second).list.drop_nulls(),
        permit_class=pl.col("word").replace_strict(codes, return_dtype=pl.String),
    )


def _permit(site: str) -> pl.Expr:
    letter = pl.col("word").replace_strict(_CLASS_LETTERS, return_dtype=pl.String)
    return pl.struct(
        permit_number=pl.concat_str("credit_code", pl.lit(site), letter),
        permit_class="word",
        issued="issued",
        valid_until=_until(pl.col("issued"), 5),
        division="division",
    )
