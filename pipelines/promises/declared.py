"""Whether the names that feeds, products and indicators declare are declared anywhere; all that are not are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from pipelines.cut import code_tables
from pipelines.dictionary import Mappings
from pipelines.disk.fused import rows_schema
from pipelines.fuse import disputes_schema
from pipelines.meaning.codes import codes_of
from pipelines.near import near
from pipelines.policies.listed import SCHEMA
from pipelines.products.business_indicators import figures
from pipelines.promises.declaration import LIST, Declaration, titled_alike
from pipelines.promises.declared_feeds import misdeclared_feeds
from pipelines.promises.row_levels import SOURCES
from pipelines.promises.titles import wrong_titles
from pipelines.sql.called import arrived, attribute_list, feed_list
from pipelines.sql.parsed import faults_of, has_sql, sql_of
from pipelines.surveying.accounts import coverage_table, deliveries_table, drift_table, first_deliveries
from pipelines.surveying.views import ENDED_RECORDS, QUARANTINE, standard_columns
from schemas.entity import all_entities
from schemas.feed import all_feeds
from schemas.indicator import Indicator, declared_indicators
from schemas.product import COUNTY_ITSELF, LEVELS, Field, Product, all_products
from schemas.rooms import Misdeclared, file_of

_SOURCE = "a table and its column, such as tax_registration.started"


@dataclass(frozen=True)
class _Known:
    """What products may name: the columns of each table, and the code lists."""

    columns: Mapping[str, frozenset[str]]
    lists: frozenset[str]


def misdeclared(mappings: Mappings) -> list[str]:
    """What is wrong with the declarations of feeds, products and indicators, in words; no product is made whole for it.

    Where feeds are wrong, what is made of them is not asked.
    """
    lists, others = frozenset(codes_of(mappings)["list"].unique()), _others(mappings)
    if faults := misdeclared_feeds(mappings, lists, {*others, *all_products()}):
        return faults
    feeds = {key: [*standard_columns(feed), *rows_schema(feed)] for key, feed in all_feeds().items()}
    known = _Known({name: frozenset(columns) for name, columns in {**feeds, **others}.items()}, lists)
    told = [fault for product in all_products().values() for fault in _of_product(Declaration(product), known)]
    return [*told, *([] if told else titled_alike(all_products())), *_of_indicators()]


def _of_product(declared: Declaration[Product], known: _Known) -> Iterator[str]:
    yield from declared.misspelt()
    yield from declared.lacking(("title", "纳税大户"), ("version", "1.0.0"))
    yield from declared.titled(declared.of.fields)
    yield from _of_sources(declared)
    yield from _of_rows(declared)
    yield from _of_sql(declared.of)
    for field in declared.of.fields.values():
        yield from _of_field(declared, field, known)


def _of_sources(declared: Declaration[Product]) -> Iterator[str]:
    """What it is made of: feeds, products, an entity."""
    product = declared.of
    for attribute, known, what in (("needs", all_feeds(), "a feed"), ("made_of", all_products(), "another product")):
        faults = [*declared.listed(attribute)]
        held = () if faults else getattr(product, attribute)
        yield from faults
        yield from declared.unknown(attribute, held, known.keys() - {product.key}, what)
    if getattr(product, "needs", None) == ():
        yield declared.fault("needs", "none", "at least one feed", "Name those without which it is not released.")
    may_be = {*all_entities(), *([COUNTY_ITSELF] if product.is_made_by_province() else [])}
    yield from declared.unknown("entity", [product.entity], may_be, "an entity of schemas/entities/")


def _of_rows(declared: Declaration[Product]) -> Iterator[str]:
    """What tells its rows from one another, and who sees them."""
    product = declared.of
    column, levels = f"a column of {product.key}", "one of " + ", ".join(LEVELS)
    yield from declared.unknown("identifier", [product.identifier], product.fields, column)
    if product.row_level is not None:
        yield from declared.unknown("row_level", [product.row_level], product.fields, column)
        made_of, what = product.origins(product.row_level), f"a column of {' or '.join(SOURCES)}"
        yield from declared.unknown("row_level", made_of, SOURCES, what)
    for attribute, known, what in (("grain", product.fields, column), ("levels", LEVELS, levels)):
        faults = [*declared.listed(attribute)]
        yield from faults or declared.unknown(attribute, getattr(product, attribute), known, what)
    for name in product.grain:
        if name in product.fields and not product.fields[name].required:
            found, expected = f"'{name}', which may be empty", "columns that never are, by which rows are known again"
            yield declared.fault("grain", found, expected, "Declare it by required(…), or leave it out.")


def _of_sql(product: type[Product]) -> Iterator[str]:
    file = f"pipelines/products/{product.key}.sql"
    if has_sql(product):
        yield from (f"{file}: {fault}" for fault in faults_of(sql_of(product)))
    elif find_spec(f"pipelines.products.{product.key}") is None:
        yield f"{file}: found no such file; expected the SQL of {file_of(product)}. Write it."


def _of_field(declared: Declaration[Product], field: Field, known: _Known) -> Iterator[str]:
    if field.kind.code_list is not None:
        at = f"{field.name}, its code list"
        yield from declared.unknown(at, [field.kind.code_list], known.lists, LIST)
    if field.meaning and not field.meaning.strip():
        yield declared.fault(f"{field.name}, its meaning", repr(field.meaning), "a text", "Write it, or leave it out.")
    yield from declared.unknown(f"{field.name}, its level", [field.level], LEVELS, "one of " + ", ".join(LEVELS))
    if declared.of.is_made_by_province() and not field.of:
        yield declared.fault(f"{field.name}, its of", "none", _SOURCE, "Name what it is made of.")
    for origin in field.of:
        table, _, column = origin.partition(".")
        held = known.columns.get(table, frozenset())
        if column not in held:
            names = [f"{table}.{each}" for each in held] or [f"{each}.{column}" for each in known.columns]
            yield declared.fault(f"{field.name}, its of", f"'{origin}'", _SOURCE, near(origin, names))


def refuse_misdeclared(mappings: Mappings) -> None:
    """Raise Misdeclared where a declaration of feeds, products or indicators is wrong, with a line for each fault."""
    if faults := misdeclared(mappings):
        raise Misdeclared("\n".join(faults))


def _others(mappings: Mappings) -> dict[str, list[str]]:
    """The columns of every table that a product may be made of besides those of feeds, by the table's name."""
    entities = all_entities().values()
    return {
        **{each.key: [*each.attributes] for each in entities},
        "disputes": [name for each in entities for name in disputes_schema(each)],
        "attribute_list": [name for each in entities for name in attribute_list(each).columns],
        **{name: table.columns for name, table in code_tables(mappings, date.max).items()}, **_house(),
    }  # fmt: skip


