"""The policy library: verdicts counted bucket by bucket, and what of these counts must not be told taken out."""

from __future__ import annotations

import polars as pl

from pipelines.cut import Tables
from pipelines.methods.withhold import LEAST
from pipelines.policies.lacking import gaps
from pipelines.policies.listed import asked_tags
from pipelines.policies.match import matched
from pipelines.policies.read import all_policies
from pipelines.policies.untold import untold
from pipelines.surveying.survey import Buckets
from pipelines.tags.catalogue import whole
from pipelines.tags.mirror import day_of, medians, tagged

_ROW = ["county", "policy"]
_COUNTS = {"fits": "符合", "does_not_fit": "不符合", "undecided": "待定"}
_IS_OPEN = pl.col("asks_level") == "L1"
_NOT_TOLD = "不公布"


def counted(buckets: Buckets) -> pl.DataFrame:
    """By county and policy how many enterprises it fits, does not fit and leaves undecided, and what these lack."""
    province = medians(buckets(), asked_tags())
    return pl.concat([_of_bucket(each, province) for each in buckets()]).sort(_ROW)


def policy_library(rows: pl.DataFrame) -> pl.DataFrame:
    """The same rows without the counts that would tell of an enterprise, and what is lacking in words."""
    hidden = _hidden()
    shown = [pl.when(~each).then(name).alias(name) for name, each in hidden.items()]
    titles = [pl.when(each).then(pl.lit(_COUNTS[name])) for name, each in hidden.items()]
    joined = pl.concat_str(titles, separator=";", ignore_nulls=True).replace({"": None})
    told = rows.with_columns(*shown, withheld=joined).join(_lacks(rows), on=_ROW, how="left")
    return told.drop("lacks").rename({"words": "lacks", "structures": "lacks_structure"})


def _of_bucket(tables: Tables, province: pl.DataFrame) -> pl.DataFrame:
    rows, on = tagged(tables, asked_tags(), province).filter(pl.col("county").is_not_null()), day_of(tables)
    is_awaited = pl.col("datum").is_in(rows.columns).not_().alias("awaited")
    datum = pl.struct("datum", "title", "departments", is_awaited, "enterprises").alias("lacks")
    lacking = gaps(all_policies(), rows, whole(), on).group_by(_ROW, maintain_order=True).agg(datum)
    return _verdicts(matched(all_policies(), rows, whole(), on)).join(lacking, on=_ROW, how="left")


def _verdicts(said: pl.DataFrame) -> pl.DataFrame:
    """How many verdicts of each kind there are, and how many in all."""
    each = pl.exclude("credit_code", "county")
    kinds = {"fits": each.sum(), "does_not_fit": each.not_().sum(), "undecided": each.null_count()}
    by_county = said.group_by("county")
    long = [
        by_county.agg(kind.cast(pl.Int64)).unpivot(index="county", variable_name="policy", value_name=name)
        for name, kind in kinds.items()
    ]
    told = long[0].join(long[1], on=_ROW).join(long[2], on=_ROW)
    return told.with_columns(pl.sum_horizontal(*kinds).alias("enterprises"))


def _hidden() -> dict[str, pl.Expr]:
    """Whether each count must not be told: what asks for L1 alone tells nothing that is not open."""
    return {name: ~_IS_OPEN & each for name, each in untold([*_COUNTS]).items()}


def _lacks(rows: pl.DataFrame) -> pl.DataFrame:
    """What leaves verdicts undecided, where their count is told: `words` for a person, `structures` for a machine.

    Most first; of those that are not told the order would say which are two.
    """
    told = rows.filter(~_hidden()["undecided"]).select(*_ROW, "asks_level", "lacks")
    each = told.explode("lacks").drop_nulls("lacks").unnest("lacks")
    number = pl.when(_IS_OPEN | (pl.col("enterprises") >= LEAST)).then("enterprises")
    by = pl.when("awaited").then(pl.format("{}，尚无部门归集", "departments")).otherwise("departments")
    words = pl.format("{}（{}）{}", "title", by, pl.coalesce(pl.format("{}家", number), pl.lit(_NOT_TOLD)))
    parts = pl.struct("datum", "title", "departments", "awaited", enterprises=number)
    ranked = each.sort(*_ROW, number, "datum", descending=[False, False, True, False], nulls_last=True)
    said = ranked.select(*_ROW, words=words, structures=parts.struct.json_encode())
    return said.group_by(_ROW, maintain_order=True).agg(
        pl.col("words").str.join(";"), pl.format("[{}]", pl.col("structures").str.join(","))
    )
