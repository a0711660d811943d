"""Identification, by key: every row of every feed is led to one credit code, rung by rung, or to the review list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.disk.keys import KNOWN, OPEN, Kept, read_keys
from pipelines.engine.chosen import in_order
from pipelines.identity import likely, meeting
from pipelines.identity.keys import IN_OPEN, keep_keys
from pipelines.identity.likely import odd_of
from pipelines.identity.names import places
from pipelines.identity.probable import IMPROBABLE, by_likelihood
from pipelines.identity.rungs import (
    CONTRADICTED,
    Rung,
    at_address,
    by_crosswalk,
    by_name,
    by_organisation_code,
    by_tax_number,
    in_city,
    in_county,
    other_name,
    short_name,
    whole_name,
)
from pipelines.identity.told import (
    CREDIT_CODE,
    NUMBERS,
    Source,
    ids,
    nothing_told,
    numbers,
    numbers_of,
    source_of,
    told_of,
)
from pipelines.meaning.ranks import rank_of, ranks
from pipelines.refusal import REASONS, reason
from pipelines.supersede import Rows
from schemas.feed import Feed

PROBABLE = "probable"

# The ladder below the credit code, from the surest rung to the last. A rung is asked for the rows that all
# before it left open. A row for which a rung has candidates climbs no further: one candidate without doubt is
# taken, anything else is for a person to decide.
LADDER: dict[str, Rung] = {
    "organisation_code": by_organisation_code,
    "tax_number": by_tax_number,
    "crosswalk": by_crosswalk,
    "name+address": by_name(whole_name, at_address),
    "name+county": by_name(whole_name, in_county),
    "other_name+address": by_name(other_name, at_address),
    "other_name+county": by_name(other_name, in_county),
    "short_name+address": by_name(short_name, at_address),
    "short_name+county": by_name(short_name, in_county),
    "name+city": by_name(whole_name, in_city),
    "other_name+city": by_name(other_name, in_city),
    PROBABLE: by_likelihood,
}

# The ladder is climbed in three flights, each beside a register of those entities alone that its rungs can meet.
_BY_CODE = ("organisation_code",)
_BY_LIKELIHOOD = (PROBABLE,)

_MOST_CANDIDATES = 5
_EXPECTED = {
    "unidentified": "an enterprise that another feed names by its credit code",
    "ambiguous": "one enterprise; several fit equally well",
    CONTRADICTED: "an enterprise whose own numbers are those of the row",
    IMPROBABLE: "an enterprise that it is with near certainty",
}
_CANDIDATE = {"entity_id": pl.String, "name": pl.String, "match": pl.String}
_REVIEWED = {"id": pl.UInt64, "rule": pl.String, "candidates": pl.List(pl.Struct(_CANDIDATE))}


# What is decided of all open rows that tell the same, with their keys: taken, or with a rule on the review list, or
# neither; and whether the last rung was asked.
_KEYS = [name for name in IN_OPEN if name not in ("at", "row", "mark")]
_DECISION = ("entity_id", "match", "rule", "candidates", "weighed")
_TAKEN = {"id": pl.UInt64, "entity_id": pl.String, "match": pl.String}
_DOUBTED = {**_TAKEN, "score": pl.Float64, "doubt": pl.String}


@dataclass(frozen=True)
class Identified:
    """A feed's rows with `entity_id` and `match` (the rung), and the review list: the others.

    `unidentified` has `reasons` (one: unidentified, ambiguous, contradicted or improbable) and `candidates`,
    the likeliest first: entity_id, name, match.
    """

    rows: pl.DataFrame
    unidentified: pl.DataFrame


@dataclass(frozen=True)
class Decided:
    """What is decided of the rows without a credit code: `taken` (id, entity_id, match), `reviewed` (id, rule,
    candidates), each a table a source; rows of neither are unidentified."""

    taken: dict[int, pl.DataFrame]
    reviewed: dict[int, pl.DataFrame]


def identify(rows: Sequence[Rows], mappings: Mappings, on: date) -> Decided:
    """Decide of each row without a credit code whose it is, or who it may be; `parted` tells it row by row."""
    with TemporaryDirectory(prefix="jubian-identify-") as folder:
        sources = sources_of(rows, mappings, on, Path(folder))
        list(in_order(sources, keep_keys))
        left = open_keys(sources)
        known = describing(sources)
        beside = Beside(entities_in(known), odd_of(known))
        return decided_of(left, decide(sources, contents(left), left.head(0), beside))


def describing(sources: Sequence[Source]) -> list[Source]:
    """Those whose rows say what an entity is, so that others may be led to it by them."""
    return [source for source in sources if source.feed.describes]


def open_keys(sources: Sequence[Source]) -> pl.DataFrame:
    """The keys of all rows without a credit code, with their `id`."""
    return pl.concat(in_order(sources, _open_keys))


def _open_keys(source: Source) -> pl.DataFrame:
    return read_keys(source.keys, OPEN, ["row", *_KEYS]).select(ids(source.number), *_KEYS)


def contents(left: pl.DataFrame) -> pl.DataFrame:
    """One of the open rows that tell the same; what is decided of it is decided of them."""
    return left.unique("told", keep="first", maintain_order=True)


def entities_in(sources: Sequence[Source]) -> int:
    """How many entities the rows with a credit code are about."""
    none = pl.DataFrame(schema={"entity": pl.UInt64})
    return pl.concat([none, *in_order(sources, lambda source: read_keys(source.keys, KNOWN, ["entity"]))]).n_unique()


@dataclass(frozen=True)
class Beside:
    """What the last rung asks besides rows: how many `entities` there are, and the blocks of the `odd` ones."""

    entities: int
    odd: pl.DataFrame


def decide(sources: Sequence[Source], asked: pl.DataFrame, weighed: pl.DataFrame, beside: Beside) -> pl.DataFrame:
    """What is decided of open rows, by what they tell, with their keys.

    Of those `asked` for anew, and by the last rung alone of those that are to be `weighed` again.
    """
    known, has_code = describing(sources), pl.col("ending").is_not_null() & pl.col("tax").is_null()
    by_code = _by_code(sources, known, asked.filter(has_code))
    others = pl.concat([by_code.left.select("id"), asked.filter(~has_code).select("id")])
    by_name, reviewed = _by_number_and_name(sources, known, others, by_code.doubted)
    left = pl.concat([by_name.left, *in_order(sources, partial(told_of, asked=weighed))])
    last, improbable = _by_likelihood(known, left, beside)
    taken = pl.concat([climbed.taken for climbed in (by_code, by_name, last)])
    told = pl.concat([asked, weighed])
    marked = told.with_columns(pl.col("id").is_in(left["id"].implode()).alias("weighed"))
    named = marked.join(taken, on="id", how="left").join(pl.concat([reviewed, improbable]), on="id", how="left")
    return named.select(*_KEYS, *_DECISION)


def decided_of(left: pl.DataFrame, decisions: pl.DataFrame) -> Decided:
    """The decisions row by row."""
    told = left.select("id", "told").join(decisions.select("told", *_DECISION), on="told")
    taken = told.filter(pl.col("entity_id").is_not_null()).select(list(_TAKEN))
    return Decided(_by_source(taken), _by_source(told.filter(pl.col("rule").is_not_null()).select(list(_REVIEWED))))


def _by_code(sources: Sequence[Source], known: Sequence[Source], asked: pl.DataFrame) -> Climbed:
    numbered = pl.concat([nothing_told().select("id", *NUMBERS), *in_order(sources, partial(numbers_of, asked=asked))])
    return climb(numbered, meeting.by_organisation_code(known, numbered), _rungs(_BY_CODE.__contains__))


def _by_number_and_name(
    sources: Sequence[Source], known: Sequence[Source], asked: pl.DataFrame, doubted: pl.DataFrame
) -> tuple[Climbed, pl.DataFrame]:
    """The second flight, and the review list of the first two, which its register can call by name."""
    left = pl.concat([nothing_told(), *in_order(sources, partial(told_of, asked=asked))])
    register = meeting.by_number_and_name(known, left, doubted)
    climbed = climb(left, register, _rungs(lambda rung: rung not in _BY_CODE + _BY_LIKELIHOOD))
    return climbed, _reviewed(pl.concat([doubted, climbed.doubted]), register.names)


def _by_likelihood(known: Sequence[Source], left: pl.DataFrame, beside: Beside) -> tuple[Climbed, pl.DataFrame]:
    rungs = _rungs(_BY_LIKELIHOOD.__contains__)
    register = likely.by_likelihood(known, left if rungs else left.head(0), beside.entities, beside.odd)
    climbed = climb(left, register, rungs)
    return climbed, _reviewed(climbed.doubted, register.names)


def _rungs(among: Callable[[str], bool]) -> dict[str, Rung]:
    return {name: rung for name, rung in LADDER.items() if among(name)}


def sources_of(rows: Sequence[Rows], mappings: Mappings, on: date, folder: Path) -> list[Source]:
    """The rows numbered, with the authority of each feed's word on names; their keys lie in the folder."""
    known = places(mappings)
    return [
        Source(number, each, _rank(each.feed, mappings, on), known, _kept(each, number, folder))
        for number, each in enumerate(rows)
    ]


