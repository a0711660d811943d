"""Cohort projection against another way of reckoning it, in fractions; what is held out stays out; little is told."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from random import Random
from typing import cast

import duckdb
import polars as pl
import pytest

from pipelines.cut import CONFIG, asked
from pipelines.enrolment.expected import WINDOW, YEARS, expected
from pipelines.enrolment.tried import tried
from pipelines.methods.cohorts import BORROWED, MILLION, THOUSAND, carried, change_ratios, counted
from pipelines.products.school_seats import school_seats
from schemas.product import all_products
from tests.products.given import given, made

HERE = Path(__file__).parent
SEATS = all_products()["school_seats"]
LAST, AGES = 2025, range(16)
TOWNS = {"330110005": "330110", "330110012": "330110", "330110110": "330110", "330113001": "330113"}
# A third of each grade is born in the last four months of a year and a year older at the end of the year.
STAGES = {
    stage: {age: Fraction(sum(each in ages for each in (age, age, age - 1)), 3) for age in range(ages[0], ages[-1] + 2)}
    for stage, ages in {"1": range(6, 12), "2": range(12, 15)}.items()
}

Cells = dict[tuple[str, int, int], tuple[int, int]]


def cells(seed: int) -> Cells:
    """Least and most people by town, year and age: towns of all sizes, small cells hidden, one that nobody wrote."""
    random, told = Random(seed), Cells()
    for town, size in zip(TOWNS, (4, 30, 300, 2000), strict=True):
        growth = {age: random.uniform(0.95, 1.15) for age in AGES}
        for born in range(LAST - 2 * len(AGES), LAST + 1):
            people = float(random.randint(size // 2, size * 2))
            for age in AGES:
                count = round(people)
                if LAST - 6 <= born + age <= LAST:
                    told[town, born + age, age] = (count, count) if count >= 10 else (0, 9)
                people *= growth[age] * random.uniform(0.97, 1.03)
    del told["330110110", LAST, 3]
    return told


def children(told: Cells) -> pl.DataFrame:
    """The same as a table."""
    rows = [(TOWNS[town], town, year, age, *people) for (town, year, age), people in told.items()]
    return pl.DataFrame(rows, schema=["county", "town", "year", "age", "least", "most"], orient="row")


def schools(told: Cells) -> pl.DataFrame:
    """Of each town, stage and year nine tenths of its children as pupils."""
    years = range(LAST - 6, LAST + 1)
    rows = [
        (TOWNS[town], town, stage, year,
         int(sum(told.get((town, year, age), (0, 0))[1] * part for age, part in ages.items()) * 9 // 10), 500)
        for town in TOWNS for stage, ages in STAGES.items() for year in years
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=["county", "town", "stage", "year", "pupils", "places"], orient="row")


def ratio(told: Cells, town: str, age: int, origin: int) -> Fraction:
    """By the definition: the sums of a cohort after and before, of the province, its county, its town, each drawn."""
    own: Fraction | None = None
    for within in (set(TOWNS), {each for each in TOWNS if TOWNS[each] == TOWNS[town]}, {town}):
        before = after = 0
        for each in within:
            for year in range(origin - WINDOW, origin):
                one, other = told.get((each, year, age), (0, 1)), told.get((each, year + 1, age + 1), (0, 1))
                if one[0] == one[1] and other[0] == other[1]:
                    before, after = before + one[0], after + other[0]
        own = Fraction(after, before) if own is None else (after + BORROWED * own) / (before + BORROWED)
    assert own is not None
    return own


def at(told: Cells, town: str, age: int, origin: int, ahead: int) -> Fraction:
    """People of an age so many years ahead, in the middle of their bounds."""
    if ahead:
        return at(told, town, age - 1, origin, ahead - 1) * ratio(told, town, age - 1, origin)
    if (town, origin, age) in told:
        return Fraction(sum(told[town, origin, age]), 2)
    return Fraction(sum(told[town, origin - 1, age - 1]), 2) * ratio(told, town, age - 1, origin)


@pytest.fixture(scope="module", params=[1, 2, 3])
def own(request: pytest.FixtureRequest) -> Cells:
    """Cells of some seed."""
    return cells(request.param)


def test_expected_pupils_are_those_of_the_definition(own: Cells) -> None:
    """Children carried forward by Hamilton and Perry's ratios, times pupils by children as last known."""
    origin = LAST - 1
    told = expected(children(own), schools(own)).filter(pl.col("origin") == origin)
    assert told.height == len(TOWNS) * len(STAGES) * YEARS and told["likely"].null_count() == 0
    base = {(row["town"], row["stage"]): row["pupils"] for row in schools(own).filter(year=origin).to_dicts()}
    for row in told.to_dicts():
        town, ages = row["town"], STAGES[row["stage"]]
        before, later = (
            sum(at(own, town, age, origin, ahead) * part for age, part in ages.items()) for ahead in (0, row["ahead"])
        )
        assert abs(row["likely"] - later / before * base[town, row["stage"]]) <= Fraction(1, 2) + Fraction(1, 10)
        assert row["least"] <= row["likely"] <= row["most"]


