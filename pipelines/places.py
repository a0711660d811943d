"""Where a row belongs: divisions, addresses and cities weighed as evidence for one of today's counties."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.address import read_address
from pipelines.gazetteer import Gazetteer
from pipelines.refusal import REASONS
from pipelines.roads import county_by_road
from schemas.feed import Place
from schemas.kinds import narrowed

_EVIDENCE = ("code", "county", "town", "zone", "city", "road")
_EXPECTED = "evidence that leaves one county of today"


def locate(rows: pl.DataFrame, place: Place, gazetteer: Gazetteer) -> pl.DataFrame:
    """For each row: `county`, `town`, `place_evidence` (Strings) and `place_reasons` (list, empty when placed).

    Evidence is `code`, `county`, `town`, `zone`, `city`, `road`, joined by `+`; one that says otherwise stands
    behind `!`.
    What the row itself writes (county, town, zone) goes before the code of the office that registered it, because
    an enterprise that moves keeps its code. Nothing is chosen where two counties are left.
    """
    evidence = _evidence(rows, place, gazetteer)
    written = evidence.with_columns(_both(pl.col("county"), pl.col("city")).alias("written"))
    # 鼓楼 without 街道 is a town only where there is one: elsewhere it is a drum tower.
    elsewhere = pl.col("town").list.set_intersection("written").list.len() == 0
    counts = pl.col("in_full") | ~elsewhere | elsewhere.is_null()
    written = written.with_columns(pl.when(counts).then("town").alias("town"))
    for finer in ("town", "zone"):
        written = written.with_columns(_narrowed(pl.col("written"), pl.col(finer)).alias("written"))
    weighed = written.with_columns(_narrowed(pl.col("written"), pl.col("code")).alias("meant"))
    weighed = _narrowed_by_road(weighed, gazetteer)
    placed = weighed.with_columns(_only(pl.col("meant")).alias("placed"))
    return placed.select(
        pl.col("placed").alias("county"),
        _town(placed, gazetteer).alias("town"),
        _told().alias("place_evidence"),
        _reasons(place).alias("place_reasons"),
    )


def _evidence(rows: pl.DataFrame, place: Place, gazetteer: Gazetteer) -> pl.DataFrame:
    """What each piece of evidence can mean, null where it says nothing."""
    day = _written(rows, place)
    texts = rows.select(
        _text(place.division, place.take).alias("code_text"),
        _text(place.name).alias("name_text"),
        _text(place.address).alias("address"),
        _text(place.city).alias("city_text"),
    )
    named = read_address(texts["address"], gazetteer)
    city = texts["city_text"].str.replace("市$", "").to_frame("city").select(pl.coalesce("city", named["city"]))
    zone = pl.DataFrame(
        {"city": named["city"].zip_with(named["city"].is_not_null(), city["city"]), "zone": named["zone"]}
    )
    texts = texts.with_columns(
        named["county"].alias("county_text"),
        named["town"].alias("town_text"),
        named["in_full"],
        named["road"].alias("road_text"),
        city["city"].alias("city_name"),
    )
    return texts.with_columns(
        _meant_then(texts["code_text"], _latest(day, place.division_since), gazetteer.codes, gazetteer).alias("code"),
        _meant_then(texts["county_text"], day, gazetteer.names, gazetteer).alias("address_county"),
        _meant(texts["name_text"], gazetteer.standing, "name").alias("standing"),
        _meant(texts["name_text"], gazetteer.ever, "name").alias("ever"),
        _meant(city["city"], gazetteer.cities, "city").alias("city"),
        zone.join(gazetteer.zones, on=["city", "zone"], how="left", maintain_order="left")["counties"].alias("zone"),
        _meant(texts["town_text"], _town_counties(gazetteer), "stem").alias("town"),
    ).with_columns(pl.coalesce("standing", "ever", "address_county").alias("county"))


def _narrowed_by_road(weighed: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Where several counties are left, the one in which the road lies; `road` says it as evidence."""
    rows = weighed.with_row_index("at")
    several = rows.filter(pl.col("meant").list.len() > 1).select(
        "at", "meant", pl.col("city_name").alias("city"), pl.col("road_text").alias("road"),
        pl.any_horizontal(pl.col("county", "code", "town", "zone").is_not_null()).alias("named"),
    )  # fmt: skip
    decided = rows.select("at").join(
        county_by_road(several, gazetteer.roads), on="at", how="left", maintain_order="left"
    )
    road = decided.select(pl.when(pl.col("by_road").is_not_null()).then(pl.concat_list("by_road"))).to_series()
    return weighed.with_columns(road.alias("road")).with_columns(pl.coalesce("road", "meant").alias("meant"))


