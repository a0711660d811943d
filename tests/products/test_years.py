"""Of which year the mirror's declared figures are: of the newest return, so that a new year empties none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from pipelines.cut import Tables, build
from schemas.product import all_products
from tests.products.given import given

MIRROR = all_products()["enterprise_mirror"]
FOLDER = Path(__file__).parent / MIRROR.key
RETURNED = [name for name, each in MIRROR.fields.items() if any(of.startswith("tax_annual.") for of in each.of)]


def mirrored(day: date, registered: date | None = None) -> pl.DataFrame:
    """The mirror of a day, as given or with another day on which all began."""
    tables = given(MIRROR, FOLDER) | {"today": pl.DataFrame({"day": [day]})}
    if registered is not None:
        tables |= {"enterprise": tables["enterprise"].with_columns(registered=registered)}
    return build(MIRROR, Tables(tables))


def test_new_year_leaves_what_was_declared() -> None:
    before, after = mirrored(date(2026, 12, 31)).head(1), mirrored(date(2027, 1, 1)).head(1)
    assert before["revenue_declared"].item() == 24_000_000
    assert before.select(RETURNED).equals(after.select(RETURNED))


def test_a_return_of_three_years_ago_is_no_figure_of_today() -> None:
    figures = mirrored(date(2028, 1, 1)).head(1).select(RETURNED).drop("tax_credit_grade")
    assert figures.null_count().transpose().to_series().to_list() == [1] * figures.width


def test_who_began_on_a_leap_day_is_a_year_older_on_the_first_of_march() -> None:
    days = ((2024, 2, 29), (2025, 2, 28), (2025, 3, 1), (2028, 2, 29))
    ages = [mirrored(date(*day), date(2024, 2, 29))["age_years"].unique().item() for day in days]
    assert ages == [0, 0, 1, 4]


def test_who_is_to_begin_after_today_has_no_age() -> None:
    """A slip of a year: it had been 37 years younger than nought, and so a new enterprise."""
    ages = [mirrored(date(2026, 6, 30), registered)["age_years"] for registered in (date(2062, 7, 1), date(2026, 7, 1))]
    assert [each.unique().to_list() for each in ages] == [[None], [None]]
    assert mirrored(date(2026, 6, 30), date(2026, 6, 30))["age_years"].unique().to_list() == [0]
