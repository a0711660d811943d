"""Where a row belongs: divisions, addresses and cities weighed as evidence for one of today's counties."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.places.address import read_address, read_road
from pipelines.places.gazetteer import Gazetteer
from pipelines.places.roads import county_by_road
from pipelines.refusal import MOST_SHOWN, REASONS
from schemas.feed import Place
from schemas.kinds import narrowed

_EVIDENCE = ("code", "county", "town", "zone", "city", "road")
_EXPECTED = "evidence that leaves one county of today"
# What all rows that write the same of it mean alike; several counties are one text, joined by `;`.
_MEANT = ("code", "standing", "ever", "address_county", "city", "zone", "town", "moved", "in_full", "loose")


def locate(rows: pl.DataFrame, place: Place, gazetteer: Gazetteer) -> pl.DataFrame:
    """For each row: `county`, `town`, `place_evidence` (Strings) and `place_reasons` (list, empty when placed).

    Of the place's columns `written` is a day, all others are text.
    Evidence is `code`, `county`, `town`, `zone`, `city`, `road`, joined by `+`; one that says otherwise stands
    behind `!`.
    What the row itself writes (county, town, zone) goes before the code of the office that registered it, because
    an enterprise that moves keeps its code. Nothing is chosen where two counties are left.
    """
    told = _evidence(rows, place, gazetteer)
    evidence = told.with_columns(_moved(told, gazetteer))
    alike = evidence.select(_MEANT).unique(maintain_order=True)
    weighed = _told(_placed(_weighed(alike)))
    found = evidence.join(weighed, on=_MEANT, how="left", nulls_equal=True, maintain_order="left")
    found = _with_roads(found, gazetteer)
    return found.select(
        pl.col("placed").alias("county"),
        _town(found, gazetteer).alias("town"),
        "place_evidence",
        _reasons(place, found),
    )


def _weighed(alike: pl.DataFrame) -> pl.DataFrame:
    """Each combination of evidence with `meant`, the counties that it leaves; all evidence as lists."""
    lists = [pl.col(name).str.split(";") for name in _MEANT if name not in ("in_full", "loose")]
    evidence = alike.select(pl.col(_MEANT).name.prefix("of ")).hstack(alike.with_columns(lists))
    evidence = evidence.with_columns(pl.coalesce("standing", "ever", "address_county").alias("county"))
    # 余杭区临平街道 is still written, though the town left that county: it is no namesake elsewhere.
    late = pl.col("in_full") & _elsewhere("county") & pl.col("moved").is_not_null()
    lies = pl.when(late).then("moved").otherwise("county")
    written = evidence.with_columns(_both(lies, pl.col("city")).alias("written"))
    # 鼓楼 without 街道 is a town only where there is one: elsewhere it is a drum tower, 飞云 in a zone 飞云江路.
    elsewhere, beside = (_elsewhere(other) for other in ("written", "zone"))
    # 城北村 is a village of 莲都, and no word for 城北 in 龙泉, unless the row names 龙泉 too.
    alone = pl.col("loose") & ~(_there("code") | _there("county"))
    counts = pl.col("in_full") | ~(elsewhere | beside | alone)
    written = written.with_columns(pl.when(counts).then("town").alias("town"))
    for finer in ("town", "zone"):
        written = written.with_columns(_narrowed(pl.col("written"), pl.col(finer)).alias("written"))
    return written.with_columns(
        _narrowed(pl.col("written"), pl.col("code")).alias("meant"), pl.lit(None, pl.List(pl.String)).alias("road")
    )


def _placed(weighed: pl.DataFrame) -> pl.DataFrame:
    """With the one county that is left, and the evidence for it in words: `county+town!code`."""
    placed = weighed.with_columns(_only(pl.col("meant")).alias("placed"))
    return placed.with_columns(_in_words().alias("place_evidence"))


def _told(placed: pl.DataFrame) -> pl.DataFrame:
    """The combinations under the names by which rows have them, with what a row needs to know further."""
    named = pl.any_horizontal(pl.col("county", "code", "town", "zone").is_not_null()).alias("named")
    return placed.select(
        *(pl.col(f"of {name}").alias(name) for name in _MEANT), "placed", "place_evidence", "meant", named
    )


def _evidence(rows: pl.DataFrame, place: Place, gazetteer: Gazetteer) -> pl.DataFrame:
    """What each piece of evidence can mean, null where it says nothing, and the texts that say it."""
    day = _written(rows, place)
    texts = rows.select(
        _text(place.division, place.take).alias("code_text"),
        _text(place.name).alias("name_text"),
        _text(place.address).alias("address"),
        _text(place.city).alias("city_text"),
    )
    named = read_address(texts["address"], gazetteer)
    name = texts["name_text"].str.replace_all(r"\s", "")
    city = texts["city_text"].str.replace("市$", "").to_frame("city").select(pl.coalesce("city", named["city"]))
    zone = pl.DataFrame(
        {"city": named["city"].zip_with(named["city"].is_not_null(), city["city"]), "zone": named["zone"]}
    )
    return texts.with_columns(
        named["town"].alias("town_text"),
        named["in_full"],
        named["loose"],
        named["behind"],
        city["city"].alias("city_name"),
        _meant_then(texts["code_text"], _latest(day, place.division_since), gazetteer.codes, gazetteer).alias("code"),
        _meant_then(named["county"], day, gazetteer.names, gazetteer).alias("address_county"),
        _meant(name, gazetteer.standing, "name").alias("standing"),
        _meant(name, gazetteer.ever, "name").alias("ever"),
        _meant(city["city"], gazetteer.cities, "city").alias("city"),
        _joined(zone, gazetteer.zones, ["city", "zone"]).alias("zone"),
        _meant(named["town"], gazetteer.stems, "stem").alias("town"),
    )


def _moved(told: pl.DataFrame, gazetteer: Gazetteer) -> pl.Series:
    """Where the town lies today if it left a county that the row names; null where it left none of them."""
    county = pl.coalesce("standing", "ever", "address_county").str.split(";")
    rows = told.select(county.alias("county"), stem="town_text").with_row_index("at")
    some = rows.join(gazetteer.left, on="stem", how="semi").explode("county")
    left = some.join(gazetteer.left, on=["stem", "county"], how="inner")
    lies = left.group_by("at").agg(pl.col("counties").str.split(";").explode().unique().sort().str.join(";"))
    return rows.join(lies, on="at", how="left", maintain_order="left")["counties"].alias("moved")


def _with_roads(found: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Where several counties are left, the one in which the road lies; `road` says it as evidence."""
    rows = found.with_row_index("at")
    several = rows.filter(pl.col("meant").list.len() > 1)
    asked = several.select("at", "meant", "named", city="city_name", road=read_road(several["behind"]))
    decided = county_by_road(asked, gazetteer.roads)
    if decided.is_empty():
        return found
    alike = several.select("at", *_MEANT).join(decided, on="at", how="inner")
    lone = pl.concat_list("by_road")
    by_road = alike.select(lone.alias("road"), lone.alias("meant"))
    weighed = _weighed(alike.select(_MEANT)).with_columns(by_road.get_columns())
    told = _placed(weighed).select(alike["at"], pl.col("placed", "place_evidence").name.suffix("@road"))
    joined = rows.join(told, on="at", how="left", maintain_order="left").drop("at")
    return joined.with_columns(pl.coalesce(f"{name}@road", name).alias(name) for name in ("placed", "place_evidence"))