def test_a_cell_that_nobody_wrote_is_carried_from_the_year_before(own: Cells) -> None:
    """330110110 lacks those of three in the last year, who are eight in five years."""
    town = "330110110"
    told = expected(children(own), schools(own)).filter(origin=LAST, town=town, stage="1", ahead=5)
    base = sum(at(own, town, age, LAST, 0) * part for age, part in STAGES["1"].items())
    later = sum(at(own, town, age, LAST, 5) * part for age, part in STAGES["1"].items())
    (pupils,) = schools(own).filter(town=town, stage="1", year=LAST)["pupils"]
    assert abs(told["likely"].item() - later / base * pupils) <= Fraction(3, 5)


def test_a_large_place_alone_has_the_plain_ratios_of_the_method() -> None:
    """One place, two years: 1,000 of age 0 become 1,100 of age 1, 800 of age 1 become 760 of age 2.

    So 500 of age 0 are 550 a year on and 550 x 0.95 = 522.5 two years on; 1,100 of age 1 are 1,045 a year on.
    """
    counts = {(2024, 0): 1000, (2024, 1): 800, (2025, 0): 500, (2025, 1): 1100, (2025, 2): 760}
    rows = [("here", year, age, people, people) for (year, age), people in counts.items()]
    known = pl.DataFrame(rows, schema=["place", "year", "age", "least", "most"], orient="row")
    ratios = change_ratios(known, [["place"]])
    assert ratios.sort("age").select("age", "ratio").rows() == [(0, 1_100_000), (1, 950_000)]
    told = carried(counted(known.filter(year=2025)), ratios, ["place"], 2)
    later = told.sort("ahead", "age").select("ahead", "age", "likely").rows()
    assert later == [(1, 1, 550 * THOUSAND), (1, 2, 1045 * THOUSAND), (2, 2, 522_500)]


def test_a_place_whose_cells_are_hidden_has_the_ratio_around_it() -> None:
    rows = [("large", 2024, 0, 200, 200), ("large", 2025, 1, 300, 300), ("small", 2024, 0, 0, 9),
            ("small", 2025, 1, 0, 9), ("tiny", 2024, 0, 10, 10), ("tiny", 2025, 1, 10, 10)]  # fmt: skip
    known = pl.DataFrame(
        [("all", *row) for row in rows], schema=["whole", "place", "year", "age", "least", "most"], orient="row"
    )
    told = change_ratios(known, [["whole"], ["whole", "place"]]).filter(age=0)
    around = Fraction(310, 210)
    own = {"small": around, "tiny": (10 + 100 * around) / 110, "large": (300 + 100 * around) / 300}
    assert {name: told.filter(place=name)["ratio"].item() for name in own} == {
        name: round(value * MILLION) for name, value in own.items()
    }


