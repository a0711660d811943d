"""Quotients of whole numbers, rounded once and half up: the same digits in any order and on any machine."""

from __future__ import annotations

import polars as pl


def quotient(number: pl.Expr, by: pl.Expr) -> pl.Expr:
    """The whole number nearest to `number / by`, neither of them below zero; null where `by` is zero."""
    return pl.when(by > 0).then((2 * number + by) // (2 * by))
