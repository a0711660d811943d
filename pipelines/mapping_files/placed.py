"""The tables of places/ read and held against one another. What in them disagrees is told beside, one idea a file."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from pipelines.mapping_files.agreeing import had_ended, is_not_there, is_untold, names_nothing
from pipelines.mapping_files.cities import other_city, strange_city
from pipelines.mapping_files.csv_file import read_mapping, refuse_first, refuse_unknown
from pipelines.mapping_files.divided import (
    leaves_over,
    part_of_nothing,
    part_without_towns,
    rest_with_towns,
    whole_and_in_parts,
)
from pipelines.mapping_files.moved import never_there
from schemas import mapping

PLACES = {"counties": mapping.DIVISIONS, "changes": mapping.CHANGES, "townships": mapping.TOWNSHIPS,
          "zones": mapping.ZONES, "roads": mapping.ROADS}  # fmt: skip
# Columns whose cells are codes joined by ;.
_JOINED = {("zones", "county")}
# What stands behind a city's name, but in roads.csv.
_CITY = "市"


def read_places(folder: Path) -> dict[str, pl.DataFrame]:
    """The tables of places/ by name, `since` and `known` as days, all else as text.

    Raises MappingError for the first row that its own file or another of them does not bear out.
    """
    files = {name: folder / f"{name}.csv" for name in PLACES}
    tables = {name: read_mapping(files[name], table) for name, table in PLACES.items()}
    _refuse_strange(files, tables)
    _refuse_doubtful(files, tables)
    _refuse_cities(files, tables)
    _refuse_days(files, tables)
    return tables


def _refuse_strange(files: dict[str, Path], tables: dict[str, pl.DataFrame]) -> None:
    """Refuse a division that counties.csv does not have, and a town that neither that file nor a change has."""
    for name, table in tables.items():
        for column in ("from_code", "to_code", "county"):
            if column in table.columns:
                expected, joined = f"a code of {files['counties']}", (name, column) in _JOINED
                refuse_unknown(files[name], table, column, tables["counties"]["code"], expected, joined=joined)
    listed = f"towns that {files['townships']} has in from_code, or from that day on in to_code"
    strange = never_there(tables["changes"], tables["townships"])
    refuse_first(files["changes"], tables["changes"], "towns", strange, f"{listed}; append there what it lacks")


def _refuse_doubtful(files: dict[str, Path], tables: dict[str, pl.DataFrame]) -> None:
    """Refuse rows of a day that leave open where a county goes that ends."""
    file, changes = files["changes"], tables["changes"]
    whole = "split, as this day ends the county in another one too: recode and merge take it whole"
    refuse_first(file, changes, "kind", whole_and_in_parts(changes), whole)
    alone = "recode or merge where it goes whole; of one that is divided a row for each part, with the same since"
    refuse_first(file, changes, "kind", part_of_nothing(changes), alone)
    rest = "nothing: split_rest takes the towns that no split of the day names"
    refuse_first(file, changes, "towns", rest_with_towns(changes), rest)
    refuse_first(file, changes, "towns", part_without_towns(changes), "the towns that go there")
    left = leaves_over(changes, tables["townships"])
    every = f"with the day's other splits all towns that {files['townships']} has in from_code; or append a split_rest"
    refuse_first(file, changes, "towns", left, every)


def _refuse_days(files: dict[str, Path], tables: dict[str, pl.DataFrame]) -> None:
    """Refuse a change from or to a code that does not stand then, and a name or code of which one file has nothing."""
    changes, counties, there = tables["changes"], tables["counties"], f"{files['counties']} with the same since"
    before = "a code that stood on the day before: the county's code of then"
    refuse_first(files["changes"], changes, "from_code", had_ended(changes, counties), before)
    there_then = f"a code that stands on that day; a new one has a row in {there}: append it there first"
    refuse_first(files["changes"], changes, "to_code", is_not_there(changes, counties), there_then)
    renamed = f"a county of which a row in {there} says the new name; append it there"
    refuse_first(files["changes"], changes, "from_code", names_nothing(changes, counties), renamed)
    told = f"a code to which a row of {files['changes']} with the same since leads, a rename to itself; append it there"
    refuse_first(files["counties"], counties, "code", is_untold(counties, changes), told)


def _refuse_cities(files: dict[str, Path], tables: dict[str, pl.DataFrame]) -> None:
    """Refuse a county of a city that there is not, and a zone or road whose city no county of it has."""
    counties, expected = tables["counties"], f"the city that {files['counties']} gives to its county"
    in_full = "the city of its prefecture's counties, such as 杭州市; a new one has a code of its own first four digits"
    refuse_first(files["counties"], counties, "city", strange_city(counties), in_full)
    for name, ending in (("zones", ""), ("roads", _CITY)):
        words = f"{expected}, without {ending}" if ending else expected
        refuse_first(files[name], tables[name], "city", other_city(tables[name], counties, ending), words)
