"""What awaited columns leave for tags to say: made-up rules by hand, the catalogue by enterprises of every kind."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl
import pytest

from pipelines.dictionary import current
from pipelines.meaning.codes import code_names
from pipelines.tags.apply import Reference, tags
from pipelines.tags.catalogue import Catalogue, catalogue, only, whole
from pipelines.tags.decidable import decidable
from pipelines.tags.expand import INDUSTRY
from pipelines.tags.mirror import mirror
from schemas.condition import Condition, Is, Known, Not, Under, at_least, atoms, every, some
from schemas.kinds import FLAG
from schemas.measure import Given, Measure, Per
from schemas.tag import Family, Flag, Number, Tag
from tests.tags.asking import ON, OTHERS, tagged

# `revenue` and `industry` are brought; for `assets` everybody waits.
BROUGHT = {"revenue", "industry"}
BOTH, NONE = ["one", "other"], list[str]()
HERE, LACKING = at_least("revenue", 1), at_least("assets", 1)
# Bands of narrow bounds and of the province's medians are hit by nobody who is made at random.
MOST = 0.8
BOTH_WAYS = ("size", "size_by_insured")
ONE_WAY = {
    "above_but_not_listed", "listed_but_below", "never_borrowed", "listing_candidate", "food_without_licence",
    "freight_without_licence", "builder_without_licence", "shrinking", "stopping", "alive_but_irregular", "strained",
    "moving_out", "growing_steadily",
}  # fmt: skip


def made_up(*members: Flag | Number) -> Catalogue:
    return catalogue((Family("made_up", "编造", "县统计局", "有什么？", date(2026, 7, 1), members),), current())


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (HERE, BOTH), (LACKING, NONE), (Not(HERE), BOTH), (Not(LACKING), NONE), (Known("assets"), NONE),
        # An "all" that waits is never true; an "any" never false.
        (every(HERE, LACKING), NONE), (some(HERE, LACKING), NONE), (Not(every(HERE, LACKING)), NONE),
        # Mills are decided by revenue, lessors wait for assets: a mill is both, at times.
        (some(every(Under(("C",)), HERE), every(Under(("L",)), LACKING)), BOTH),
        (some(every(Under(("C",)), LACKING), every(Under(("L",)), LACKING)), NONE),
        (every(some(HERE, LACKING), some(Not(HERE), LACKING)), NONE),
    ],
)  # fmt: skip
def test_a_flag_is_decidable_where_it_can_be_true_and_can_be_false(rule: Condition, told: list[str]) -> None:
    over = made_up(Flag("one", "甲", rule, "甲"), Flag("other", "乙", Not(Is("one")), "乙"))
    assert decidable(over, BROUGHT) == told


def test_a_number_is_decidable_where_all_that_it_is_reckoned_from_can_be_known() -> None:
    over = made_up(
        Number("turned", "甲", Per("revenue", "assets"), "甲"), Number("of_mills", "乙", Given("revenue", HERE), "乙"),
        Number("of_rich", "丙", Given("revenue", LACKING), "丙"),
        Number("of_none", "丁", Given("revenue", every(HERE, Is("poor"))), "丁"),
        Flag("poor", "戊", every(LACKING, HERE), "戊"), Flag("half", "己", at_least("turned", 1), "己"),
    )  # fmt: skip
    assert decidable(over, BROUGHT) == ["of_mills"]


def brought() -> Catalogue:
    """The tags that rest on a column that the mirror has, but for the industries'."""
    return only(OTHERS, [key for key, tag in OTHERS.tags.items() if {*tag.of} & mirror().fields.keys()])


def anybody(count: int) -> pl.DataFrame:
    """Enterprises with the mirror's columns, each cell empty or one of the words and bounds that rules ask for."""
    seed, asked = random.Random(7), dict[str, set[object]]()
    for tag in OTHERS.tags.values():
        for name, said in _asked(tag):
            asked.setdefault(name, set()).add(said)
    asked["industry"] = {*code_names(current(), INDUSTRY)["code"]}
    columns = {name: field.kind.dtype for name, field in mirror().fields.items()}
    cells = {
        name: [
            None if seed.random() < 0.1 else seed.choice(_values(asked.get(name, set()), dtype)) for _ in range(count)
        ]
        for name, dtype in columns.items()
    }
    return pl.DataFrame(cells, schema=columns, strict=False)


def _asked(tag: Tag) -> Iterator[tuple[str, object]]:
    rule = tag.rule.when if isinstance(tag.rule, Given) else tag.rule
    for atom in [] if isinstance(rule, Measure) else atoms(rule):
        for said in (getattr(atom, "value", None), getattr(atom, "word", None), *getattr(atom, "words", ())):
            yield atom.name, said


def _values(asked: set[object], dtype: pl.DataType) -> Sequence[object]:
    if dtype.is_numeric():
        bounds = [each for each in asked if isinstance(each, (int, float))]
        return sorted({int(each) + step for each in bounds for step in (-1, 0, 1)} | {0, 5, 50_000, 70_000_000})
    if dtype == pl.Date:
        return [date(year, 6, 30) for year in range(1990, 2030)]
    if dtype == FLAG.dtype:
        return [True, False]
    return [*sorted(str(each) for each in asked if each is not None), "别的"]


def test_of_the_catalogue_what_is_not_decidable_is_never_said_both_ways() -> None:
    told = {*decidable(whole(), mirror().fields.keys())}
    over, frame = brought(), anybody(3_000)
    said = tags(frame, over, Reference(ON))
    both = {key for key in over.tags if said[key].drop_nulls().n_unique() > 1}
    assert both - told == set() and len(both) > len(told & over.tags.keys()) * MOST
    assert {key for key in over.tags.keys() - told if said[key].null_count() < said.height} <= ONE_WAY


def test_the_size_classes_are_decidable_and_what_could_find_nobody_or_clear_nobody_is_not() -> None:
    told = {*decidable(whole(), mirror().fields.keys())}
    assert {key for key in whole().tags if key.startswith(BOTH_WAYS)} <= told
    assert whole().tags.keys() >= ONE_WAY and ONE_WAY & told == set()


def test_insured_headcount_and_revenue_decide_the_class_of_most_trades_and_never_of_those_that_ask_assets() -> None:
    rows = [
        ("3311", 8, 1_000_000, "micro"), ("3311", 50, 30_000_000, "small"), ("5211", 3, 500_000, "micro"),
        ("0111", None, 500_000_000, "large"), ("4710", 40, 90_000_000, None), ("7211", 400, 200_000_000, None),
    ]  # fmt: skip
    said = tagged(*({"industry": each[0], "insured": each[1], "revenue": each[2]} for each in rows))
    for (*_, expected), row in zip(rows, said.iter_rows(named=True), strict=True):
        classes = {name: row[f"size_by_insured_{name}"] for name in ("large", "medium", "small", "micro")}
        assert [name for name, holds in classes.items() if holds] == ([expected] if expected else [])
        assert (None in classes.values()) == (expected is None)
