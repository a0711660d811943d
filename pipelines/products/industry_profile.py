"""What of the industry profile must not be told is taken out of what industry_profile.sql gives."""

from __future__ import annotations

import polars as pl

from pipelines.withhold import withheld

_TOLD_BY = {
    "insured": ("insured", "insured_share", "insured_lq"),
    "revenue": ("revenue", "revenue_share", "revenue_lq", "revenue_hhi"),
}


def industry_profile(cells: pl.DataFrame) -> pl.DataFrame:
    """The same rows; of a measure that few report, the reason and no figure."""
    for measure, figures in _TOLD_BY.items():
        cells = _without_few(cells, measure, figures)
    return cells


def _without_few(cells: pl.DataFrame, measure: str, figures: tuple[str, ...]) -> pl.DataFrame:
    counted = cells.select(
        "county", "industry", pl.col(f"{measure}_units").alias("units"), pl.col(f"{measure}_telling").alias("telling")
    )
    why = withheld(counted, ["county"], ["industry"])
    shown = (pl.when(why.is_null()).then(name).alias(name) for name in figures)
    told = cells.with_columns(*shown, why.alias(f"{measure}_telling"))
    return told.rename({f"{measure}_telling": f"{measure}_withheld"})
