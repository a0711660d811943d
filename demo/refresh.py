"""The next day: births, deaths, moves and changed values, and the deliveries that they bring about."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from demo import enterprises, feeds, names, permits, places
from demo.deliver import Delivery, deliver, keep_places
from demo.draws import Dice
from demo.feeds.form import Form
from demo.truth import CHUNK, EVENTS_SCHEMA, Province, Table, chunks, read_province, write_province
from demo.vocabulary import INSURANCE_STATES, TAX_STATES, World

_BIRTHS = 0.003
_RATES = {
    "died": 20, "moved": 20, "renamed": 10, "recapitalised": 20, "earned": 30, "hired": 30, "certified": 20,
    "repermitted": 100, "": 9750,
}  # fmt: skip
_TOLD = {
    "died": pl.col("status"), "moved": pl.col("county"), "renamed": pl.col("name"),
    "recapitalised": pl.col("capital_yuan"), "earned": pl.col("revenue"), "hired": pl.col("insured"),
    "certified": pl.col("technology_lists").list.join(";"),
    "repermitted": pl.col("permits").list.first().struct.field("valid_until"), "born": pl.col("county"),
}  # fmt: skip
_PLACE = ("spot", "county", "county_name", "city", "town", "town_name")


def newest_day(out: Path) -> date:
    """The day of the newest delivery in `out/inbox` whose name carries a day."""
    stems = [re.fullmatch(r"(\d{4})(\d\d)(\d\d)", path.stem) for path in sorted((out / "inbox").glob("*/*"))]
    days = [date(int(found[1]), int(found[2]), int(found[3])) for found in stems if found]
    if not days:
        raise FileNotFoundError(f"{out}/inbox holds no delivery; begin the province without --refresh first.")
    return max(days)


def refresh(out: Path, day: date, world: World) -> dict[Path, int]:
    """Let a day happen and write its deliveries; gives rows by file.

    Each feed brings what its form says of a day, and one that is not daily the past month's or year's file when it is
    not there yet.
    """
    province = read_province(out / "truth")
    dice = Dice(province.seed)
    _live(out, province, day, dice, world)
    keep_places(out, world)
    mine = feeds.named(province.feeds)
    return deliver(out, [each for each in _due(out, day) if each.form in mine], dice)


def _live(out: Path, province: Province, day: date, dice: Dice, world: World) -> None:
    """Rewrite the truth as it is on the day, and add what happened to the events."""
    truth, events = Table(out / "truth" / "enterprises.parquet"), Table(out / "truth" / "events.parquet")
    events.append_old()
    for chunk in chunks(out / "truth" / "enterprises.parquet"):
        lived = _lived(chunk, day, dice, world)
        truth.append(lived)
        events.append(_told(chunk, lived, day))
    last = province.next_number + max(1, round(province.next_number * _BIRTHS))
    for first in range(province.next_number, last, CHUNK):
        born = enterprises.born(first, min(first + CHUNK, last), dice, world, day)
        truth.append(born)
        events.append(_told(born.clear(), born, day))
    truth.close()
    events.close()
    write_province(out / "truth", replace(province, next_number=last))


def _due(out: Path, day: date) -> list[Delivery]:
    """The deliveries that a day brings."""
    lived, month = pl.scan_parquet(out / "truth" / "enterprises.parquet"), day.replace(day=1) - timedelta(days=1)
    daily = [
        Delivery(form, day, form.daily.chosen) for form in feeds.ALL if form.daily and _is_any(lived, form.daily.is_due)
    ]
    late = [form for form in feeds.ALL if not form.daily and not _path(out, form, month).exists()]
    return [*daily, *(Delivery(form, month, pl.lit(value=True)) for form in late)]


def _is_any(enterprises: pl.LazyFrame, due: pl.Expr) -> bool:
    return enterprises.filter(due).head(1).collect().height > 0


def _path(out: Path, form: Form, day: date) -> Path:
    return out / "inbox" / form.feed / form.file_name(day)


def _told(before: pl.DataFrame, after: pl.DataFrame, day: date) -> pl.DataFrame:
    """The day's events of a chunk: what the value was and what it is."""
    watched = pl.coalesce(
        *(pl.when(pl.col("event") == event).then(value.cast(pl.String)) for event, value in _TOLD.items())
    )
    happened = after.filter(pl.col("event").is_not_null())
    old = happened.select("number", "event").join(before.drop("event"), on="number", how="left", maintain_order="left")
    return happened.select(
        pl.lit(day).alias("day"),
        "event",
        "number",
        "credit_code",
        old.select(watched.alias("before"))["before"],
        watched.alias("after"),
    ).cast(pl.Schema(EVENTS_SCHEMA))


