"""The one reader of mappings/: dictionaries, code lists, places, authority and corrections as known on a day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.disk.store import only_one, rewrite
from pipelines.engine.shipped_once import ShippedOnce
from pipelines.mapping_files.agreeing import had_ended, is_not_there, is_untold, names_nothing
from pipelines.mapping_files.cities import other_city, strange_city
from pipelines.mapping_files.csv_file import MappingError as MappingError
from pipelines.mapping_files.csv_file import judge, read_mapping, read_mappings, refuse_first, refuse_unknown
from pipelines.mapping_files.divided import (
    leaves_over,
    part_of_nothing,
    part_without_towns,
    rest_with_towns,
    whole_and_in_parts,
)
from pipelines.mapping_files.last_known import last_known
from pipelines.mapping_files.moved import never_there
from pipelines.mapping_files.yaml_file import read_yaml
from schemas import mapping

HOME = Path(__file__).resolve().parent.parent / "mappings"

# Columns of places/ whose cells are codes joined by ;.
_JOINED = {("zones", "county")}
# What stands behind a city's name, but in roads.csv.
_CITY = "市"
_PARENT = "a code of this file one level above, as `level` counts"
# The code lists that townships.csv and counties.csv are, beside those of lists/.
TOWNS, COUNTIES = "town", "county"


@dataclass(frozen=True)
class Mappings(ShippedOnce):
    """Every table of mappings/ as known on one day, and the sha256 of each family of them.

    Days are `pl.Date`, `rank`, `level` and `rows` integers, `changes.towns` a list of names, `zones.county` a list
    of codes (several where a zone lies in several counties); all else is text.
    `fingerprints` has one entry for each cause of change: dictionary, place, authority, correction;
    and one each for admissions and answers, which change no value by themselves.
    """

    lists: pl.DataFrame
    codes: pl.DataFrame
    counties: pl.DataFrame
    changes: pl.DataFrame
    townships: pl.DataFrame
    zones: pl.DataFrame
    roads: pl.DataFrame
    authority: pl.DataFrame
    corrections: pl.DataFrame
    admissions: pl.DataFrame
    answers: pl.DataFrame
    fingerprints: dict[str, str]


def load(home: Path = HOME, known: date | None = None) -> Mappings:
    """Read mappings/ as it was known on `known`, by default all that is known now.

    Raises MappingError naming file, line, column, found and expected for a row that cannot be relied on.
    """
    return _load(home, known or date.max, _state(home))


def _state(home: Path) -> tuple[tuple[str, int, int], ...]:
    """Every file with its size and time of change: as long as it stays, nothing is read again."""
    stats = [(file, file.stat()) for file in sorted(home.rglob("*.csv"))]
    return tuple((str(file), stat.st_size, stat.st_mtime_ns) for file, stat in stats)


@lru_cache(maxsize=8)
def _load(home: Path, known: date, state: tuple[tuple[str, int, int], ...]) -> Mappings:
    places = _places(home)
    lists, codes = _lists_and_codes(home, places["townships"])
    tables = {
        "lists": lists,
        "codes": codes,
        **places,
        "authority": read_mapping(home / "authority.csv", mapping.AUTHORITY),
        "corrections": read_mapping(home / "corrections.csv", mapping.CORRECTIONS),
        "admissions": read_mapping(home / "admissions.csv", mapping.ADMISSIONS),
        "answers": read_mapping(home / "answers.csv", mapping.ANSWERS),
    }
    held = {name: table.filter(pl.col("known") <= known) for name, table in tables.items()}
    return Mappings(
        lists=pl.concat([held["lists"], _town_list(held["townships"])]).with_columns(pl.col("level").cast(pl.Int64)),
        codes=held["codes"],
        counties=held["counties"],
        changes=held["changes"].with_columns(pl.col("towns").str.split(";").list.filter(pl.element() != "")),
        townships=held["townships"],
        zones=held["zones"].with_columns(pl.col("county").str.split(";")),
        roads=held["roads"].with_columns(pl.col("rows").cast(pl.Int64)),
        authority=held["authority"].with_columns(pl.col("rank").cast(pl.Int64)),
        corrections=held["corrections"],
        admissions=held["admissions"],
        answers=held["answers"],
        fingerprints={
            "dictionary": fingerprint(held["lists"], held["codes"]),
            "place": fingerprint(*(held[name] for name in places)),
            "authority": fingerprint(held["authority"]),
            "correction": fingerprint(held["corrections"]),
            "admission": fingerprint(held["admissions"]),
            "answer": fingerprint(held["answers"]),
        },
    )


def _lists_and_codes(home: Path, townships: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Code lists and dictionaries, each file's rows under its stem in `list`; a target that no list has is refused."""
    lists = _folder(home / "lists", mapping.LIST)
    codes = _folder(home / "codes", mapping.DICTIONARY)
    for name, rows in lists.items():
        refuse_first(home / "lists" / f"{name}.csv", rows, "parent", _is_orphan(rows), _PARENT)
    targets = {name: rows["code"] for name, rows in lists.items()} | {TOWNS: townships["code"]}
    for name, rows in codes.items():
        if name not in targets:
            raise MappingError(f"{home / 'codes' / name}.csv has no code list; add {home / 'lists' / name}.csv.")
        expected = f"a code of {home / 'lists' / name}.csv, or nothing where none is certain"
        refuse_unknown(home / "codes" / f"{name}.csv", rows, "standard", targets[name], expected)
    return _under_one_another(lists), _under_one_another(codes)