def _text(source: str | None, take: str | None = None) -> pl.Expr:
    if source is None:
        return pl.lit(None, pl.String)
    text = narrowed(pl.col(source))
    return text if take is None else text.str.extract(take, 1)


def _town_counties(gazetteer: Gazetteer) -> pl.DataFrame:
    return gazetteer.towns.group_by("stem").agg(pl.col("county").unique().sort().alias("counties"))


def _written(rows: pl.DataFrame, place: Place) -> pl.Series:
    """The day on which a row's code and address were written at the earliest; null where nothing tells."""
    if place.written is None:
        return pl.Series("written", [None], dtype=pl.Date).new_from_index(0, rows.height)
    return rows.select(narrowed(pl.col(place.written)).str.to_date("%Y-%m-%d", strict=False)).to_series()


def _latest(day: pl.Series, since: date) -> pl.Series:
    return day.to_frame("day").select(pl.max_horizontal("day", pl.lit(since))).to_series()


def _meant_then(texts: pl.Series, day: pl.Series, table: pl.DataFrame, gazetteer: Gazetteer) -> pl.Series:
    """The counties that a code or name written on a day means today; null where it is unknown."""
    era = gazetteer.eras.search_sorted(day.fill_null(date.min), side="right").cast(pl.UInt32)
    keyed = pl.DataFrame({table.columns[0]: texts, "era": era})
    return keyed.join(table, on=[table.columns[0], "era"], how="left", maintain_order="left")["counties"]


def _meant(texts: pl.Series, table: pl.DataFrame, key: str) -> pl.Series:
    """The counties of each text by lookup; null where the text is unknown."""
    return texts.to_frame("text").join(table, left_on="text", right_on=key, how="left", maintain_order="left")[
        "counties"
    ]


def _both(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """What two pieces of evidence mean together, empty where they contradict; a silent one is left out."""
    return (
        pl.when(one.is_null()).then(other).when(other.is_null()).then(one)
        .otherwise(one.list.set_intersection(other).list.sort())
    )  # fmt: skip


def _narrowed(meant: pl.Expr, by: pl.Expr) -> pl.Expr:
    """The counties that are still meant after a second piece of evidence, which only counts where it agrees."""
    both = meant.list.set_intersection(by)
    return pl.when(both.list.len() > 0).then(both.list.sort()).otherwise(pl.coalesce(meant, by))


def _only(meant: pl.Expr) -> pl.Expr:
    return pl.when(meant.list.len() == 1).then(meant.list.first())


def _town(placed: pl.DataFrame, gazetteer: Gazetteer) -> pl.Series:
    """The nine-digit town code, where the county has one town of that name."""
    towns = gazetteer.towns.select("stem", "county", "town")
    keyed = placed.select(pl.col("town_text").alias("stem"), pl.col("placed").alias("county"))
    return keyed.join(towns, on=["stem", "county"], how="left", maintain_order="left")["town"]


def _told() -> pl.Expr:
    """The evidence in words: `county+town!code`."""
    agrees = [_when(name, pl.col(name).list.contains(pl.col("placed")), name) for name in _EVIDENCE]
    differs = [_when(name, ~pl.col(name).list.contains(pl.col("placed")), f"!{name}") for name in _EVIDENCE]
    told = pl.concat_str(
        pl.concat_str(agrees, separator="+", ignore_nulls=True), pl.concat_str(differs, ignore_nulls=True)
    )
    return pl.when(pl.col("placed").is_not_null()).then(told)


def _when(name: str, condition: pl.Expr, word: str) -> pl.Expr:
    return pl.when(pl.col(name).is_not_null() & condition).then(pl.lit(word))


def _reasons(place: Place) -> pl.Expr:
    """Why a row that needs a county has none: nothing known, two that contradict, or several left."""
    if not place.required:
        return pl.lit([], dtype=REASONS)
    rule = (
        pl.when(pl.col("meant").is_null())
        .then(pl.lit("unknown_place"))
        .when(pl.col("meant").list.len() == 0)
        .then(pl.lit("contradicting_place"))
        .otherwise(pl.lit("ambiguous_place"))
    )
    found = pl.concat_str("code_text", "name_text", "city_text", "address", separator=" ", ignore_nulls=True)
    why = pl.struct(
        pl.lit("county").alias("column"), rule.alias("rule"), found.str.slice(0, 80).alias("found"),
        pl.lit(_EXPECTED).alias("expected"),
    )  # fmt: skip
    return pl.when(pl.col("placed").is_null()).then(pl.concat_list(why)).otherwise(pl.lit([], dtype=REASONS))
