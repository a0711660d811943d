"""Which entities open rows may meet, by the keys that the rungs compare: a register of these and no others.

The keys of all rows are asked, and only the rows of the entities that are met are read. What an open row's candidates
depend on is told here: rows that share a key with it, and all rows of their entities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import polars as pl

from pipelines.disk.keys import KNOWN, asked_keys, meeting, several
from pipelines.engine.chosen import in_order
from pipelines.engine.local import SIZES
from pipelines.identity.register import Register, joined, register
from pipelines.identity.told import CREDIT_CODE, Source, keys_of, nothing_told, rows_of

ENTITIES = {"entity": pl.UInt64}

_ENDING = pl.col("tax_number").str.slice(6, 9)
# What of an entity is compared only where the rows that ask tell it themselves.
_COMPARED = ("county", "address", "registered")


def by_organisation_code(sources: Sequence[Source], left: pl.DataFrame) -> Register:
    """The codes of the entities whose credit code contains an organisation code of the rows; nothing else of them."""
    codes = asked(left["organisation_code"])
    bearing = [nothing_told().select(CREDIT_CODE), *in_order(several(sources), partial(_with_code, codes=codes))]
    return register(pl.concat([nothing_told(), pl.concat(bearing)], how="diagonal"))


def _with_code(sources: Sequence[Source], codes: pl.Series) -> pl.DataFrame:
    """The credit codes in which one of the organisation codes is."""
    if codes.is_empty():
        return nothing_told().select(CREDIT_CODE)
    return asked_keys(keys_of(sources), KNOWN, [CREDIT_CODE], meeting({"ending": codes})).select(CREDIT_CODE).unique()


def by_number_and_name(sources: Sequence[Source], left: pl.DataFrame, besides: pl.DataFrame) -> Register:
    """The entities that end like a tax number of the rows, bear a number of theirs or a name, and those `besides`."""
    named = left.drop_nulls("whole")
    keys = {
        "ending": asked(left.select(_ENDING).to_series()),
        "registration": asked(pl.concat([left["registration_number"], left["tax_number"]])),
        "whole": asked(named["whole"]),
        "short": asked(named.filter(pl.col("short") != "")["short"]),
    }
    also = asked(besides["entity_id"]).alias("entity").to_frame()
    return of_entities(sources, pl.concat([sharing(sources, keys), also]).unique(), left)


def sharing(sources: Sequence[Source], keys: Mapping[str, pl.Series]) -> pl.DataFrame:
    """The entities (`entity`, the code's hash) of which a row has one of the keys that are asked for."""
    some = {name: key for name, key in keys.items() if not key.is_empty()}
    met = in_order(several(sources) if some else (), partial(_sharing, keys=some))
    return pl.concat([pl.DataFrame(schema=ENTITIES), *met]).unique()


def _sharing(sources: Sequence[Source], keys: Mapping[str, pl.Series]) -> pl.DataFrame:
    return asked_keys(keys_of(sources), KNOWN, ["entity"], meeting(keys)).select("entity").unique()


def of_entities(sources: Sequence[Source], entities: pl.DataFrame, asking: pl.DataFrame) -> Register:
    """The register of these entities, from all rows that bear their codes; for the rows that ask.

    It is made of a bucket's rows together, by the hash of their entity.
    """
    if entities.is_empty():
        return register(nothing_told())
    telling = [name for name in _COMPARED if asking[name].count()]
    parts = list(in_order(several(sources), partial(_rows_of, entities=entities, telling=telling)))
    groups = max(1, -(-sum(part.height for part in parts) // SIZES.bucket))
    mine = pl.col(CREDIT_CODE).hash(seed=0) % groups
    return joined([register(pl.concat(part.filter(mine == group) for part in parts)) for group in range(groups)])


def _rows_of(sources: Sequence[Source], entities: pl.DataFrame, telling: Sequence[str]) -> pl.DataFrame:
    found = asked_keys(keys_of(sources), KNOWN, ["row"], meeting({"entity": entities["entity"]}))
    told = [nothing_told()]
    for (part,), here in found.partition_by("part", as_dict=True).items():
        told.append(rows_of(sources[int(part)], here["row"].cast(pl.Int64), telling))
    return pl.concat(told)


def asked(texts: pl.Series) -> pl.Series:
    """The keys of some texts, each once."""
    return texts.drop_nulls().hash(seed=0).unique()
