"""Where rows belong, in pandas: what their texts name, what that can mean today, and what the evidences leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from benchmarks.peers.pandas_text import STRING, extracted

_MARK = "\u2060"
_EVIDENCE = ("code", "county", "town", "zone", "city")
_TOWN = r"^.{1,7}?(?:街道|镇|乡)"
_CODES_BEGAN = date(2015, 10, 1)
_LEFT = ["feed", "city_name", "road_text", "town_text", "in_full", "loose", *_EVIDENCE, "moved"]


@dataclass(frozen=True)
class Lookups:
    """The tables and patterns that every peer is handed; counties are joined by `;`."""

    tables: dict[str, pd.DataFrame]
    told: dict[str, Any]

    def pattern(self, name: str) -> str:
        return f"(?P<it>{self.told[name]})"


def read_lookups(folder: Path, told: dict[str, Any]) -> Lookups:
    """Read each table, the lists of counties as one text."""
    return Lookups({file.stem: _table(file) for file in folder.glob("*.parquet")}, told)


def _table(file: Path) -> pd.DataFrame:
    table = pq.read_table(file).to_pandas(types_mapper=pd.ArrowDtype)
    if "counties" in table:
        table["counties"] = [";".join(each) for each in table["counties"]]
    texts = [name for name in table if name not in ("since", "era", "rows")]
    return table.astype(dict.fromkeys(texts, STRING))


def placed(texts: pd.DataFrame, known: Lookups) -> pd.DataFrame:
    """County, town, evidence and reason of each row of `texts`.

    `texts` has feed, written, code_text, name_text, address_text, city_text; the index stays.
    """
    told = _evidence(texts, known)
    once = told[_LEFT].drop_duplicates().reset_index(drop=True)
    weighed = pd.DataFrame([_weighed(*each) for each in once[_EVIDENCE_AND].itertuples(index=False)],
                           columns=["meant", "town_counts", "named"])  # fmt: skip
    once = once.join(weighed.astype({"meant": STRING, "town_counts": STRING}))
    once["road"] = _by_road(once, known).astype(STRING)
    decided = pd.concat([once, _decided(once)], axis=1)
    whole = told.merge(decided, how="left", on=_LEFT)
    towns = known.tables["towns"].rename(columns={"stem": "town_text", "county": "placed"})
    whole = whole.merge(towns, how="left", on=["town_text", "placed"], suffixes=("", "_code"))
    answer = whole[["placed", "town_code", "place_evidence", "place_reason"]]
    return answer.set_axis(["county", "town", "place_evidence", "place_reason"], axis=1).set_index(texts.index)


_EVIDENCE_AND = [*_EVIDENCE, "moved", "in_full", "loose"]


def _evidence(texts: pd.DataFrame, known: Lookups) -> pd.DataFrame:
    """What each piece of evidence can mean; a code or name is read by the map of the day it was written on."""
    named = _named(texts["address_text"], known)
    city_text = texts["city_text"].str.replace("市$", "", regex=True)
    told = texts.assign(
        **named, name_text=texts["name_text"].str.replace(r"\s", "", regex=True),
        city_name=city_text.fillna(named["city"]), zone_city=named["city"].fillna(city_text),
        code_era=_era(texts["written"].where(texts["written"] > _CODES_BEGAN, _CODES_BEGAN), known),
        name_era=_era(texts["written"], known),
    ).reset_index(drop=True)  # fmt: skip
    told["code_era"] = told["code_era"].where(told["feed"] == "market", 0)
    standing = _meant(told, known, "standing", {"name_text": "name"})
    ever = _meant(told, known, "ever", {"name_text": "name"})
    written = _meant(told, known, "name_meant", {"county_text": "name", "name_era": "era"})
    meant = told.assign(
        code=_meant(told, known, "code_meant", {"code_text": "code", "code_era": "era"}),
        county=standing.fillna(ever).fillna(written),
        town=_meant(told, known, "town_county", {"town_text": "stem"}),
        zone=_meant(told, known, "zone_county", {"zone_city": "city", "zone_text": "zone"}),
        city=_meant(told, known, "city_county", {"city_name": "city"}),
    )
    return meant.assign(moved=_moved(meant, known))


def _moved(meant: pd.DataFrame, known: Lookups) -> pd.Series:
    """Where the town lies today if it left a county that the row names."""
    rows = meant[["town_text", "county"]].reset_index(names="at").rename(columns={"town_text": "stem"})
    rows = rows[rows["stem"].isin(known.tables["town_left"]["stem"]) & rows["county"].notna()]
    each = rows.assign(county=rows["county"].str.split(";")).explode("county").astype({"county": STRING})
    left = each.merge(known.tables["town_left"], on=["stem", "county"])[["at", "lies_in"]].drop_duplicates()
    lies = left.sort_values("lies_in").groupby("at")["lies_in"].agg(";".join)
    return lies.reindex(meant.index).astype(STRING)


def _era(days: pd.Series, known: Lookups) -> pd.Series:
    since = known.tables["era"]["since"].to_numpy(dtype="datetime64[D]")
    written = days.fillna(date.min).to_numpy(dtype="datetime64[D]")
    return pd.Series(np.searchsorted(since, written, side="right") - 1, index=days.index)


def _meant(told: pd.DataFrame, known: Lookups, table: str, keys: dict[str, str]) -> pd.Series:
    left = told[list(keys)].rename(columns=keys)
    return left.merge(known.tables[table], how="left", on=list(keys.values()))["counties"]


def _named(addresses: pd.Series, known: Lookups) -> dict[str, pd.Series]:
    """An address read from left to right; what was found is taken off what is left."""
    text = addresses.str.replace(r"[\s\x{3000}]", "", regex=True)
    text = text.str.replace(f"((?:{known.told['city']})(?:[湾县]|镇(?:[^海]|$)))", rf"{_MARK}\1", regex=True)
    city = extracted(text, rf"^(?:中国)?(?:浙江省?)*{known.pattern('city')}")
    rest = text.str.replace(known.told["prefix"], "", regex=True).str.lstrip(_MARK)
    full = _not_before(rest, extracted(rest, f"^{known.pattern('county')}"), known.told["no_county"])
    county = full.fillna(_not_before(rest, extracted(rest, f"^{known.pattern('short')}"), known.told["no_short"]))
    whole, rest = rest, _behind(rest, county).str.replace(f"^(?:{known.told['county']})+", "", regex=True)
    zone = _zone(rest, whole, county.isna() & city.notna(), known)
    without = _behind(rest, zone)
    rest = rest.where(without.str.contains("^(?:街道|镇|乡)").fillna(value=False).astype(bool), without)
    road = extracted(rest.str.replace(_TOWN, "", regex=True), known.told["road"].replace("(", "(?P<it>", 1))
    town, in_full, loose = _town(rest, known)
    return {"city": city, "county_text": county, "zone_text": zone, "town_text": town, "in_full": in_full,
            "loose": loose, "road_text": road}  # fmt: skip


def _not_before(rest: pd.Series, name: pd.Series, pattern: str) -> pd.Series:
    """The name, unless what follows makes it part of another word."""
    return name.mask(_behind(rest, name).str.contains(pattern))


def _behind(rest: pd.Series, name: pd.Series) -> pd.Series:
    """The rest without the name in front, where there is one."""
    starts = [bool(b) and a.startswith(b) for a, b in zip(rest.fillna(""), name.fillna(""), strict=True)]
    cut = [a[len(b) :] if s else a for a, b, s in zip(rest.fillna(""), name.fillna(""), starts, strict=True)]
    return pd.Series(cut, index=rest.index, dtype=STRING).mask(rest.isna())


def _zone(rest: pd.Series, whole: pd.Series, of_the_city: pd.Series, known: Lookups) -> pd.Series:
    here, before = (extracted(text, f"^{known.pattern('zone')}") for text in (rest, whole))
    here, before = (zone.mask(~of_the_city & zone.str.contains(known.told["of_a_city"])) for zone in (here, before))
    return here.fillna(before)


def _stem(name: pd.Series) -> pd.Series:
    return name.str.replace(r"^(.{2,}?)(?:街道|镇|乡)$", r"\1", regex=True)


def _town(rest: pd.Series, known: Lookups) -> tuple[pd.Series, pd.Series, pd.Series]:
    """The stem of the town in front or else anywhere, whether 街道, 镇 or 乡 stood behind it, or another name may."""
    first = _stem(extracted(rest, _TOWN.replace("^", "^(?P<it>") + ")"))
    is_known = first.isin(known.tables["town_stem"]["stem"])
    elsewhere = rest[~is_known & rest.notna()].astype(object).str.extract(f"({known.told['town_names']})", expand=False)
    full = first.where(is_known).fillna(_stem(elsewhere.astype(STRING)).reindex(rest.index))
    begins = extracted(rest, f"^{known.pattern('town_stems')}")
    short = _not_before(rest, begins, known.told["no_town"])
    loose = _behind(rest, begins).str.contains(known.told["loose"]).fillna(value=False).astype(bool)
    return full.fillna(short), full.notna(), full.isna() & loose


@cache
def _weighed(
    code: str,
    county: str,
    town: str,
    zone: str,
    city: str,
    moved: str,
    in_full: bool,  # noqa: FBT001
    loose: bool,  # noqa: FBT001
) -> tuple[Any, Any, bool]:
    """What the evidences leave together: the counties or None, the town's as far as it counts, and whether named."""
    told = [None if pd.isna(each) else set(each.split(";")) for each in (code, county, town, zone, city, moved)]
    by_code, by_county, by_town, by_zone, by_city, by_move = told
    if in_full and by_move and by_county and by_town is not None and not by_town & by_county:
        by_county = by_move
    meant = by_city if by_county is None else by_county if by_city is None else by_county & by_city
    others = [each for each in (meant, by_zone) if each is not None]
    if by_town is not None and not in_full and not all(by_town & each for each in others):
        by_town = None
    if by_town is not None and loose and not any(by_town & each for each in (by_code, by_county) if each is not None):
        by_town = None
    named = any(each is not None for each in (by_county, by_code, by_town, by_zone))
    for finer in (by_town, by_zone, by_code):
        meant = finer if meant is None else (meant & finer or meant) if finer is not None else meant
    return None if meant is None else ";".join(sorted(meant)), None if by_town is None else town, named


