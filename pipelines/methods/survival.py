"""Survival by the product-limit estimate of Kaplan and Meier (1958), with late entry. Knows no enterprise."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

AT_RISK, SURVIVAL = "at_risk", "survival"


def survival(table: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The estimate of each group of `by` after each `age` of its table.

    The table has a row an age at which anything happens: how many `entered`, `died` and were `lost` (censored) at it.
    Who dies or is lost at an age is at risk at it, and so is who enters at it. Gives `at_risk` and `survival` beside
    them, sorted by group and age; the product is taken in the order of ages, so that its digits are always the same.

    Source: E. L. Kaplan and P. Meier, Nonparametric Estimation from Incomplete Observations, JASA 53 (1958) 457-481,
    §2.3 for losses and §3.3 (entries as negative losses) for late entry.
    """
    ordered = table.sort(*by, "age")
    gone = pl.col("died") + pl.col("lost")
    at_risk = (pl.col("entered").cum_sum() - gone.cum_sum() + gone).over(by, order_by="age")
    known = ordered.with_columns(at_risk.alias(AT_RISK))
    step = pl.when(pl.col(AT_RISK) > 0).then(1 - pl.col("died") / pl.col(AT_RISK)).otherwise(1.0)
    return known.with_columns(step.cum_prod().over(by, order_by="age").alias(SURVIVAL))
