"""Everything that the platform knows of itself, a row each: feeds, dictionaries, products, tags, grants and more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.ledger.codes_titled import codes_titled
from pipelines.ledger.own import own_columns
from pipelines.meaning.codes import code_lists
from pipelines.shelf import whole
from pipelines.tags.catalogue import Catalogue
from schemas.awaits import all_departments
from schemas.entity import all_entities
from schemas.feed import all_feeds
from schemas.granted import Granted
from schemas.product import all_products
from schemas.tag import all_families

RESOURCE = {
    "resource": pl.String, "kind": pl.String, "title": pl.String, "part_of": pl.String, "means": pl.String,
    "code_list": pl.String, "unit": pl.String, "level": pl.String, "note": pl.String,
}  # fmt: skip

# What a place's columns are called, and what they are.
_PLACED = {
    "county": ("所在县（市、区）", "county"),
    "town": ("所在乡镇（街道）", "town"),
    "place_evidence": ("属地依据", "text"),
}

_Row = tuple[str | None, ...]


def resources(mappings: Mappings, catalogue: Catalogue, granted: Granted) -> pl.DataFrame:
    """A row a resource as `RESOURCE` says, sorted by `resource`, which reads as a path: feed/tax_registration/revenue.

    `kind` is department, feed, feed column, entity, entity column, product, product column, own (a county's column),
    list, dictionary, family, tag, awaited, grant or subscriber; `part_of` the resource that it is a part of; `means`
    its semantic type.
    """
    told: Iterable[_Row] = [
        *_feeds(), *_entities(), *_products(), *_own(), *_words(mappings), *_tags(catalogue), *_awaited(),
        *_grants(granted),
    ]  # fmt: skip
    return pl.DataFrame(list(told), schema=RESOURCE, orient="row").unique("resource").sort("resource")


def _row(resource: str, kind: str, title: str, part_of: str | None = None, **more: str | None) -> _Row:
    rest = (more.get(name) for name in list(RESOURCE)[4:])
    return (resource, kind, title, part_of, *rest)


def _feeds() -> Iterator[_Row]:
    for key, feed in all_feeds().items():
        department = f"department/{feed.department}"
        yield _row(department, "department", feed.department_title)
        yield _row(f"feed/{key}", "feed", feed.title, department, note=feed.due.title)
        for name, each in feed.columns.items():
            yield _row(f"feed/{key}/{name}", "feed column", each.title, f"feed/{key}", means=each.kind.name,
                       code_list=each.kind.code_list, unit=each.kind.unit)  # fmt: skip
        for front in feed.places():
            for name, (title, means) in _PLACED.items():
                yield _row(f"feed/{key}/{front}{name}", "feed column", title, f"feed/{key}", means=means)


def _entities() -> Iterator[_Row]:
    for key, entity in all_entities().items():
        yield _row(f"entity/{key}", "entity", entity.title)
        for name, each in entity.attributes.items():
            yield _row(f"entity/{key}/{name}", "entity column", each.title, f"entity/{key}", means=each.kind.name,
                       code_list=each.kind.code_list, unit=each.kind.unit, level=each.level)  # fmt: skip


def _products() -> Iterator[_Row]:
    for key, product in ((key, whole(each)) for key, each in all_products().items()):
        yield _row(f"product/{key}", "product", product.title, note=f"契约 {product.version}")
        for name, each in product.fields.items():
            yield _row(f"product/{key}/{name}", "product column", each.title, f"product/{key}", means=each.kind.name,
                       code_list=each.kind.code_list, unit=each.unit, level=each.level,
                       note=each.meaning or None)  # fmt: skip


def _own() -> Iterator[_Row]:
    for each in own_columns():
        told = each.field
        yield _row(each.resource, "own", told.title, f"product/{each.product}", means=told.kind.name,
                   code_list=told.kind.code_list, unit=told.unit, level=told.level, note=told.meaning)  # fmt: skip


def _words(mappings: Mappings) -> Iterator[_Row]:
    for name, each in code_lists(mappings).items():
        yield _row(f"list/{name}", "list", codes_titled(name), note=f"{each.rows} 个代码，版本 {each.version}")
    written = list(_written())
    for name, source in sorted(mappings.codes.select("list", "source").unique().iter_rows()):
        told = [f"{title}（{feed}）" for *of, title, feed in written if of == [name, source]]
        title = "、".join(told) or f"{source} → {name}"
        yield _row(f"dictionary/{name}/{source}", "dictionary", title, f"list/{name}", code_list=name)


def _written() -> Iterator[tuple[str, str | None, str, str]]:
    """Where codes are written: the list, the source, what the column is called and what its feed is called."""
    for feed in all_feeds().values():
        for each in feed.columns.values():
            if each.kind.code_list:
                yield each.kind.code_list, each.kind.source, each.title, feed.title


def _tags(catalogue: Catalogue) -> Iterator[_Row]:
    for family in all_families():
        yield _row(f"family/{family.key}", "family", family.title, note=family.asks)
    for key, tag in catalogue.tags.items():
        yield _row(f"tag/{key}", "tag", tag.title, f"family/{tag.family}", means=tag.kind.name, unit=tag.unit,
                   level=tag.level, note=tag.meaning)  # fmt: skip


def _awaited() -> Iterator[_Row]:
    for department in all_departments():
        for name, each in department.columns.items():
            yield _row(f"awaited/{name}", "awaited", each.title, means=each.kind.name, unit=each.kind.unit,
                       level=each.level, note=department.title)  # fmt: skip


def _grants(granted: Granted) -> Iterator[_Row]:
    for office in granted.subscribers:
        yield _row(f"subscriber/{office.id}", "subscriber", office.name, note=office.county)
    for each in granted.grants:
        ended = f"，{each.revoked} 撤销" if each.revoked else ""
        yield _row(f"grant/{each.id}", "grant", each.purpose, f"subscriber/{each.subscriber}", level=each.level,
                   note=f"{each.since} 至 {each.until}{ended}")  # fmt: skip