def _by_road(once: pd.DataFrame, known: Lookups) -> pd.Series:
    """Where several counties are left, the one in which the road lies."""
    several = once[once["meant"].str.contains(";").fillna(value=False).astype(bool)].reset_index(names="at")
    each = several.assign(county=several["meant"].str.split(";"))[["at", "city_name", "road_text", "county", "named"]]
    roads = known.tables["road"].rename(columns={"city": "city_name", "road": "road_text"})
    met = each.explode("county").astype({"county": STRING}).merge(roads, on=["city_name", "road_text", "county"])
    sole = met[~met["at"].duplicated(keep=False) & (met["rows"] >= np.where(met["named"], 3, 10))]
    return sole.set_index("at")["county"].reindex(once.index)


def _decided(once: pd.DataFrame) -> pd.DataFrame:
    """The county of each, the evidence in words and the reason where there is none."""
    told = [_told(*each) for each in once[["meant", "road", *_EVIDENCE_TOLD]].itertuples(index=False)]
    return pd.DataFrame(told, columns=["placed", "place_evidence", "place_reason"]).astype(STRING)


_EVIDENCE_TOLD = ["code", "county", "town_counts", "zone", "city"]


def _told(meant: Any, road: Any, *evidence: Any) -> tuple[str | None, str | None, str | None]:
    if pd.isna(road) and (meant is None or pd.isna(meant)):
        return None, None, "county/unknown_place"
    counties = [road] if not pd.isna(road) else [each for each in meant.split(";") if each]
    if len(counties) != 1:
        return None, None, "county/ambiguous_place" if counties else "county/contradicting_place"
    (county,) = counties
    spoke = [(name, each.split(";")) for name, each in zip(_EVIDENCE, evidence, strict=True) if not pd.isna(each)]
    agrees = [name for name, each in spoke if county in each] + ([] if pd.isna(road) else ["road"])
    return county, "+".join(agrees) + "".join(f"!{name}" for name, each in spoke if county not in each), None
