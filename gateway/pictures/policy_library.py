"""How many enterprises each policy fits, does not, or leaves open, and which datum leaves most of them open."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from gateway.drawing.charts import (
    AMBER,
    GREEN,
    LINE,
    PALE,
    SOFT,
    Drawn,
    Spec,
    along,
    bars,
    coloured,
    count,
    down,
    drawn,
    labels,
    told_apart,
)

_COUNTS = ("fits", "undecided", "does_not_fit")
COLUMNS = ("county_name", "policy", "policy_title", "issued_by", "enterprises", *_COUNTS, "lacks_structure")
_ROWS, _HIGH = 12, 46
_COLUMN_OF = {"符合": "fits", "待定": "undecided", "不符合": "does_not_fit", "不公布": "withheld"}
_ANSWERS = {"符合": GREEN, "待定": AMBER, "不符合": PALE, "不公布": LINE}
_DATUM = pl.Struct({"title": pl.String, "departments": pl.String, "awaited": pl.Boolean, "enterprises": pl.Int64})


def policy_library(rows: pl.DataFrame, called: Mapping[str, str]) -> Drawn | None:
    """Bars of policies in colours of verdicts, those that fit most first; beside each, the datum it lacks most."""
    if rows.is_empty() or rows["enterprises"][0] == 0:
        return None
    verdicts = pl.sum_horizontal(pl.col(*_COUNTS).fill_null(0))
    library = (
        rows.with_columns(
            (pl.col("enterprises") - verdicts).alias("withheld"),
            pl.col("lacks_structure").str.json_decode(pl.List(_DATUM)).alias("lacks"),
            told_apart("policy_title", "issued_by").alias("title"),
        )
        .drop("lacks_structure")
        .sort("fits", "undecided", "policy", descending=[True, True, False], nulls_last=True)
    )
    return _shown(library, library.head(_ROWS), called)


def _shown(library: pl.DataFrame, top: pl.DataFrame, called: Mapping[str, str]) -> Drawn:
    cells = (
        top.select("policy", "title", _numbers(), _datum(), *(
            (pl.col(column) / pl.col("enterprises")).fill_null(0).alias(name) for name, column in _COLUMN_OF.items()))
        .unpivot(on=[*_COLUMN_OF], index=["policy", "title", "numbers", "datum"], variable_name="answer",
                 value_name="share")
        .with_columns(pl.col("answer").replace_strict([*_ANSWERS], [0, 1, 2, 3], return_dtype=pl.Int64).alias("rank"))
    )  # fmt: skip
    county, policies, enterprises = library["county_name"][0], library.height, library["enterprises"][0]
    title = f"{county}：政策与符合、待定、不符合的企业"
    finding = f"{count(policies, '项')}政策，{count(enterprises, '家')}企业{_most(library)}"
    note = f"条上依次为符合 · 待定 · 不符合；右侧为{called['lacks_structure'].removesuffix('的结构')}中最多的一项及部门"
    more = [f"列出前{_ROWS}项"] if policies > _ROWS else []
    return drawn(title, finding, cells, _body(top["title"].to_list()), note, *more)


def _numbers() -> pl.Expr:
    """The three counts; a dash where one is withheld."""
    return pl.concat_str(pl.col(*_COUNTS).cast(pl.String).fill_null("—"), separator=" · ").alias("numbers")


def _datum() -> pl.Expr:
    """The datum that leaves most open and its department on a second line, which no feed brings where it is awaited."""
    first = pl.col("lacks").list.first().struct
    awaited = pl.when(first.field("awaited")).then(pl.lit("，尚无部门归集")).otherwise(pl.lit(""))
    units = pl.format("{}家", first.field("enterprises")).fill_null("不公布")
    words = pl.format("{}：{}\n{}{}", first.field("title"), units, first.field("departments"), awaited)
    return words.fill_null("—").alias("datum")


def _most(library: pl.DataFrame) -> str:
    """The datum that leaves most verdicts open over all policies; an enterprise counts once a policy."""
    data = library.select("lacks").explode("lacks").drop_nulls().unnest("lacks").drop_nulls("enterprises")
    open_by = data.group_by("title", "departments").agg(pl.col("enterprises").sum(), pl.len().alias("policies"))
    if open_by.is_empty():
        return ""
    first = open_by.sort("enterprises", "title", "departments", descending=[True, False, False]).row(0, named=True)
    met = f"{first['policies']}项政策{count(first['enterprises'], '家次')}"
    return f"；待定最多因缺{first['title']}（{first['departments']}）：{met}"


def _body(titles: list[str]) -> Spec:
    y, x = down("title", titles), along("share", "占本县企业", stack="zero", scale={"domain": [0, 1]},
                                        axis={"format": ".0%", "tickCount": 2})  # fmt: skip
    high = {"height": {"step": _HIGH} if len(titles) > 1 else _HIGH * 2}
    shapes = bars(x, y, coloured("answer", _ANSWERS), order={"field": "rank"})
    shapes["mark"]["height"] = {"band": 0.36}
    numbers = labels("numbers", {"value": 0}, y, dx=0, dy=-15, fontSize=11.5, color=SOFT)
    datum = labels("datum", {"value": 0}, y | {"axis": None}, dx=0, dy=-8, lineBreak="\n", lineHeight=17)
    title = {"text": "待定所缺最多的数据与部门", "fontSize": 13, "fontWeight": "normal", "color": SOFT, "offset": 6}
    return {"hconcat": [{"width": 230, **high, "layer": [shapes, numbers]},
                        {"width": 330, **high, "title": title, "layer": [datum]}]}  # fmt: skip
