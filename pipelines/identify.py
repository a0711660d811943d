"""Identification, by key: every row of every feed is led to one credit code, rung by rung, or to the review list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipelines.dictionary import Mappings, ranks
from pipelines.names import places
from pipelines.probable import IMPROBABLE, by_likelihood
from pipelines.refusal import REASONS, reason
from pipelines.register import Register, register
from pipelines.rungs import (
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
from pipelines.told import nothing_told, told
from schemas.feed import Feed

CREDIT_CODE = "credit_code"
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

_MOST_CANDIDATES = 5
_LOWEST = 1_000
_EXPECTED = {
    "unidentified": "an enterprise that another feed names by its credit code",
    "ambiguous": "one enterprise; several fit equally well",
    CONTRADICTED: "an enterprise whose own numbers are those of the row",
    IMPROBABLE: "an enterprise that it is with near certainty",
}
_CANDIDATE = {"entity_id": pl.String, "name": pl.String, "match": pl.String}
_REVIEWED = {"id": pl.UInt32, "rule": pl.String, "candidates": pl.List(pl.Struct(_CANDIDATE))}


@dataclass(frozen=True)
class Identified:
    """A feed's rows with `entity_id` and `match` (the rung), and the review list: the others.

    `unidentified` has `reasons` (one: unidentified, ambiguous, contradicted or improbable) and `candidates`,
    the likeliest first: entity_id, name, match.
    """

    rows: pl.DataFrame
    unidentified: pl.DataFrame


def identify(
    feeds: dict[str, type[Feed]], rows: dict[str, pl.DataFrame], mappings: Mappings, on: date
) -> dict[str, Identified]:
    """Give each row of each feed its `entity_id`, or put it on the review list; no row is left out or doubled."""
    said = told_by_all(feeds, rows, mappings, on)
    climbed = climb(said, register(said), LADDER)
    return {key: _parted(feeds[key], table, said.filter(pl.col("feed") == key)["id"], climbed)
            for key, table in rows.items()}  # fmt: skip


def told_by_all(
    feeds: dict[str, type[Feed]], rows: dict[str, pl.DataFrame], mappings: Mappings, on: date
) -> pl.DataFrame:
    """What all rows tell, under one another, each with an `id`."""
    known = places(mappings)
    parts = [told(feeds[key], rows[key], _rank(feeds[key], mappings, on), known) for key in sorted(rows)]
    return pl.concat([nothing_told(), *parts]).with_row_index("id")


def _rank(feed: type[Feed], mappings: Mappings, on: date) -> int:
    """The authority of a feed's word on names, 1 being the highest."""
    held = ranks(mappings, str(feed.entity), on)
    return held.get(("name", feed.key), held.get(("*", feed.key), _LOWEST))


@dataclass(frozen=True)
class Climbed:
    """How far rows came: `taken` (id, entity_id, match), `reviewed` (id, rule, candidates), `left` as they were."""

    taken: pl.DataFrame
    reviewed: pl.DataFrame
    left: pl.DataFrame


def climb(said: pl.DataFrame, known: Register, ladder: dict[str, Rung]) -> Climbed:
    """Ask rung after rung; of each row the first that has candidates for it speaks."""
    direct = pl.col(CREDIT_CODE).is_not_null()
    written = said.filter(direct).select("id", pl.col(CREDIT_CODE).alias("entity_id"), match=pl.lit(CREDIT_CODE))
    taken, reviewed, left = [written], [pl.DataFrame(schema=_REVIEWED)], said.filter(~direct)
    for name, rung in ladder.items():
        found = rung(left, known)
        sure = pl.col("doubt").is_null()
        sole = found.filter(sure, sure.sum().over("id") == 1)
        taken.append(sole.select("id", "entity_id", _match(name)))
        reviewed.append(_reviewed(found.join(sole, on="id", how="anti"), name, known))
        left = left.join(found, on="id", how="anti")
    return Climbed(pl.concat(taken), pl.concat(reviewed), left)


def _match(rung: str) -> pl.Expr:
    """The rung, and where it knows degrees how probable the match is at least: `probable 0.97`."""
    score = (pl.col("score") * 100).floor() / 100
    return pl.concat_str(pl.lit(rung), score, separator=" ", ignore_nulls=True).alias("match")


def _reviewed(found: pl.DataFrame, rung: str, known: Register) -> pl.DataFrame:
    """Why each of these rows needs a person, and the candidates that this person may choose from."""
    named = found.with_columns(_match(rung)).join(known.names.select("entity_id", "name"), on="entity_id", how="left")
    likeliest = named.sort("id", "score", "entity_id", descending=[False, True, False], nulls_last=True)
    rule = pl.when(pl.col("doubt").is_null().sum() > 1).then(pl.lit("ambiguous")).otherwise(pl.col("doubt").first())
    candidates = pl.struct(list(_CANDIDATE)).head(_MOST_CANDIDATES)
    return likeliest.group_by("id", maintain_order=True).agg(rule.alias("rule"), candidates.alias("candidates"))


def _parted(feed: type[Feed], table: pl.DataFrame, ids: pl.Series, climbed: Climbed) -> Identified:
    """One feed's rows in their order, parted into those that are identified and the review list."""
    whole = table.with_columns(ids).join(climbed.taken, on="id", how="left", maintain_order="left")
    is_known = pl.col("entity_id").is_not_null()
    left = whole.filter(~is_known).join(climbed.reviewed, on="id", how="left", maintain_order="left")
    none = pl.lit([], dtype=_REVIEWED["candidates"])
    review = left.with_columns(_why(feed), pl.col("candidates").fill_null(none)).drop("id", "rule")
    return Identified(whole.filter(is_known).drop("id"), review)


def _why(feed: type[Feed]) -> pl.Expr:
    """One reason a row."""
    rule = pl.col("rule").fill_null("unidentified")
    told = [
        pl.when(rule == each).then(reason(feed.identity, each, pl.col(feed.identity), expected))
        for each, expected in _EXPECTED.items()
    ]
    return pl.concat_list(pl.coalesce(*told)).cast(REASONS).alias("reasons")
