"""Enterprise tags: the catalogue put on the mirror's rows. What a tag is stands in schemas/tags/."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import polars as pl

from pipelines.cut import Tables
from pipelines.dictionary import current
from pipelines.tags.catalogue import Catalogue, catalogue, only
from pipelines.tags.mirror import medians, mirror, tagged
from schemas.measure import Multiple, Standing
from schemas.product import Field
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
    return medians(buckets, _supplied())


def made(tables: Tables, province: pl.DataFrame) -> pl.DataFrame:
    """Every tag of each enterprise, behind who it is."""
    supplied = _supplied()
    coarse = [pl.col(key).round(_DIGITS) for key, tag in supplied.tags.items() if isinstance(tag.rule, _BESIDE)]
    return tagged(tables, supplied, province).with_columns(coarse).select(*_OWN, *supplied.tags)


@cache
def _supplied() -> Catalogue:
    """The catalogue without the families that the product leaves out, and without what rests on awaited columns."""
    families = tuple(family for family in all_families() if family.key not in EnterpriseTags.without)
    every, known = catalogue(families, current()), mirror().fields.keys()
    return only(every, [key for key, tag in every.tags.items() if known >= {*tag.of}])


def _field(tag: Tag) -> Field:
    of = dict.fromkeys(origin for name in tag.of for origin in mirror().origins(name))
    digits = f"，保留{_DIGITS}位小数" if isinstance(tag.rule, _BESIDE) else ""
    meaning = f"{tag.meaning}{digits}（自{tag.since}起）"
    return Field(tag.kind, tag.title, tag.level, meaning, unit=tag.unit, of=tuple(of))
