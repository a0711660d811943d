"""Which entities may be likely enough to be weighed: those that share a block of the last rung with a row of the rest.

They are found from few columns, without joining all names of an entity with all its seats: most rows of the other
feeds repeat what one feed's row says. Entities of which they add something are looked at whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import polars as pl

from pipelines.engine.chosen import in_order
from pipelines.engine.local import SIZES
from pipelines.identity.meeting import ENTITIES, of_entities
from pipelines.identity.names import core, short_names
from pipelines.identity.probable import Known, known_of, rest, together
from pipelines.identity.register import register
from pipelines.identity.sounds import sound
from pipelines.identity.told import CREDIT_CODE, Source, nothing_told, numbered, source_of

_NAME, _COUNTY = 1, 2
_NOTHING = pl.DataFrame(schema={**dict.fromkeys(("id", "entity", "name", "county"), pl.UInt64), "more": pl.Boolean})


def by_likelihood(sources: Sequence[Source], left: pl.DataFrame, at_once: int = SIZES.bucket) -> Known:
    """The entities of which some name and some seat share a block with a row that has nothing but a name.

    Those that one row tells whole are known part by part, the others by their hash, `at_once` rows together.
    """
    nothing = known_of(register(nothing_told()), asked := rest(left))
    if asked.is_empty():
        return nothing
    main, others = _main(sources)
    said = partial(_said, besides=[name for name in ("address", "registered") if asked[name].count()])
    first, more = (pl.concat([_NOTHING, *in_order(some, said)]) for some in (main, others))
    odd, entities = _odd(first, more), pl.concat([first["entity"], more["entity"]]).n_unique()
    del first, more
    besides = pl.concat([pl.DataFrame(schema=ENTITIES), *in_order(sources, lambda each: _entities(each, odd))]).unique()
    keys = _keys_of(asked)
    known = [nothing, *in_order(main, lambda source: _met(source, keys, besides, left, asked))]
    groups = -(-odd.height // at_once)
    for group in range(groups):
        mine = besides.filter(pl.col("entity_id").hash(seed=0) % groups == group)
        known.append(known_of(of_entities(sources, mine, left), asked))
    return together(known, entities)


def _main(sources: Sequence[Source]) -> tuple[list[Source], list[Source]]:
    """The rows of the feed with most authority on names of those that tell name and county, and the others."""
    both = [source for source in sources if source.feed.place and "name" in source.feed.columns]
    first = min(both, key=lambda source: (source.rank, source.number), default=None)
    key = first.feed.key if first else None
    return [each for each in sources if each.feed.key == key], [each for each in sources if each.feed.key != key]


def _said(source: Source, besides: Sequence[str]) -> pl.DataFrame:
    """Of each row with a credit code hashes of its entity, and of the entity with its name and with its county.

    `more`: whether it tells something `besides`.
    """
    entity = pl.col(CREDIT_CODE).hash(seed=0)
    told = (entity.xor(pl.col(name).hash(seed=seed)) for name, seed in (("name", _NAME), ("county", _COUNTY)))
    rows = numbered(source, ["name", "county", *besides]).drop_nulls(CREDIT_CODE)
    return rows.select(
        "id",
        entity.alias("entity"),
        *(pl.when(pl.col(name).is_not_null()).then(hashed).alias(name)
          for name, hashed in zip(("name", "county"), told, strict=True)),
        pl.any_horizontal(pl.lit(value=False), *(pl.col(name).is_not_null() for name in besides)).alias("more"),
    )  # fmt: skip


def _odd(first: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """The ids of rows by which an entity has what its one row in the main feed does not tell."""
    new = [others.drop_nulls(name).join(first, on=name, how="anti").select("id") for name in ("name", "county")]
    twice = first.filter(pl.col("entity").is_duplicated()).select("id")
    return pl.concat([*new, twice, others.filter("more").select("id")]).unique()


def _entities(source: Source, odd: pl.DataFrame) -> pl.DataFrame:
    """The entities of the odd rows among the source's."""
    here = odd.filter(source_of() == source.number)
    if here.is_empty():
        return pl.DataFrame(schema=ENTITIES)
    rows = numbered(source).join(here, on="id", how="semi")
    return rows.select(pl.col(CREDIT_CODE).alias("entity_id")).unique()


def _met(
    source: Source, keys: dict[str, pl.DataFrame], odd: pl.DataFrame, left: pl.DataFrame, asked: pl.DataFrame
) -> Known:
    """The entities that share a key by one row, or by the city of the office that gave the code, and are not odd."""
    rows = numbered(source, ["name", "county"]).drop_nulls([CREDIT_CODE, "name"])
    named = rows.select(CREDIT_CODE, "county").with_columns(short_names(rows["name"], source.known))
    seat, office = pl.col("county").str.slice(0, 4), pl.col(CREDIT_CODE).str.slice(2, 4)
    told = _keyed(named.filter(pl.col("short") != ""), seat)
    elsewhere = told.filter(office.ne_missing(seat)).with_columns(_sounding(office))
    pairs = [(told, name) for name in keys] + [(elsewhere, "sound")]
    met = pl.concat([table.join(keys[name], on=name, how="semi").select(CREDIT_CODE) for table, name in pairs])
    entities = met.rename({CREDIT_CODE: "entity_id"}).unique().join(odd, on="entity_id", how="anti")
    return known_of(of_entities([source], entities, left), asked)


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
