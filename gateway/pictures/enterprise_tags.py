"""How many of a county's enterprises bear the tags that its bureaus ask for most, and of how many it is unknown."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from gateway.drawing.charts import (
    BLUE,
    LINE,
    PALE,
    Drawn,
    along,
    bars,
    coloured,
    count,
    down,
    drawn,
    labels,
    percent,
    rows_high,
)

_TAGS = (
    "high_technology", "technology_sme", "above_scale", "in_profit", "revenue_up_2_years", "tax_up_2_years", "gazelle",
    "research_share_met", "tax_credit_a", "credit_excellent", "permit_any", "penalised_market",
)  # fmt: skip
COLUMNS = ("county_name", "alive", *_TAGS)
_ANSWERS = {"是": BLUE, "否": PALE, "不明": LINE}


def enterprise_tags(rows: pl.DataFrame, called: Mapping[str, str]) -> Drawn | None:
    """Bars of shares: yes, no, unknown; the most common tag first."""
    living = rows.filter(pl.col("alive"))
    if living.is_empty():
        return None
    counted = living.select(pl.col(_TAGS).sum()).unpivot(variable_name="tag", value_name="yes")
    answers = living.select(pl.col(_TAGS).count()).unpivot(variable_name="tag", value_name="known")
    tags = (
        counted.join(answers, on="tag")
        .with_columns(
            pl.col("tag").replace_strict(dict(called)).alias("title"),
            pl.when(pl.col("known") > 0).then("yes").alias("yes"),
        )
        .sort("yes", "tag", descending=[True, False], nulls_last=True)
    )
    return _shown(living, tags)


def _shown(living: pl.DataFrame, tags: pl.DataFrame) -> Drawn:
    yes, with_answer = pl.col("yes").fill_null(0), pl.col("known")
    answers = {"是": yes, "否": with_answer - yes, "不明": living.height - with_answer}
    cells = (
        tags.select("tag", "title", pl.format("{}家", "yes").fill_null("—").alias("told"), **answers)
        .unpivot(on=[*answers], index=["tag", "title", "told"], variable_name="answer", value_name="enterprises")
        .with_columns(share=pl.col("enterprises") / living.height, rank=pl.col("answer").replace_strict(
            [*_ANSWERS], [0, 1, 2], return_dtype=pl.Int64))
    )  # fmt: skip
    y = down("title", tags["title"].to_list())
    x = along("share", "占存续在营企业", stack="zero", scale={"domain": [0, 1]}, axis={"format": ".0%"})
    yes_labels = labels("told", {"value": 390}, y)
    body = {"width": 388, **rows_high(tags.height),
            "layer": [bars(x, y, coloured("answer", _ANSWERS), order={"field": "rank"}), yes_labels]}  # fmt: skip
    title = f"{living['county_name'][0]}：常用企业标签"
    finding = f"存续在营{count(living.height, '家')}；{_most(living, tags)}"
    return drawn(title, finding, cells, body, "右侧为“是”的家数；不明：所需数据缺项")


def _most(living: pl.DataFrame, tags: pl.DataFrame) -> str:
    """The most common tag of those that are known of anybody."""
    first = tags.row(0, named=True)
    if first["yes"] is None:
        return "常用标签均不明"
    return f"{first['title']}{count(first['yes'], '家')}，占{percent(first['yes'] / living.height)}"
