"""The product-limit estimate, against published examples worked by hand, and with late entry against a slow one."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import polars as pl
import pytest

from pipelines.methods.survival import AT_RISK, SURVIVAL, survival

Life = tuple[int, int, bool]

# E. L. Kaplan and P. Meier, JASA 53 (1958): deaths at 0.8, 3.1, 5.4, 9.2, losses at 1.0, 2.7, 7.0, 12.1; here tenths.
KAPLAN_MEIER = [(0, 8, True), (0, 31, True), (0, 54, True), (0, 92, True),
                (0, 10, False), (0, 27, False), (0, 70, False), (0, 121, False)]  # fmt: skip
# E. J. Freireich and others, Blood 21 (1963): weeks of remission under 6-mercaptopurine.
_DEATHS, _LOSSES = (6, 6, 6, 7, 10, 13, 16, 22, 23), (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
FREIREICH = [*((0, week, True) for week in _DEATHS), *((0, week, False) for week in _LOSSES)]


def table(lives: list[Life]) -> pl.DataFrame:
    """A row an age at which anything happens, of one group."""
    rows = [(entry, 1, 0, 0) for entry, _, _ in lives] + [(age, 0, int(died), int(not died)) for _, age, died in lives]
    told = pl.DataFrame(rows, schema=["age", "entered", "died", "lost"], orient="row")
    return told.group_by("age").agg(pl.all().sum()).with_columns(group=pl.lit("one"))


@pytest.mark.parametrize(
    ("lives", "expected"),
    [
        (KAPLAN_MEIER, {8: 0.875, 31: 0.700, 54: 0.525, 92: 0.2625}),
        (FREIREICH, {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}),
    ],
    ids=["Kaplan and Meier 1958", "Freireich 1963"],
)
def test_the_published_examples(lives: list[Life], expected: dict[int, float]) -> None:
    told = survival(table(lives), ["group"])
    known = dict(told.filter(pl.col("died") > 0).select("age", SURVIVAL).iter_rows())
    assert known == pytest.approx(expected, abs=0.0005)


def product_limit(lives: list[Life], age: int) -> Fraction:
    """The estimate as it is defined, death by death, in fractions."""
    estimate = Fraction(1)
    for at in sorted({end for _, end, died in lives if died and end <= age}):
        at_risk = sum(entry <= at <= end for entry, end, _ in lives)
        estimate *= 1 - Fraction(sum(died and end == at for _, end, died in lives), at_risk)
    return estimate


def test_with_late_entry_it_is_what_the_definition_says() -> None:
    random = Random(5)
    entries = [random.choice([0, random.randint(0, 40)]) for _ in range(300)]
    lives = [(entry, entry + random.randint(0, 60), random.random() < 0.4) for entry in entries]
    told = survival(pl.concat([table(lives), table(KAPLAN_MEIER).with_columns(group=pl.lit("two"))]), ["group"])
    own = told.filter(pl.col("group") == "one")
    for age, at_risk, estimate in own.select("age", AT_RISK, SURVIVAL).iter_rows():
        assert at_risk == sum(entry <= age <= end for entry, end, _ in lives)
        assert estimate == pytest.approx(float(product_limit(lives, age)))
