"""Policies matched to enterprises: every distinct question asked once, all verdicts in one pass over the answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import polars as pl

from pipelines.methods.conditions import Context, asked
from pipelines.tags.catalogue import Catalogue
from pipelines.tags.prepared import context_of, prepared
from schemas.condition import All, Any, Atom, Condition, Not, atoms
from schemas.policy import Policy, Version

# What tells one enterprise from another in a table of verdicts; no policy is called so.
KEYS = ("credit_code", "county")
Answers = dict[Atom, pl.Expr]


def in_force(policies: Iterable[Policy], on: date) -> dict[str, Condition]:
    """What each policy asks by the version that holds on a day; those not yet made or repealed are left out."""
    held = {policy.key: version_on(policy, on) for policy in policies}
    return {key: each.asks for key, each in held.items() if each is not None and each.asks is not None}


def version_on(policy: Policy, on: date) -> Version | None:
    """The version that holds on a day; None before the first."""
    return next((each for each in reversed(policy.versions) if each.since <= on), None)


def matched(policies: Iterable[Policy], frame: pl.DataFrame, catalogue: Catalogue, on: date) -> pl.DataFrame:
    """One column a policy in force, named by its key: true fits, false does not fit, null lacks a datum.

    The frame has one row an enterprise with tags and columns of the catalogue; what it lacks is unknown. Behind
    `credit_code` and `county`; rows keep their order. Which datum is lacking is told by `lacking` and `gaps`.
    """
    asks = in_force(policies, on)
    answered, answers = answered_by(asks.values(), frame, catalogue)
    keys = [key for key in KEYS if key in frame.columns]
    return answered.select(*keys, *(judged(each, answers).alias(key) for key, each in asks.items()))


def answered_by(
    conditions: Iterable[Condition], frame: pl.DataFrame, catalogue: Catalogue
) -> tuple[pl.DataFrame, Answers]:
    """The frame's keys with one boolean column a distinct question, and which column answers which question."""
    questions = list(dict.fromkeys(atom for each in conditions for atom in atoms(each)))
    ready, context = _ready(questions, frame, catalogue)
    columns = {atom: f"answer/{number}" for number, atom in enumerate(questions)}
    said = [_answer(atom, context).alias(name) for atom, name in columns.items()]
    keys = [key for key in KEYS if key in frame.columns]
    return ready.select(*keys, *said), {atom: pl.col(name) for atom, name in columns.items()}


def judged(condition: Condition, answers: Answers) -> pl.Expr:
    """The verdict over the answers, in Kleene's logic."""
    match condition:
        case All(parts):
            return pl.all_horizontal(judged(part, answers) for part in parts)
        case Any(parts):
            return pl.any_horizontal(judged(part, answers) for part in parts)
        case Not(part):
            return ~judged(part, answers)
        case _:
            return answers[condition]


def _ready(questions: list[Atom], frame: pl.DataFrame, catalogue: Catalogue) -> tuple[pl.DataFrame, Context]:
    """The columns and tags that are asked, as conditions read them."""
    ready = prepared(frame, questions, catalogue)
    context = context_of(frame, catalogue)
    absent = context.absent | (catalogue.tags.keys() - set(frame.columns))
    return ready, replace(context, absent=frozenset(absent))


def _answer(atom: Atom, context: Context) -> pl.Expr:
    return pl.lit(None, dtype=pl.Boolean) if context.lacks(atom) else asked(atom, context)
