"""Who uses what, to the column: the gateway's log of bytes that went out, carried back to all that they rest on."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl

from pipelines.ledger.own import own_columns
from pipelines.overlays.edition import class_for
from pipelines.promises.downloads import served_lines
from schemas.product import all_products

USE = {
    "resource": pl.String, "county": pl.String, "times": pl.UInt32, "first": pl.Date, "last": pl.Date,
}  # fmt: skip
_COLUMNS_OF = {"product": pl.String, "county": pl.String, "view": pl.String, "column": pl.String}
_ONCE = ("version", "file", "day")
_OWN = {"product": pl.String, "county": pl.String, "column": pl.String, "own": pl.String}
# No chain from a department to a tag is longer.
_LONGEST = 12
# Only these lead from what is used to what it rests on.
_RESTS = ("holds", "brings", "lists", "translates", "fuses", "makes", "tags")


def column_use(log: Path, on: date) -> pl.DataFrame:
    """How often each county took each column, of a product or of its own: `USE`, sorted; empty where there is no log.

    A download without columns took all of its view's, as the county receives the product on the day `on`, the newest
    as-of one. Days of use are China's.
    What a client reads of one file within a day is one use, in however many ranges it asks for it.
    """
    served = served_lines(log).filter(pl.col("bytes") > 0)
    taken = takings(served).with_row_index("n")
    each = _columns_taken(taken, _columns_of(served, on)).join(taken.select("n", "times", "first", "last"), on="n")
    named = each.join(_own(), on=["product", "county", "column"], how="left")
    name = pl.coalesce("own", pl.concat_str(pl.lit("product/"), "product", pl.lit("/"), "column"))
    counted = named.group_by(name.alias("resource"), "county").agg(
        pl.col("times").sum(), pl.col("first").min(), pl.col("last").max()
    )  # fmt: skip
    return counted.select(list(USE)).cast(USE).sort("resource", "county")  # pyright: ignore[reportArgumentType]


def takings(served: pl.DataFrame) -> pl.DataFrame:
    """Each set of columns that a county took of a product in one use, once: how often, and the first and last day.

    `columns` are those that were named, `views` the views of which all were taken. Two years of daily uses are a few
    sets, and only these are led to their columns.
    """
    view = pl.when(pl.col("columns").is_null()).then("view").alias("views")
    told = served.select("product", "county", *_ONCE, "columns", view).unique()
    used = told.group_by("product", "county", *_ONCE).agg(
        pl.col("columns").explode().drop_nulls().unique().sort(), pl.col("views").drop_nulls().unique().sort()
    )
    return used.group_by("product", "county", "columns", "views").agg(
        pl.len().alias("times"), pl.col("day").min().alias("first"), pl.col("day").max().alias("last")
    )


def _columns_taken(taken: pl.DataFrame, views: pl.DataFrame) -> pl.DataFrame:
    """A row a set of columns, by its `n`, and column of it, whether named or of a view of which all were taken."""
    of = ("n", "product", "county")
    whole = taken.select(*of, view="views").explode("view", empty_as_null=False)
    parts = [
        taken.select(*of, column="columns"),
        whole.join(views, on=["product", "county", "view"]).select(*of, "column"),
    ]
    return pl.concat([each.explode("column", empty_as_null=False) for each in parts]).unique()


def _columns_of(served: pl.DataFrame, on: date) -> pl.DataFrame:
    """The columns of each view, as each county that took a product receives it on a day."""
    took = served.select("product", "county").unique().filter(pl.col("product").is_in(list(all_products())))
    received = [(key, county, class_for(all_products()[key], county, on).views()) for key, county in took.iter_rows()]
    views = [(key, county, view, name) for key, county, told in received for view, names in told.items()
             for name in names]  # fmt: skip
    every = pl.DataFrame(views, schema=_COLUMNS_OF, orient="row")
    return every.group_by("product", "county", "view").agg("column")


def _own() -> pl.DataFrame:
    """What the ledger calls the columns that counties have of their own."""
    told = [(each.product, each.county, each.name, each.resource) for each in own_columns()]
    return pl.DataFrame(told, schema=_OWN, orient="row")


def use(columns: pl.DataFrame, edges: pl.DataFrame) -> pl.DataFrame:
    """The use of every resource that a used column rests on: `USE`, sorted; `times` of the most used column on it.

    So a department, a feed and a dictionary have the counties that benefit from them, whichever way it reaches them.
    """
    up = edges.filter(pl.col("what").is_in(_RESTS)).select("source", "target")
    reached = frontier = columns.select(pl.col("resource").alias("used"), "resource").unique()
    for _ in range(_LONGEST):
        found = frontier.join(up, left_on="resource", right_on="target").select("used", resource="source").unique()
        frontier = found.join(reached, on=["used", "resource"], how="anti")
        if frontier.is_empty():
            break
        reached = pl.concat([reached, frontier])
    told = reached.join(columns, left_on="used", right_on="resource")
    summed = told.group_by("resource", "county").agg(
        pl.col("times").max(), pl.col("first").min(), pl.col("last").max()
    )  # fmt: skip
    return summed.select(list(USE)).sort("resource", "county")


def standing(resources: pl.DataFrame, use: pl.DataFrame, kinds: tuple[str, ...]) -> pl.DataFrame:
    """The resources of some kinds with `times`, `counties` and `last` (null: never), the most used first."""
    told = use.group_by("resource").agg(
        pl.col("times").sum(), pl.len().alias("counties"), pl.col("last").max()
    )  # fmt: skip
    known = resources.filter(pl.col("kind").is_in(kinds)).join(told, on="resource", how="left")
    filled = known.with_columns(pl.col("times", "counties").fill_null(0))
    return filled.sort(["counties", "times", "resource"], descending=[True, True, False])


def unused(standing: pl.DataFrame, on: date, days: int) -> pl.DataFrame:
    """Those that nobody has used within the days before `on`, never used ones first."""
    since = pl.lit(on - timedelta(days=days))
    return standing.filter((pl.col("last") < since).fill_null(value=True)).sort(
        ["last", "resource"], nulls_last=False
    )  # fmt: skip
