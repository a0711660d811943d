"""Enterprise tags: the catalogue put on the mirror's rows. What a tag is stands in schemas/tags/."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import polars as pl

from pipelines.cut import Tables
from pipelines.tags.catalogue import Catalogue, only, whole
from pipelines.tags.mirror import coarse, field_of, medians, mirror, tagged
from schemas.measure import Days
from schemas.product import Field
from schemas.products.enterprise_tags import WITHOUT

_OWN = ("credit_code", "name", "county", "county_name")


@cache
def columns() -> dict[str, Field]:
    """A column for each tag that rests on the mirror alone; what is awaited comes when its feed does.

    Days that are counted have none: every row would change every day, and the flags say what hangs on them.
    """
    return {key: field_of(tag) for key, tag in _supplied().tags.items() if not isinstance(tag.rule, Days)}


def of_province(buckets: Iterable[Tables]) -> pl.DataFrame:
    """The province's medians by industry."""
    return medians(buckets, _supplied())


def made(tables: Tables, province: pl.DataFrame) -> pl.DataFrame:
    """Every tag of each enterprise, behind who it is."""
    supplied = _supplied()
    return tagged(tables, supplied, province).with_columns(coarse(supplied.tags)).select(*_OWN, *columns())


@cache
def _supplied() -> Catalogue:
    """The catalogue without the families that the product leaves out, and without what rests on awaited columns."""
    known = mirror().fields.keys()
    told = ((key, tag) for key, tag in whole().tags.items() if tag.family not in WITHOUT)
    return only(whole(), [key for key, tag in told if known >= {*tag.of}])