@cache
def _house() -> dict[str, list[str]]:
    """The tables that no feed brings: of deliveries, of what is declared, of what counties say."""
    return {
        "deliveries": deliveries_table([], Path()).columns, "coverage": coverage_table([]).columns,
        "drift": drift_table([], Path()).columns, "presence": ["feed", "county", "entity_id"],
        "quarantine": [*QUARANTINE], "first_delivery": first_deliveries([]).columns,
        "ended_records": [*ENDED_RECORDS],
        "today": ["day"], "feed_list": feed_list(()).columns, "arrived": arrived(()).columns, "policy_list": [*SCHEMA],
        "indicator_list": [*(each.name for each in fields(Indicator)), "level"], "objections": ["column"],
    }  # fmt: skip


def _of_indicators() -> Iterator[str]:
    """Figures that nothing sums, titles that tell nothing apart, and codes that two indicators have."""
    told, summed = declared_indicators(), figures()
    for code, found, expected, todo in wrong_titles((each.code, each.title) for each in told):
        yield f"schemas/indicators, {code}.title: found {found}; expected {expected}. {todo}"
    for each in told:
        for attribute, figure in (("of", each.of), ("per", each.per)):
            if figure is not None and figure.key not in summed:
                yield (f"schemas/indicators, {each.code}.{attribute}: found the figure '{figure.key}'; expected one "
                       f"that pipelines/products/business_indicators.sql sums. {near(figure.key, summed)}")  # fmt: skip
    for code, count in Counter(each.code for each in told).items():
        if count > 1:
            titles = "、".join(each.title for each in told if each.code == code)
            yield (f"schemas/indicators, {code}: found {count} indicators of that code ({titles}); expected one. "
                   "Give the others codes of their own.")  # fmt: skip
