"""Figures of one day's map on another day's, with the share that is uncertain. Places no address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.mapping_files.stem import stem
from pipelines.places.divisions import counties_on, spellings
from pipelines.places.moves import born, follow, moves_of, trace


@dataclass(frozen=True)
class Recast:
    """Figures on another map.

    - `table`: county, then for each value its certain sum, and `<value>_most` with all that may lie there too; null
      where a row is among them that has no figure
    - `uncertain`: for each value the share, 0 to 1, that no single county can be given; of figures with signs the
      share of what they amount to without them, and `<value>_most` is no bound
    """

    table: pl.DataFrame
    uncertain: dict[str, float]


def codes_named(mappings: Mappings, names: pl.Series, written: date) -> pl.Series:
    """The codes that each name, in any spelling, means on the map of `written`; a list, empty where it is unknown.

    A name that no county bore then means the divisions that bore it in any year.
    """
    standing = _by_name(counties_on(mappings, written), "standing")
    ever = _by_name(mappings.counties, "ever")
    keyed = names.alias("name").to_frame()
    for table in (standing, ever):
        keyed = keyed.join(table, on="name", how="left", maintain_order="left")
    return keyed.select(pl.coalesce("standing", "ever").fill_null([])).to_series().alias("codes")


def _by_name(divisions: pl.DataFrame, column: str) -> pl.DataFrame:
    spelt = spellings(divisions.select("code", "name", "city"))
    return spelt.group_by("name").agg(pl.col("code").unique().sort().alias(column))


def resolve(mappings: Mappings, divisions: pl.DataFrame, written: date, on: date) -> pl.DataFrame:
    """The counties on the map of `on` in which areas of the map of `written` lie.

    `divisions` has `code` and `town` (a town's name, or null); gives the same rows with `counties`: one where
    it is certain, several where a change divided the code and no town that is known there decides, none where the
    code is unknown.
    """
    moves, first, towns = moves_of(mappings), born(mappings), _towns(mappings)
    keys = divisions.select("code", stem(pl.col("town")).alias("stem"))

    def lies(code: str | None, town: str | None) -> list[str]:
        if code is None or code not in first:
            return []
        is_known = any(town in towns.get(each, ()) for each in (code, *follow(code, moves, written)))
        known = town if is_known else None
        if on >= written:
            return sorted(follow(code, moves, written, on, known))
        return sorted(trace(code, moves, first, written, on, known))

    once = keys.unique(maintain_order=True)
    found = pl.Series("counties", [lies(*key) for key in once.iter_rows()], dtype=pl.List(pl.String))
    joined = keys.join(
        once.with_columns(found), on=["code", "stem"], how="left", nulls_equal=True, maintain_order="left"
    )
    return divisions.with_columns(joined["counties"])


def _towns(mappings: Mappings) -> dict[str, set[str]]:
    """The stems of the towns that a county has today, or that a document about it names.

    Of any other nothing says that it was not divided or part of what went: a document that names towns names those of
    its day, a yearbook may have older ones.
    """
    today = mappings.townships.select("county", stem(pl.col("name")).alias("stem"))
    named = mappings.changes.explode("towns").select("from_code", "to_code", stem(pl.col("towns")).alias("stem"))
    sides = [named.select(pl.col(side).alias("county"), "stem") for side in ("from_code", "to_code")]
    told = pl.concat([today, *sides]).drop_nulls().group_by("county").agg("stem")
    return {county: set(stems) for county, stems in told.iter_rows()}


def recast(mappings: Mappings, figures: pl.DataFrame, values: list[str], written: date, on: date) -> Recast:
    """Figures by `code` and `town` of the map of `written`, as figures by county of the map of `on`.

    A row that lies in one county adds to its certain sum; one that may lie in several adds to the `_most` of
    each and to the uncertain share, and is given to none. A county has no sum where one of its rows has no figure: what
    is not told is not nothing.
    """
    placed = resolve(mappings, figures, written, on).with_columns(pl.col("counties").list.len().alias("several"))
    each = placed.explode("counties").rename({"counties": "county"}).drop_nulls("county")
    certain = pl.col("several") == 1
    sums = [_sum(pl.col(value).filter(certain)).alias(value) for value in values]
    most = [_sum(pl.col(value)).alias(f"{value}_most") for value in values]
    amount = pl.col(values).abs().sum()
    whole = placed.select(amount).row(0, named=True)
    left = placed.filter(pl.col("several") != 1).select(amount).row(0, named=True)
    uncertain = {value: float(left[value] / whole[value]) if whole[value] else 0.0 for value in values}
    return Recast(each.group_by("county").agg(*sums, *most).sort("county"), uncertain)


def _sum(told: pl.Expr) -> pl.Expr:
    return pl.when(told.null_count() == 0).then(told.sum())
