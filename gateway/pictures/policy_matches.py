"""Which policies meet how many of a county's enterprises: those that fit, and those that lack a datum."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from gateway.drawing.charts import (
    AMBER,
    GREEN,
    Drawn,
    along,
    bars,
    coloured,
    count,
    down,
    drawn,
    ends,
    labels,
    rows_high,
    told_apart,
)

COLUMNS = ("county_name", "policy", "policy_title", "issued_by", "credit_code", "verdict")
_ROWS = 12
_VERDICTS = {"符合": GREEN, "待补": AMBER}


def policy_matches(rows: pl.DataFrame, called: Mapping[str, str]) -> Drawn | None:
    """Bars of policies in colours of verdicts, those that fit most enterprises first."""
    if rows.is_empty():
        return None
    policies = (
        rows.group_by("policy", "policy_title", "issued_by")
        .agg(pl.len().alias("all"), (pl.col("verdict") == "符合").sum().alias("fits"))
        .sort("fits", "all", "policy", descending=[True, True, False])
        .with_columns(
            told_apart("policy_title", "issued_by").alias("title"),
            pl.format("{} / {}", "fits", "all").alias("told"),
        )
    )
    top = policies.head(_ROWS)
    cells = (
        rows.group_by("policy", "verdict").agg(pl.len().alias("enterprises")).join(top, on="policy")
        .with_columns((pl.col("verdict") != "符合").cast(pl.Int64).alias("rank"))
        .sort("fits", "all", "policy", "rank", descending=[True, True, False, False])
    )  # fmt: skip
    y = down("title", top["title"].to_list())
    x = along("enterprises", "企业（家）", stack="zero", axis={"tickMinStep": 1})
    color = coloured("verdict", _VERDICTS)
    total = labels("told", ends(x, "all"), y)
    body = {"width": 400, **rows_high(top.height), "layer": [bars(x, y, color, order={"field": "rank"}), total]}
    fitting = rows.filter(pl.col("verdict") == "符合")
    finding = f"{count(policies.height, '项')}政策，{count(fitting['credit_code'].n_unique(), '家')}企业至少符合一项"
    note = "数字为符合 / 合计；待补：补齐所缺数据方可判断" + (f"；列出前{_ROWS}项" if policies.height > _ROWS else "")
    return drawn(f"{rows['county_name'][0]}：政策与企业的{called['verdict']}", finding, cells, body, note)
