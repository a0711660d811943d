"""Which datum from which department leaves a verdict open: by enterprise, and summed for a county's letter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import polars as pl

from pipelines.policies.match import Answers, answered_by, in_force, judged
from pipelines.tags.catalogue import Catalogue
from schemas.condition import All, Any, Atom, Condition, Is, Not
from schemas.policy import Policy

# Between the departments whose word one datum is.
SEPARATOR = "、"
# Who has no status counts among the living, so that it leaves no number open.
_LIVING = "status"
# An enterprise and its county, beside its code and its county as data.
_OF, _IN = "of enterprise", "in county"


def lacking(policies: Iterable[Policy], frame: pl.DataFrame, catalogue: Catalogue, on: date) -> pl.DataFrame:
    """One row an open verdict and datum that leaves it open: credit_code, policy, datum, title, departments.

    A datum that could change nothing is not named: where one part settles the verdict, or where another part settles
    the one it stands in. Where no column of a number is lacking and it is unknown all the same (a ratio to zero, a
    median of too few), the number itself is named.
    """
    parts = [
        held_open.select(pl.col("credit_code").alias(_OF), *where)
        .unpivot(index=_OF, variable_name="datum", value_name="lacks")
        .filter("lacks")
        .select(pl.col(_OF).alias("credit_code"), pl.lit(key).alias("policy"), "datum")
        for key, held_open, where in _lacks(policies, frame, catalogue, on)
    ]
    held = pl.concat([_NONE, *pl.collect_all(parts)])
    return _told(held, catalogue).sort("credit_code", "policy", "datum")


def gaps(policies: Iterable[Policy], frame: pl.DataFrame, catalogue: Catalogue, on: date) -> pl.DataFrame:
    """How many verdicts each datum leaves open in each county: most first, with the datum's title and departments.

    The frame has the county of each enterprise besides.
    """
    parts = [
        held_open.group_by(pl.col("county").alias(_IN))
        .agg(expression.sum().cast(pl.Int64) for expression in where)
        .unpivot(index=_IN, variable_name="datum", value_name="enterprises")
        .select(pl.col(_IN).alias("county"), pl.lit(key).alias("policy"), "datum", "enterprises")
        for key, held_open, where in _lacks(policies, frame, catalogue, on)
    ]
    none = _NONE.select(pl.lit("").alias("county"), "policy", "datum", pl.lit(0, pl.Int64).alias("enterprises"))
    held = pl.concat([none, *pl.collect_all(parts)]).filter(pl.col("enterprises") > 0)
    return _told(held, catalogue).sort(
        "county", "enterprises", "policy", "datum", descending=[False, True, False, False]
    )


_NONE = pl.DataFrame(schema={"credit_code": pl.String, "policy": pl.String, "datum": pl.String})


def _lacks(
    policies: Iterable[Policy], frame: pl.DataFrame, catalogue: Catalogue, on: date
) -> Iterator[tuple[str, pl.LazyFrame, list[pl.Expr]]]:
    """By policy, the enterprises whose verdict is open, and an expression a datum: where it leaves it open."""
    asks = {key: unfolded(condition, catalogue) for key, condition in in_force(policies, on).items()}
    answered, answers = answered_by(asks.values(), frame, catalogue)
    data = {datum for atom in answers for datum in _data_of(atom.name, catalogue)}
    whole = pl.concat([answered, frame.select(_emptiness(data, frame))], how="horizontal").lazy()
    for key, condition in asks.items():
        where = _by_datum(condition, answers, catalogue)
        yield key, whole.filter(judged(condition, answers).is_null()), where


def unfolded(condition: Condition, catalogue: Catalogue) -> Condition:
    """The condition with each flag of the catalogue as what it stands for, down to columns and numbers."""
    match condition:
        case All(parts) | Any(parts):
            return type(condition)(tuple(unfolded(part, catalogue) for part in parts))
        case Not(part):
            return Not(unfolded(part, catalogue))
        case Is(name) if name in catalogue.tags:
            rule = catalogue.tags[name].rule
            return unfolded(rule, catalogue) if isinstance(rule, Condition) else condition
        case _:
            return condition


def _open_paths(condition: Condition, answers: Answers, above: pl.Expr) -> Iterator[tuple[Atom, pl.Expr]]:
    """Each question with where it leaves the whole open: where it and all that it stands in are unknown."""
    here = above & judged(condition, answers).is_null()
    match condition:
        case All(parts) | Any(parts):
            for part in parts:
                yield from _open_paths(part, answers, here)
        case Not(part):
            yield from _open_paths(part, answers, here)
        case _:
            yield condition, here


def _by_datum(condition: Condition, answers: Answers, catalogue: Catalogue) -> list[pl.Expr]:
    """A column a datum: where a question that rests on it leaves the whole open."""
    found: dict[str, list[pl.Expr]] = {}
    for atom, is_open in _open_paths(condition, answers, pl.lit(value=True)):
        for datum, lacks in _lacks_of(atom.name, catalogue).items():
            found.setdefault(datum, []).append(is_open & lacks)
    return [pl.any_horizontal(each).alias(datum) for datum, each in found.items()]


def _lacks_of(name: str, catalogue: Catalogue) -> dict[str, pl.Expr]:
    """What a question without an answer lacks: its column, empty or too coarse; of a number, its empty columns."""
    if name not in catalogue.tags:
        return {name: pl.lit(value=True)}
    empty = {datum: pl.col(_empty(datum)) for datum in _data_of(name, catalogue)}
    return empty | {name: ~pl.any_horizontal(empty.values())}


def _data_of(name: str, catalogue: Catalogue) -> list[str]:
    """The columns without which a number is unknown."""
    return [each for each in catalogue.tags[name].of if each != _LIVING] if name in catalogue.tags else []


def _emptiness(data: set[str], frame: pl.DataFrame) -> list[pl.Expr]:
    present = set(frame.columns)
    always = pl.repeat(value=True, n=pl.len(), dtype=pl.Boolean)
    return [(pl.col(each).is_null() if each in present else always).alias(_empty(each)) for each in sorted(data)]


def _empty(datum: str) -> str:
    return f"empty/{datum}"


def _told(rows: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """The rows with the title of each datum, and the departments whose word it is."""
    names = rows["datum"].unique().to_list()
    titles = {name: catalogue.told(name).title for name in names}
    whose = {name: SEPARATOR.join(_departments(name, catalogue)) for name in names}
    return rows.with_columns(
        pl.col("datum").replace_strict(titles, return_dtype=pl.String).alias("title"),
        pl.col("datum").replace_strict(whose, return_dtype=pl.String).alias("departments"),
    )


def _departments(name: str, catalogue: Catalogue) -> list[str]:
    of = catalogue.tags[name].of if name in catalogue.tags else (name,)
    return list(dict.fromkeys(department for each in of for department in catalogue.data[each].departments))