def _is_orphan(rows: pl.DataFrame) -> pl.Series:
    """Which codes below the first level lie under none of the level above; what a first one lies in is no code here."""
    level = pl.col("level").cast(pl.Int64)
    above = rows.select(parent="code", above=level)
    held = rows.join(above, on="parent", how="left", maintain_order="left")
    return held.select((level > 1) & pl.col("above").ne_missing(level - 1)).to_series()


def _places(home: Path) -> dict[str, pl.DataFrame]:
    """The place tables; a division that counties.csv does not have is refused, and a town that neither has."""
    declared = {"counties": mapping.DIVISIONS, "changes": mapping.CHANGES, "townships": mapping.TOWNSHIPS,
                "zones": mapping.ZONES, "roads": mapping.ROADS}  # fmt: skip
    files = {name: home / "places" / f"{name}.csv" for name in declared}
    tables = {name: read_mapping(files[name], table) for name, table in declared.items()}
    for name, table in tables.items():
        for column in ("from_code", "to_code", "county"):
            if column in table.columns:
                expected, joined = f"a code of {files['counties']}", (name, column) in _JOINED
                refuse_unknown(files[name], table, column, tables["counties"]["code"], expected, joined=joined)
    listed = f"towns that {files['townships']} has in from_code, or from that day on in to_code"
    strange = never_there(tables["changes"], tables["townships"])
    refuse_first(files["changes"], tables["changes"], "towns", strange, f"{listed}; append there what it lacks")
    _refuse_doubtful(files, tables)
    _refuse_cities(files, tables)
    _refuse_days(files, tables)
    return tables


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


def vocabulary(home: Path = HOME) -> pl.DataFrame:
    """Names that departments give to columns: name, meaning, kind, code_list and `source`, a list of who says so.

    It proposes and decides nothing, so that it is no part of what a release rests on.
    """
    rows = read_mapping(home / "vocabulary.csv", mapping.VOCABULARY)
    return rows.with_columns(pl.col("source").str.split(";"))


def policy_documents(home: Path = HOME) -> dict[Path, Any]:
    """What each file of mappings/policies/ says, as plain values, in the order of names.

    Raises MappingError naming file and line for one that is no YAML, and for a file that nobody would read.
    """
    if others := _beside(home / "policies"):
        raise MappingError(f"{others[0]} is read by nobody; call it {meant(others[0])}.yaml, or take it out.")
    return {file: read_yaml(file) for file in policy_files(home).values()}


