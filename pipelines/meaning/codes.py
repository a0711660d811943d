"""What codes mean on a day: dictionaries into a list, the lists and their names. Opens no file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from pipelines.dictionary import COUNTIES, TOWNS, Mappings, fingerprint
from schemas.contract import CodeList
from schemas.indicator import LIST, all_indicators

# A class of industry lies under a group, a division and a section.
_ABOVE_A_CLASS = 3


def translation(mappings: Mappings, code_list: str, source: str, on: date) -> pl.DataFrame:
    """The dictionary from `source` to `code_list` as it holds on a day: columns code, standard; one row a code.

    A row holds until the next `since` of its code; of rows with the same `since` the one known last holds.
    A code whose row has no standard is left out: it is known to have no certain meaning.
    """
    mine = mappings.codes.filter((pl.col("list") == code_list) & (pl.col("source") == source))
    return _held(mine, on).select("code", "standard")


def translations(mappings: Mappings, on: date) -> pl.DataFrame:
    """Every dictionary as it holds on a day: columns list, source, code, standard."""
    return _held(mappings.codes, on)


def _held(codes: pl.DataFrame, on: date) -> pl.DataFrame:
    begun = codes.filter(pl.col("since") <= on).sort("since", "known")
    last = begun.group_by("list", "source", "code", maintain_order=True).agg(pl.col("standard").last())
    return last.filter(pl.col("standard") != "")


def code_names(mappings: Mappings, code_list: str) -> pl.DataFrame:
    """The code list's codes and their Chinese names: columns code, name, parent, level."""
    return mappings.lists.filter(pl.col("list") == code_list).select("code", "name", "parent", "level")


def industry_sections(mappings: Mappings) -> pl.DataFrame:
    """The section (门类) under which each code of GB/T 4754-2017 lies, a section under itself: industry, section."""
    listed = code_names(mappings, "gbt4754_2017")
    below = listed.filter(pl.col("parent") != "")
    section = pl.col("code")
    for _ in range(_ABOVE_A_CLASS):
        section = section.replace(below["code"], below["parent"])
    return listed.select(pl.col("code").alias("industry"), section.alias("section"))


def codes_of(mappings: Mappings) -> pl.DataFrame:
    """Every row of every list, as they were appended those of counties and towns: columns list, code, name, known."""
    plain = mappings.lists.filter(pl.col("list") != TOWNS).select("list", "code", "name", "known")
    places = ((TOWNS, mappings.townships), (COUNTIES, mappings.counties))
    others = (rows.select(pl.lit(name).alias("list"), *plain.columns[1:]) for name, rows in places)
    return pl.concat([plain, *others, indicator_codes()])


def rows_by_list(mappings: Mappings) -> dict[str, pl.DataFrame]:
    """The same, the rows of each list by its name."""
    parts = codes_of(mappings).partition_by("list", as_dict=True, maintain_order=True)
    return {str(name): rows for (name,), rows in parts.items()}


def indicator_codes() -> pl.DataFrame:
    """The indicators that are declared, as rows of a code list whose names say formula, unit and meaning."""
    told = [(LIST, each.code, each.words, each.since) for each in all_indicators().values()]
    return pl.DataFrame(
        told, schema={**dict.fromkeys(("list", "code", "name"), pl.String), "known": pl.Date}, orient="row"
    )


def code_lists(mappings: Mappings) -> dict[str, CodeList]:
    """Each code list as a contract names it, by name; its version is the newest day on which a row became known."""
    return {
        name: CodeList(
            name=name,
            version=str(rows["known"].max()),
            rows=rows.height,
            sha256=_said(rows),
        )
        for name, rows in rows_by_list(mappings).items()
    }


def growth(mappings: Mappings) -> Callable[[CodeList], bool]:
    """Whether a list that a contract names is the beginning of the one that is known by its name."""
    return lambda promised: has_grown_from(promised, codes_of(mappings).filter(pl.col("list") == promised.name))


def has_grown_from(promised: CodeList, rows: pl.DataFrame) -> bool:
    """Whether the rows of a list, as `codes_of` gives them, are those that a contract names, or those and younger."""
    then = rows.filter(pl.col("known").cast(pl.String) <= promised.version).head(promised.rows)
    return _said(then) == promised.sha256


def _said(rows: pl.DataFrame) -> str:
    return fingerprint(rows.select("code", "name"))