def _kept(rows: Rows, number: int, folder: Path) -> Kept:
    lost = pl.Series(dtype=pl.UInt32) if rows.mask is None else (~rows.mask).arg_true()
    return Kept(folder, rows.name or str(number), lost, rows.day)


def _rank(feed: type[Feed], mappings: Mappings, on: date) -> int:
    return rank_of(ranks(mappings, str(feed.entity), on), "name", feed.key)


def _by_source(decided: pl.DataFrame) -> dict[int, pl.DataFrame]:
    parts = decided.with_columns(source_of()).partition_by("source", as_dict=True, include_key=False)
    return {int(number): part for (number,), part in parts.items()}


@dataclass(frozen=True)
class Climbed:
    """How far rows came: `taken` (id, entity_id, match), `doubted` (id, entity_id, match, score, doubt), `left`."""

    taken: pl.DataFrame
    doubted: pl.DataFrame
    left: pl.DataFrame


def climb(rows: pl.DataFrame, known: Any, ladder: dict[str, Rung]) -> Climbed:
    """Ask rung after rung; of each row the first that has candidates for it speaks."""
    taken, doubted, left = [pl.DataFrame(schema=_TAKEN)], [pl.DataFrame(schema=_DOUBTED)], rows
    for name, rung in ladder.items():
        found = rung(left, known).with_columns(_match(name))
        sure = pl.col("doubt").is_null()
        sole = found.filter(sure, sure.sum().over("id") == 1)
        taken.append(sole.select(list(_TAKEN)))
        doubted.append(found.join(sole, on="id", how="anti").select(list(_DOUBTED)))
        left = left.join(found, on="id", how="anti")
    return Climbed(pl.concat(taken), pl.concat(doubted), left)


