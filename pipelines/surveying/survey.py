"""Surveying, by province: what a product without an entity may read is laid out, and its one SQL file run over it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import cast

import duckdb
import polars as pl

from pipelines.cut import CONFIG, Tables, asked
from pipelines.disk.layers import layers_of, unidentified
from pipelines.fusing.bucketed import PRESENCE, bucketed
from pipelines.gather import Gathered
from pipelines.policies import listed as policies
from pipelines.sql.called import attribute_list, feed_list
from pipelines.sql.connected import Config, connected
from pipelines.surveying import views
from pipelines.surveying.accounts import coverage_table, deliveries_table, drift_table, first_deliveries
from schemas.behind import ACCOUNTS, reads_fused
from schemas.entity import Entity
from schemas.feed import Feed
from schemas.product import Product

Function = Callable[[pl.DataFrame], pl.DataFrame]
Buckets = Callable[[], Iterable[Tables]]
Counter = Callable[[Buckets], pl.DataFrame]

COUNTED = "counted"
THREADS = 2
_ROWS_A_GROUP = 100_000


@dataclass(frozen=True)
class Laid:
    """What a product's SQL may read: small tables as they are, and what lies on disk as SQL over Parquet, by name."""

    tables: dict[str, pl.DataFrame]
    views: dict[str, str]


def survey(product: type[Product], laid: Laid, scratch: Path, threads: int = THREADS) -> Path:
    """Run the product's SQL over the province and, where it has one, its Python function over what that gives.

    Gives a Parquet file of its rows with a county, in the order of county and grain. More than the memory that DuckDB
    is allowed goes below `scratch`.

    Raises ValueError where the SQL reads a table that the class does not name, or cannot be run.
    """
    made, order = scratch / "made.parquet", ", ".join(f'"{name}"' for name in ("county", *product.grain))
    with opened(laid, scratch, threads) as connection, asked(product, connection) as rows:
        function = function_of(product)
        if function is not None:
            told = function(rows.pl()).filter(pl.col("county").is_not_null())
            told.sort("county", *product.grain).write_parquet(made)
            return made
        rows.create_view("made")
        connection.execute(
            f"COPY (SELECT * FROM made WHERE county IS NOT NULL ORDER BY {order}) TO {views.text(made)} "
            f"(FORMAT parquet, ROW_GROUP_SIZE {_ROWS_A_GROUP})"
        )
    return made


def function_of(product: type[Product]) -> Function | None:
    """The function in `pipelines/products/<key>.py` that makes of the SQL's rows the product's; None where none is."""
    name = f"pipelines.products.{product.key}"
    return None if find_spec(name) is None else getattr(import_module(name), product.key)


def counter_of(product: type[Product]) -> Counter | None:
    """The function `counted` of the same module, for what is reckoned of each enterprise and told in sums alone.

    It takes the entity's buckets, as often as it asks for them, and gives the table `counted` that the SQL reads.
    """
    name = f"pipelines.products.{product.key}"
    return None if find_spec(name) is None else getattr(import_module(name), COUNTED, None)


@contextmanager
def opened(laid: Laid, scratch: Path, threads: int = THREADS) -> Generator[duckdb.DuckDBPyConnection]:
    """A connection that reads what is laid out under its names."""
    config: Config = CONFIG | {"threads": threads, "temp_directory": str(scratch / "spilt")}
    with connected(config) as connection:
        for name, table in laid.tables.items():
            connection.register(name, cast(object, table.to_arrow()))
        for name, sql in laid.views.items():
            connection.execute(f'CREATE VIEW "{name}" AS {sql}')
        yield connection


