"""Whether changes.csv says without doubt where a county goes that ends: whole, or town by town. Refuses nothing.

What a day tells of one code belongs together. A county of which nobody says where its other towns go would go whole
to where the first of them do.
"""

from __future__ import annotations

import polars as pl

from pipelines.mapping_files.stem import stem
from schemas.mapping import ENDING

_DAY = ("since", "from_code")
_ENDS, _PART = pl.col("kind").is_in(ENDING), pl.col("kind").is_in(["split", "split_rest"])
_REST, _NAMES = pl.col("kind") == "split_rest", pl.col("towns") != ""


def whole_and_in_parts(changes: pl.DataFrame) -> pl.Series:
    """Which rows take a county whole that the same day ends in another one too."""
    ends_in = pl.col("to_code").filter(_ENDS).n_unique().over(_DAY)
    return changes.select(_ENDS & ~_PART & (ends_in > 1)).to_series()


def part_of_nothing(changes: pl.DataFrame) -> pl.Series:
    """Which rows tell a part of a county of which the day tells no other."""
    parts = pl.col("to_code").filter(_PART).n_unique().over(_DAY)
    return changes.select(_PART & (parts == 1)).to_series()


def rest_with_towns(changes: pl.DataFrame) -> pl.Series:
    """Which rows name towns as what is left over."""
    return changes.select(_REST & _NAMES).to_series()


def part_without_towns(changes: pl.DataFrame) -> pl.Series:
    """Which rows tell a part without its towns, though another of the day names some or takes the rest."""
    told = (_PART & (_NAMES | _REST)).any().over(_DAY)
    return changes.select((pl.col("kind") == "split") & ~_NAMES & told).to_series()


def leaves_over(changes: pl.DataFrame, townships: pl.DataFrame) -> pl.Series:
    """Which rows name towns of a county of which towns are left over that no row of the day takes."""
    rows = changes.with_row_index("at")
    parts = rows.filter(_PART & _NAMES & ~(_PART & _REST).any().over(_DAY))
    named = rows.filter(_NAMES).select(*_DAY, stem=pl.col("towns").str.split(";")).explode("stem")
    taken = named.with_columns(stem(pl.col("stem")))
    there = townships.select(from_code="county", stem=stem(pl.col("name")), came="since")
    left = parts.select("at", *_DAY).join(there, on="from_code").filter(pl.col("came") < pl.col("since"))
    over = left.join(taken, on=[*_DAY, "stem"], how="anti")
    return rows.select(pl.col("at").is_in(over["at"].implode())).to_series()
