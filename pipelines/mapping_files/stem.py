"""A town's name as towns are compared: without what it is called for."""

from __future__ import annotations

import polars as pl

TOWN_SUFFIX = r"(?:街道|镇|乡)$"


def stem(name: pl.Expr) -> pl.Expr:
    """A town's name without 街道, 镇 or 乡, where at least two characters are left."""
    short = name.str.replace(TOWN_SUFFIX, "")
    return pl.when(short.str.len_chars() >= 2).then(short).otherwise(name)