SPLIT, BORN, CALM = "330110110", "330110111", "330110005"


def _cut(rows: pl.DataFrame, since: int, until: int, *figures: str) -> pl.DataFrame:
    """The rows, of those years half of SPLIT's being those of a town of its own."""
    is_cut = (pl.col("town") == SPLIT) & pl.col("year").is_between(since, until)
    halves = rows.filter(is_cut).with_columns(pl.col(figures) // 2)
    return pl.concat([rows.filter(~is_cut), halves, halves.with_columns(town=pl.lit(BORN))])


@pytest.mark.parametrize(
    ("since", "until"), [(LAST, LAST), (LAST - 1, LAST), (LAST - 6, LAST - 1)], ids=["split", "before", "merged"]
)
def test_nobody_leaves_where_a_town_is_split_or_merged(since: int, until: int) -> None:
    """400 children of each age in SPLIT and 300 in another town of its county, in every year; nobody moves."""
    own = [(town, year, size) for town, size in {SPLIT: 400, CALM: 300}.items() for year in range(LAST - 6, LAST + 1)]
    living = pl.DataFrame(
        [("330110", town, year, age, size, size) for town, year, size in own for age in AGES],
        schema=["county", "town", "year", "age", "least", "most"], orient="row",
    )  # fmt: skip
    taught = pl.DataFrame(
        [("330110", town, "1", year, 6 * size, 3000) for town, year, size in own],
        schema=["county", "town", "stage", "year", "pupils", "places"], orient="row",
    )  # fmt: skip
    told = expected(_cut(living, since, until, "least", "most"), _cut(taught, since, until, "pupils"))
    newest = told.filter(origin=LAST)
    assert newest.height == newest["town"].n_unique() * YEARS
    assert newest.filter(pl.col("likely") != pl.col("standing")).is_empty()


def test_a_step_counts_nowhere_where_its_places_are_others() -> None:
    """One is split in 2025, so that its county's ratios are of 2024 alone, and the other county's of both years."""
    rows = [
        ("one", "a", 2023, 0, 100), ("one", "a", 2024, 1, 90), ("one", "a", 2024, 0, 100), ("one", "a", 2025, 1, 45),
        ("one", "b", 2025, 1, 45), ("two", "c", 2023, 0, 200), ("two", "c", 2024, 1, 200), ("two", "c", 2024, 0, 200),
        ("two", "c", 2025, 1, 100),
    ]  # fmt: skip
    known = pl.DataFrame(rows, schema=["whole", "place", "year", "age", "most"], orient="row")
    ratios = change_ratios(known.with_columns(least="most"), [["whole"], ["whole", "place"]]).filter(age=0)
    whole = {"one": Fraction(90, 100), "two": Fraction(300, 400)}
    own = {"a": (90 + 100 * whole["one"]) / 200, "b": whole["one"], "c": (300 + 100 * whole["two"]) / 500}
    assert dict(ratios.select("place", "ratio").rows()) == {name: round(value * MILLION) for name, value in own.items()}


@pytest.mark.parametrize("origin", [LAST - 3, LAST - 2, LAST - 1])
def test_what_is_expected_at_an_origin_knows_nothing_of_later_years(own: Cells, origin: int) -> None:
    """Other figures in the years held out, or none, change nothing of what was expected before them."""
    held_out, kept = pl.col("year") > origin, expected(children(own), schools(own)).filter(pl.col("origin") == origin)
    others = {
        "children": (_other(children(own), held_out, "least", "most"), schools(own)),
        "pupils": (children(own), _other(schools(own), held_out, "pupils", "places")),
        "nothing": (children(own).filter(~held_out), schools(own).filter(~held_out)),
    }
    order, own_year = ["county", "town", "stage", "ahead"], "newest"
    for name, given_otherwise in others.items():
        again = expected(*given_otherwise).filter(pl.col("origin") == origin)
        assert again.drop(own_year).sort(order).equals(kept.drop(own_year).sort(order)), name
    errors = tried(kept, schools(own)).sort("county", "stage", "ahead")
    assert not errors.equals(tried(kept, others["pupils"][1]).sort("county", "stage", "ahead"))


def _other(rows: pl.DataFrame, held_out: pl.Expr, *names: str) -> pl.DataFrame:
    return rows.with_columns(pl.when(held_out).then(pl.col(name) * 3 + 7).otherwise(name) for name in names)


def test_errors_are_mean_absolute_percentages_over_full_windows(own: Cells) -> None:
    """Seven years give three origins for a year ahead, two for two, one for three, and none for more.

    330110 has three towns; 330113 has one, of which nothing is told.
    """
    seen, told = schools(own), expected(children(own), schools(own))
    errors = tried(told, seen)
    assert {*errors.group_by("ahead", "county").agg(pl.col("tries").first()).rows()} == {
        (ahead, county, (4 - ahead) * [*TOWNS.values()].count(county))
        for ahead in (1, 2, 3) for county in ("330110",)
    }  # fmt: skip
    by_key = {(row["town"], row["stage"], row["year"]): row["pupils"] for row in seen.to_dicts()}
    for error in errors.to_dicts():
        pairs = [
            (row["likely"], row["standing"], by_key[row["town"], row["stage"], row["year"]])
            for row in told.filter("is_full").to_dicts()
            if row["year"] <= LAST and all(row[name] == error[name] for name in ("county", "stage", "ahead"))
        ]
        for name, at_place in (("error", 0), ("naive_error", 1)):
            mean = sum(Fraction(abs(pair[at_place] - pair[2]), pair[2]) for pair in pairs) / len(pairs)
            assert abs(error[name] - mean * 100) <= Fraction(51, 100)


def _held_out(*towns: tuple[int, int, int | None]) -> pl.DataFrame:
    """The errors of a county told of towns by what was expected, what stood at the origin, and what was seen."""
    key = {"county": "330110", "stage": "1", "year": 2025, "ahead": 1, "is_full": True}
    rows = [key | {"town": str(number), "likely": likely, "standing": standing, "pupils": seen}
            for number, (likely, standing, seen) in enumerate(towns)]  # fmt: skip
    known = pl.DataFrame(rows)
    return tried(known.drop("pupils"), known.select("county", "town", "stage", "year", "pupils"))


def test_errors_give_back_no_town_that_is_hidden() -> None:
    """Of 1 %, 4 % and 0 %, and of 10 %, 0 % and 0 %, the whole per cents next to the means; of fewer towns nothing."""
    large = ((101, 110, 100), (96, 100, 100), (10, 10, 10))
    assert _held_out(*large).select("error", "naive_error", "tries").rows() == [(2, 3, 3)]
    assert _held_out(*large[:2]).is_empty()
    for few in ((10, 9, 10), (10, 10, 9), (0, 0, 0)):
        assert _held_out(*large[:2], few).is_empty()
        assert _held_out(*large, few).equals(_held_out(*large))


def test_a_year_that_is_not_known_whole_is_no_try() -> None:
    """The mean is over those that were seen, and who was not seen is no third town."""
    large = ((101, 110, 100), (96, 100, 100), (10, 10, 10))
    assert _held_out(*large, (100, 100, None)).equals(_held_out(*large))
    assert _held_out(*large[:2], (100, 100, None)).is_empty()


def test_no_row_tells_of_fewer_than_ten(tmp_path: Path) -> None:
    told = made(SEATS, given(SEATS, HERE / SEATS.key), tmp_path)
    few = told.filter(pl.col("need_most") - pl.col("need_least") == 10, pl.col("need_least") == 0)
    assert few.height > 0 and few.select("need", "balance").null_count().row(0) == (few.height,) * 2
    figures = told.select("need", "need_least", "need_most").drop_nulls()
    assert (figures.select(pl.all() % 10 == 0).min_horizontal()).all() and (figures["need_most"] >= 10).all()


def test_places_of_years_to_come_are_the_last_seats_also_before_their_population_is_here(tmp_path: Path) -> None:
    """Seats come in October and the population of the same year in January: 260 a grade, and 250 the year before."""
    tables = given(SEATS, HERE / SEATS.key)
    people = tables["public_security_population"].filter(pl.col("year") < LAST)
    told = made(SEATS, tables | {"public_security_population": people}, tmp_path).filter(town="330110005", stage="2")
    places = {LAST - 1: 750, LAST: 780} | dict.fromkeys(range(LAST + 1, LAST + YEARS), 780)
    assert dict(told.filter(pl.col("year") >= LAST - 1).select("year", "places").rows()) == places
    assert told.filter(basis="预测")["year"].min() == LAST + 1


def test_the_order_of_rows_does_not_matter(own: Cells) -> None:
    nothing = {"figure": "children", "county_name": None, "town_name": None, "stage": None, "stage_name": None}
    words = [pl.lit(value, pl.String).alias(name) for name, value in nothing.items()]
    of_schools = schools(own).with_columns(
        figure=pl.lit("school"), county_name="county", town_name="town", stage_name="stage"
    )
    planned = of_schools.filter(town="330110012", stage="1", year=LAST).select("county", "town", "stage", "year")
    plan = planned.with_columns(figure=pl.lit("plan"), campuses=3, planned=120, estates=7)
    rows = pl.concat([children(own).with_columns(words), of_schools, plan], how="diagonal")
    first, again = (
        school_seats(each).sort("county", "town", "stage", "year")
        for each in (rows, rows.sample(fraction=1, shuffle=True, seed=5))
    )
    assert first["campuses"].drop_nulls().to_list() == [3]
    assert first.height == len(TOWNS) * len(STAGES) * (7 + YEARS) and first.equals(again)


def counted_of(tables: dict[str, pl.DataFrame], people: pl.DataFrame) -> pl.DataFrame:
    """What the product's SQL counts of children, by town, year and age."""
    with duckdb.connect(config=CONFIG) as connection:
        for name, table in (tables | {"public_security_population": people}).items():
            connection.register(name, cast(object, table.to_arrow()))
        with asked(all_products()["school_seats"], connection) as rows:
            made = rows.pl()
    return made.filter(figure="children").select("town", "year", "age", "least").sort("town", "year", "age")


def test_a_town_under_two_codes_counts_once_and_two_names_of_one_town_are_added() -> None:
    tables = given(all_products()["school_seats"], HERE / "school_seats")
    people = tables["public_security_population"].with_columns(town_name=pl.lit("甲街道"))
    before = counted_of(tables, people)
    recoded = people.with_columns(division=pl.lit("330184"), delivery=pl.lit("0"))
    assert counted_of(tables, pl.concat([people, recoded])).equals(before)
    beside = people.with_columns(town_name=pl.lit("乙街道"))
    assert counted_of(tables, pl.concat([people, beside])).equals(before.with_columns(pl.col("least") * 2))


def test_an_age_is_told_of_no_town_of_which_a_part_of_then_lacks_a_sex() -> None:
    tables = given(all_products()["school_seats"], HERE / "school_seats")
    people = tables["public_security_population"]
    names = [people.with_columns(town_name=pl.lit(name)) for name in ("甲街道", "乙街道")]
    both = pl.concat(names)
    age = (pl.col("town") == "330110005") & (pl.col("year") == 2025) & (pl.col("age") == 11)
    is_boys_of_one = age & (pl.col("town_name") == "乙街道") & (pl.col("sex") == "1")
    told = counted_of(tables, both)
    assert told.filter(age).height == 1
    assert counted_of(tables, both.filter(~is_boys_of_one)).equals(told.filter(~age))
    is_of_one = age & (pl.col("town_name") == "乙街道")
    assert counted_of(tables, both.filter(~is_of_one)).equals(told.filter(~age))
