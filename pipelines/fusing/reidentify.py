"""Identification, by what has changed: what was decided the last time stands where nothing that it hangs on has moved.

It gives what `identify` gives. Where nothing was kept on the same grounds all is decided anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.disk.decisions import Decisions, keys_in, last
from pipelines.disk.keys import Kept, has_keys
from pipelines.engine.chosen import in_order
from pipelines.identify import (
    LADDER,
    Beside,
    Decided,
    contents,
    decide,
    decided_of,
    describing,
    entities_in,
    open_keys,
    sources_of,
)
from pipelines.identity.change import Change, Pair, change_between, concerned, feed_of, met_by, pairs_of
from pipelines.identity.keys import keep_keys
from pipelines.identity.likely import odd_among, odd_of
from pipelines.identity.probable import prior
from pipelines.identity.told import CREDIT_CODE, Source
from pipelines.revision import code_revision
from pipelines.supersede import Rows
from schemas.feed import all_feeds

# A file is mostly in the order of the one before it: a part's rows are looked for in so many parts before and behind.
_NEAR = 1


@dataclass(frozen=True)
class Reidentified:
    """What is decided of rows as they stand; what of it the next run needs; and whom the change touched.

    `touched` is the credit codes of which a row has come, gone or is led to another, since the decisions named
    `since` were kept; None where all may be. A row that a newer delivery repeats word for word has not come, unless it
    may now be newer than another of its entity in its feed.
    """

    decided: Decided
    decisions: Decisions
    touched: pl.Series | None
    since: str


def reidentify(rows: Sequence[Rows], mappings: Mappings, on: date, folder: Path) -> Reidentified:
    """Decide of each row without a credit code; what is kept in the folder saves work and changes nothing."""
    keys = keys_in(folder, _form(mappings))
    sources = sources_of(rows, mappings, on, keys)
    stamp = _stamp(sources, keys)
    before = last(folder, stamp, keys)
    list(in_order(_beside_alike(sources, before), _keep_keys))
    left = open_keys(sources)
    if before is None:
        known = describing(sources)
        beside = Beside(entities_in(known), odd_of(known))
        table, touched = decide(sources, contents(left), left.head(0), beside), None
    else:
        table, beside, touched = _again(sources, left, before)
    decisions = Decisions(stamp, tuple(source.keys for source in sources), beside.entities, table, beside.odd)
    return Reidentified(decided_of(left, table), decisions, touched, before.name if before else "")


def _form(mappings: Mappings) -> str:
    """What keys rest on besides rows: code, how this Polars hashes, and the places in front of names."""
    told = [code_revision(), pl.__version__, mappings.fingerprints["place"]]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]


def _stamp(sources: Sequence[Source], keys: Path) -> str:
    """The short name of decisions' grounds besides rows: the keys' form, the ladder, each feed's authority on names."""
    ranks = sorted({f"{source.feed.key} {source.rank}" for source in sources})
    return hashlib.sha256("\n".join([keys.name, *LADDER, *ranks]).encode()).hexdigest()


def _beside_alike(sources: Sequence[Source], before: Decisions | None) -> list[tuple[Source, list[Kept]]]:
    """The sources, each with the parts that are gone of its feed and lay where it lies."""
    standing = {source.keys.name for source in sources}
    gone = [kept for kept in (before.parts if before else ()) if kept.name not in standing]
    places: dict[str, int] = {}
    told: list[tuple[Source, list[Kept]]] = []
    for source in (each for each in sources if not has_keys(each.keys)):
        place = places.setdefault(source.feed.key, 0)
        mine = [kept for kept in gone if feed_of(kept) == source.feed.key]
        told.append((source, mine[max(0, place - _NEAR) : place + _NEAR + 1]))
        places[source.feed.key] += 1
    return told


def _keep_keys(beside: tuple[Source, list[Kept]]) -> None:
    keep_keys(*beside)


def _again(sources: Sequence[Source], left: pl.DataFrame, before: Decisions) -> tuple[pl.DataFrame, Beside, pl.Series]:
    """Decisions, what the last rung asked besides rows, and whom the change touched, from what was decided before."""
    pairs = pairs_of(before.parts, [source.keys for source in sources])
    change = change_between(pairs, {source.feed.key: source.rank for source in sources})
    # No key of an entity's rows tells its address or a day: these decide of the open rows alone that tell them too.
    renamed = change.renamed
    mattering = change.entities if before.table["seated"].any() else renamed
    met = met_by(_describing(pairs), mattering)
    odd = before.odd.join(mattering, on="entity", how="anti")
    beside = Beside(before.entities + met.born, pl.concat([odd, odd_among(met.now, describing(sources))]))
    asked = pl.concat([_new(change, before.table), concerned(before.table, met, renamed).select("told")])
    weighed = _weighed(before, beside.entities).join(asked, on="told", how="anti")
    new = decide(sources, _telling(left, asked), _telling(left, weighed), beside)
    moot = pl.concat([new.select("told"), _gone(change, left)])
    table = pl.concat([before.table.join(moot, on="told", how="anti"), new])
    return table, beside, _touched(change, before.table, new, table)


def _describing(pairs: Sequence[Pair]) -> list[Pair]:
    """The parts whose rows say what an entity is."""
    return [pair for pair in pairs if (feed := all_feeds().get(feed_of(pair.either))) is None or feed.describes]


def _telling(left: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """One open row for each of what is told, if any still tells it."""
    return contents(left.join(told, on="told", how="semi"))


def _weighed(before: Decisions, entities: int) -> pl.DataFrame:
    """What the last rung decided, if its prior has moved since."""
    same = prior(entities) == prior(before.entities)
    return before.table.filter("weighed").select("told").head(0 if same else before.table.height)


def _new(change: Change, decided: pl.DataFrame) -> pl.DataFrame:
    """What open rows tell that none told before."""
    return change.come.filter(pl.col("entity").is_null()).select("told").join(decided, on="told", how="anti")


def _gone(change: Change, left: pl.DataFrame) -> pl.DataFrame:
    """What open rows told that none tells any more."""
    return change.gone.filter(pl.col("entity").is_null()).select("told").join(left, on="told", how="anti")


def _touched(change: Change, before: pl.DataFrame, new: pl.DataFrame, now: pl.DataFrame) -> pl.Series:
    """The credit codes of rows that have come, gone or are led otherwise."""
    led = [change.come.join(now, on="told"), change.gone.join(before, on="told")]
    both = before.select("told", "entity_id").join(new.select("told", other="entity_id"), on="told")
    moved = both.filter(pl.col("entity_id").ne_missing(pl.col("other")))
    bearing = (change.come, change.gone, change.retold)
    codes = [*(each[CREDIT_CODE] for each in bearing), *(each["entity_id"] for each in led), *moved.drop("told")]
    return pl.concat([each.alias("entity_id") for each in codes]).drop_nulls().unique().sort()
