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
from pipelines.mapping_files.csv_file import MappingError as MappingError
from pipelines.mapping_files.csv_file import judge, read_mapping, read_mappings, refuse_first, refuse_unknown
from pipelines.mapping_files.last_known import last_known
from pipelines.mapping_files.placed import PLACES, read_places
from pipelines.mapping_files.yaml_file import read_yaml
from schemas import mapping

HOME = Path(__file__).resolve().parent.parent / "mappings"

_PARENT = "a code of this file one level above, as `level` counts"
# Tables that are a file each, beside the folders.
_ALONE = {"authority": mapping.AUTHORITY, "corrections": mapping.CORRECTIONS, "admissions": mapping.ADMISSIONS,
          "answers": mapping.ANSWERS}  # fmt: skip
# What is read as something else than text, beside the days.
_NOT_TEXT = {
    "lists": [pl.col("level").cast(pl.Int64)],
    "changes": [pl.col("towns").str.split(";").list.filter(pl.element() != "")],
    "zones": [pl.col("county").str.split(";")],
    "roads": [pl.col("rows").cast(pl.Int64)],
    "authority": [pl.col("rank").cast(pl.Int64)],
}
# The tables whose edits are one cause of change.
_FAMILIES = {
    "dictionary": ("lists", "codes"),
    "place": tuple(PLACES),
    "authority": ("authority",),
    "correction": ("corrections",),
    "admission": ("admissions",),
    "answer": ("answers",),
}
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
    places = read_places(home / "places")
    lists, codes = _lists_and_codes(home, places["townships"])
    alone = {name: read_mapping(home / f"{name}.csv", table) for name, table in _ALONE.items()}
    tables = {"lists": lists, "codes": codes, **places, **alone}
    held = {name: table.filter(pl.col("known") <= known) for name, table in tables.items()}
    told = held | {"lists": pl.concat([held["lists"], _town_list(held["townships"])])}
    return Mappings(
        **{name: table.with_columns(_NOT_TEXT.get(name, ())) for name, table in told.items()},
        fingerprints={family: fingerprint(*(held[name] for name in names)) for family, names in _FAMILIES.items()},
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
