"""Whose each row is, in pandas: by its own credit code, by a number in it, by name and place, last by likelihood."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd
import polars as pl

from benchmarks.peers.last_rung import last_rung
from benchmarks.peers.pandas_text import COUNT, DAY, STRING, filled_up, present

_PUNCTUATION = r"""[\s()\[\]{}〔〕【】《》·•・.,、:;'"“”‘’\-—–_~/\\]"""
_BRANCH = (
    r"(?:分公司|分行|支行|分理处|分店|分厂|分社|分院|分校|营业部|办事处|代表处)$"
    r"|(?:公司|厂|合作社).+(?:经营部|门市部|营业点|门店|加油站|专卖店)$"
)
_RANKS = {"market": 1, "tax": 2, "social": 3, "ecology": 4, "science": 5}
_NUMBERS = {"market": "credit_code", "tax": "taxpayer_id", "social": "organisation_code", "ecology": "credit_code"}
_RECORD = {"market": "credit_code", "tax": "taxpayer_id", "social": "unit_number", "ecology": "permit_number",
           "science": "certificate"}  # fmt: skip
_TOLD = {"row": COUNT, "name": STRING, "county": STRING, "address": STRING, "registered": DAY}
_NAMED = ["entity_id", "name", "whole", "place", "short", "branch"]


@dataclass(frozen=True)
class Known:
    """What rows with a credit code tell of their enterprise: names (is_first), codes, seats, cities, days."""

    names: pd.DataFrame
    codes: pd.DataFrame
    seats: pd.DataFrame
    cities: pd.DataFrame
    days: pd.DataFrame


def identified(feeds: dict[str, pd.DataFrame], told: dict[str, Any]) -> pd.DataFrame:
    """Columns feed, row, record, entity_id; rows that are nobody's with certainty are left out."""
    said = _said(feeds, told)
    known = _known(said[said["credit_code"].notna()].rename(columns={"credit_code": "entity_id"}))
    unknown = said[said["credit_code"].isna()]
    climbed = _climbed(unknown, known)
    left = unknown[~unknown["id"].isin(climbed["id"])]
    sole = climbed[climbed["doubt"].isna() & ~climbed["id"].where(climbed["doubt"].isna()).duplicated(keep=False)]
    own = said[said["credit_code"].notna()][["id", "credit_code"]].rename(columns={"credit_code": "entity_id"})
    found = pd.concat([own, sole[["id", "entity_id"]], _likeliest(left, known)])
    return said[["id", "feed", "row", "record"]].merge(found, on="id").drop(columns="id")


def _said(feeds: dict[str, pd.DataFrame], told: dict[str, Any]) -> pd.DataFrame:
    """What each row tells, in the same columns for every feed."""
    parts = []
    for feed, rows in feeds.items():
        number = rows[_NUMBERS[feed]] if feed in _NUMBERS else pd.Series(None, index=rows.index, dtype=STRING)
        length = number.str.len()
        part = filled_up(rows, _TOLD).assign(
            feed=feed, record=rows[_RECORD[feed]], rank=_RANKS[feed],
            credit_code=number.str.slice(0, 18).where(length >= 18),
            organisation_code=number.where((length == 9) & (feed == "social")),
            tax_number=number.where((length == 15) & (feed == "tax")),
        )  # fmt: skip
        parts.append(part)
    said = pd.concat(parts, ignore_index=True).reset_index(names="id")
    return said.assign(**_parted(said["name"], told), address=_comparable(said["address"], told))


def _plain(text: pd.Series) -> pd.Series:
    return present(text.str.normalize("NFKC").str.upper().str.replace(_PUNCTUATION, "", regex=True))


def _parted(names: pd.Series, told: dict[str, Any]) -> dict[str, pd.Series]:
    """The name's one form, the places in front, the rest, and whether it is a branch's."""
    plain = _plain(names).str.replace("有限责任公司", "有限公司", n=1)
    short = plain.str.replace(told["front"], "", regex=True)
    length = (plain.str.len() - short.str.len()).fillna(0).astype("int64")
    front = pd.Series([a[:b] for a, b in zip(plain.fillna(""), length, strict=True)], index=names.index, dtype=STRING)
    one = re.compile(told["one_front"])
    places = {each: "".join(told["shorts"][part] for part in one.findall(each)) for each in front.unique()}
    place = front.map(places).astype(STRING).mask(plain.isna())
    return {"whole": place + short, "place": place, "short": short, "branch": plain.str.contains(_BRANCH)}


def _comparable(addresses: pd.Series, told: dict[str, Any]) -> pd.Series:
    street = _plain(addresses).str.replace(told["front"], "", regex=True)
    return street.where(street.str.contains(r"\d") & (street.str.len() >= 5))


def _known(rows: pd.DataFrame) -> Known:
    best = rows.dropna(subset="whole").sort_values(["entity_id", "rank", "name"])
    names = best.drop_duplicates(["entity_id", "whole"])[_NAMED]
    first = ~names["entity_id"].duplicated()
    own = names["branch"] == names["entity_id"].map(names[first].set_index("entity_id")["branch"])
    entities = rows[["entity_id"]].drop_duplicates()
    seats = rows[["entity_id", "county", "address"]].drop_duplicates().dropna(how="all", subset=["county", "address"])
    offices = entities.assign(city=entities["entity_id"].str.slice(2, 6))
    seated = seats.dropna(subset="county").assign(city=lambda seat: seat["county"].str.slice(0, 4))
    return Known(
        names.assign(is_first=first)[first | own],
        entities.assign(organisation_code=entities["entity_id"].str.slice(8, 17)),
        seats,
        pd.concat([seated[["entity_id", "city"]], offices]).drop_duplicates(),
        rows[["entity_id", "registered"]].dropna().drop_duplicates(),
    )


def _climbed(unknown: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Of each row the candidates of the first rung that has any: id, entity_id, doubt."""
    pairs = _pairs(unknown, known)
    tax = unknown.assign(organisation_code=unknown["tax_number"].str.slice(6, 15)).dropna(subset="organisation_code")
    rungs = [
        unknown.dropna(subset="organisation_code").merge(known.codes, on="organisation_code").assign(doubt=None),
        _by_tax_number(tax.merge(known.codes, on="organisation_code"), known),
    ]
    for by in ("name", "other_name", "short_name"):
        mine = pairs[pairs["pairing"] == by]
        rungs += [_at_address(mine, known), mine.merge(known.seats[["entity_id", "county"]].drop_duplicates())]
    company = pairs[(pairs["place"] != "") & pairs["whole"].str.contains("公司", regex=False)]
    city = company.assign(city=company["county"].str.slice(0, 4)).merge(known.cities, on=["entity_id", "city"])
    rungs += [city[city["pairing"] == by] for by in ("name", "other_name")]
    told = pd.concat([rung[["id", "entity_id", "doubt"]].assign(rung=at) for at, rung in enumerate(rungs)])
    first = told[told["rung"] == told.groupby("id")["rung"].transform("min")]
    return first[["id", "entity_id", "doubt"]].drop_duplicates()


def _by_tax_number(pairs: pd.DataFrame, known: Known) -> pd.DataFrame:
    same_city = pairs["tax_number"].str.slice(0, 4) == pairs["entity_id"].str.slice(2, 6)
    keyed = pairs[["entity_id", "whole"]].merge(
        known.names[["entity_id", "whole"]].drop_duplicates(), how="left", indicator=True
    )
    named = (keyed["_merge"] == "both").to_numpy()
    return pairs.assign(doubt=pd.Series("contradicted", index=pairs.index).mask(same_city | named))


def _pairs(unknown: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Pairs of one name, with the pairing and whether a number of the row speaks against the candidate."""
    named = unknown.dropna(subset="whole")
    whole = named.merge(known.names[["entity_id", "whole", "is_first"]], on="whole")
    whole["pairing"] = whole["is_first"].map({True: "name", False: "other_name"})
    theirs = known.names[["entity_id", "short", "place"]].drop_duplicates().rename(columns={"place": "theirs"})
    short = named[named["short"] != ""].merge(theirs, on="short").assign(pairing="short_name")
    ends = [a.endswith(b) or b.endswith(a) for a, b in zip(short["place"], short["theirs"], strict=True)]
    pairs = pd.concat([whole, short[ends]], ignore_index=True)
    own = pairs["organisation_code"].fillna(pairs["tax_number"].str.slice(6, 15))
    other = (own != pairs["entity_id"].str.slice(8, 17)).fillna(value=False).astype(bool)
    return pairs.assign(doubt=pd.Series("contradicted", index=pairs.index).where(other))


def _at_address(pairs: pd.DataFrame, known: Known) -> pd.DataFrame:
    seats = known.seats.dropna(subset="address").rename(columns={"county": "seat"})
    met = pairs.dropna(subset="address").merge(seats, on=["entity_id", "address"])
    return met[(met["county"] == met["seat"]).fillna(value=True).astype(bool)]


def _likeliest(left: pd.DataFrame, known: Known) -> pd.DataFrame:
    asked = left.assign(id=left["id"].astype("uint32")).drop(columns=["feed", "row", "record", "rank", "credit_code"])
    found = last_rung(*(_to_polars(table) for table in (
        asked, known.names, known.codes, known.seats, known.cities, known.days)))  # fmt: skip
    return found.select("id", "entity_id").to_pandas().astype({"id": "int64", "entity_id": STRING})


def _to_polars(table: pd.DataFrame) -> pl.DataFrame:
    texts = pl.col(pl.String)
    return pl.from_pandas(table.reset_index(drop=True)).with_columns(texts)