def _lived(frame: pl.DataFrame, day: date, dice: Dice, world: World) -> pl.DataFrame:
    """A chunk after the day: each living enterprise meets at most one event."""
    elsewhere = places.settle(frame.select("number"), world.map, dice, f"{day}/seat").select("number", *_PLACE)
    frame = frame.with_columns(event=dice.weigh(f"{day}/event", _RATES))
    frame = frame.with_columns(event=pl.when(_possible(frame, elsewhere)).then("event"))
    frame = frame.with_columns(_on("moved", **{column: elsewhere[column] for column in _PLACE}))
    frame = frame.with_columns(_changes(day, dice, world))
    return _papers(frame, day, dice, world).select(enterprises.COLUMNS)


def _possible(frame: pl.DataFrame, elsewhere: pl.DataFrame) -> pl.Expr:
    """Whether the event can befall the enterprise: the dead are left in peace."""
    sorts = pl.col("sort")
    conditions = {
        "died": pl.lit(value=True),
        "moved": pl.col("county") != elsewhere["county"],
        "renamed": ~sorts.is_in(["individual", "branch"]),
        "recapitalised": pl.col("capital_yuan").is_not_null(),
        "earned": pl.col("in_tax"),
        "hired": pl.col("in_social"),
        "certified": ~pl.col("in_science")
        & sorts.is_in(enterprises.COMPANIES)
        & pl.col("setting").is_in(["factory", "tech"]),
        "repermitted": pl.col("in_ecology"),
    }
    met = [(pl.col("event") == event) & condition for event, condition in conditions.items()]
    return pl.col("ended").is_null() & pl.any_horizontal(met)


def _on(event: str, **values: pl.Expr | pl.Series) -> list[pl.Expr]:
    """New values where an event happened."""
    return [
        pl.when(pl.col("event") == event).then(value).otherwise(column).alias(column)
        for column, value in values.items()
    ]


def _changes(day: date, dice: Dice, world: World) -> list[pl.Expr]:
    """What each event changes at once, papers aside."""
    ended = world.meaning("enterprise_status", "tax_status", TAX_STATES)["ended"]
    uninsured = world.meaning("insurance_status", "social_security", INSURANCE_STATES)["ended"]
    address = places.address(dice, f"{day}/address", pl.col("county_name"))
    earned = (pl.col("revenue") * (dice.below(f"{day}/earned", 60) + 70) / 100).round(2)
    return [
        *_on("died", ended=pl.lit(day), state=pl.lit("ended"), status=pl.lit(ended),
             insurance_state=pl.lit("ended"), insurance_status=pl.lit(uninsured)),
        *_on("moved", moved=pl.lit(value=True), address=address),
        *_on("renamed", former_name=pl.col("name"), name=_new_name(day, dice)),
        *_on("recapitalised", capital_yuan=pl.col("capital_yuan") * (dice.below(f"{day}/capital", 4) + 2)),
        *_on("earned", revenue=earned.cast(pl.Decimal(18, 2))),
        *_on("hired", insured=pl.col("insured") + dice.below(f"{day}/hired", 20) + 1),
        *_on("certified", in_science=pl.lit(value=True)),
    ]  # fmt: skip


def _new_name(day: date, dice: Dice) -> pl.Expr:
    """Place and trade stay, the brand is new."""
    return pl.concat_str("place", names.brand(dice, f"{day}/brand"), "trade", names.form(dice, "form"))


def _papers(frame: pl.DataFrame, day: date, dice: Dice, world: World) -> pl.DataFrame:
    """New certificates for the certified; new permits for those who moved, renamed themselves or renewed."""
    event = pl.col("event")
    certified = permits.certificates(frame.filter(event == "certified"), dice, world, day)
    renewing = event.is_in(["moved", "renamed", "repermitted"]) & pl.col("in_ecology")
    permitted = permits.permits(frame.filter(renewing), pl.lit(day), dice, world)
    return frame.update(certified, on="number").update(permitted, on="number")
