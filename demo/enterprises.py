"""The truth: what each enterprise is, from its number alone. What departments make of it is in `feeds/`."""

from __future__ import annotations

from datetime import date

import polars as pl

from demo import codes, figures, names, places
from demo.draws import Dice
from demo.permits import certificates, first_issued, permits
from demo.vocabulary import TAX_STATES, World

FIRST_DAY = date(2026, 6, 30)
FAMILY = 16
COMPANIES = ("company", "foreign", "joint_stock")

_SORTS = {
    "company": 50, "individual": 32, "sole": 6, "cooperative": 3, "foreign": 2, "partnership": 2,
    "joint_stock": 1.5, "limited_partnership": 1.5, "stock_cooperative": 1, "collective": 1,
}  # fmt: skip
_CREDIT_CODES_BEGAN = date(2015, 10, 1)
_CODE_FRONTS = {"individual": "92", "cooperative": "93"}
_YEARS = {year: 1 + (year - 1980) ** 2 / 40 for year in range(1980, 2027)}
_INSURED_RATES = {"company": 0.62, "foreign": 0.9, "joint_stock": 0.9, "individual": 0.15, "branch": 0.5}

COLUMNS = (
    "number", "credit_code", "organisation_code", "name", "former_name", "parent_name", "place", "trade",
    "scope", "sort", "setting", "enterprise_type", "industry", "section", "tax_code", "edition", "registered",
    "started", "ended", "county", "county_name", "city", "town", "town_name", "spot", "address", "moved",
    "division", "division_name", "division_city", "capital_yuan", "capital_currency", "currency", "status",
    "state", "revenue", "tax_paid", "insured", "insurance_status", "insurance_state", "first_insured",
    "technology_lists", "certificates", "permit_class", "permits", "in_tax", "in_social", "in_science",
    "in_ecology", "event",
)  # fmt: skip


def found(first: int, last: int, dice: Dice, world: World, today: date) -> pl.DataFrame:
    """The enterprises from number `first` to `last` - 1 as they stand on a day."""
    return _made(first, last, dice, world, today, _registered(dice, today)).select(COLUMNS)


def born(first: int, last: int, dice: Dice, world: World, today: date) -> pl.DataFrame:
    """The enterprises registered on a day, all of them alive and under their first name."""
    active = world.meaning("enterprise_status", "tax_status", TAX_STATES)["active"]
    fresh = _made(first, last, dice, world, today, pl.lit(today))
    return fresh.with_columns(
        state=pl.lit("active"), status=pl.lit(active), ended=pl.lit(None, pl.Date),
        former_name=pl.lit(None, pl.String), event=pl.lit("born"),
    ).select(COLUMNS)  # fmt: skip


