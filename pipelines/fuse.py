"""Fusion, by key: of what the feeds say about one entity, authority chooses; origins and losers are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.meaning.ranks import rank_of, ranks
from schemas.entity import Entity

_HASH, _ROWS = "source_hash", "source_rows"
_DISPUTED = ("column", "won_by", "value", "won_record", "lost_by", "lost_value", "lost_record")
# Where a feed's word stands among its rows; what only a dispute needs is looked up there.
_AT = "at"
# Beside the columns of the feeds, each of which has its feed's name in front.
_NUMBER = "number"
_SINCE = ("won_since", "lost_since")
# What makes a feed's row newer than another of the same entity, where both have ended or neither has.
NEWEST = ("as_of", "record")

Authority = dict[tuple[str, str], int]
Order = dict[str, list[str]]


@dataclass(frozen=True)
class Fused:
    """One entity type fused.

    `values`: one row an entity, its attributes, `source_hash` (UInt64, over every landed row behind it) and
    `source_rows` (UInt32, how many they are).
    `origin`: the same rows, for each attribute the number of the feed it came from (UInt8, 1 = first of
    `sources`, the feeds that describe it; null where none says anything). `disputes`: identifier, column, and of the
    word that won and of the one that lost: the feed, the value, the department's record, the day since which the row
    stands so.
    """

    values: pl.DataFrame
    origin: pl.DataFrame
    disputes: pl.DataFrame
    sources: tuple[str, ...]

    @property
    def tables(self) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
        """Values, origin and disputes."""
        return self.values, self.origin, self.disputes


def fuse(entity: type[Entity], identified: dict[str, pl.DataFrame], mappings: Mappings, on: date) -> Fused:
    """Fuse identified rows by `entity_id`; of equal ranks the feed with the newer row wins."""
    sources, told = tuple(sorted(identified)), _told(entity, identified)
    authority = ranks(mappings, entity.key, on)
    present = {source: _present(entity, rows) if source in told else [] for source, rows in identified.items()}
    one_each = {source: _one_each(entity, source, rows, present[source]) for source, rows in identified.items()}
    wide = _wide(_entities(list(one_each.values())).sort("entity_id"), one_each, sources)
    order = {name: _order(name, present, sources, authority) for name in _attributes(entity)}
    chosen = wide.select(
        pl.col("entity_id").alias(entity.identifier),
        *(_value(entity, name, order, authority) for name in _attributes(entity)),
        _source_hash(sources).alias(_HASH),
        _source_rows(sources).alias(_ROWS),
    )
    origin = wide.select(
        pl.col("entity_id").alias(entity.identifier),
        *(_origin(entity, name, order, tuple(told), authority) for name in _attributes(entity)),
    )
    return Fused(chosen, origin, _disputes(entity, wide, chosen, origin, order, told), tuple(told))


def fused_column(
    entity: type[Entity], name: str, identified: dict[str, pl.DataFrame], mappings: Mappings, on: date
) -> pl.DataFrame:
    """One column as `fuse` fuses it, from rows of few columns: `entity_id` and the column, in no order.

    The rows have `entity_id`, `as_of`, `record`, the column, and what their feed tells of their end.
    """
    sources = tuple(sorted(identified))
    authority = ranks(mappings, entity.key, on)
    one_each = {source: _holding_alone(entity, source, rows, name) for source, rows in identified.items()}
    wide = _wide(_entities(list(one_each.values())), one_each, sources)
    order = {name: _order(name, {source: [name] for source in sources}, sources, authority)}
    return wide.select("entity_id", _value(entity, name, order, authority))


def _attributes(entity: type[Entity]) -> list[str]:
    return [name for name in entity.attributes if name != entity.identifier]


def _told(entity: type[Entity], identified: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The rows of the feeds that describe the entity; the others say nothing, whatever their columns are called."""
    silent = {feed.key for feed in entity.feeds() if not feed.describes}
    return {source: identified[source] for source in sorted(identified) if source not in silent}


def _present(entity: type[Entity], rows: pl.DataFrame) -> list[str]:
    return [name for name in _attributes(entity) if name in rows.columns]


def _order(name: str, present: dict[str, list[str]], sources: tuple[str, ...], authority: Authority) -> list[str]:
    """The feeds that speak about a column, in the order in which they are asked."""
    said = [source for source in sources if name in present[source]]
    return sorted(said, key=lambda source: (rank_of(authority, name, source), source))


