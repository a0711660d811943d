"""Enterprise tags: the catalogue put on the mirror's rows. What a tag is stands in schemas/tags/."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import polars as pl

from pipelines.cut import Tables
from pipelines.tags.catalogue import Catalogue, only, whole
from pipelines.tags.decidable import decidable
from pipelines.tags.mirror import coarse, field_of, medians, mirror, tagged
from schemas.measure import Days
from schemas.product import Field
from schemas.products.enterprise_tags import WITHOUT

_OWN = ("credit_code", "name", "county", "county_name")


@cache
def columns() -> dict[str, Field]:
    """A column for each tag that the mirror can decide; one that hangs on what is awaited comes when its feed does.

    Days that are counted have none: every row would change every day, and the flags say what hangs on them.
    """
    return {key: field_of(whole().tags[key]) for key in _published()}


def of_province(buckets: Iterable[Tables]) -> pl.DataFrame:
    """The province's medians by industry."""
    return medians(buckets, _supplied())


def made(tables: Tables, province: pl.DataFrame) -> pl.DataFrame:
    """Every tag of each enterprise, behind who it is."""
    supplied = _supplied()
    return tagged(tables, supplied, province).with_columns(coarse(supplied.tags)).select(*_OWN, *columns())


@cache
def _supplied() -> Catalogue:
    """The catalogue of what is told, and of what that rests on."""
    return only(whole(), _published())


@cache
def _published() -> list[str]:
    """The tags that have a column: those that can be decided, without the families that the product leaves out."""
    known, tags = decidable(whole(), mirror().fields.keys()), whole().tags
    return [key for key in known if tags[key].family not in WITHOUT and not isinstance(tags[key].rule, Days)]
