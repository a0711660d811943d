"""Which entities may be likely enough to be weighed: those that share a block of the last rung with a row of the rest.

A superset is found from few columns, without joining all names of an entity with all its seats: most rows of the
other feeds repeat what the register says. What they add is looked at whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pipelines.engine.local import in_order
from pipelines.meeting import ENTITIES, of_entities
from pipelines.names import core, short_names
from pipelines.probable import rest
from pipelines.register import Register
from pipelines.sounds import sound
from pipelines.told import CREDIT_CODE, Source, numbered, source_of

_NAME, _COUNTY = 1, 2
_NOTHING = pl.DataFrame(schema=dict.fromkeys(("id", "entity", "name", "county"), pl.UInt64))


def by_likelihood(sources: Sequence[Source], left: pl.DataFrame) -> Register:
    """The entities of which some name and some seat share a block with a row that has nothing but a name."""
    asked = rest(left)
    if asked.is_empty():
        return of_entities(sources, pl.DataFrame(schema=ENTITIES), left)
    keys = _keys_of(asked)
    main = _main(sources)
    met = pl.concat([pl.DataFrame(schema=ENTITIES), *in_order(main, lambda source: _met(source, keys))])
    others = [source for source in sources if source.number not in {each.number for each in main}]
    first, more = (pl.concat([_NOTHING, *in_order(some, _said)]) for some in (main, others))
    odd = _odd(first, more)
    besides = pl.concat([pl.DataFrame(schema=ENTITIES), *in_order(sources, lambda source: _entities(source, odd))])
    found = of_entities(sources, pl.concat([met, besides]).unique(), left)
    return replace(found, entities=pl.concat([first["entity"], more["entity"]]).n_unique())


def _main(sources: Sequence[Source]) -> list[Source]:
    """The rows of the feed with the highest authority on names among those that tell name and county together."""
    both = [source for source in sources if source.feed.place and "name" in source.feed.columns]
    first = min(both, key=lambda source: (source.rank, source.number), default=None)
    return [source for source in both if first and source.feed is first.feed]


def _said(source: Source) -> pl.DataFrame:
    """Of each row with a credit code hashes of its entity, and of the entity with its name and with its county."""
    entity = pl.col(CREDIT_CODE).hash(seed=0)
    return (
        numbered(source, ["name", "county"])
        .drop_nulls(CREDIT_CODE)
        .select(
            "id",
            entity.alias("entity"),
            *(
                pl.when(pl.col(name).is_not_null()).then(entity.xor(pl.col(name).hash(seed=seed))).alias(name)
                for name, seed in (("name", _NAME), ("county", _COUNTY))
            ),
        )
    )


def _odd(first: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """The ids of rows by which an entity has a name or county that its one row in the main feed does not tell."""
    new = [others.drop_nulls(name).join(first, on=name, how="anti").select("id") for name in ("name", "county")]
    twice = first.filter(pl.col("entity").is_duplicated()).select("id")
    return pl.concat([*new, twice]).unique()


def _entities(source: Source, odd: pl.DataFrame) -> pl.DataFrame:
    """The entities of the odd rows among the source's."""
    here = odd.filter(source_of() == source.number)
    if here.is_empty():
        return pl.DataFrame(schema=ENTITIES)
    rows = numbered(source).join(here, on="id", how="semi")
    return rows.select(pl.col(CREDIT_CODE).alias("entity_id")).unique()


def _met(source: Source, keys: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The entities that share a key by what one row says, or by the city of the office that gave the code."""
    rows = numbered(source, ["name", "county"]).drop_nulls([CREDIT_CODE, "name"])
    named = rows.select(CREDIT_CODE, "county").with_columns(short_names(rows["name"], source.known))
    seat, office = pl.col("county").str.slice(0, 4), pl.col(CREDIT_CODE).str.slice(2, 4)
    told = _keyed(named.filter(pl.col("short") != ""), seat)
    elsewhere = told.filter(office.ne_missing(seat)).with_columns(_sounding(office))
    pairs = [(told, name) for name in keys] + [(elsewhere, "sound")]
    met = [table.join(keys[name], on=name, how="semi").select(CREDIT_CODE) for table, name in pairs]
    return pl.concat(met).rename({CREDIT_CODE: "entity_id"}).unique()


def _keys_of(asked: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The blocks of the rest, each a table of its keys; a sound by its length and first syllables, which are cheap."""
    keyed = _keyed(asked.drop("head", "tail", "sound"), pl.col("city"))
    return {name: keyed.select(name).drop_nulls().unique() for name in ("short", "head", "tail", "sound")}


def _keyed(named: pl.DataFrame, city: pl.Expr) -> pl.DataFrame:
    brand_and_trade = core(pl.col("short"))
    return named.with_columns(_begins(named["short"])).with_columns(
        pl.concat_str("county", brand_and_trade.str.head(2)).alias("head"),
        pl.concat_str("county", brand_and_trade.str.tail(3)).alias("tail"),
        _sounding(city),
    )


def _sounding(city: pl.Expr) -> pl.Expr:
    return pl.concat_str(city, pl.col("short").str.len_chars(), "begins").alias("sound")


def _begins(short: pl.Series) -> pl.Series:
    """The first two syllables; of millions of names some thousands begin differently."""
    heads = short.str.head(2)
    each = heads.drop_nulls().unique()
    return heads.replace_strict(each, sound(each), return_dtype=pl.String).alias("begins")