def lay(
    product: type[Product], gathered: Collection[Gathered], lists: dict[str, pl.DataFrame], today: date,
    home: Path, scratch: Path,
) -> Laid:  # fmt: skip
    """Lay out what a product may read: the fused tables of its entity, the feeds and accounts that it names, lists.

    Feeds of its entity are told as identified rows (with `entity_id`), others as the standard rows that hold.
    """
    named, entity = product.reads(), reads_fused(product)
    told = Laid({"today": pl.DataFrame({"day": [today]}), "feed_list": feed_list(each.feed for each in gathered)}, {})
    told.tables.update({**lists, "first_delivery": first_deliveries(gathered)})
    if entity is not None:
        told.tables["attribute_list"] = attribute_list(entity)
        told.views.update({entity.key: views.fused_sql(entity, "values", home)})
        told.views.update({"disputes": views.fused_sql(entity, "disputes", home)})
    for each in gathered:
        if each.feed.key in named or PRESENCE in named:
            _lay_feed(told, each, entity, home, scratch)
    _lay_table(told, "ended_records", views.ended_sql(gathered, home), views.ENDED_RECORDS)
    if named & {*ACCOUNTS}:
        _lay_accounts(told, gathered, entity, home, scratch)
    told.tables.update(policies_named(product, today))
    counter = counter_of(product)
    if counter is not None and entity is not None:
        read = {PRESENCE, *(each.feed.key for each in gathered)}
        told.tables[COUNTED] = counter(partial(_every_bucket, entity, read, lists, today, home))
    return told


def policies_named(product: type[Product], today: date) -> dict[str, pl.DataFrame]:
    """The policies in force, for a product that tells of them."""
    return {policies.LIST: policies.policy_list(today)} if policies.is_told_by(product) else {}


def _every_bucket(
    entity: type[Entity], read: Collection[str], lists: dict[str, pl.DataFrame], today: date, home: Path
) -> Iterator[Tables]:
    lying = layers_of(entity, home)
    return (bucketed(lying, [name], read, lists, today) for name in lying.bucket_names())


def _lay_feed(told: Laid, each: Gathered, entity: type[Entity] | None, home: Path, scratch: Path) -> None:
    feed = each.feed
    if entity is not None and feed.entity == entity.key:
        sql, schema = views.identified_sql(entity, feed, home), views.identified_schema(feed)
    else:
        sql = None if each.current is None else views.standard_sql(each.current, each.used, home, scratch)
        schema = views.standard_columns(feed)
    _lay_table(told, feed.key, sql, schema)


def _lay_table(told: Laid, name: str, sql: str | None, schema: pl.Schema) -> None:
    """A table as SQL tells it, or one without rows where there are none."""
    if sql is None:
        told.tables[name] = views.nothing(schema)
    else:
        told.views[name] = sql


def _lay_accounts(
    told: Laid, gathered: Collection[Gathered], entity: type[Entity] | None, home: Path, scratch: Path
) -> None:  # fmt: skip
    told.tables.update(
        deliveries=deliveries_table(gathered, home),
        coverage=coverage_table(gathered),
        drift=drift_table(gathered, home),
    )
    kept = (views.quarantine_sql(each.feed, each.used, home, scratch) for each in gathered)
    _lay_table(told, "quarantine", " UNION ALL BY NAME ".join(filter(None, kept)) or None, views.QUARANTINE)
    told.views[PRESENCE] = " UNION ALL ".join(_presence(each.feed, entity, home) for each in gathered)


def _presence(feed: type[Feed], entity: type[Entity] | None, home: Path) -> str:
    """The rows of a feed by county: that of the entity that a row was led to, else the one that it names itself.

    No entity of a county stands behind a row that only names it.
    """
    key, county = views.text(feed.key), "county" if feed.place is not None else "CAST(NULL AS VARCHAR)"
    if entity is None or feed.entity != entity.key:
        return f"SELECT {key} AS feed, {county} AS county, NULL AS entity_id FROM {feed.key}"
    own = "said.county" if feed.place is not None else "NULL"
    file = unidentified(layers_of(entity, home), feed.key)
    open_ones = "" if file is None else f" UNION ALL SELECT {key}, {county}, NULL FROM {views.parquet([file])}"
    return (
        f"SELECT {key} AS feed, coalesce(told.county, {own}) AS county, "
        "CASE WHEN told.county IS NOT NULL THEN said.entity_id END AS entity_id "
        f"FROM {feed.key} AS said "
        f"LEFT JOIN {entity.key} AS told ON said.entity_id = told.{entity.identifier}{open_ones}"
    )
