"""Tags on the rows of the enterprise mirror, bucket by bucket, beside the whole province's medians."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from pipelines.cut import Tables, build
from pipelines.tags.apply import Reference, province_medians, tags
from pipelines.tags.catalogue import Catalogue
from schemas.product import Product, all_products

_ALWAYS = ("credit_code", "county", "status")


def mirror() -> type[Product]:
    """The product on whose columns tags rest."""
    return all_products()["enterprise_mirror"]


def day_of(tables: Tables) -> date:
    """The day that counts as today."""
    return tables.named["today"]["day"][0]


def medians(buckets: Iterable[Tables], catalogue: Catalogue) -> pl.DataFrame:
    """The province's medians by industry of what the catalogue's tags are held against."""
    known = mirror().fields.keys()
    needed = dict.fromkeys([*_ALWAYS, *(name for tag in catalogue.tags.values() for name in tag.of if name in known)])
    told = [(day_of(each), build(mirror(), each).select(needed.keys())) for each in buckets]
    return province_medians(pl.concat([rows for _, rows in told]), catalogue, max(day for day, _ in told))


def tagged(tables: Tables, catalogue: Catalogue, province: pl.DataFrame) -> pl.DataFrame:
    """The mirror's rows of a bucket, and behind their columns every tag of the catalogue."""
    rows = build(mirror(), tables)
    said = tags(rows, catalogue, Reference(day_of(tables), province)).select(catalogue.tags.keys())
    return pl.concat([rows, said], how="horizontal")
