"""Enterprise tags: the catalogue put on the mirror's rows. What a tag is stands in schemas/tags/."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cache

import polars as pl

from pipelines.cut import Tables, build
from pipelines.dictionary import current
from pipelines.tags.apply import Reference, province_medians, tags
from pipelines.tags.catalogue import Catalogue, catalogue
from schemas.measure import Multiple, Standing
from schemas.product import Field, Product, all_products
from schemas.products.enterprise_tags import EnterpriseTags
from schemas.tag import Tag, all_families

_OWN = ("credit_code", "name", "county", "county_name")
# What is held against other enterprises moves with each of them; in more digits every row would change every day.
_BESIDE, _DIGITS = Multiple | Standing, 2


def columns() -> dict[str, Field]:
    """A column for each tag that rests on the mirror alone; what is awaited comes when its feed does."""
    return {key: _field(tag) for key, tag in _supplied().tags.items()}


def of_province(buckets: Iterable[Tables]) -> pl.DataFrame:
    """The province's medians by industry."""
    told = [(_day(each), build(_mirror(), each).select(_needed())) for each in buckets]
    return province_medians(pl.concat([rows for _, rows in told]), _supplied(), max(day for day, _ in told))


def made(tables: Tables, province: pl.DataFrame) -> pl.DataFrame:
    """Every tag of each enterprise, behind who it is."""
    rows = build(_mirror(), tables)
    said = tags(rows, _supplied(), Reference(_day(tables), province)).select(_supplied().tags.keys())
    coarse = [pl.col(key).round(_DIGITS) for key, tag in _supplied().tags.items() if isinstance(tag.rule, _BESIDE)]
    return pl.concat([rows.select(_OWN), said.with_columns(coarse)], how="horizontal")


@cache
def _supplied() -> Catalogue:
    """The catalogue without the families that the product leaves out, and without what rests on awaited columns."""
    families = tuple(family for family in all_families() if family.key not in EnterpriseTags.without)
    every = catalogue(families, current())
    known = {key: tag for key, tag in every.tags.items() if _mirror().fields.keys() >= {*tag.of}}
    return replace(every, tags=known, steps=tuple(tuple(key for key in step if key in known) for step in every.steps))


def _field(tag: Tag) -> Field:
    of = dict.fromkeys(origin for name in tag.of for origin in _mirror().origins(name))
    digits = f"，保留{_DIGITS}位小数" if isinstance(tag.rule, _BESIDE) else ""
    meaning = f"{tag.meaning}{digits}（自{tag.since}起）"
    return Field(tag.kind, tag.title, tag.level, meaning, unit=tag.unit, of=tuple(of))


def _mirror() -> type[Product]:
    return all_products()["enterprise_mirror"]


def _needed() -> list[str]:
    """The mirror's columns that tags rest on."""
    told = (name for tag in _supplied().tags.values() for name in tag.of)
    return list(dict.fromkeys(["credit_code", "county", "status", *told]))


def _day(tables: Tables) -> date:
    return tables.named["today"]["day"][0]
