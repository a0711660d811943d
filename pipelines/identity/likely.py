"""Which entities may be likely enough to be weighed: those that share a block of the last rung with a row of the rest.

They are found from keys alone, without joining all names of an entity with all its seats: most rows of the other
feeds repeat what one feed's row says. Of entities of which they add something every name is joined with every seat.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import polars as pl

from pipelines.disk.keys import KNOWN, read_keys
from pipelines.engine.chosen import in_order
from pipelines.engine.local import SIZES
from pipelines.identity.keys import parts_of, places
from pipelines.identity.meeting import ENTITIES, of_entities
from pipelines.identity.probable import Known, known_of, rest, together
from pipelines.identity.register import register
from pipelines.identity.told import Source, nothing_told

# A block is a name, or a part of it at a place: the same sound in a city, the same head or tail in a county.
_PLACED = {"begins": "seat", "head": "county", "tail": "county"}
PARTS = ("short", *_PLACED)
Blocks = Mapping[str, pl.Series]

_NOWHERE = pl.lit(None, pl.UInt64)
_SAID: dict[str, type[pl.UInt64]] = dict.fromkeys(("entity", "name", "county"), pl.UInt64)
WHERE: dict[str, type[pl.UInt64]] = dict.fromkeys(("entity", *PARTS, "county", "seat", "office"), pl.UInt64)


def by_likelihood(sources: Sequence[Source], left: pl.DataFrame, entities: int, at_once: int = SIZES.bucket) -> Known:
    """Of so many entities those of which a name and a seat share a block with a row that has nothing but a name.

    Those that one row tells whole are known part by part, the others by their hash, `at_once` rows together.
    """
    nothing = known_of(register(nothing_told()), asked := rest(left))
    if asked.is_empty():
        return nothing
    keys = pl.concat([parts_of(asked["short"]), asked.select(places())], how="horizontal")
    main, blocks = _main(sources), blocks_of(keys)
    near, met = _near_and_met(sources, keys, blocks)
    odd = near if asked["address"].count() or asked["registered"].count() else _odd(main, sources, near)
    plain = met.join(odd, on="entity", how="anti")
    known = [nothing, *in_order(main, lambda source: known_of(of_entities([source], plain, left), asked))]
    others = _crossing(sources, odd, blocks, at_once)
    groups = -(-others.height // at_once)
    for group in range(groups):
        mine = others.filter(pl.col("entity") % groups == group)
        known.append(known_of(of_entities(sources, mine, left), asked))
    return together(known, entities)


def _main(sources: Sequence[Source]) -> list[Source]:
    """The rows of the feed with most authority on names of those that tell name and county."""
    both = [source for source in sources if source.feed.place and "name" in source.feed.columns]
    first = min(both, key=lambda source: (source.rank, source.feed.key), default=None)
    return [each for each in sources if first is not None and each.feed.key == first.feed.key]


def _near_and_met(sources: Sequence[Source], keys: pl.DataFrame, blocks: Blocks) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The entities with a part of a name that is asked for, wherever they are, and those that one row leads to."""
    names = {name: keys[name].unique() for name in PARTS}
    found = list(in_order(sources, partial(_near_and_met_in, blocks=blocks, names=names)))
    none = pl.DataFrame(schema=ENTITIES)
    near, met = (pl.concat([none, *(each[place] for each in found)]).unique() for place in (0, 1))
    return near, met


def _near_and_met_in(source: Source, blocks: Blocks, names: Blocks) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows = read_keys(source.keys, KNOWN, tuple(WHERE))
    near = rows.filter(pl.any_horizontal(pl.col(name).is_in(keys.implode()) for name, keys in names.items()))
    at_office = near.select("entity", *PARTS, county=_NOWHERE, seat="office")
    met = pl.concat([_sharing(told, blocks) for told in (near, at_office)])
    return near.select("entity").unique(), met.unique()


def _odd(main: Sequence[Source], sources: Sequence[Source], near: pl.DataFrame) -> pl.DataFrame:
    """The entities near that one row of the main feed does not tell whole."""
    others = [each for each in sources if all(each is not one for one in main)]
    said = partial(_said, near=near)
    first, more = (pl.concat([pl.DataFrame(schema=_SAID), *in_order(some, said)]) for some in (main, others))
    new = [more.drop_nulls(name).join(first, on=name, how="anti").select("entity") for name in ("name", "county")]
    return pl.concat([*new, first.filter(pl.col("entity").is_duplicated()).select("entity")]).unique()


def _said(source: Source, near: pl.DataFrame) -> pl.DataFrame:
    """Of each row of the entities near: the entity, and it with its name and with its county."""
    rows = read_keys(source.keys, KNOWN, tuple(_SAID)).join(near, on="entity", how="semi")
    return rows.with_columns(pl.col(name).xor(pl.col("entity")) for name in ("name", "county"))


def _crossing(sources: Sequence[Source], odd: pl.DataFrame, blocks: Blocks, at_once: int) -> pl.DataFrame:
    """The entities of which some name and some seat, of one row or two, share a block with the rest."""
    rows = pl.concat([pl.DataFrame(schema=WHERE), *in_order(sources, partial(_rows_of, entities=odd))])
    groups = max(1, -(-rows.height // at_once))
    mine = pl.col("entity") % groups
    return pl.concat(_sharing(crossed(rows.filter(mine == group)), blocks) for group in range(groups)).unique()


def _rows_of(source: Source, entities: pl.DataFrame) -> pl.DataFrame:
    return read_keys(source.keys, KNOWN, tuple(WHERE)).join(entities, on="entity", how="semi")


def crossed(rows: pl.DataFrame) -> pl.DataFrame:
    """Each entity's names at each of its seats, the city of its office among them."""
    names = rows.select("entity", *PARTS).drop_nulls("short").unique()
    offices = rows.select("entity", county=_NOWHERE, seat="office")
    return names.join(pl.concat([rows.select("entity", "county", "seat"), offices]).unique(), on="entity")


def blocks_of(keys: pl.DataFrame) -> dict[str, pl.Series]:
    """The blocks in which names at places lie, each once; `keys` has PARTS, `county` and `seat`."""
    placed = keys.select(_blocks())
    return {name: placed[name].drop_nulls().unique() for name in PARTS}


def sharing_blocks(keys: pl.DataFrame, blocks: Blocks) -> pl.DataFrame:
    """The names at places that lie in one of the blocks, as they were given."""
    lies = keys.select(_blocks())
    shares = pl.any_horizontal(pl.col(name).is_in(each.implode()) for name, each in blocks.items())
    return keys.filter(lies.select(shares.fill_null(value=False)).to_series())


def _sharing(keys: pl.DataFrame, blocks: Blocks) -> pl.DataFrame:
    return sharing_blocks(keys, blocks).select("entity")


def _blocks() -> list[pl.Expr]:
    """A name, and its parts each with its place; null where one of both is."""
    placed = [
        pl.when(pl.col(place).is_not_null()).then(pl.col(name).xor(pl.col(place).hash(seed=1))).alias(name)
        for name, place in _PLACED.items()
    ]
    return [pl.col("short"), *placed]
