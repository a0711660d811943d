"""Cutting, by county: a product's table made from the fused entity, then parted so that each county has its own."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import cast

import duckdb
import polars as pl

from pipelines.dictionary import Mappings
from pipelines.mapping_files.last_known import last_known
from pipelines.meaning.codes import industry_sections, translations
from pipelines.meaning.counties import today_counties
from pipelines.sql.called import arrived, ended_list
from pipelines.sql.connected import Config, connected
from pipelines.sql.parsed import has_sql, read_by, sql_of
from schemas.entity import all_entities
from schemas.product import OBJECTED, Product, all_products
from schemas.rooms import file_of

# Of DuckDB wherever a product's SQL runs. Tables are those handed over: what Python calls by a table's name is none.
CONFIG: Config = {"threads": 2, "memory_limit": "4GB", "python_enable_replacements": False}


@dataclass(frozen=True)
class Tables:
    """What a product's SQL may read: the entity, each identified feed, `disputes`, `presence`, `today`, lists."""

    named: dict[str, pl.DataFrame]


def build(product: type[Product], tables: Tables) -> pl.DataFrame:
    """Run the product's SQL, and give what it makes as declared."""
    with connected(CONFIG) as connection:
        for name, table in tables.named.items():
            connection.register(name, cast(object, table.to_arrow()))
        with asked(product, connection) as rows:
            made = rows.pl()
    return as_declared(product, made)


@contextmanager
def asked(product: type[Product], connection: duckdb.DuckDBPyConnection) -> Generator[duckdb.DuckDBPyRelation]:
    """What the product's SQL makes of the tables that lie there; it runs when its rows are read, within this.

    Raises ValueError naming its file where it cannot be run, or meets a value that it cannot do.
    """
    try:
        yield connection.sql(sql_of(product))
    except duckdb.CatalogException as error:
        raise ValueError(
            f"pipelines/products/{product.key}.sql reads what {product.__name__} does not name: {_missed(error)} Name "
            "a feed in `needs` or, with its column, in the `of` of what is made of it; mend any other word there."
        ) from error
    except (duckdb.ProgrammingError, duckdb.DataError) as error:
        told = f"pipelines/products/{product.key}.sql cannot be run: {_said(error)} Mend it there."
        raise ValueError(told) from error


def _missed(error: duckdb.CatalogException) -> str:
    """What DuckDB has not, without those of its own tables that are written almost so."""
    return re.sub(r' Did you mean "(?:duckdb|pg|pragma|sqlite)_\w+"\?', "", _said(error))


def _said(error: duckdb.Error) -> str:
    """What DuckDB found, and what it has that is written almost so, in one line."""
    told = " ".join(str(error).split())
    return told if told.endswith(("?", "!", ".")) else f"{told}."


def as_declared(product: type[Product], made: pl.DataFrame) -> pl.DataFrame:
    """What was made in the declared columns and types, sorted by county and grain; no row is objected to yet.

    Raises ValueError where it has other columns than the class declares, or values that are not of their kind.
    """
    refuse_unlike(product, made.columns)
    whole = made.with_columns(pl.lit(value=False).alias(OBJECTED.name))
    return _typed(product, whole).filter(pl.col("county").is_not_null()).sort("county", *product.grain)


def refuse_unlike(product: type[Product], made: list[str]) -> None:
    """Raise ValueError where other columns are made than the class declares: those too many, and those that lack."""
    own = [name for name in product.fields if name != OBJECTED.name]
    if made != own:
        raise ValueError(_unlike(product, made, own))


def _unlike(product: type[Product], made: list[str], declared: list[str]) -> str:
    more, less = (", ".join(name for name in one if name not in other) for one, other in
                  ((made, declared), (declared, made)))  # fmt: skip
    found = " and ".join(filter(None, [more, less and f"no {less}"])) or f"the order {', '.join(made)}"
    return (f"pipelines/products/{product.key} makes other columns than its class: found {found}; expected those of "
            f"{file_of(product)}, in their order. Mend one of the two.")  # fmt: skip


def _typed(product: type[Product], made: pl.DataFrame) -> pl.DataFrame:
    try:
        return made.select(pl.col(name).cast(field.kind.dtype) for name, field in product.fields.items())
    except pl.exceptions.InvalidOperationError as error:
        raise ValueError(
            f"pipelines/products/{product.key} makes what its class does not declare: {str(error).splitlines()[0]}. "
            "Cast it there, or declare another kind."
        ) from error


def viewed(product: type[Product], rows: pl.DataFrame, level: str) -> pl.DataFrame:
    """The rows and columns of the view of a level; what is above it is not there."""
    columns = product.views()[level]  # pyright: ignore[reportArgumentType]
    below = rows.lazy() if product.row_level is None else rows.lazy().filter(pl.col(product.row_level) <= level)
    return below.select(columns).collect()


def by_county(table: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """One frame a county, in the order of codes; rows keep their order."""
    parts = table.partition_by("county", as_dict=True, maintain_order=True)
    return {str(county): part for (county,), part in sorted(parts.items())}


def lists_behind(product: type[Product], mappings: Mappings, feeds: Iterable[str], on: date) -> dict[str, pl.DataFrame]:
    """Of the code tables of a day, and of which `feeds` have arrived, what the SQL of a product or of those it is made
    of reads.

    What it does not read cannot change its rows: a dictionary's new row is no reason to make all of them anew.
    """
    tables, read = code_tables(mappings, on) | {"arrived": arrived(feeds)}, read_behind(product)
    return {name: table for name, table in tables.items() if name in read}


def read_behind(product: type[Product]) -> frozenset[str]:
    """The tables that the SQL of a product or of those it is made of reads, by name."""
    said = [each for each in (product, *map(all_products().__getitem__, product.made_of)) if has_sql(each)]
    return frozenset[str]().union(*map(read_by, said))


def code_tables(mappings: Mappings, on: date) -> dict[str, pl.DataFrame]:
    """The code lists and places that products look names up in, dictionaries as they hold on a day, and the codes that
    tell of what has ended."""
    return {
        "code_list": mappings.lists.select("list", "code", "name", "parent", "level"),
        "section_list": industry_sections(mappings),
        "dictionary_list": translations(mappings, on),
        "county_list": today_counties(mappings),
        "town_list": last_known(mappings.townships),
        "ended_list": ended_list(all_entities().values()),
    }