def _made(first: int, last: int, dice: Dice, world: World, today: date, registered: pl.Expr) -> pl.DataFrame:
    """Whole families of 16, a branch's parent being of its family; cut at `first`."""
    numbers = pl.int_range(first // FAMILY * FAMILY, last, dtype=pl.UInt64, eager=True)
    frame = _all(pl.DataFrame({"number": numbers}), dice, world, today, registered)
    return frame.filter(pl.col("number") >= first).with_columns(event=pl.lit(None, pl.String))


def _all(frame: pl.DataFrame, dice: Dice, world: World, today: date, registered: pl.Expr) -> pl.DataFrame:
    frame = _traded(_sorted(frame, dice), dice, world).with_columns(registered=registered)
    frame = _coded(_named(_seated(frame, dice, world), dice), dice)
    return listed(figures.measured(frame, dice, world, today), dice, world, today)


def _registered(dice: Dice, today: date) -> pl.Expr:
    year = dice.weigh("registered/year", _YEARS)
    day = pl.date(year, 1, 1) + pl.duration(days=dice.below("registered/day", 365))
    return pl.min_horizontal(day, pl.lit(today) - pl.duration(days=dice.below("registered/late", 150) + 1))


def _sorted(frame: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Its sort: the first of each family is a company, the last often its branch."""
    slot = pl.col("number") % FAMILY
    branch = (slot == FAMILY - 1) & dice.chance("branch", 0.6)
    fixed = pl.when(slot == 0).then(pl.lit("company")).when(branch).then(pl.lit("branch"))
    return frame.with_columns(sort=fixed.otherwise(dice.weigh("sort", _SORTS)))


def _traded(frame: pl.DataFrame, dice: Dice, world: World) -> pl.DataFrame:
    """Its trade: a farmers' cooperative farms, a limited partnership invests."""
    farms = dict(world.trades.filter(pl.col("setting") == "farm").select("trade_row", "weight").iter_rows())
    investing = world.trades.filter(pl.col("words").list.contains("投资管理"))["trade_row"][0]
    row = (
        pl.when(pl.col("sort") == "cooperative").then(dice.weigh("trade/farm", farms))
        .when(pl.col("sort") == "limited_partnership").then(investing).otherwise(any_trade(dice, world))
    )  # fmt: skip
    return with_trade(frame.with_columns(trade_row=row), dice, world)


def any_trade(dice: Dice, world: World) -> pl.Expr:
    """A trade's row, by its weight."""
    return dice.weigh("trade", dict(world.trades.select("trade_row", "weight").iter_rows()))


def with_trade(frame: pl.DataFrame, dice: Dice, world: World) -> pl.DataFrame:
    """Turn `trade_row` into the trade's columns, `trade` being one of its words."""
    word = pl.col("words").list.get(dice.below("trade/word", 1_000_003) % pl.col("words").list.len().cast(pl.Int64))
    joined = frame.join(world.trades.drop("weight"), on="trade_row", how="left", maintain_order="left")
    return joined.with_columns(trade=word).drop("trade_row", "words")


def _seated(frame: pl.DataFrame, dice: Dice, world: World) -> pl.DataFrame:
    """Where it was registered and the division of that day, and where it is now: a few have moved since."""
    frame = places.division_on(places.settle(frame, world.map, dice, "seat"), world.map, "registered")
    elsewhere = places.settle(frame.select("number"), world.map, dice, "moved")
    seat = [name for name in elsewhere.columns if name != "number"]
    moved = pl.col("moved")
    frame = frame.with_columns(moved=dice.chance("moved", 0.006), registered_town=pl.col("town"))
    frame = frame.with_columns(
        pl.when(moved).then(elsewhere[name]).otherwise(pl.col(name)).alias(name) for name in seat
    )
    once = pl.when(moved).then("county_name").otherwise("division_name")
    return frame.with_columns(address=places.address(dice, "address", once))


def _named(frame: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Its name, the name it bore before, the place that opens both, and a branch's parent."""
    renamed = dice.chance("renamed", 0.05) & ~pl.col("sort").is_in(["individual", "branch"])
    frame = frame.with_columns(place=names.place(dice, "place"), form=names.form(dice, "form"))
    frame = frame.with_columns(
        name=names.name(dice, "name"), former_name=pl.when(renamed).then(names.name(dice, "former"))
    )
    parent = frame["name"].gather((frame["number"] - frame["number"][0]) // FAMILY * FAMILY)
    is_branch = pl.col("sort") == "branch"
    frame = frame.with_columns(parent_name=pl.when(is_branch).then(parent))
    branch = pl.when(is_branch).then(names.branch_name(dice, "branch_form")).otherwise("name")
    return frame.with_columns(name=branch).drop("form")


def _coded(frame: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """The credit code: the division is that of the registering office, at times the city's own."""
    old = (pl.col("registered") < _CREDIT_CODES_BEGAN) & ~pl.col("sort").is_in(list(_CODE_FRONTS))
    under_city = pl.col("sort").is_in(COMPANIES) & ~pl.col("division").str.starts_with("339")
    city_office = dice.chance("city_office", 0.02) & under_city
    office = pl.when(city_office).then(pl.col("division").str.slice(0, 4) + "00").otherwise("division")
    front = pl.col("sort").replace_strict(_CODE_FRONTS, default="91")
    frame = frame.with_columns(organisation_code=codes.organisation_code(codes.first_eight(dice, old)))
    frame = frame.with_columns(_front=pl.concat_str(front, office, "organisation_code"))
    return frame.with_columns(credit_code=codes.credit_code(pl.col("_front"))).drop("_front")


def listed(frame: pl.DataFrame, dice: Dice, world: World, today: date) -> pl.DataFrame:
    """Which departments know it, its certificates and its permits."""
    alive, factory = pl.col("state") != "ended", pl.col("setting") == "factory"
    inventive = pl.col("sort").is_in(COMPANIES) & pl.col("setting").is_in(["factory", "tech"])
    insured = pl.coalesce(
        *(
            pl.when(pl.col("sort") == sort).then(dice.chance("in_social", rate))
            for sort, rate in _INSURED_RATES.items()
        ),
        dice.chance("in_social", 0.4),
    )
    frame = frame.with_columns(
        in_tax=dice.chance("in_tax", 0.85),
        in_social=insured & alive,
        in_science=inventive & alive & dice.chance("in_science", 0.22),
        in_ecology=factory & alive & (pl.col("sort") != "branch") & dice.chance("in_ecology", 0.19),
    )
    certified = certificates(frame.filter("in_science"), dice, world, today)
    permitted = permits(frame.filter("in_ecology"), first_issued(dice, today), dice, world)
    frame = frame.join(certified, on="number", how="left", maintain_order="left")
    return frame.join(permitted, on="number", how="left", maintain_order="left")