def _match(rung: str) -> pl.Expr:
    """The rung, and where it knows degrees how probable the match is at least: `probable 0.97`."""
    score = (pl.col("score") * 100).floor() / 100
    return pl.concat_str(pl.lit(rung), score, separator=" ", ignore_nulls=True).alias("match")


def _reviewed(doubted: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Why each of these rows needs a person, and the candidates that this person may choose from."""
    named = doubted.join(names.select("entity_id", "name"), on="entity_id", how="left")
    likeliest = named.sort("id", "score", "entity_id", descending=[False, True, False], nulls_last=True)
    rule = pl.when(pl.col("doubt").is_null().sum() > 1).then(pl.lit("ambiguous")).otherwise(pl.col("doubt").first())
    candidates = pl.struct(list(_CANDIDATE)).head(_MOST_CANDIDATES)
    return likeliest.group_by("id", maintain_order=True).agg(rule.alias("rule"), candidates.alias("candidates"))


def identities(number: int, feed: type[Feed], rows: pl.DataFrame, decided: Decided) -> pl.DataFrame:
    """`entity_id` and `match` of each row of a source, in order; null where it is not identified."""
    told = rows.select(ids(number), next(iter(numbers(feed))).alias("entity_id"))
    direct = told.with_columns(pl.when(pl.col("entity_id").is_not_null()).then(pl.lit(CREDIT_CODE)).alias("match"))
    if number not in decided.taken:
        return direct.drop("id")
    led = direct.join(decided.taken[number], on="id", how="left", maintain_order="left", suffix="@led")
    return led.select(pl.coalesce(name, f"{name}@led").alias(name) for name in ("entity_id", "match"))


def parted(number: int, feed: type[Feed], rows: pl.DataFrame, decided: Decided) -> Identified:
    """The rows of a source in their order, parted into those that are identified and the review list."""
    whole = pl.concat([rows, identities(number, feed, rows, decided)], how="horizontal")
    is_known = pl.col("entity_id").is_not_null()
    reviewed = decided.reviewed.get(number, pl.DataFrame(schema=_REVIEWED))
    left = whole.with_columns(ids(number)).filter(~is_known)
    left = left.join(reviewed, on="id", how="left", maintain_order="left")
    none = pl.lit([], dtype=_REVIEWED["candidates"])
    review = left.with_columns(_why(feed), pl.col("candidates").fill_null(none)).drop("id", "rule")
    return Identified(whole.filter(is_known) if left.height else whole, review)


def _why(feed: type[Feed]) -> pl.Expr:
    """One reason a row."""
    rule = pl.col("rule").fill_null("unidentified")
    told = [
        pl.when(rule == each).then(reason(feed.identity, each, pl.col(feed.identity), expected))
        for each, expected in _EXPECTED.items()
    ]
    return pl.concat_list(pl.coalesce(*told)).cast(REASONS).alias("reasons")
