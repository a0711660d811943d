"""What is counted of an enterprise: type, status, capital, people, revenue, tax. Not who or where it is."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo.draws import Dice
from demo.vocabulary import CURRENCIES, INSURANCE_STATES, REGISTER_TYPES, TAX_STATES, World

_STATES = {"active": 90, "suspended": 2, "abnormal": 3, "ended": 5}
_INSURANCE = {"paying": 93, "paused": 5, "ended": 2}
_CURRENCIES = {"USD": 75, "HKD": 12, "EUR": 8, "JPY": 5}
_HEADS = {0: 60, 1: 25, 2: 11, 3: 3.5, 4: 0.5}
_HEADS_FROM, _HEADS_TO = (1, 6, 21, 101, 501), (5, 20, 100, 500, 3000)
_TENTHS_OF_WAN = (
    30, 100, 100, 500, 500, 500, 1000, 1000, 1000, 2000, 5000, 10_000, 10_080, 50_000, 100_000, 5180, 11_880,
)  # fmt: skip
_WITHOUT_CAPITAL = ("individual", "branch")
_SECTIONS = {
    "A": range(1, 6), "B": range(6, 13), "C": range(13, 44), "D": range(44, 47), "E": range(47, 51),
    "F": range(51, 53), "G": range(53, 61), "H": range(61, 63), "I": range(63, 66), "J": range(66, 70),
    "K": range(70, 71), "L": range(71, 73), "M": range(73, 76), "N": range(76, 80), "O": range(80, 83),
    "P": range(83, 84), "Q": range(84, 86), "R": range(86, 91), "S": range(91, 97), "T": range(97, 98),
}  # fmt: skip


def measured(frame: pl.DataFrame, dice: Dice, world: World, today: date) -> pl.DataFrame:
    """Type, status, capital, people, revenue and tax; money in yuan."""
    types = world.meaning("enterprise_type", "market_regulation", REGISTER_TYPES)
    statuses = world.meaning("enterprise_status", "tax_status", TAX_STATES)
    insurances = world.meaning("insurance_status", "social_security", INSURANCE_STATES)
    currencies = world.meaning("currency", "capital_unit", CURRENCIES)
    foreign = pl.when(pl.col("sort") == "foreign")
    frame = frame.with_columns(
        enterprise_type=pl.col("sort").replace_strict(types),
        state=dice.weigh("state", _STATES),
        insured=_heads(dice, "insured"),
        insurance_state=dice.weigh("insurance", _INSURANCE),
        currency=foreign.then(dice.weigh("currency", _CURRENCIES)).otherwise(pl.lit("CNY")),
        capital_yuan=pl.when(~pl.col("sort").is_in(_WITHOUT_CAPITAL)).then(_capital(dice, "capital")),
        started=pl.min_horizontal(_later(dice.pick("started", (0, 0, 0, 5, 17, 40))), pl.lit(today)),
        first_insured=_later(dice.below("first_insured", 200)).dt.month_start(),
        section=_section(pl.col("industry")),
    )
    ended = _later(dice.below("ended", 3000))
    return frame.with_columns(
        status=pl.col("state").replace_strict(statuses),
        insurance_status=pl.col("insurance_state").replace_strict(insurances),
        capital_currency=pl.col("currency").replace_strict(currencies),
        ended=pl.when(pl.col("state") == "ended").then(pl.min_horizontal(ended, pl.lit(today))),
        first_insured=pl.min_horizontal("first_insured", pl.lit(today).dt.month_start()),
        revenue=_revenue(dice, "revenue"),
    ).with_columns(tax_paid=_tax_paid(dice, "tax"))


def _later(days: pl.Expr) -> pl.Expr:
    return pl.col("registered") + pl.duration(days=days)


def _heads(dice: Dice, stream: str) -> pl.Expr:
    """People insured: most enterprises have fewer than six."""
    band = dice.weigh(f"{stream}/band", _HEADS)
    low, high = pl.lit(pl.Series(_HEADS_FROM)).gather(band), pl.lit(pl.Series(_HEADS_TO)).gather(band)
    return low + dice.below(stream, 1_000_003) % (high - low + 1)


def _capital(dice: Dice, stream: str) -> pl.Expr:
    """Registered capital in the currency's units."""
    return dice.pick(stream, _TENTHS_OF_WAN) * 1000


def _revenue(dice: Dice, stream: str) -> pl.Expr:
    """Last year's revenue, a head's share of it times those insured."""
    share = 5_000_000 + dice.below(stream, 150_000_000)
    return _money(pl.col("insured") * share + dice.below(f"{stream}/odd", 100))


def _tax_paid(dice: Dice, stream: str) -> pl.Expr:
    """Tax paid: half a per cent to six per cent of the revenue."""
    return (pl.col("revenue") * (dice.below(stream, 55) + 5) / 1000).round(2).cast(pl.Decimal(18, 2))


def _money(fen: pl.Expr) -> pl.Expr:
    """Yuan with two decimals from whole fen."""
    return (fen.cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(18, 2))


def _section(industry: pl.Expr) -> pl.Expr:
    """The section letter of a GB/T 4754-2017 class, by its division."""
    letters = {division: letter for letter, divisions in _SECTIONS.items() for division in divisions}
    return industry.str.slice(0, 2).cast(pl.Int64).replace_strict(letters, return_dtype=pl.String)