def _wide(entities: pl.DataFrame, one_each: dict[str, pl.DataFrame], sources: tuple[str, ...]) -> pl.DataFrame:
    """The entities in their order with `<feed>.<attribute>` columns."""
    number = _number_of(entities["entity_id"]).alias(_NUMBER)
    wide = entities.with_columns(number)
    for source in sources:
        said = one_each[source].with_columns(number).drop("entity_id")
        wide = wide.join(said, on=_NUMBER, how="left", maintain_order="left")
    return wide.drop(_NUMBER)


def _number_of(identifiers: pl.Series) -> pl.Expr:
    """A number of each of these that no other of them has: joins by it cost half of those by text."""
    seed = next(seed for seed in count() if identifiers.hash(seed).n_unique() == identifiers.len())
    return pl.col("entity_id").hash(seed)


def _entities(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """The entities of some tables, each once."""
    return pl.concat(part.select("entity_id") for part in parts).unique()


def _one_each(entity: type[Entity], source: str, rows: pl.DataFrame, present: list[str]) -> pl.DataFrame:
    """What a feed says of each entity by the row that holds, with sums over all its rows: of hashes and what adds up.

    Of rows of one day the record that is last as text holds, not the last place: files may be sorted otherwise.
    """
    carried = [*present, "as_of", _AT]
    several = _may_repeat(pl.col("entity_id"))
    numbered = rows.with_row_index(_AT)
    alone, rest = numbered.filter(~several), _by_entity(entity, numbered.filter(several), present)
    hashes = (pl.col("hash").alias(f"{source}.hash"), pl.lit(1, pl.UInt32).alias(f"{source}.rows"))
    named = [pl.col(name).alias(f"{source}.{name}") for name in carried]
    holding = rest.group_by("entity_id", maintain_order=True).agg(
        *(_of_several(entity, name, rest.schema).alias(f"{source}.{name}") for name in carried),
        pl.col("hash").sum().alias(f"{source}.hash"),
        pl.len().alias(f"{source}.rows"),
    )
    return pl.concat([alone.select("entity_id", *named, *hashes), holding])


def _by_entity(entity: type[Entity], rows: pl.DataFrame, present: list[str]) -> pl.DataFrame:
    """Rows of a feed by entity, of each the one that holds last: those that have ended, however new, come first."""
    codes = {name: ends for name, ends in entity.ends().items() if name in present}
    has_ended = [pl.col(name).is_in(ends).fill_null(value=False) for name, ends in codes.items()]
    stands = [~pl.any_horizontal(has_ended)] if has_ended else []
    return rows.sort("entity_id", *stands, *NEWEST)


def _of_several(entity: type[Entity], name: str, schema: pl.Schema) -> pl.Expr:
    """What rows of one feed, the one that holds last, tell of one entity; a sum too large to be told is null."""
    told = entity.attributes.get(name)
    if told is None or not told.is_summed:
        return pl.col(name).last()
    return pl.when(pl.col(name).count() > 0).then(pl.col(name).sum().cast(schema[name], strict=False))


def _may_repeat(entity: pl.Expr) -> pl.Expr:
    """Whether another row may have the same; looked up by hash, which is cheaper and sure where it says no."""
    return entity.hash(seed=0).is_duplicated()


def _holding_alone(entity: type[Entity], source: str, rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """A feed's row of each entity that holds, of one column."""
    several = _may_repeat(pl.col("entity_id"))
    alone, rest = rows.filter(~several), _by_entity(entity, rows.filter(several), rows.columns)
    holding = rest.unique("entity_id", keep="last", maintain_order=True)
    told = ("entity_id", *(pl.col(each).alias(f"{source}.{each}") for each in (name, "as_of")))
    return pl.concat([alone.select(told), holding.select(told)])


def _winners(name: str, order: list[str], authority: Authority) -> list[tuple[str, pl.Expr]]:
    """Feeds in the order in which they are asked, each with the condition that its word counts now.

    Within one rank a feed counts first only if no other speaking feed of that rank has a newer row.
    """
    told: list[tuple[str, pl.Expr]] = []
    for source in order:
        has = pl.col(f"{source}.{name}").is_not_null()
        equals = [
            other
            for other in order
            if other != source and rank_of(authority, name, other) == rank_of(authority, name, source)
        ]
        newer = [
            pl.col(f"{other}.{name}").is_not_null() & (pl.col(f"{other}.as_of") > pl.col(f"{source}.as_of"))
            for other in equals
        ]
        told.append((source, has & ~pl.any_horizontal(newer) if newer else has))
    return told


def _value(entity: type[Entity], name: str, order: Order, authority: Authority) -> pl.Expr:
    nothing = pl.lit(None, entity.attributes[name].kind.dtype)
    said = {source: pl.col(f"{source}.{name}") for source in order[name]}
    return _first_winner(entity, name, order, authority, said, nothing).alias(name)


def _origin(entity: type[Entity], name: str, order: Order, sources: tuple[str, ...], authority: Authority) -> pl.Expr:
    nothing = pl.lit(None, pl.UInt8)
    numbers = {
        source: pl.when(pl.col(f"{source}.{name}").is_not_null()).then(pl.lit(sources.index(source) + 1, pl.UInt8))
        for source in order[name]
    }
    return _first_winner(entity, name, order, authority, numbers, nothing).alias(name)


def _first_winner(
    entity: type[Entity], name: str, order: Order, authority: Authority, said: Mapping[str, pl.Expr], nothing: pl.Expr
) -> pl.Expr:
    """What the first winning feed says; a follower is taken from the feed that won its leader."""
    leader = entity.attributes[name].along or name
    chosen = nothing
    for source, wins in reversed(_winners(leader, order[leader], authority)):
        chosen = pl.when(wins).then(said.get(source, nothing)).otherwise(chosen)
    return chosen


def _source_hash(sources: tuple[str, ...]) -> pl.Expr:
    hashes = [pl.col(f"{source}.hash").fill_null(0) * (2 * place + 1) for place, source in enumerate(sources)]
    return pl.sum_horizontal(hashes).cast(pl.UInt64)


def _source_rows(sources: tuple[str, ...]) -> pl.Expr:
    return pl.sum_horizontal(pl.col(f"{source}.rows").fill_null(0) for source in sources).cast(pl.UInt32)


def disputes_schema(entity: type[Entity]) -> pl.Schema:
    """The columns and types of an entity's disputes."""
    texts = dict.fromkeys([entity.identifier, *_DISPUTED], pl.String())
    return pl.Schema({**texts, **dict.fromkeys(_SINCE, pl.Date())})


def _disputes(
    entity: type[Entity], wide: pl.DataFrame, chosen: pl.DataFrame, origin: pl.DataFrame,
    order: Order, identified: dict[str, pl.DataFrame],
) -> pl.DataFrame:  # fmt: skip
    """Every value that lost to another, values as text."""
    empty = pl.DataFrame(schema=disputes_schema(entity))
    parts = [
        _lost(wide, chosen[name], origin[name], source, identified).rename({"entity_id": entity.identifier})
        for name, said in order.items()
        for source in said
        if len(said) > 1 and name not in ("place_evidence",)
    ]
    return pl.concat([empty, *parts]).sort(entity.identifier, "column", "lost_by")


def _lost(
    wide: pl.DataFrame, value: pl.Series, number: pl.Series, source: str, identified: dict[str, pl.DataFrame]
) -> pl.DataFrame:
    """What one feed says otherwise of one column; only the rows where it does are looked at further."""
    lost = wide[f"{source}.{value.name}"]
    differs = (lost != value).fill_null(value=False).arg_true()
    sources = sorted(identified)
    here = wide.select(pl.col("entity_id", *(f"{each}.{_AT}" for each in sources)).gather(differs))
    names = {place + 1: each for place, each in enumerate(sources)}
    won = [_behind(here, each, identified[each]) for each in sources]
    told = here.select("entity_id", pl.lit(value.name).alias("column")).with_columns(
        number[differs].replace_strict(names, return_dtype=pl.String).alias("won_by"),
        value[differs].cast(pl.String).alias("value"),
        lost[differs].cast(pl.String).alias("lost_value"),
        pl.lit(source).alias("lost_by"),
    )
    loser = _behind(here, source, identified[source])
    return told.with_columns(
        _of_winner(won, number[differs], "record"), loser["record"].alias("lost_record"),
        _of_winner(won, number[differs], "since"), loser["since"].alias("lost_since"),
    ).select("entity_id", *_DISPUTED, *_SINCE)  # fmt: skip


def _behind(here: pl.DataFrame, source: str, rows: pl.DataFrame) -> pl.DataFrame:
    """The record and the day of the rows in which a feed speaks of these entities; null where it does not."""
    return rows.select(pl.col("record", "since").gather(here[f"{source}.{_AT}"]))


def _of_winner(told: list[pl.DataFrame], number: pl.Series, what: str) -> pl.Series:
    """The record or the day of the feed that won, entity by entity."""
    table = pl.DataFrame([each[what].alias(str(place + 1)) for place, each in enumerate(told)])
    won = [pl.when(number == place + 1).then(str(place + 1)) for place in range(len(told))]
    return table.select(pl.coalesce(won).alias(f"won_{what}")).to_series()