def policy_files(home: Path = HOME) -> dict[str, Path]:
    """The file of each policy in mappings/policies/, by its key, in the order of keys."""
    return {file.stem: file for file in sorted((home / "policies").glob("*.yaml"))}


def policy_texts(home: Path = HOME) -> pl.DataFrame:
    """What policies say as they are written: columns policy, text."""
    return _texts("policy", policy_files(home))


def overlay_files(home: Path = HOME) -> dict[str, Path]:
    """The file of each county in mappings/overlays/, by its code."""
    return {file.stem: file for file in sorted((home / "overlays").glob("*.yaml"))}


def not_overlays(home: Path = HOME) -> list[Path]:
    """What else lies in mappings/overlays/ and is read by nobody, but for hidden files."""
    return _beside(home / "overlays")


def _beside(folder: Path) -> list[Path]:
    """What lies in a folder beside its YAML files, but for hidden files."""
    return [file for file in sorted(folder.glob("[!.]*")) if file.suffix != ".yaml"]


def meant(file: Path) -> str:
    """Whose a file that is read by nobody is, by its name: 330109 of 330109.yml and of an editor's 330109.yaml.bak."""
    return file.name.partition(".")[0]


def overlay_texts(home: Path = HOME) -> pl.DataFrame:
    """What overlays say as they are written: columns county, text."""
    return _texts("county", overlay_files(home))


def _texts(named: str, files: dict[str, Path]) -> pl.DataFrame:
    told = [(name, file.read_text(encoding="utf-8", errors="replace")) for name, file in files.items()]
    return pl.DataFrame(told, schema={named: pl.String, "text": pl.String}, orient="row")


def overlay_document(file: Path) -> Any:
    """What a county's overlay says, as plain values. Raises MappingError naming file and line where it is no YAML."""
    return read_yaml(file)


@cache
def current() -> Mappings:
    """The project's own mappings, read once a process."""
    return load()


def _folder(folder: Path, table: mapping.Table) -> dict[str, pl.DataFrame]:
    """Every CSV of a folder by its stem."""
    files = sorted(folder.glob("*.csv"))
    if not files:
        raise MappingError(f"{folder} holds no CSV file; restore it from the repository.")
    return {file.stem: rows for file, rows in zip(files, read_mappings(files, table), strict=True)}


def _town_list(townships: pl.DataFrame) -> pl.DataFrame:
    """The towns as rows of a code list, each under its county."""
    newest = last_known(townships)
    parent, level = pl.col("county").alias("parent"), pl.lit("1").alias("level")
    return newest.select(pl.lit(TOWNS).alias("list"), "code", "name", parent, level, "known", "basis")


def _under_one_another(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([table.select(pl.lit(name).alias("list"), pl.all()) for name, table in tables.items()])


def fingerprint(*tables: pl.DataFrame) -> str:
    """The sha256 of what tables say."""
    digest = hashlib.sha256()
    for table in tables:
        digest.update(table.write_csv().encode())
    return digest.hexdigest()


def admit(row: dict[str, str], home: Path = HOME) -> str:
    """Append an admission to mappings/admissions.csv; gives the line, or raises MappingError and appends nothing."""
    return _append(row, home / "admissions.csv", mapping.ADMISSIONS)


def answer(row: dict[str, str], home: Path = HOME) -> str:
    """Append an answer to mappings/answers.csv; gives the line, or raises MappingError and appends nothing."""
    return _append(row, home / "answers.csv", mapping.ANSWERS)


def _append(row: dict[str, str], file: Path, table: mapping.Table) -> str:
    line = pl.DataFrame([row]).select(list(table.columns)).write_csv(include_header=False)
    with only_one(file.parent):
        before = file.read_bytes()
        ended = before if before.endswith(b"\n") else before + b"\n"
        content = ended + line.encode()
        judge(file, content, table)
        rewrite(content, file)
    return line.rstrip()
