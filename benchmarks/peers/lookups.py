"""The place and name tables that every peer is handed as files, with the patterns of an address. Nothing is placed."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.dictionary import HOME, current
from pipelines.identity.names import places
from pipelines.places import address
from pipelines.places.gazetteer import Gazetteer, gazetteer


def write_lookups(folder: Path, day: date) -> None:
    """Write each table as `<name>.parquet` and the patterns and constants as `constants.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    known = gazetteer(current(), day)
    for name, table in _tables(known).items():
        table.write_parquet(folder / f"{name}.parquet")
    told = {"day": day.isoformat(), "mappings": str(HOME), **_patterns(known), **_names()}
    (folder / "constants.json").write_text(json.dumps(told, ensure_ascii=False, indent=1))


def _tables(known: Gazetteer) -> dict[str, pl.DataFrame]:
    first = pl.DataFrame({"since": [date.min]})
    eras = pl.concat([first, known.eras.alias("since").to_frame()]).with_row_index("era")
    towns = known.towns.select("stem", "county", "town")
    return {
        "era": eras,
        "code_meant": _listed(known.codes),
        "name_meant": _listed(known.names),
        "ever": _listed(known.ever),
        "standing": _listed(known.standing),
        "towns": towns,
        "town_stem": towns.select("stem").unique().sort("stem"),
        "town_county": towns.group_by("stem").agg(pl.col("county").unique().sort().alias("counties")).sort("stem"),
        "town_left": _listed(known.left).explode("counties").rename({"counties": "lies_in"}),
        "zone_county": _listed(known.zones),
        "road": known.roads,
        "city_county": _listed(known.cities),
    }


def _listed(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.col("counties").str.split(";"))


def _patterns(known: Gazetteer) -> dict[str, str]:
    """Regular expressions that RE2, Java and Python all read."""
    return {
        "prefix": known.prefix, "city": known.city, "county": known.county, "short": known.short, "zone": known.zone,
        "town_stems": known.town_stems,
        "town_names": "|".join(sorted(known.town_names, key=lambda name: (-len(name), name))),
        "no_county": address.NO_COUNTY, "no_short": address.NO_SHORT, "no_town": address.NO_TOWN,
        "loose": address.LOOSE, "of_a_city": address.OF_A_CITY, "road": address.ROAD,
    }  # fmt: skip


def _names() -> dict[str, str | dict[str, str]]:
    known = places(current())
    one = "|".join(sorted(known.shorts, key=lambda name: (-len(name), name)))
    return {"front": known.front, "one_front": one, "shorts": known.shorts}
