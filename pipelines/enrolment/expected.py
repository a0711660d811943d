"""How many pupils a town's schools are to expect, as known at the end of each year. Needs no later year than that."""

from __future__ import annotations

import polars as pl

from pipelines.methods.cohorts import PEOPLE, carried, change_ratios, counted
from pipelines.methods.rounded import quotient

YEARS = 6
# Ratios rest on the moves of so many years.
WINDOW = 3
_TOWN = ["origin", "county", "town"]
_LEVELS = (["origin"], ["origin", "county"], _TOWN)
# Who is six when September begins goes to school (义务教育法 第十一条). So a third of a grade, born in the last four
# months of a year, is a year older at the end of the year than the rest: thirds of each age that sit in a stage.
_THIRDS = {"1": {6: 2, 7: 3, 8: 3, 9: 3, 10: 3, 11: 3, 12: 1}, "2": {12: 2, 13: 3, 14: 3, 15: 1}}
_STAGES = pl.DataFrame(
    [(stage, age, thirds, len(ages)) for stage, ages in _THIRDS.items() for age, thirds in ages.items()],
    schema=["stage", "age", "thirds", "ages"], orient="row",
)  # fmt: skip


def expected(children: pl.DataFrame, schools: pl.DataFrame) -> pl.DataFrame:
    """Pupils from `least` over `likely` to `most`, `ahead` years after each `origin`, by county, town and stage.

    Children have county, town, year, age, least and most; schools have county, town, stage, year, and pupils or null
    where these are not known. An origin is a year of which a county's children and pupils are both known, and only what
    was known then counts. Beside each row: `standing`, the pupils as last known at the origin; `newest`, the county's
    last origin; `is_full`, whether the ratios rest on a full window; `full`, of `likely` the persons that are full.
    """
    origins = _origins(children, schools)
    known, at_school = _known(children, origins), _known(schools, origins)
    ratios = change_ratios(known.filter(pl.col("year") >= pl.col("origin") - WINDOW), _LEVELS)
    ahead = carried(_newest(known, ratios), ratios, _TOWN, YEARS)
    asked = _standing(at_school, counted(known)).join(_years_ahead(), how="cross")
    told = asked.join(_by_stage(ahead, "ahead"), on=[*_TOWN, "stage", "ahead"], how="left")
    year = pl.col("origin") + pl.col("ahead")
    return told.with_columns(*_share(), year=year).drop("pupils", "children").join(origins, on=["county", "origin"])


def _share() -> list[pl.Expr]:
    """Pupils to the nearest person, bounds outward; the tens of these and of full persons are those of the shares."""
    least, likely, most = (pl.col(name) * pl.col("pupils") for name in PEOPLE)
    children = pl.col("children")
    below, above = least // children, (most + children - 1) // children
    return [below.alias("least"), quotient(likely, children).alias("likely"), above.alias("most"),
            (likely // children).alias("full")]  # fmt: skip


def _origins(children: pl.DataFrame, schools: pl.DataFrame) -> pl.DataFrame:
    pupils = schools.drop_nulls("pupils").select("county", "year").unique()
    since = children.group_by("county").agg(since=pl.col("year").min())
    both = children.select("county", "year").unique().join(pupils, on=["county", "year"]).join(since, on="county")
    is_full = pl.col("year") - WINDOW >= pl.col("since")
    return both.select("county", origin="year", newest=pl.col("year").max().over("county"), is_full=is_full)


def _known(rows: pl.DataFrame, origins: pl.DataFrame) -> pl.DataFrame:
    """What was known at each origin: nothing of a later year."""
    at = origins.select("county", "origin")
    return rows.join(at, on="county").filter(pl.col("year") <= pl.col("origin"))


def _newest(known: pl.DataFrame, ratios: pl.DataFrame) -> pl.DataFrame:
    """The cells of the origin; one that it lacks is carried from the year before."""
    columns = [*_TOWN, "age", *PEOPLE]
    now = counted(known.filter(pl.col("year") == pl.col("origin"))).select(columns)
    before = counted(known.filter(pl.col("year") == pl.col("origin") - 1))
    moved = carried(before, ratios, _TOWN, 1).select(columns)
    return pl.concat([now, moved.join(now, on=[*_TOWN, "age"], how="anti")])


def _by_stage(people: pl.DataFrame, when: str) -> pl.DataFrame:
    """A stage's children in thirds of thousandths, where each of its ages is told."""
    by = [*_TOWN, when, "stage"]
    thirds = (pl.col(name) * pl.col("thirds") for name in PEOPLE)
    sums = people.join(_STAGES, on="age").with_columns(*thirds).group_by(*by, "ages")
    told = sums.agg(pl.col(PEOPLE).sum(), told=pl.len())
    return told.filter(pl.col("told") == pl.col("ages")).select(*by, *PEOPLE)


def _standing(at_school: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Of each town and stage taught at the origin: pupils last known, and pupils to children last known."""
    by = [*_TOWN, "stage"]
    here = at_school.filter(pl.col("year").max().over(by) == pl.col("origin")).drop_nulls("pupils")
    told = here.join(_by_stage(people, "year"), on=[*by, "year"], how="left").sort("year")
    both = pl.col("likely") > 0
    return told.group_by(by).agg(
        pl.col("pupils").last().alias("standing"),
        pl.col("pupils").filter(both).last(),
        pl.col("likely").filter(both).last().alias("children"),
    )


def _years_ahead() -> pl.DataFrame:
    return pl.DataFrame({"ahead": range(1, YEARS + 1)}, schema={"ahead": pl.Int64})