def _text(source: str | None, take: str | None = None) -> pl.Expr:
    if source is None:
        return pl.lit(None, pl.String)
    text = narrowed(pl.col(source))
    return text if take is None else text.str.extract(take, 1)


def _written(rows: pl.DataFrame, place: Place) -> pl.Series:
    """The day on which a row's code and address were written at the earliest; null where nothing tells."""
    if place.written is None:
        return pl.Series("written", [None], dtype=pl.Date).new_from_index(0, rows.height)
    return rows[place.written]


def _latest(day: pl.Series, since: date) -> pl.Series:
    return day.to_frame("day").select(pl.max_horizontal("day", pl.lit(since))).to_series()


def _meant_then(texts: pl.Series, day: pl.Series, table: pl.DataFrame, gazetteer: Gazetteer) -> pl.Series:
    """The counties that a code or name written on a day means today; null where it is unknown."""
    era = gazetteer.eras.search_sorted(day.fill_null(date.min), side="right").cast(pl.UInt32)
    key = table.columns[0]
    return _joined(pl.DataFrame({key: texts, "era": era}), table, [key, "era"])


def _meant(texts: pl.Series, table: pl.DataFrame, key: str) -> pl.Series:
    """The counties of each text by lookup; null where the text is unknown."""
    return _joined(texts.to_frame(key), table, [key])


