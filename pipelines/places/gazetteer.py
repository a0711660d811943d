"""Places as lookup tables: which of today's counties a code, a division's name or a town's name can mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.mapping_files.stem import stem
from pipelines.meaning.counties import ends, today_counties
from pipelines.places.divisions import counties_on, short_name, spellings
from pipelines.places.moves import Moves, endings, follow, moves_of

_CENTURY = date(2000, 1, 1)


@dataclass(frozen=True)
class Gazetteer:
    """Lookup tables; `counties` are always today's county codes that are meant, sorted and joined by `;`.

    What a code or name meant depends on when it was written: `eras` are the days on which divisions
    changed, and era n lies behind the first n of them.

    - `codes`: code, era, counties
    - `names`: name, era, counties; a division's full and short name
    - `ever`: name, counties; full and short names, with and without city, of any year
    - `standing`: the same for names as they stood on the delivery's day
    - `towns`: stem, county, town (the nine-digit code or null); `stems`: stem, counties
    - `left`: stem, county, counties; the towns that a document moved, the county that each left and where it lies
    - `zones`: city without 市, zone, counties; development zones, which are no divisions
    - `roads`: city without 市, road, county, rows; where the rows on a road lie
    - `cities`: city without 市, counties
    - `prefix`, `city`, `county`, `short`, `zone`, `town_stems`: regular expressions
    - `town_names`: the towns' full names
    """

    eras: pl.Series
    codes: pl.DataFrame
    names: pl.DataFrame
    ever: pl.DataFrame
    standing: pl.DataFrame
    towns: pl.DataFrame
    stems: pl.DataFrame
    left: pl.DataFrame
    zones: pl.DataFrame
    roads: pl.DataFrame
    cities: pl.DataFrame
    prefix: str
    city: str
    county: str
    short: str
    zone: str
    town_names: pl.Series
    town_stems: str


# A town's name that is any town's: statistics call a zone of 平阳 开发区, and nearly every county had a 城关镇.
_WORD = pl.col("name").is_in(["开发区", "城关镇"])


def gazetteer(mappings: Mappings, on: date) -> Gazetteer:
    """The lookup tables for deliveries of a day."""
    held = _Held(mappings)
    return replace(_timeless(held), standing=_standing(held, on))


def offices(mappings: Mappings, on: date) -> Gazetteer:
    """The same where names are those of offices: a county of which a part goes elsewhere keeps its office."""
    return _offices(_Held(mappings), on)


class _Held:
    """Mappings as a key: two are the same when their place tables are."""

    def __init__(self, mappings: Mappings) -> None:
        self.mappings = mappings

    def __hash__(self) -> int:
        return hash(self.mappings.fingerprints["place"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and self.mappings.fingerprints["place"] == other.mappings.fingerprints["place"]


@lru_cache(maxsize=8)
def _timeless(held: _Held) -> Gazetteer:
    """What does not depend on the day of a delivery; it is dear to make, and a feed has many deliveries."""
    mappings = held.mappings
    moves = moves_of(mappings)
    named = _named(mappings)
    ever = _ever(mappings, moves)
    towns = _towns(mappings, moves)
    eras = mappings.changes["since"].unique().sort()
    written = _by_era(named, eras, moves)
    shorts = written.with_columns(short_name().alias("name"))
    return Gazetteer(
        eras=eras,
        codes=_united(written, ["code", "era"]),
        names=_united(pl.concat([written, shorts]), ["name", "era"]),
        ever=ever,
        standing=ever.head(0),
        towns=towns,
        stems=_united(towns.select("stem", pl.concat_list("county").alias("counties")), ["stem"]),
        left=_left(mappings, moves),
        zones=_zones(mappings, moves),
        roads=_roads(mappings, moves),
        cities=_cities(mappings),
        prefix=_prefix(mappings),
        city=_alternatives(today_counties(mappings).select(_city_stem()).to_series()),
        county=_alternatives(named["name"]),
        short=_alternatives(_lasting(mappings).select(short_name()).to_series()),
        zone=_alternatives(mappings.zones["name"]),
        town_names=_town_names(mappings),
        town_stems=_alternatives(towns["stem"]),
    )


@lru_cache(maxsize=64)
def _standing(held: _Held, on: date) -> pl.DataFrame:
    return _after(counties_on(held.mappings, on), moves_of(held.mappings), on)


@lru_cache(maxsize=64)
def _offices(held: _Held, on: date) -> Gazetteer:
    moves = endings(moves_of(held.mappings))
    standing = _after(counties_on(held.mappings, on), moves, on)
    return replace(_timeless(held), standing=standing, ever=_ever(held.mappings, moves))


def _ever(mappings: Mappings, moves: Moves) -> pl.DataFrame:
    return _after(_named(mappings), moves, date.min)


def _after(divisions: pl.DataFrame, moves: Moves, on: date) -> pl.DataFrame:
    """The names of divisions with today's counties that they meant on a day."""
    return _names(divisions.with_columns(_followed(divisions["code"], moves, on)))


