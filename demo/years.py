"""What an enterprise did year by year: revenue, tax, research, profit and electricity; the last year is the truth's."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo.draws import Dice

YEARS = 10

# Per mille of a year's revenue, by setting: what goes to research, and watt-hours for a yuan.
_RESEARCH = {"factory": 32, "tech": 90}
_WATT_HOURS = {"factory": 62, "farm": 25, "food": 30}
_OTHER_RESEARCH, _OTHER_WATT_HOURS = 2, 9
_GROWTH = 1.07


def last_year(day: date) -> int:
    """The last year that is over."""
    return day.year - 1


def yearly(truth: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    """Each enterprise's last ten years, one row a year from its registration to its end, oldest first.

    Adds year, year_revenue, year_tax, year_research, year_profit (yuan and fen) and year_energy (kWh).
    """
    years = range(last_year(day) - YEARS + 1, last_year(day) + 1)
    told = [_year(each, dice, last_year(day)).alias(str(each)) for each in years]
    rows = truth.with_columns(did=pl.concat_list(told)).explode("did").unnest("did")
    lived = pl.col("year") >= pl.col("registered").dt.year()
    return rows.filter(lived & (pl.col("year") <= pl.coalesce(pl.col("ended").dt.year(), last_year(day))))


def _year(year: int, dice: Dice, last: int) -> pl.Expr:
    """One year as a struct; what is drawn of it does not depend on the other years."""
    share = (dice.below(f"year/{year}/share", 60) + 70) / 100 * _GROWTH ** (year - last) if year < last else pl.lit(1.0)
    revenue = pl.col("revenue").cast(pl.Float64) * share
    tax = pl.col("tax_paid").cast(pl.Float64) * share
    research = revenue * _by_setting(_RESEARCH, _OTHER_RESEARCH) * _swing(dice, f"year/{year}/research") / 1000
    profit = revenue * (dice.below(f"year/{year}/profit", 260) - 80) / 1000
    energy = revenue * _by_setting(_WATT_HOURS, _OTHER_WATT_HOURS) * _swing(dice, f"year/{year}/energy") / 1000
    return pl.struct(
        pl.lit(year).alias("year"),
        _money(revenue).alias("year_revenue"),
        _money(tax).alias("year_tax"),
        _money(research).alias("year_research"),
        _money(profit).alias("year_profit"),
        _money(energy).alias("year_energy"),
    )


def _by_setting(shares: dict[str, int], other: int) -> pl.Expr:
    return pl.col("setting").replace_strict(shares, default=other, return_dtype=pl.Int64)


def _swing(dice: Dice, stream: str) -> pl.Expr:
    """From half to one and a half."""
    return (dice.below(stream, 101) + 50) / 100


def _money(amount: pl.Expr) -> pl.Expr:
    return amount.round(2).cast(pl.Decimal(18, 2))
