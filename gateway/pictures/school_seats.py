"""Whether a county's schools hold its pupils: need and places by stage over the years, and the towns short most."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from gateway.drawing.charts import (
    AMBER,
    BLUE,
    INK,
    PALE,
    RED,
    Drawn,
    Spec,
    along,
    bars,
    coloured,
    count,
    down,
    drawn,
    labels,
    rows_high,
)

COLUMNS = ("county_name", "town_name", "stage", "stage_name", "year", "basis", "need", "need_least", "need_most",
           "places", "balance")  # fmt: skip
_ROWS = 8
_ACTUAL, _AHEAD = "实有", "预测"
_BASES = {_ACTUAL: BLUE, _AHEAD: PALE}


def school_seats(rows: pl.DataFrame, called: Mapping[str, str]) -> Drawn | None:
    """Bars of the county's need a year and stage under a mark of its places; below, towns at their greatest lack."""
    county, short = _county(rows), _short(rows)
    if county.is_empty():
        return None
    over_years = _over_years(county, called)
    body = {"vconcat": [over_years, _towns(short.head(_ROWS))]} if short.height else over_years
    title = f"{rows['county_name'][0]}：小学、初中{called['need']}与{called['places']}"
    more = [f"列出缺口最大的{_ROWS}处"] if short.height > _ROWS else []
    note = f"单位：人；横线为{called['places']}，按最近学年，不计在建、拟建；黑色细线为上下限，仅反映数据遮蔽"
    gaps = "有乡镇（街道）缺数的年份不画"
    return drawn(title, f"{_today(county)}{_ahead(rows, short)}", county, body, note, "；".join([gaps, *more]))


def _county(rows: pl.DataFrame) -> pl.DataFrame:
    """The county's sums of the years that are known of every town; few pupils count with the middle of their bounds."""
    middle = (pl.col("need_least") + pl.col("need_most")) // 2
    sums = pl.col("need").fill_null(middle), pl.col("need_least", "need_most", "places")
    return (
        rows.group_by("stage", "stage_name", "year", "basis")
        .agg(*(each.sum() for each in sums), pl.col("need_least", "places").has_nulls().name.suffix("_unknown"))
        .filter(~pl.col("need_least_unknown"), ~pl.col("places_unknown"))
        .select("stage", "stage_name", "year", "basis", "need", "need_least", "need_most", "places")
        .sort("stage", "year")
    )


def _short(rows: pl.DataFrame) -> pl.DataFrame:
    """Each town and stage in the coming year in which it lacks most, the greatest lack first."""
    lacking = rows.filter(pl.col("basis") == _AHEAD, pl.col("balance") < 0).sort("balance", "year")
    least, most = (pl.col(each) - pl.col("places") for each in ("need_least", "need_most"))
    return (
        lacking.unique(["town_name", "stage"], keep="first", maintain_order=True)
        .select(
            pl.format("{}{}", pl.col("town_name").fill_null("不明"), "stage_name").alias("town"),
            "year", (-pl.col("balance")).alias("lack"), least.clip(0).alias("least"), most.alias("most"),
        )
        .with_columns(pl.format("{}（{}至{}），{}学年", "lack", "least", "most", "year").alias("told"))
        .sort("lack", "year", "town", descending=[True, False, False])
    )  # fmt: skip


def _today(county: pl.DataFrame) -> str:
    actual = county.filter(basis=_ACTUAL)
    newest = actual.filter(year=actual["year"].max()).iter_rows(named=True)
    stages = [f"{each['stage_name']}{count(each['need'], '人')}、学位{count(each['places'], '个')}" for each in newest]
    return f"{actual['year'].max()}学年{'，'.join(stages)}；" if stages else ""


def _ahead(rows: pl.DataFrame, short: pl.DataFrame) -> str:
    """What is forecast; that none will lack is said of years that are known, of all only where they all are."""
    ahead = rows.filter(basis=_AHEAD).with_columns(_spare())
    unknown = _unknown(ahead)
    if short.height:
        first = short.row(0, named=True)
        rest = f"；另有{count(unknown, '处')}有学年不明" if unknown else ""
        return f"预测{count(short.height, '处')}将缺，{first['town']}{first['year']}学年最多，缺{first['lack']}个{rest}"
    if ahead["spare"].count() == 0:
        return "以后学年的学位余缺不明"
    return f"预测已知的学年均不缺学位，{count(unknown, '处')}有学年不明" if unknown else "预测各乡镇（街道）均不缺学位"


def _spare() -> pl.Expr:
    """The places that stay free; of pupils too few to be told, those that do so at least, unless all may be taken."""
    least = pl.col("places") - pl.col("need_most")
    return pl.coalesce("balance", pl.when(least >= 0).then(least)).alias("spare")


def _unknown(ahead: pl.DataFrame) -> int:
    """How many towns and stages have a year of which nothing is known, and lack in none."""
    spare = pl.col("spare")
    towns = ahead.group_by("town_name", "stage").agg(spare.min(), is_open=spare.has_nulls())
    return towns.filter("is_open", (spare >= 0).fill_null(value=True)).height


def _over_years(county: pl.DataFrame, called: Mapping[str, str]) -> Spec:
    """A panel a stage: need as bars with their bounds, and places as a mark over each."""
    whole = county.select(pl.int_range(pl.col("year").min(), pl.col("year").max() + 1)).to_series().to_list()
    x = {"field": "year", "type": "ordinal", "title": called["year"], "scale": {"domain": whole},
         "axis": {"labelAngle": 0, "labelExpr": "datum.value % 2 ? datum.label : ''", "ticks": False}}  # fmt: skip
    y = {"field": "need", "type": "quantitative", "title": None,
         "axis": {"format": ",d", "tickCount": 4, "grid": True}}  # fmt: skip
    need = {"mark": {"type": "bar", "width": {"band": 0.72}},
            "encoding": {"x": x, "y": y, "color": coloured("basis", _BASES)}}  # fmt: skip
    bounds = {"mark": {"type": "rule", "color": INK},
              "encoding": {"x": x, "y": y | {"field": "need_least"}, "y2": {"field": "need_most"}}}  # fmt: skip
    mark = {"type": "tick", "thickness": 3, "width": {"band": 1}, "color": AMBER, "opacity": 1}
    places = {"mark": mark, "encoding": {"x": x, "y": y | {"field": "places"}}}
    stages = {"field": "stage_name", "type": "nominal", "sort": {"field": "stage"}}
    return {"facet": {"column": stages}, "spec": {"width": 270, "height": 190, "layer": [need, bounds, places]},
            "resolve": {"scale": {"y": "independent"}}}  # fmt: skip


def _towns(short: pl.DataFrame) -> Spec:
    y, x = down("town", short["town"].to_list()), along("lack", None, axis={"labels": False})
    bounds = {"mark": {"type": "rule", "color": INK, "strokeWidth": 1.5},
              "encoding": {"x": x | {"field": "least"}, "x2": {"field": "most"}, "y": y}}  # fmt: skip
    text = labels("told", x | {"field": "most"}, y, dx=8)
    title = {"text": "预测年份中的学位缺口（个），取缺口最大的一年", "fontSize": 13, "offset": 6}
    return {"title": title, "data": {"values": short.to_dicts()}, "width": 380, **rows_high(short.height),
            "layer": [bars(x, y, {"value": RED}), bounds, text]}  # fmt: skip
