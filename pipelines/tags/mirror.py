"""Tags on the rows of the enterprise mirror, bucket by bucket, beside the whole province's medians."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

import polars as pl

from pipelines.cut import Tables, build
from pipelines.tags.apply import NOBODY, PROVINCE, Reference, province_medians, tags
from pipelines.tags.catalogue import Catalogue, whole
from schemas.condition import Condition
from schemas.entity import all_entities
from schemas.feed import all_feeds
from schemas.measure import Ahead, Given, Measure, Multiple, RelativeRank, reckoned_from
from schemas.product import Field, Product, all_products
from schemas.tag import Tag

_ALWAYS = ("credit_code", "county", "status")
# What is held against other enterprises moves with each of them; in more digits every row would change every day.
_BESIDE, _DIGITS = Multiple | RelativeRank | Ahead, 2


def mirror() -> type[Product]:
    """The product on whose columns tags rest."""
    return all_products()["enterprise_mirror"]


def day_of(tables: Tables) -> date:
    """The day that counts as today."""
    return tables.named["today"]["day"][0]


def medians(buckets: Iterable[Tables], catalogue: Catalogue) -> pl.DataFrame:
    """The province's medians by industry of what tags are held against; where none is, no bucket is looked at."""
    if not any(isinstance(tag.rule, Multiple) and tag.rule.among == PROVINCE for tag in catalogue.tags.values()):
        return NOBODY
    known = mirror().fields.keys()
    needed = dict.fromkeys([*_ALWAYS, *(name for tag in catalogue.tags.values() for name in tag.of if name in known)])
    told = [(day_of(each), build(mirror(), each).select(needed.keys())) for each in buckets]
    return province_medians(pl.concat([rows for _, rows in told]), catalogue, max(day for day, _ in told))


def tagged(tables: Tables, catalogue: Catalogue, province: pl.DataFrame) -> pl.DataFrame:
    """The mirror's rows of a bucket, and behind their columns every tag of the catalogue.

    They lack the columns of feeds that have not arrived: an empty cell of the others says something, of these nothing.
    """
    rows = build(mirror(), tables).drop(_awaited(tables))
    said = tags(rows, catalogue, Reference(day_of(tables), province)).select(catalogue.tags.keys())
    return pl.concat([rows, said], how="horizontal")


def _awaited(tables: Tables) -> list[str]:
    """The mirror's columns that are made of feeds alone of which none has arrived."""
    lacking = all_feeds().keys() - {*tables.named["arrived"]["feed"]}
    return [name for name in mirror().fields if _feeds_behind(name) and _feeds_behind(name) <= lacking]


@cache
def _feeds_behind(name: str) -> frozenset[str]:
    """The feeds that tell what one of the mirror's columns is made of; none where it is not feeds alone that do."""
    entity, told = all_entities()[mirror().entity], list[set[str]]()
    for table, column in (of.split(".") for of in mirror().origins(name)):
        describing = entity.described_by() if table == entity.key else []
        told.append({feed.key for feed in describing if column in feed.columns} | ({table} & all_feeds().keys()))
    return frozenset[str]().union(*told) if all(told) else frozenset()


def field_of(tag: Tag) -> Field:
    """The column that a tag is in a product."""
    of = dict.fromkeys(origin for name in tag.of for origin in mirror().origins(name))
    return Field(tag.kind, tag.title, tag.level, meant(tag.rule, tag.meaning, tag.since), unit=tag.unit, of=tuple(of))


def meant(rule: Condition | Measure, told: str, since: date) -> str:
    """What a tag means, as its column's contract says it."""
    digits = f"，保留{_DIGITS}位小数" if _is_beside_others(rule) else ""
    return f"{told}{digits}（自{since}起）"


def coarse(told: Mapping[str, Tag]) -> list[pl.Expr]:
    """The columns of those tags that are told in few digits."""
    return [pl.col(key).round(_DIGITS) for key, tag in told.items() if _is_beside_others(tag.rule)]


def _is_beside_others(rule: Condition | Measure) -> bool:
    """Whether it is a number held against other enterprises, or made of one that is."""
    if isinstance(rule, Condition):
        return False
    known, of = whole().tags, (rule.of,) if isinstance(rule, Given) else reckoned_from(rule)
    return isinstance(rule, _BESIDE) or any(_is_beside_others(known[name].rule) for name in of if name in known)
