"""From where building waste comes into a county, in vehicles with and without a permit: by county of origin."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from gateway.charts import (
    AMBER,
    GREEN,
    RED,
    Drawn,
    along,
    bars,
    coloured,
    count,
    down,
    drawn,
    ends,
    percent,
    rows_high,
    said,
)

COLUMNS = ("county_name", "month", "plate", "origin_counties", "trips", "trips_permitted", "trips_unpermitted")
_ROWS = 12
_PERMITS = {"每趟有证": GREEN, "部分趟次无证": AMBER, "每趟无证": RED}


def cross_county_haulage(rows: pl.DataFrame, called: Mapping[str, str]) -> Drawn | None:
    """Bars of origins in colours of vehicles; one that began in several counties is counted in each of them."""
    if rows.is_empty():
        return None
    vehicles = rows.group_by("plate").agg(
        pl.col("trips", "trips_permitted").sum(),
        pl.col("origin_counties").str.split(";").explode().unique().alias("origin"),
    )
    always, sometimes, never = _PERMITS
    with_all, with_none = pl.col("trips_permitted") == pl.col("trips"), pl.col("trips_permitted") == 0
    permit = pl.when(with_all).then(pl.lit(always)).when(with_none).then(pl.lit(never)).otherwise(pl.lit(sometimes))
    met = vehicles.select("origin", permit.alias("permit")).explode("origin")
    origins = met.group_by("origin").agg(pl.len().alias("all")).sort("all", "origin", descending=[True, False])
    cells = (
        met.group_by("origin", "permit").agg(pl.len().alias("vehicles")).join(origins.head(_ROWS), on="origin")
        .with_columns(pl.format("{}辆", "all").alias("told"), pl.col("permit").replace_strict(
            [*_PERMITS], [0, 1, 2], return_dtype=pl.Int64).alias("rank"))
        .sort("all", "origin", "rank", descending=[True, False, False])
    )  # fmt: skip
    return _shown(rows, cells, called)


def _shown(rows: pl.DataFrame, cells: pl.DataFrame, called: Mapping[str, str]) -> Drawn:
    y = down("origin", cells["origin"].unique(maintain_order=True).to_list())
    x = along("vehicles", "运入本县的车（辆）", stack="zero", axis={"tickMinStep": 1})
    shapes = bars(x, y, coloured("permit", _PERMITS), order={"field": "rank"})
    body = {"width": 470, **rows_high(len(y["sort"])), "layer": [shapes, said("told", ends(x, "all"), y)]}
    trips, without = int(rows["trips"].sum()), int(rows["trips_unpermitted"].sum())
    months = sorted(rows["month"].dt.strftime("%Y-%m").unique())
    span = months[0] if len(months) == 1 else f"{months[0]}至{months[-1]}"
    finding = (
        f"{span}：外县来车{count(trips, '趟')}，其中无证或种类不符{count(without, '趟')}，占{percent(without / trips)}"
    )
    note = f"{count(rows['plate'].n_unique(), '辆')}车；从几个县起运过的，各县各计一次；无证含种类不符"
    return drawn(f"{rows['county_name'][0]}：外县运入的渣土，按{called['origin_counties']}", finding, cells, body, note)
