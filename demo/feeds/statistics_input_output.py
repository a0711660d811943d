"""The province's input-output table of the last year: every sector's rows and columns add up; CSV in UTF-8."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo.draws import Dice
from demo.feeds.form import Form, numbered
from demo.writers import delimited
from demo.years import last_year

_COLUMNS = ("TRBM", "SYBM", "LLJE")
# Sectors 01 to 42: what of ten thousand of all output is theirs, what percent of it is bought of other sectors, and
# what percent of it goes to other sectors.
_OUTPUT = (160, 5, 3, 10, 25, 260, 420, 330, 120, 220, 230, 980, 230, 420, 330, 480, 260, 470, 620, 640, 110, 60, 20,
           330, 40, 20, 780, 760, 420, 170, 520, 440, 330, 260, 70, 120, 60, 130, 150, 180, 60, 170)  # fmt: skip
_BOUGHT = (38, 45, 40, 55, 55, 74, 78, 77, 76, 74, 78, 79, 74, 80, 79, 76, 76, 80, 81, 80, 74, 60, 65, 70, 75, 55, 76,
           38, 58, 62, 50, 40, 25, 62, 58, 60, 55, 48, 28, 55, 50, 42)  # fmt: skip
_SOLD = (70, 95, 99, 97, 92, 42, 62, 18, 50, 66, 82, 78, 86, 92, 70, 52, 38, 34, 48, 52, 55, 88, 90, 88, 60, 70, 6, 58,
         74, 52, 46, 76, 26, 82, 20, 60, 28, 44, 10, 6, 34, 4)  # fmt: skip
_ALL_OUTPUT = 16_000_000_000_000
_ADDED = {"VA001": 0.48, "VA002": 0.12, "VA003": 0.14, "VA004": 0.26}
_FINAL = {"FU101": 0.1, "FU102": 0.3, "FU103": 0.1, "FU201": 0.28, "FU202": -0.01, "EX": 0.13, "DEX": 0.1}


def _rows(province: pl.DataFrame, dice: Dice, day: date) -> pl.DataFrame:
    """Flows between sectors in proportion to what one sells and the other buys; added value and final use the rest."""
    own = _sectors()
    table = pl.concat([_flows(own), *_rest(own, "bought", _ADDED), *_rest(own, "sold", _FINAL), _inflows(own)])
    rows = numbered(province.join(table.filter(pl.col("amount") != 0), how="cross", maintain_order="left_right"))
    wan = (pl.col("amount").cast(pl.Decimal(24, 2)) / 10_000).cast(pl.Decimal(24, 6))
    return rows.with_columns(LLJE=wan.cast(pl.String))


def _sectors() -> pl.DataFrame:
    """Each sector with what it makes, buys and sells; what comes from outside makes up what is sold beyond that."""
    told = pl.DataFrame({"output": _OUTPUT, "bought": _BOUGHT, "sold": _SOLD}).with_row_index("at", offset=1)
    output = pl.col("output") * (_ALL_OUTPUT / sum(_OUTPUT))
    inner = told.with_columns(output, bought=output * pl.col("bought") / 100, sold=output * pl.col("sold") / 100)
    scaled = pl.col("sold") * (pl.col("bought").sum() / pl.col("sold").sum())
    return inner.with_columns(pl.col("at").cast(pl.String).str.zfill(2).alias("sector"), sold=scaled)


def _flows(sectors: pl.DataFrame) -> pl.DataFrame:
    share = pl.col("sold") / sectors["sold"].sum()
    buyers = sectors.select(SYBM="sector", buys="bought")
    pairs = sectors.join(buyers, how="cross", maintain_order="left_right")
    return pairs.select("sector", "SYBM", (pl.col("buys") * share).alias("amount")).rename({"sector": "TRBM"})


def _rest(sectors: pl.DataFrame, of: str, items: dict[str, float]) -> list[pl.DataFrame]:
    """What is left of each sector's output, by item: a row of added value or a column of final use."""
    left = (pl.col("output") - pl.col(of)).clip(0)
    mine, other = ("SYBM", "TRBM") if of == "bought" else ("TRBM", "SYBM")
    parts = (sectors.select(pl.col("sector").alias(mine), pl.lit(item).alias(other), (left * share).alias("amount"))
             for item, share in items.items())  # fmt: skip
    return [part.select("TRBM", "SYBM", "amount") for part in parts]


def _inflows(sectors: pl.DataFrame) -> pl.DataFrame:
    """What sectors buy beyond what is made here comes from other provinces."""
    beyond = (pl.col("sold") - pl.col("output")).clip(0)
    return sectors.select(TRBM="sector", SYBM=pl.lit("DIM"), amount=beyond)


FORM = Form(
    feed="statistics_input_output",
    rows=_rows,
    parts={"figure": "LLJE"},
    file_name=lambda day: f"{last_year(day)}.csv",
    writer=delimited(_COLUMNS),
    of="province",
    keeps=("TRBM", "SYBM", "amount"),
)
