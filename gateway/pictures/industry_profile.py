"""Which industries a county could lean on: each one's share, location quotient and competitive part of five years."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from gateway.drawing.charts import (
    BLUE,
    LINE,
    MIDDLE,
    Drawn,
    Spec,
    along,
    bars,
    coloured,
    count,
    down,
    drawn,
    labels,
    money,
    percent,
    rows_high,
    rule,
)

COLUMNS = ("county_name", "year", "industry_name", "chain_position", "revenue", "revenue_share", "revenue_lq",
           "revenue_withheld", "base_year", "competitive_effect")  # fmt: skip
_ROWS = 12
# Bars end here; a quotient of 60 is told in its number, and those beside it stay to be seen.
_QUOTIENT = 5.0
_BOTH, _ONE, _REST = "区位商大于1，且竞争力分量为正", "仅一项，或另一项不公布", "其余"
_SIDES = {_BOTH: BLUE, _ONE: MIDDLE, _REST: LINE}


def industry_profile(rows: pl.DataFrame, called: Mapping[str, str]) -> Drawn | None:
    """Three panels over the newest year's industries of most revenue; those that are more and gain stand out."""
    newest = rows.filter(pl.col("year") == pl.col("year").max())
    industries = newest.drop_nulls(["revenue", "revenue_share", "revenue_lq"]).filter(pl.col("revenue") > 0)
    if industries.is_empty():
        return None
    gain = pl.col("competitive_effect")
    met = (pl.col("revenue_lq") > 1).cast(pl.Int8) + (gain > 0).fill_null(value=False).cast(pl.Int8)
    sign = pl.when(gain > 0).then(pl.lit("+")).when(gain < 0).then(pl.lit("−")).otherwise(pl.lit(""))
    largest = industries.sort("revenue", "industry_name", descending=[True, False]).select(
        "industry_name",
        (pl.col("industry_name") + pl.format("（{}）", "chain_position").fill_null("")).alias("industry"),
        pl.col("revenue").cast(pl.Float64),
        money(pl.col("revenue")).alias("revenue_told"),
        pl.col("revenue_share").cast(pl.Float64).alias("share"),
        pl.col("revenue_lq").cast(pl.Float64).alias("quotient"),
        pl.col("revenue_lq").round(2).cast(pl.Decimal(24, 2)).cast(pl.String).alias("quotient_told"),
        gain.cast(pl.Float64).fill_null(0).alias("gain"),
        (sign + money(gain.abs())).fill_null("—").alias("gain_told"),
        met.replace_strict([2, 1, 0], [*_SIDES], return_dtype=pl.String).alias("side"),
    )
    return _shown(newest, largest, called)


def _shown(newest: pl.DataFrame, largest: pl.DataFrame, called: Mapping[str, str]) -> Drawn:
    county, year, base = newest.select(pl.col("county_name", "year").first(), pl.col("base_year").max()).row(0)
    shown, withheld = largest.head(_ROWS), newest["revenue_withheld"].count()
    notes = (
        f"{called['revenue']}最多的{shown.height}个行业大类；另有{count(withheld, '个')}因企业过少不予公布；—：不公布",
        f"{_since(base, year, called)}；过长的条形已截短",
    )
    title, finding = f"{county}{year}年：哪些行业可作主导产业", _finding(largest)
    return drawn(title, finding, shown, {"hconcat": _panels(shown, called)}, *notes)


def _finding(largest: pl.DataFrame) -> str:
    """How many of all industries have both, and the largest of them; how many is not known where no gain is."""
    both = largest.filter(side=_BOTH)
    first = (both if both.height else largest).row(0, named=True)
    counted = f"{both.height}个行业两项皆备；" if (largest["gain_told"] != "—").any() else ""
    return (
        f"{counted}{first['industry_name']}{first['revenue_told']}，占{percent(first['share'])}，"
        f"区位商{first['quotient_told']}，竞争力分量{first['gain_told']}"
    )


def _since(base: int | None, year: int, called: Mapping[str, str]) -> str:
    """What the competitive part is; where no year lies five years back there is none."""
    if base is None:
        return "五年前没有申报数据，竞争力分量不公布"
    return f"竞争力分量：{base}至{year}年比全省同行业多增（少增）的{called['revenue']}"


def _panels(shown: pl.DataFrame, called: Mapping[str, str]) -> list[Spec]:
    """The first panel names the industries for all of them."""
    named, color = down("industry", shown["industry"].to_list()), coloured("side", _SIDES)
    bare, high = named | {"axis": None}, rows_high(shown.height)
    share = along("share", called["revenue_share"], axis={"format": "~%", "tickCount": 3})
    quotients, gains = _scales(shown)
    quotient = along("quotient", called["revenue_lq"], axis={"tickCount": 3}, scale=quotients)
    gain = along("gain", called["competitive_effect"], axis={"labelOpacity": 0, "format": ".0s"}, scale=gains)
    panels = [("revenue_told", share, 150, named, share, []),
              ("quotient_told", quotient, 110, bare, {"value": 112}, [1]),
              ("gain_told", gain, 110, bare, {"value": 112}, [0])]  # fmt: skip
    return [
        {"width": width, **high, "layer": [bars(x, y, color), *map(rule, lines), labels(column, at, y)]}
        for column, x, width, y, at, lines in panels
    ]


def _scales(shown: pl.DataFrame) -> tuple[Spec, Spec]:
    """Of quotients and gains: up to what they reach, but not so far that one of them hides the others.

    A rule stands at a quotient of 1, which is shown even where none reaches it.
    """
    quotient, low, high, revenue = shown.select(
        pl.col("quotient").max(), pl.col("gain").clip(upper_bound=0).min().alias("low"),
        pl.col("gain").clip(0).max().alias("high"), pl.col("revenue").max(),
    ).row(0)  # fmt: skip
    gains = [max(low, -revenue), min(high, revenue) or float(low == 0)]
    return {"domain": [0, min(max(quotient, 1), _QUOTIENT)], "clamp": True}, {"domain": gains, "clamp": True}
