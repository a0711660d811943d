"""Whether a town that a change moves is one of the division that it leaves. Towns are compared by their stems."""

from __future__ import annotations

import polars as pl

from pipelines.mapping_files.stem import stem


def never_there(changes: pl.DataFrame, townships: pl.DataFrame) -> pl.Series:
    """Which changes name a town that neither the division which it leaves has nor the one it comes to, from then on.

    A town is one of a division that lists it, or to which another change brought it. What was before towns were
    listed cannot be judged.
    """
    named = changes.with_row_index("at").with_columns(towns=pl.col("towns").str.split(";")).explode("towns")
    towns = named.filter(pl.col("towns") != "").with_columns(stem=stem(pl.col("towns")))
    listed = townships.select("county", stem=stem(pl.col("name")), came="since")
    there = pl.concat([listed.drop("came"), towns.select(county="to_code", stem="stem")])
    since = townships.group_by(from_code="county").agg(listed=pl.col("since").min())
    judged = towns.join(since, on="from_code").filter(pl.col("since") > pl.col("listed"))
    left = judged.join(there, left_on=["from_code", "stem"], right_on=["county", "stem"], how="anti")
    met = left.join(listed, left_on=["to_code", "stem"], right_on=["county", "stem"]).filter(
        pl.col("came") >= pl.col("since")
    )
    strange = left.join(met, on=["at", "stem"], how="anti")
    return pl.int_range(changes.height, eager=True).is_in(strange["at"].implode())