def _followed(codes: pl.Series, moves: Moves, after: date) -> pl.Series:
    reached = {code: sorted(follow(code, moves, after)) for code in codes.unique()}
    return pl.Series("counties", [reached[code] for code in codes], dtype=pl.List(pl.String))


def _named(mappings: Mappings) -> pl.DataFrame:
    return mappings.counties.select("code", "name", "city")


def _names(divisions: pl.DataFrame) -> pl.DataFrame:
    return _united(spellings(divisions), ["name"])


def _lasting(mappings: Mappings) -> pl.DataFrame:
    """Names that stood in this century: of one that ended before, 滨海 for 滨海区, the short form means others."""
    ended = ends(mappings).filter(pl.col("since") < _CENTURY, pl.col("again").is_null())
    followed = pl.col("since").shift(-1).over("code", order_by="since")
    return mappings.counties.filter(
        ~pl.col("code").is_in(ended["code"].implode()), followed.is_null() | (followed >= _CENTURY)
    )


def _united(rows: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """One row a key, its counties united, sorted and joined."""
    flat = rows.select(*key, "counties").explode("counties")
    united = pl.col("counties").drop_nulls().unique().sort().str.join(";")
    return flat.group_by(key, maintain_order=True).agg(united).sort(key)


def _by_era(divisions: pl.DataFrame, eras: pl.Series, moves: Moves) -> pl.DataFrame:
    """Every code and name in every era, with today's counties that it meant when it was written then."""
    return pl.concat(
        [
            divisions.with_columns(pl.lit(era, pl.UInt32).alias("era"), _followed(divisions["code"], moves, day))
            for era, day in enumerate([date.min, *eras])
        ]
    )


def _towns(mappings: Mappings, moves: Moves) -> pl.DataFrame:
    """Towns by the stem of their name: today's, those that a change names, and else those that ended."""
    last = mappings.townships.sort("known", maintain_order=True).unique(["code", "name", "since"], keep="last")
    named = last.filter(~_WORD).with_columns(stem(pl.col("name")).alias("stem"))
    newest = pl.col("since") == pl.col("since").max().over("stem", "county")
    townships = named.filter(newest).select("stem", "county", "code", "since")
    ended = ~pl.col("county").is_in(today_counties(mappings)["code"].implode())
    moved = _moved_towns(mappings, moves)
    standing = townships.filter(~ended).join(_left(mappings, moves), on=["stem", "county"], how="anti")
    known = pl.concat([standing.drop("since"), moved])
    gone = townships.filter(ended)
    lying = gone.select("stem", "code", _lying(gone, moves).alias("county")).explode("county").select(known.columns)
    rows = pl.concat([known, lying.join(known, on=["stem", "county"], how="anti")])
    one_code = pl.when(pl.col("town").list.len() == 1).then(pl.col("town").list.first())
    return (
        rows.group_by("stem", "county").agg(pl.col("code").drop_nulls().unique().sort().alias("town"))
        .with_columns(one_code.alias("town")).sort("stem", "county")
    )  # fmt: skip


def _moved_towns(mappings: Mappings, moves: Moves) -> pl.DataFrame:
    """The towns that the documents of splits and partial moves name, and where they lie today."""
    moved = mappings.changes.explode("towns").drop_nulls("towns").with_columns(stem(pl.col("towns")).alias("stem"))
    last = moved.sort("stem", "from_code", "since").group_by("stem", "to_code", maintain_order=True).last()
    # A town that moved twice lies where it came to last: 灵昆 went to 龙湾 in 2001 and to 洞头 in 2015.
    last = last.join(last.select("stem", pl.col("from_code").alias("to_code")), on=["stem", "to_code"], how="anti")
    lying = _lying(last.select("stem", "since", county="to_code"), moves).alias("county")
    return last.select("stem", lying, pl.lit(None, pl.String).alias("code")).explode("county")


def _left(mappings: Mappings, moves: Moves) -> pl.DataFrame:
    """The towns that a document moved, with the county they left and where they lie today."""
    moved = mappings.changes.explode("towns").drop_nulls("towns").with_columns(stem(pl.col("towns")).alias("stem"))
    lying = _lying(moved.select("stem", "since", county="to_code"), moves)
    return _united(moved.select("stem", pl.col("from_code").alias("county"), lying), ["stem", "county"])


def _lying(towns: pl.DataFrame, moves: Moves) -> pl.Series:
    """The counties in which towns may lie today, by their stems, the county of each and a day on which it had it."""
    told = towns.select("stem", "county", "since").iter_rows()
    lying = [sorted(follow(county, moves, since, town=stem)) for stem, county, since in told]
    return pl.Series("counties", lying, dtype=pl.List(pl.String))


def _town_names(mappings: Mappings) -> pl.Series:
    """The full names of all towns, long enough not to be met by chance."""
    named = pl.concat(
        [
            mappings.townships.filter(~_WORD)["name"],
            mappings.changes.explode("towns")["towns"].drop_nulls().alias("name"),
        ]
    )
    return named.filter(named.str.len_chars() >= 3).unique().sort()


def _zones(mappings: Mappings, moves: Moves) -> pl.DataFrame:
    """Each city's zones as they lie today: as the newest row of each was known, and where its counties went since."""
    newest = mappings.zones.sort("city", "name", "since", "known").group_by("city", "name", maintain_order=True).last()
    rows = newest.select(_city_stem(), "known", "county", zone="name").explode("county")
    return _united(_traced(rows, "known", moves), ["city", "zone"])


def _roads(mappings: Mappings, moves: Moves) -> pl.DataFrame:
    """Each road's rows by county, as they were counted last on the map of `since`, and where these counties went."""
    counted = mappings.roads.sort("since", "known", maintain_order=True)
    last = counted.unique(["city", "road", "county"], keep="last", maintain_order=True)
    lying = _traced(last, "since", moves).explode("counties").select("city", "road", "rows", county="counties")
    return lying.group_by("city", "road", "county", maintain_order=True).agg(pl.col("rows").sum())


def _traced(rows: pl.DataFrame, on: str, moves: Moves) -> pl.DataFrame:
    """With `counties`, those in which what lay in `county` on the day of a column may lie today."""
    each = rows.select("county", on).unique(maintain_order=True)
    reached = [sorted(follow(code, moves, day)) for code, day in each.iter_rows()]
    traced = each.with_columns(pl.Series("counties", reached, dtype=pl.List(pl.String)))
    return rows.join(traced, on=["county", on], how="left", maintain_order="left")


def _cities(mappings: Mappings) -> pl.DataFrame:
    counties = today_counties(mappings)
    return counties.group_by(_city_stem()).agg(pl.col("code").sort().str.join(";").alias("counties")).sort("city")


def _city_stem() -> pl.Expr:
    return pl.col("city").str.replace("市$", "")


def _prefix(mappings: Mappings) -> str:
    """The province and cities in front of an address, written out or shortened, however often."""
    cities = _alternatives(mappings.counties["city"])
    shorts = _alternatives(today_counties(mappings).select(_city_stem()).to_series())
    return rf"^(?:中国)?(?:浙江省?|{cities}|(?:{shorts})市?)*"


def _alternatives(names: pl.Series) -> str:
    """A regular expression for any of the names, the longest first."""
    return "|".join(map(pl.escape_regex, sorted(set(names), key=lambda name: (-len(name), name))))
