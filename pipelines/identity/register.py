"""What is known of entities from rows that bear a credit code: tables that the lower rungs ask. Nothing is matched."""

from __future__ import annotations

from dataclasses import dataclass, fields

import polars as pl


@dataclass(frozen=True)
class Register:
    """Lookup tables, `entity_id` being a credit code; each row once.

    They know the entities that the rows which ask may meet, of `entities` in all.

    - `codes`: organisation_code, entity_id; every credit code contains one
    - `crosswalk`: registration_number, entity_id; from rows that bear both numbers
    - `names`: entity_id, name, whole, place, short, branch; as the feed of the highest authority writes it
    - `other_names`: the same of the other feeds, where they differ; a branch's parent's name is none of its own
    - `seats`: entity_id, county, address; as any feed tells them together
    - `cities`: entity_id, city (four digits); of its counties and of the office that gave its code
    - `days`: entity_id, registered
    """

    codes: pl.DataFrame
    crosswalk: pl.DataFrame
    names: pl.DataFrame
    other_names: pl.DataFrame
    seats: pl.DataFrame
    cities: pl.DataFrame
    days: pl.DataFrame
    entities: int


def register(told: pl.DataFrame) -> Register:
    """The register that rows with a credit code make together; all rows of an entity are told, or none."""
    known = told.drop_nulls("credit_code").rename({"credit_code": "entity_id"})
    entities = known.select("entity_id").unique().sort("entity_id")
    names, other_names = _names(known)
    seats = _told(known, "county", "address")
    return Register(
        codes=entities.select(pl.col("entity_id").str.slice(8, 9).alias("organisation_code"), "entity_id"),
        crosswalk=_told(known, "registration_number"),
        names=names,
        other_names=other_names,
        seats=seats,
        cities=_cities(entities, seats),
        days=_told(known, "registered"),
        entities=entities.height,
    )


def joined(registers: list[Register]) -> Register:
    """Several registers as one; no entity is in two of them."""
    tables = [each.name for each in fields(Register) if each.name != "entities"]
    together = {name: pl.concat([getattr(each, name) for each in registers]) for name in tables}
    return Register(**together, entities=sum(each.entities for each in registers))


def _told(known: pl.DataFrame, *what: str) -> pl.DataFrame:
    """Of which entity is told what, each once; nothing where nothing is told."""
    told = known.select("entity_id", *what).filter(~pl.all_horizontal(pl.col(what).is_null()))
    return told.unique().sort("entity_id", *what)


def _names(known: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The name of the highest authority, its newest, and all others that an entity goes by."""
    told = known.drop_nulls("whole").select("entity_id", "name", "whole", "place", "short", "branch", "rank", "as_of")
    best = told.sort("entity_id", "rank", "as_of", "name", descending=[False, False, True, False])
    distinct = best.unique(["entity_id", "whole"], keep="first", maintain_order=True).drop("rank", "as_of")
    is_first = pl.col("entity_id").is_first_distinct()
    parted = distinct.with_columns(is_first.alias("first"))
    own = pl.col("branch") == pl.when("first").then("branch").forward_fill()
    return parted.filter("first").drop("first"), parted.filter(~pl.col("first") & own).drop("first")


def _cities(entities: pl.DataFrame, seats: pl.DataFrame) -> pl.DataFrame:
    seated = seats.select("entity_id", pl.col("county").str.slice(0, 4).alias("city")).drop_nulls()
    offices = entities.select("entity_id", pl.col("entity_id").str.slice(2, 4).alias("city"))
    return pl.concat([seated, offices]).unique().sort("entity_id", "city")
