"""Which entities open rows may meet, by the keys that the rungs compare: a register of these and no others.

Every row of every feed is asked for its keys and kept only where one of them is asked for. What an open row's
candidates depend on is told here: rows that share a key with it, and all rows of their entities.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import polars as pl

from pipelines.engine.chosen import in_order
from pipelines.engine.local import SIZES
from pipelines.identity.names import parted
from pipelines.identity.register import Register, joined, register
from pipelines.identity.told import CREDIT_CODE, Source, nothing_told, numbered, rows_of

ENTITIES = {"entity_id": pl.String}

_ENDING = pl.col("tax_number").str.slice(6, 9)
# What of an entity is compared only where the rows that ask tell it themselves.
_COMPARED = ("county", "address", "registered")


def by_organisation_code(sources: Sequence[Source], left: pl.DataFrame) -> Register:
    """The codes of the entities whose credit code contains an organisation code of the rows; nothing else of them."""
    codes = _asked(left["organisation_code"])
    found = _meet(sources, lambda source: _with_code(numbered(source), codes))
    return register(pl.concat([nothing_told(), found.rename({"entity_id": CREDIT_CODE})], how="diagonal"))


def by_number_and_name(sources: Sequence[Source], left: pl.DataFrame, besides: pl.DataFrame) -> Register:
    """The entities that end like a tax number of the rows, bear a number of theirs or a name, and those `besides`."""
    endings = _asked(left.select(_ENDING).to_series())
    registered = _asked(left.select(pl.coalesce("registration_number", "tax_number")).to_series())
    taxed = _asked(left["tax_number"])
    named = left.drop_nulls("whole")
    wholes, shorts = _asked(named["whole"]), _asked(named.filter(pl.col("short") != "")["short"])

    def met(source: Source) -> pl.DataFrame:
        rows = numbered(source, ["name"]).drop_nulls(CREDIT_CODE)
        by_number = pl.concat([_sharing(rows, "registration_number", each) for each in (registered, taxed)])
        return pl.concat([_with_code(rows, endings), _entities(by_number), _named(source, rows, wholes, shorts)])

    entities = pl.concat([_meet(sources, met), besides.select("entity_id")]).unique()
    return of_entities(sources, entities, left)


def of_entities(
    sources: Sequence[Source], entities: pl.DataFrame, asking: pl.DataFrame, at_once: int = SIZES.bucket
) -> Register:
    """The register of these entities (`entity_id`), from all rows that bear their codes; for the rows that ask.

    It is made of `at_once` rows together, by the hash of their entity.
    """
    if entities.is_empty():
        return register(nothing_told())
    keys, telling = _asked(entities["entity_id"]), [name for name in _COMPARED if asking[name].count()]
    parts = list(in_order(sources, partial(rows_of, entities=keys, telling=telling)))
    groups = max(1, -(-sum(part.height for part in parts) // at_once))
    mine = pl.col(CREDIT_CODE).hash(seed=0) % groups
    return joined([register(pl.concat(part.filter(mine == group) for part in parts)) for group in range(groups)])


def _meet(sources: Sequence[Source], met: Callable[[Source], pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=ENTITIES), *in_order(sources, met)]).unique()


def _asked(keys: pl.Series) -> pl.DataFrame:
    """The keys' hashes: one that is alike by chance lets an entity more be known, never one less."""
    return keys.drop_nulls().hash(seed=0).unique().alias("key").to_frame()


def _sharing(rows: pl.DataFrame, column: str, asked: pl.DataFrame) -> pl.DataFrame:
    """The credit codes of rows whose key is asked for; where nothing is asked no row is looked at."""
    if asked.is_empty() or rows[column].null_count() == rows.height:
        return rows.head(0).select(CREDIT_CODE)
    keyed = rows.select(
        CREDIT_CODE, pl.when(pl.col(column).is_not_null()).then(pl.col(column).hash(seed=0)).alias("key")
    )
    return keyed.join(asked, on="key", how="semi").select(CREDIT_CODE)


def _with_code(rows: pl.DataFrame, codes: pl.DataFrame) -> pl.DataFrame:
    ending = rows.select(CREDIT_CODE, pl.col(CREDIT_CODE).str.slice(8, 9).alias("organisation_code"))
    return _entities(_sharing(ending, "organisation_code", codes))


def _named(source: Source, rows: pl.DataFrame, wholes: pl.DataFrame, shorts: pl.DataFrame) -> pl.DataFrame:
    if wholes.is_empty() or rows["name"].null_count() == rows.height:
        return pl.DataFrame(schema=ENTITIES)
    names = pl.concat([rows.select(CREDIT_CODE), parted(rows["name"], source.known)], how="horizontal")
    return _entities(pl.concat([_sharing(names, "whole", wholes), _sharing(names, "short", shorts)]))


def _entities(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.col(CREDIT_CODE).alias("entity_id")).unique()
