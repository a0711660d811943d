"""What of the industry profile must not be told is taken out of what industry_profile.sql gives."""

from __future__ import annotations

import polars as pl

from pipelines.methods.withhold import BESIDE, withheld

_TOLD_BY = {
    "insured": ("insured", "insured_share", "insured_lq"),
    "revenue": ("revenue", "revenue_share", "revenue_lq", "revenue_hhi"),
    "tax": ("tax",),
    "energy": ("energy",),
    "land": ("land",),
}
_EFFECTS = ("revenue_change", "national_effect", "mix_effect", "competitive_effect")


def industry_profile(cells: pl.DataFrame) -> pl.DataFrame:
    """The same rows; of a measure that few report, the reason and no figure."""
    for measure, figures in _TOLD_BY.items():
        cells = _without_few(cells, measure, figures)
    return _without_ends(cells)


def _without_few(cells: pl.DataFrame, measure: str, figures: tuple[str, ...]) -> pl.DataFrame:
    counts = {"units": pl.col(f"{measure}_units").fill_null(0), "telling": pl.col(f"{measure}_telling").fill_null(0)}
    why = withheld(cells.select("county", "year", "industry", **counts), ["county", "year"], ["industry"])
    shown = (pl.when(why.is_null()).then(name).alias(name) for name in figures)
    told = cells.with_columns(*shown, why.alias(f"{measure}_telling"))
    return told.rename({f"{measure}_telling": f"{measure}_withheld"})


def _without_ends(cells: pl.DataFrame) -> pl.DataFrame:
    """A change and its parts would tell the revenue at one end where that at the other is known.

    Beside the revenue at both ends they would also tell that of whom one end alone leaves out of the change.
    """
    keys = ["county", "industry"]
    was = cells.select(*keys, pl.col("year").alias("base_year"), pl.col("revenue_withheld").alias("effects_withheld"))
    both = cells.join(was, on=[*keys, "base_year"], how="left", maintain_order="left")
    apart = pl.when(pl.col("revenue_apart") > 0).then(pl.lit(BESIDE))
    why = pl.when(pl.col("base_year").is_not_null()).then(pl.coalesce("revenue_withheld", "effects_withheld", apart))
    shown = (pl.when(why.is_null()).then(name).alias(name) for name in _EFFECTS)
    told = both.with_columns(*shown, effects_withheld=why)
    return told.select(
        *(name for name in cells.columns if name not in (*_EFFECTS, "revenue_apart")), "effects_withheld", *_EFFECTS
    )
