"""Cohorts carried forward by cohort change ratios, after Hamilton and Perry (1962). Knows no town and no school.

Sources: C. H. Hamilton and J. Perry, A short method for projecting population by age from one decennial census to
another, Social Forces 41 (1962) 163-170; J. Baker, D. A. Swanson, J. Tayman and L. M. Tedrow, Cohort Change Ratios and
their Applications, Springer 2017. A ratio holds all that happens to a cohort in a year, deaths and moves together:
people of age a+1 in year t+1, divided by people of age a in year t.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.methods.rounded import quotient

# A small place borrows from the larger one around it as if so many of its own people had moved as those there did.
BORROWED = 100
# Ratios are kept in millionths and people in thousandths, as whole numbers.
MILLION, THOUSAND = 1_000_000, 1_000
PEOPLE = ("least", "likely", "most")


def change_ratios(cells: pl.DataFrame, levels: Sequence[Sequence[str]]) -> pl.DataFrame:
    """The ratio, in millionths, of each age (to the next one) of each place of the narrowest level.

    Cells have `year`, `age` and people from `least` to `most`; `levels` are the columns that tell places apart, from
    the widest level to the narrowest. A ratio is that of all years together. Pairs of which a cell is hidden (least is
    not most) do not count, nor do those of a step between two years in which the level around has not the same places:
    of one that is split, people would seem to have left. Each level's ratio is drawn to that of the level around it; an
    age that has none is left out.
    """
    pairs, ages = _pairs(cells, levels[-1], levels[-2:][0]), cells.select("age").unique()
    told = cells.select(levels[-1]).unique().join(ages, how="cross").with_columns(ratio=pl.lit(None, pl.Int64))
    for level in levels:
        told = _drawn(told, pairs, [*level, "age"])
    return told.drop_nulls("ratio")


def _pairs(cells: pl.DataFrame, place: Sequence[str], around: Sequence[str]) -> pl.DataFrame:
    """People of a cohort in a year (`before`) and in the next one (`after`), where both are told openly."""
    told = cells.filter(pl.col("least") == pl.col("most")).select(*place, "year", "age", before="most")
    later = told.select(*place, pl.col("year", "age") - 1, after="before")
    uneven = _uneven(cells.select(*place, "year").unique(), [*around, "year"])
    return told.join(later, on=[*place, "year", "age"]).join(uneven, on=uneven.columns, how="anti")


def _uneven(places: pl.DataFrame, step: Sequence[str]) -> pl.DataFrame:
    """The steps, by their first year, at one end of which a place is lacking that is there at the other."""
    later = places.with_columns(pl.col("year") - 1)
    gone, come = (one.join(other, on=one.columns, how="anti") for one, other in ((places, later), (later, places)))
    return pl.concat([gone, come]).select(step).unique()


def _drawn(told: pl.DataFrame, pairs: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """The ratios of one level, drawn to those that `told` has of the level around it."""
    sums = pairs.group_by(by).agg(pl.col("before", "after").sum())
    before, after, around = pl.col("before").fill_null(0), pl.col("after").fill_null(0), pl.col("ratio")
    borrowed = pl.when(around.is_null()).then(0).otherwise(BORROWED)
    ratio = quotient(after * MILLION + borrowed * around.fill_null(0), before + borrowed)
    return told.join(sums, on=by, how="left").with_columns(ratio=ratio).drop("before", "after")


def counted(cells: pl.DataFrame) -> pl.DataFrame:
    """People in thousandths: the least and the most they can be, and `likely`, the middle of the two."""
    least, most = pl.col("least"), pl.col("most")
    return cells.with_columns(least=least * THOUSAND, likely=(least + most) * (THOUSAND // 2), most=most * THOUSAND)


def carried(start: pl.DataFrame, ratios: pl.DataFrame, place: Sequence[str], years: int) -> pl.DataFrame:
    """People by age 1, 2 … `years` ahead of where they start, all in thousandths; who is born later is not among them.

    Ratios stay as they are. All three figures move by the same ratio.
    """
    told, state = list[pl.DataFrame](), start.select(*place, "age", *PEOPLE)
    for ahead in range(1, years + 1):
        state = _a_year_on(state, ratios, place)
        told.append(state.with_columns(ahead=pl.lit(ahead, pl.Int64)))
    return pl.concat(told)


def _a_year_on(state: pl.DataFrame, ratios: pl.DataFrame, place: Sequence[str]) -> pl.DataFrame:
    moved = (quotient(pl.col(name) * pl.col("ratio"), pl.lit(MILLION)).alias(name) for name in PEOPLE)
    return state.join(ratios, on=[*place, "age"]).select(*place, pl.col("age") + 1, *moved)
