"""Which entities may be likely enough to be weighed: those that share a block of the last rung with a row of the rest.

They are found from keys alone. Most entities are told whole by one row, whose name and place are looked at together;
of the odd ones, of which other rows add something, every name is joined with every seat, once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import polars as pl

from pipelines.disk.keys import KNOWN, asked_keys, meeting, read_keys, several
from pipelines.engine.chosen import in_order
from pipelines.engine.local import SIZES
from pipelines.identity.keys import parts_of, places
from pipelines.identity.meeting import ENTITIES, of_entities
from pipelines.identity.names import ENDS
from pipelines.identity.probable import Known, known_of, rest, together
from pipelines.identity.register import register
from pipelines.identity.told import Source, keys_of, nothing_told

# A block is a name, or a part of it at a place: the same sound in a city, the same end in a county.
_PLACED = {"begins": "seat", **dict.fromkeys(ENDS, "county")}
PARTS = ("short", *_PLACED)
Blocks = Mapping[str, pl.Series]

# So few are sooner known from all rows together than part by part.
_FEW = 100_000

_NOWHERE = pl.lit(None, pl.UInt64)
_SAID = ("entity", "name", "county")
WHERE: dict[str, type[pl.UInt64]] = dict.fromkeys(("entity", "name", *PARTS, "county", "seat", "office"), pl.UInt64)
# An odd entity's blocks; a row for each of its names at each of its seats.
ODD: dict[str, type[pl.UInt64]] = dict.fromkeys(("entity", *PARTS), pl.UInt64)


def by_likelihood(
    sources: Sequence[Source], left: pl.DataFrame, entities: int, odd: pl.DataFrame, at_once: int = SIZES.bucket
) -> Known:
    """Of so many entities those of which a name and a seat share a block with a row that has nothing but a name.

    Many that one row tells whole are known part by part, the `odd` by their hash, `at_once` together. An address or a
    day may stand in any row.
    """
    nothing = known_of(register(nothing_told()), asked := rest(left))
    if asked.is_empty():
        return nothing
    keys = pl.concat([parts_of(asked["short"]), asked.select(places())], how="horizontal")
    blocks = blocks_of(keys)
    others = odd.filter(meeting(blocks)).select("entity").unique()
    plain = _met(sources, blocks).join(odd, on="entity", how="anti")
    if plain.height + others.height <= min(_FEW, at_once) or asked["address"].count() or asked["registered"].count():
        others, plain = pl.concat([others, plain]), plain.clear()
    main = _main(sources)
    known = [nothing, *in_order(main, lambda source: known_of(of_entities([source], plain, left), asked))]
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


def _met(sources: Sequence[Source], blocks: Blocks) -> pl.DataFrame:
    """The entities of which one row alone has a block that is asked for."""
    columns = {name: _block(name) for name in PARTS}
    at_office = pl.col("begins").xor(pl.col("office"))
    shares = [columns[name].is_in(keys.implode()) for name, keys in blocks.items()]
    where = pl.any_horizontal(*shares, at_office.is_in(blocks["begins"].implode())).fill_null(value=False)
    found = in_order(several(sources), partial(_asked, columns=list(ENTITIES), where=where))
    return pl.concat([pl.DataFrame(schema=ENTITIES), *(each.unique() for each in found)]).unique()


def odd_of(sources: Sequence[Source]) -> pl.DataFrame:
    """The blocks of all entities that one row of the main feed does not tell whole: ODD."""
    main = _main(sources)
    others = [each for each in sources if all(each is not one for one in main)]
    first, more = (pl.concat([_nothing_said(), *in_order(some, _said)]) for some in (main, others))
    odd = _odd(first, more)
    del first, more
    theirs = partial(_asked, columns=list(WHERE), where=meeting({"entity": odd["entity"]}))
    rows = pl.concat([pl.DataFrame(schema=WHERE), *in_order(several(sources), theirs)])
    groups = max(1, -(-rows.height // SIZES.bucket))
    mine = pl.col("entity") % groups
    return pl.concat(crossed(rows.filter(mine == group)) for group in range(groups))


def odd_among(rows: pl.DataFrame, sources: Sequence[Source]) -> pl.DataFrame:
    """The same of a few entities, from all their rows (WHERE and `feed`)."""
    is_main = pl.col("feed").is_in([source.feed.key for source in _main(sources)[:1]])
    odd = _odd(rows.filter(is_main).select(_SAID), rows.filter(~is_main).select(_SAID))
    return crossed(rows.join(odd, on="entity", how="semi"))


def _odd(first: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    """The entities of which other rows add a name or a county to the one row that the main feed has, or it has two."""
    with_it = [pl.col("entity"), *(pl.col(name).xor(pl.col("entity")) for name in ("name", "county"))]
    first, more = first.select(with_it), more.select(with_it)
    new = [more.drop_nulls(name).join(first, on=name, how="anti").select("entity") for name in ("name", "county")]
    return pl.concat([*new, first.filter(pl.col("entity").is_duplicated()).select("entity")]).unique()


def _nothing_said() -> pl.DataFrame:
    return pl.DataFrame(schema=WHERE).select(_SAID)


def _said(source: Source) -> pl.DataFrame:
    return read_keys(source.keys, KNOWN, _SAID)


def _asked(sources: Sequence[Source], columns: list[str], where: pl.Expr) -> pl.DataFrame:
    return asked_keys(keys_of(sources), KNOWN, columns, where).select(columns)


def crossed(rows: pl.DataFrame) -> pl.DataFrame:
    """The blocks of each entity's names at each of its seats, the city of its office among them: ODD."""
    names = rows.select("entity", *PARTS).drop_nulls("short").unique()
    offices = rows.select("entity", county=_NOWHERE, seat="office")
    seats = pl.concat([rows.select("entity", "county", "seat"), offices]).unique()
    return names.join(seats, on="entity").select("entity", *(_block(name) for name in PARTS)).unique()


def blocks_of(keys: pl.DataFrame) -> dict[str, pl.Series]:
    """The blocks in which names at places lie, each once; `keys` has PARTS, `county` and `seat`."""
    return each_block(keys.select(_block(name) for name in PARTS))


def each_block(blocks: pl.DataFrame) -> dict[str, pl.Series]:
    """Blocks by what they are, each once."""
    return {name: blocks[name].drop_nulls().unique() for name in PARTS}


def sharing_blocks(keys: pl.DataFrame, blocks: Blocks) -> pl.DataFrame:
    """The names at places that lie in one of the blocks, as they were given."""
    lies = keys.select(_block(name) for name in PARTS)
    return keys.filter(lies.select(meeting(blocks)).to_series())


def _block(name: str) -> pl.Expr:
    """A name, or a part of it with its place; null where one of both is."""
    return pl.col(name).xor(pl.col(_PLACED[name])) if name in _PLACED else pl.col(name)
