"""Why an entity's rows changed between two releases: other landed rows, or another reading of the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipelines.disk.deliveries import order
from pipelines.disk.landed import batches_in, read_batch
from pipelines.disk.layers import every_row, layers_of
from pipelines.disk.outcome import read_outcome
from pipelines.disk.standard import of_grains, read_holding, standard_files
from schemas.entity import all_entities
from schemas.feed import Feed
from schemas.manifest import Input
from schemas.product import Product

TRACED = ("source_hash", "source_rows")

Inputs = tuple[Input, ...]


def fresh(product: type[Product], home: Path, inputs: Inputs, after: int | None = None) -> pl.DataFrame:
    """The entities behind which stands a row whose text no delivery of a release's `inputs` had: `entity_id`.

    A row that had landed before and was in quarantine is not fresh: another reading let it in. One that goes back to
    an earlier text of an increment feed is. Sought among all, or among those that were told anew `after` so many steps.
    """
    entity = all_entities()[product.entity]
    lying = layers_of(entity, home, after)
    found = [
        _fresh(feed, every_row(lying, feed, ["entity_id", "hash", "delivery", *_grain(feed)]), home,
               [each for each in inputs if each.feed == feed.key])
        for feed in entity.rested_on(product)
    ]  # fmt: skip
    return pl.concat([pl.DataFrame(schema={"entity_id": pl.String}), *found]).unique()


def _fresh(feed: type[Feed], rows: pl.DataFrame, home: Path, inputs: list[Input]) -> pl.DataFrame:
    """Those of one feed: rows of deliveries that are not among the inputs and say what none of these has, or said
    last."""
    names = [f"{each.as_of}-{each.sha256[:12]}" for each in inputs]
    arrived = rows.filter(~pl.col("delivery").is_in(names))
    landed = [each for name in names for each in batches_in(home / "landed" / feed.key / name)]
    known = [read_batch(each, ["hash"]) for each in landed if not arrived.is_empty()]
    old = pl.concat([pl.DataFrame(schema={"hash": pl.UInt64}), *known])
    found = [arrived.join(old, on="hash", how="anti")]
    if _grain(feed):
        found.append(_gone_back(feed, arrived.join(old, on="hash", how="semi"), names, home))
    return pl.concat(found).select("entity_id")


def _grain(feed: type[Feed]) -> tuple[str, ...]:
    """What tells a row of an increment from those before it; a full file has all that it says at once."""
    return feed.grain if feed.delivers == "increment" else ()


def _gone_back(feed: type[Feed], again: pl.DataFrame, names: list[str], home: Path) -> pl.DataFrame:
    """Of rows that had landed before those in whose place another held by the deliveries of these names."""
    key = list(feed.grain)
    grains, folder = again.select(key).unique(), home / "standard" / feed.key
    outcomes = [told for name in names if not again.is_empty() and (told := read_outcome(folder / name)) is not None]
    accepted = [each for each in outcomes if each.refusal is None]
    files = [
        file for each in sorted(accepted, key=lambda each: order(each.delivery)) for file in standard_files(each, home)
    ]
    held = [read_holding(file, [*key, "hash"], of_grains(file, grains)) for file in files]
    last = pl.concat([again.select(*key, "hash").clear(), *held]).unique(key, keep="last", maintain_order=True)
    both = again.join(last, on=key, nulls_equal=True, suffix="@held")
    return both.filter(pl.col("hash") != pl.col("hash@held")).select(again.columns)


def are_same(one: Inputs, other: Inputs) -> bool:
    """Whether two releases rest on the same deliveries."""
    return {(each.feed, each.sha256) for each in one} == {(each.feed, each.sha256) for each in other}


def causes(
    old: pl.DataFrame, now: pl.DataFrame, key: str, decided: str, arrived: pl.DataFrame | None,
    beside: Sequence[str] = (),
) -> pl.DataFrame:  # fmt: skip
    """The `cause` of every key of `old`, a county's entities before, and `now`, all entities as they stand.

    Both have the key, `source_hash` and `source_rows`. `decided` names what else has changed (dictionary,
    place …); `arrived` are the keys behind which stands a new row, None where no delivery is new or gone. Where rows
    are several counties', columns `beside` the key tell them apart.
    The cause is `source` where a row is new, or fewer stand behind a key than before.
    """
    both = now.join(old, on=[*beside, key], how="full", coalesce=True, suffix="@old")
    if arrived is None:
        return both.select(*beside, key, pl.lit(decided).alias("cause"))
    is_new = pl.col(key).is_in(arrived["entity_id"].implode())
    is_less = pl.col("source_rows").fill_null(0) < pl.col("source_rows@old").fill_null(0)
    cause = pl.when(is_new | is_less).then(pl.lit("source")).otherwise(pl.lit(decided))
    return both.select(*beside, key, cause.alias("cause"))
