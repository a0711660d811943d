"""From where building waste comes into a county, in vehicles with and without a permit: by county of origin."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from gateway.drawing.charts import (
    AMBER,
    GREEN,
    PALE,
    RED,
    Drawn,
    along,
    bars,
    coloured,
    count,
    down,
    drawn,
    ends,
    labels,
    percent,
    rows_high,
)

COLUMNS = ("county_name", "month", "plate", "origin_counties", "trips", "trips_permitted", "trips_unpermitted")
_ROWS = 12
_PERMITS = {"每趟有证": GREEN, "部分趟次无证": AMBER, "每趟无证": RED}
_UNKNOWN = {"准运证数源尚未到达": PALE}


def cross_county_haulage(rows: pl.DataFrame, called: Mapping[str, str]) -> Drawn | None:
    """Bars of origins in colours of vehicles; one that began in several counties is counted in each of them."""
    if rows.is_empty():
        return None
    permitted = pl.col("trips_permitted")
    vehicles = rows.group_by("plate").agg(
        pl.col("trips").sum(),
        pl.when(permitted.null_count() == 0).then(permitted.sum()),
        pl.col("origin_counties").str.split(";").explode().unique().alias("origin"),
    )
    (always, sometimes, never), (unknown,) = _PERMITS, _UNKNOWN
    with_all, with_none = permitted == pl.col("trips"), permitted == 0
    answer = pl.when(with_all).then(pl.lit(always)).when(with_none).then(pl.lit(never)).otherwise(pl.lit(sometimes))
    permit = pl.when(permitted.is_null()).then(pl.lit(unknown)).otherwise(answer)
    met = vehicles.select("origin", permit.alias("permit")).explode("origin")
    origins = met.group_by("origin").agg(pl.len().alias("all")).sort("all", "origin", descending=[True, False])
    cells = (
        met.group_by("origin", "permit").agg(pl.len().alias("vehicles")).join(origins.head(_ROWS), on="origin")
        .with_columns(pl.format("{}辆", "all").alias("told"), pl.col("permit").replace_strict(
            [*_PERMITS, *_UNKNOWN], [0, 1, 2, 3], return_dtype=pl.Int64).alias("rank"))
        .sort("all", "origin", "rank", descending=[True, False, False])
    )  # fmt: skip
    return _shown(rows, cells, called)


def _shown(rows: pl.DataFrame, cells: pl.DataFrame, called: Mapping[str, str]) -> Drawn:
    y = down("origin", cells["origin"].unique(maintain_order=True).to_list())
    x = along("vehicles", "运入本县的车（辆）", stack="zero", axis={"tickMinStep": 1})
    colours = _PERMITS if rows["trips_permitted"].null_count() == 0 else _PERMITS | _UNKNOWN
    shapes = bars(x, y, coloured("permit", colours), order={"field": "rank"})
    body = {"width": 470, **rows_high(len(y["sort"])), "layer": [shapes, labels("told", ends(x, "all"), y)]}
    months = sorted(rows["month"].dt.strftime("%Y-%m").unique())
    span = months[0] if len(months) == 1 else f"{months[0]}至{months[-1]}"
    finding = f"{span}：{_finding(rows)}"
    note = f"{count(rows['plate'].n_unique(), '辆')}车；从几个县起运过的，各县各计一次；无证含种类不符"
    return drawn(f"{rows['county_name'][0]}：外县运入的渣土，按{called['origin_counties']}", finding, cells, body, note)


def _finding(rows: pl.DataFrame) -> str:
    trips = int(rows["trips"].sum())
    if rows["trips_unpermitted"].null_count():
        return f"外县来车{count(trips, '趟')}，准运证数源尚未到达，有证与否不详"
    without = int(rows["trips_unpermitted"].sum())
    return f"外县来车{count(trips, '趟')}，其中无证或种类不符{count(without, '趟')}，占{percent(without / trips)}"
