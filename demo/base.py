"""A real register's enterprises, completed into the truth's form; its files stay as they are."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import polars as pl

from demo import enterprises as made
from demo import figures, places
from demo.draws import Dice
from demo.vocabulary import World

_LINE = (
    r'^([^,"]{4,60}),(9[0-9A-Z]{17}),(\d{4}-\d\d-\d\d),[^,"]*,[^,"]*,'
    r'"([^"]*)","([^"]*)",浙江,[^,"]*,"([^"]*)"$'
)
_FIELDS = ("name", "credit_code", "registered", "capital", "scope", "address")
_SORTS = (
    (r"分公司|分店|营业部|门市部|支行|支局|加油站$", "branch"),
    (r"合作社$", "cooperative"),
    (r"股份有限公司$", "joint_stock"),
    (r"有限合伙", "limited_partnership"),
    (r"普通合伙", "partnership"),
    (r"公司$", "company"),
)
_SLICE = 20_000
_CURRENCIES = {"美元": "USD", "香港元": "HKD", "日元": "JPY", "欧元": "EUR"}


def copy(register: Path, folder: Path) -> None:
    """Copy the register's CSV files byte for byte."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(register.glob("*.csv")):
        shutil.copyfile(file, folder / file.name)


def enterprises(register: Path, dice: Dice, world: World, today: date) -> pl.DataFrame:
    """The truth about the register's well-formed rows, each credit code once, in one of today's counties.

    What the register does not tell (people, revenue, status, permits) is made as for any enterprise; the
    industry follows from the name where a trade's word stands in it.
    """
    told = _placed(_read(register), world)
    frame = _traded(told, dice, world)
    frame = made.listed(
        figures.measured(frame, dice, world, today).drop("capital_yuan", "currency"), dice, world, today
    )
    return frame.join(_capital(told), on="number", how="left", maintain_order="left").select(made.COLUMNS)


def _read(register: Path) -> pl.DataFrame:
    """The register's rows as text, of a credit code that comes again the last."""
    lines = pl.concat([_lines(file) for file in sorted(register.glob("*.csv"))])
    fields = lines.select(pl.col("line").str.extract_groups(_LINE).struct.rename_fields(list(_FIELDS))).unnest("line")
    return (
        fields.drop_nulls("credit_code").unique("credit_code", keep="last", maintain_order=True)
        .with_columns(pl.col("registered").str.to_date("%Y-%m-%d", strict=False)).drop_nulls("registered")
    )  # fmt: skip


def _lines(file: Path) -> pl.DataFrame:
    return pl.DataFrame({"line": file.read_text(encoding="utf-8").split("\n")[1:]})


def _placed(rows: pl.DataFrame, world: World) -> pl.DataFrame:
    """Number the rows that have a place, and give them their town and the columns of the map."""
    spots = pl.concat([_spots(rows.slice(first, _SLICE), world) for first in range(0, rows.height, _SLICE)])
    found = rows.join(spots, on="credit_code", how="inner", maintain_order="left")
    seated = found.join(world.map.towns.drop("weight"), on="spot", how="left", maintain_order="left")
    numbered = seated.with_row_index("number").with_columns(pl.col("number").cast(pl.UInt64))
    return places.division_on(numbered, world.map, "registered")


def _spots(rows: pl.DataFrame, world: World) -> pl.DataFrame:
    """The town of each credit code, a `spot`: the candidate that its address makes likeliest.

    Rows whose candidates lie in several counties and whose address names none of them are left out.
    """
    candidates = _candidates(rows, world)
    named, in_town, in_full = (
        pl.col("address").str.contains(pl.col(part), literal=True).cast(pl.Int64)
        for part in ("county_short", "stem", "town_name")
    )
    only = pl.col("county").n_unique().over("credit_code") == 1
    scored = candidates.with_columns(score=named * 5 + in_town * 2 + in_full * 2, only=only)
    return (
        scored.filter(pl.col("only") | (pl.col("score") > 0))
        .sort("credit_code", "score", "spot", descending=[False, True, False])
        .unique("credit_code", keep="first", maintain_order=True)
        .select("credit_code", "spot")
    )


def _candidates(rows: pl.DataFrame, world: World) -> pl.DataFrame:
    """The towns that ever were in the division of a row's code, or in its city where that is none."""
    division, city = pl.col("credit_code").str.slice(2, 6), pl.col("credit_code").str.slice(2, 4)
    asked = rows.select("credit_code", "address", division=division, four=city)
    towns = world.map.towns.select(
        "spot", "county", "town_name", county_short=places.short(pl.col("county_name")),
        stem=places.town_stem(pl.col("town_name")), four=pl.col("county").str.slice(0, 4),
    )  # fmt: skip
    eras = world.map.eras.select("division", "spot").unique(maintain_order=True)
    by_code = asked.join(eras, on="division").join(towns.drop("four"), on="spot").drop("division", "four")
    by_city = asked.join(eras, on="division", how="anti").join(towns, on="four").drop("division", "four")
    return pl.concat([by_code, by_city], how="diagonal")


def _traded(told: pl.DataFrame, dice: Dice, world: World) -> pl.DataFrame:
    """Sort and trade from the name, and the columns that a made enterprise has of its naming."""
    words = world.trades.explode("words").unique("words", keep="first", maintain_order=True)
    rows = dict(words.select("words", "trade_row").iter_rows())
    met = pl.col("name").str.extract_many(list(rows), leftmost=True).list.last()
    row = met.replace_strict(rows, default=None, return_dtype=pl.Int64)
    frame = told.with_columns(sort=_sort(), trade_row=pl.coalesce(row, made.any_trade(dice, world)))
    frame = made.with_trade(frame.rename({"scope": "told_scope"}), dice, world)
    return frame.with_columns(
        scope="told_scope",
        organisation_code=pl.col("credit_code").str.slice(8, 9),
        place=_place(),
        former_name=pl.lit(None, pl.String),
        parent_name=pl.when(pl.col("sort") == "branch").then(pl.col("name").str.extract(r"^(.+?公司).", 1)),
        moved=pl.lit(value=False),
        event=pl.lit(None, pl.String),
    )


def _sort() -> pl.Expr:
    by_name = [pl.when(pl.col("name").str.contains(form)).then(pl.lit(sort)) for form, sort in _SORTS]
    individual = pl.when(pl.col("credit_code").str.starts_with("92")).then(pl.lit("individual"))
    return pl.coalesce(individual, *by_name, pl.lit("sole"))


def _place() -> pl.Expr:
    """The county or city that opens the name, empty where none does."""
    openings = [
        pl.col("county_name"),
        "division_short",
        pl.concat_str("city_short", pl.lit("市")),
        "city_short",
        pl.lit("浙江"),
    ]
    opens = [pl.when(pl.col("name").str.starts_with(each)).then(each) for each in openings]
    return pl.coalesce(*opens, pl.lit(""))


def _capital(told: pl.DataFrame) -> pl.DataFrame:
    """The registered capital in whole units of its currency, null where the register has none."""
    wan = pl.col("capital").str.replace_all(",", "").str.extract(r"^(\d+(?:\.\d+)?)\(?\s*万", 1).cast(pl.Float64)
    foreign = [pl.when(pl.col("capital").str.contains(word)).then(pl.lit(code)) for word, code in _CURRENCIES.items()]
    return told.select(
        "number",
        capital_yuan=(wan * 10_000).round().cast(pl.Int64),
        currency=pl.coalesce(*foreign, pl.lit("CNY")),
    )