def _joined(texts: pl.DataFrame, table: pl.DataFrame, on: list[str]) -> pl.Series:
    return texts.join(table, on=on, how="left", maintain_order="left")["counties"]


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


def _elsewhere(other: str) -> pl.Expr:
    """Whether the town lies in no county that another piece of evidence means."""
    return (pl.col("town").list.set_intersection(other).list.len() == 0).fill_null(value=False)


def _there(other: str) -> pl.Expr:
    """Whether the town lies in a county that another piece of evidence means."""
    return (pl.col("town").list.set_intersection(other).list.len() > 0).fill_null(value=False)


def _only(meant: pl.Expr) -> pl.Expr:
    return pl.when(meant.list.len() == 1).then(meant.list.first())


def _town(placed: pl.DataFrame, gazetteer: Gazetteer) -> pl.Series:
    """The nine-digit town code, where the county has one town of that name."""
    towns = gazetteer.towns.select("stem", "county", "town")
    keyed = placed.select(pl.col("town_text").alias("stem"), pl.col("placed").alias("county"))
    return keyed.join(towns, on=["stem", "county"], how="left", maintain_order="left")["town"]


def _in_words() -> pl.Expr:
    """The evidence in words: `county+town!code`."""
    agrees = [_when(name, pl.col(name).list.contains(pl.col("placed")), name) for name in _EVIDENCE]
    differs = [_when(name, ~pl.col(name).list.contains(pl.col("placed")), f"!{name}") for name in _EVIDENCE]
    told = pl.concat_str(
        pl.concat_str(agrees, separator="+", ignore_nulls=True), pl.concat_str(differs, ignore_nulls=True)
    )
    return pl.when(pl.col("placed").is_not_null()).then(told)


def _when(name: str, condition: pl.Expr, word: str) -> pl.Expr:
    return pl.when(pl.col(name).is_not_null() & condition).then(pl.lit(word))


def _reasons(place: Place, found: pl.DataFrame) -> pl.Series:
    """Why a row that needs a county has none: nothing known, two that contradict, or several left."""
    nothing = pl.Series("place_reasons", [[]], dtype=REASONS).new_from_index(0, found.height)
    if not place.required or found["placed"].null_count() == 0:
        return nothing
    rule = (
        pl.when(pl.col("meant").is_null())
        .then(pl.lit("unknown_place"))
        .when(pl.col("meant").list.len() == 0)
        .then(pl.lit("contradicting_place"))
        .otherwise(pl.lit("ambiguous_place"))
    )
    told = pl.concat_str("code_text", "name_text", "city_text", "address", separator=" ", ignore_nulls=True)
    why = pl.struct(
        pl.lit("county").alias("column"), rule.alias("rule"), told.str.slice(0, MOST_SHOWN).alias("found"),
        pl.lit(_EXPECTED).alias("expected"),
    )  # fmt: skip
    rows = found.with_row_index("at")
    lacking = rows.filter(pl.col("placed").is_null()).select("at", pl.concat_list(why).alias("place_reasons"))
    joined = rows.select("at").join(lacking, on="at", how="left", maintain_order="left")
    return joined.select(pl.col("place_reasons").cast(REASONS).fill_null(pl.lit([], dtype=REASONS))).to_series()
