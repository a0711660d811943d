"""What values a column holds, as a small sketch of their hashes, and how far two sketches overlap."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

# The least hashes that are kept of each column: shares are told within about 0.06.
KEPT = 256


def sketch(resource: str, values: Iterable[pl.Series]) -> pl.DataFrame:
    """The least `KEPT` hashes of a column's distinct values (KMV): a row a hash, sorted.

    Values are compared as text; parts are read one after another, so that memory stays that of the largest.
    """
    kept = pl.Series("hash", [], pl.UInt64)
    for part in values:
        told = part.drop_nulls().cast(pl.String).hash(seed=0).rename("hash")
        # Once enough are kept, hardly a value of a later part is below the greatest of them.
        near = told.filter(told < kept[-1]) if kept.len() == KEPT else told
        kept = pl.concat([kept, near]).unique().sort().head(KEPT)
    return kept.to_frame().select(pl.lit(resource).alias("resource"), "hash")


def overlaps(sketches: pl.DataFrame) -> pl.DataFrame:
    """Every two columns that share a value that is kept: left, right, jaccard, within; left < right, sorted.

    `jaccard` is the share of the values of both that both have, `within` that of the smaller column's values; both
    are estimates below the least of the two columns' greatest hashes, and exact where a column has few values.
    """
    last = sketches.group_by("resource").agg(
        pl.when(pl.len() >= KEPT).then(pl.col("hash").max()).otherwise(pl.lit(2**64 - 1, pl.UInt64)).alias("reach")
    )
    known = sketches.join(last, on="resource")
    pairs = known.join(known, on="hash", suffix="_2").filter(pl.col("resource") < pl.col("resource_2"))
    reach = pl.min_horizontal("reach", "reach_2")
    both = pairs.filter(pl.col("hash") <= reach).group_by("resource", "resource_2").agg(
        pl.len().alias("both"), reach.first().alias("reach")
    )  # fmt: skip
    counted = both.with_columns(
        _below(both, known, "resource").alias("one"), _below(both, known, "resource_2").alias("two")
    )
    shares = counted.select(
        left="resource", right="resource_2",
        jaccard=pl.col("both") / (pl.col("one") + pl.col("two") - pl.col("both")),
        within=pl.col("both") / pl.min_horizontal("one", "two"),
    )  # fmt: skip
    return shares.sort("left", "right")


def _below(pairs: pl.DataFrame, known: pl.DataFrame, name: str) -> pl.Series:
    """How many hashes of one side lie within each pair's reach."""
    hashes = known.group_by("resource").agg(pl.col("hash"))
    told = pairs.join(hashes, left_on=name, right_on="resource", how="left", maintain_order="left")
    exploded = told.with_row_index("n").explode("hash", empty_as_null=False).filter(pl.col("hash") <= pl.col("reach"))
    return exploded.group_by("n").len().sort("n")["len"]
