"""What a golden pair gives a product: a CSV file a table, in the types that the house gives it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from pipelines.cut import Tables, as_declared, build, code_tables
from pipelines.dictionary import current
from pipelines.fuse import disputes_schema
from pipelines.policies import listed as policies
from pipelines.shelf import maker_of
from pipelines.sql.called import arrived, attribute_list, feed_list
from pipelines.surveying.accounts import coverage_table, deliveries_table, drift_table, first_deliveries
from pipelines.surveying.survey import COUNTED, Laid, counter_of, survey
from pipelines.surveying.views import ENDED_RECORDS, identified_schema, standard_columns
from schemas.behind import feeds_behind
from schemas.entity import all_entities
from schemas.feed import all_feeds
from schemas.product import Product

REASONS = pl.List(pl.Struct(dict.fromkeys(("column", "rule", "found", "expected"), pl.String)))
TOLD = {
    "deliveries": deliveries_table([], Path()).schema,
    "coverage": coverage_table([]).schema,
    "drift": drift_table([], Path()).schema,
    "feed_list": feed_list([]).schema,
    "quarantine": pl.Schema({"waits": pl.Boolean}),
    "first_delivery": first_deliveries([]).schema,
    "ended_records": ENDED_RECORDS,
    "today": pl.Schema({"day": pl.Date}),
    policies.LIST: pl.Schema(policies.SCHEMA),
}


def given(product: type[Product], folder: Path) -> dict[str, pl.DataFrame]:
    """The tables of a folder by name, `expect` not among them; code lists where the folder has none of its own."""
    files = {file.stem: file for file in sorted(folder.glob("*.csv")) if file.stem != "expect"}
    told = {name: _read(file, _schema(product, name)) for name, file in files.items()}
    entity = all_entities().get(product.entity)
    words = {} if entity is None else {"attribute_list": attribute_list(entity)}
    behind = feeds_behind(product)
    feeds = {
        "feed_list": feed_list(behind),
        "arrived": arrived(each.key for each in behind),
        **_of_entity(product, told),
    }
    return {**words, **feeds, **code_tables(current(), date.max), **told}


def _of_entity(product: type[Product], told: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Of what is made by bucket: the entity's feeds, empty where no file tells of them, and who the others know."""
    entity = all_entities().get(product.entity)
    if entity is None or (product.is_made_by_province() and counter_of(product) is None):
        return {}
    feeds = {feed.key: told.get(feed.key, pl.DataFrame(schema=identified_schema(feed))) for feed in entity.feeds()}
    known = [feeds[feed.key].select("entity_id", pl.lit(feed.key).alias("feed")) for feed in entity.described_by()]
    return {"disputes": pl.DataFrame(schema=disputes_schema(entity)), **feeds, "presence": pl.concat(known)}


def _schema(product: type[Product], name: str) -> dict[str, pl.DataType]:
    entity, feed = all_entities().get(product.entity), all_feeds().get(name)
    if entity is not None and name == entity.key:
        return {key: each.kind.dtype for key, each in entity.attributes.items()}
    if entity is not None and name == "disputes":
        return dict(disputes_schema(entity))
    if feed is not None:
        return dict(identified_schema(feed) if entity and feed.entity == entity.key else standard_columns(feed))
    return dict(TOLD.get(name, {}))


def _read(file: Path, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """A file in the types of a schema, what it lacks empty, all else as text; reasons as `column/rule;column/rule`."""
    read = pl.read_csv(file, infer_schema=False, schema_overrides=schema)
    lacking = {name: dtype for name, dtype in schema.items() if name not in read.columns}
    told = read.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in lacking.items())
    if "reasons" not in told.columns:
        return told
    parts = pl.element().str.split("/")
    reason = pl.struct(column=parts.list.get(0), rule=parts.list.get(1), found=pl.lit(""), expected=pl.lit(""))
    return told.with_columns(pl.col("reasons").str.split(";").list.eval(reason).cast(REASONS))


def made(product: type[Product], tables: dict[str, pl.DataFrame], scratch: Path, threads: int = 2) -> pl.DataFrame:
    """The product's table from the given ones."""
    maker = maker_of(product)
    if maker is not None:
        return as_declared(product, maker.made(Tables(tables), maker.of_province([Tables(tables)])))
    if not product.is_made_by_province():
        return build(product, Tables(tables))
    laid = Laid(_counted(product, tables) | tables, {})
    return as_declared(product, pl.read_parquet(survey(product, laid, scratch, threads)))


def _counted(product: type[Product], tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    counter = counter_of(product)
    return {} if counter is None else {COUNTED: counter(lambda: [Tables(tables)])}
