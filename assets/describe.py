"""How declarations are told to Dagster: column schemas, lineage, code references, tables. Computes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import cache

import dagster as dg

from schemas.behind import ACCOUNTS, HOUSE_TABLES, feeds_behind
from schemas.contract import slowest_due
from schemas.due import is_there
from schemas.entity import Entity
from schemas.feed import Due, Feed
from schemas.kinds import Kind
from schemas.product import Product
from schemas.standard import PLACED, tells

TIMEZONE = "Asia/Shanghai"


def code_reference(*places: tuple[str, int]) -> dg.CodeReferencesMetadataValue:
    """Links from an asset to the files and lines that declare it."""
    return dg.CodeReferencesMetadataValue(
        code_references=[dg.LocalFileCodeReference(file_path=file, line_number=line) for file, line in places]
    )


def freshness(due: Due) -> dg.FreshnessPolicy:
    """The promise that a feed's due time makes, in Dagster's terms."""
    return _promise(due.cron, due.every_days)


def product_freshness(product: type[Product]) -> dg.FreshnessPolicy:
    """A release a cycle of the slowest feed that a product needs, at the latest at the end of the day after it is due.

    The nightly run publishes what was due the evening before. Of a daily feed that end is each day's.
    """
    due = slowest_due(product)
    return _promise(_end_of_next_day(due.cron), due.every_days)


@cache
def _promise(cron: str, days: int) -> dg.FreshnessPolicy:
    """Made once for all that are due alike: Dagster walks through years of a cron line to find its shortest pause."""
    return dg.FreshnessPolicy.cron(cron, timedelta(days=days), timezone=TIMEZONE)


def _end_of_next_day(cron: str) -> str:
    """The cron line of the end of the day after the one that a feed's means, or of the next one that never fails."""
    _, _, day, month, _ = cron.split()
    if day == "*":
        return "59 23 * * *"
    # Of no leap year; where every month is meant, its shortest.
    is_always_there = is_there(2001, int(month) if month.isdigit() else 2, int(day) + 1)
    if is_always_there:
        return f"59 23 {int(day) + 1} {month} *"
    return f"59 23 1 {int(month) % 12 + 1 if month.isdigit() else month} *"


def landed_schema(feed: type[Feed]) -> dg.TableSchema:
    """The source columns as the department names them, with what is read from each."""
    read = [(column.source, _words(column.title, column.kind.unit)) for column in feed.columns.values()]
    columns = [(name, "；".join(words for source, words in read if source == name)) for name in feed.headers()]
    return dg.TableSchema(columns=[dg.TableColumn(name, "text", words) for name, words in columns])


def standard_schema(feed: type[Feed]) -> dg.TableSchema:
    """The standard columns with title and source column; those that a row may leave empty are nullable."""
    origins = _origins_in_words(standard_lineage(feed))
    columns = [
        _column(name, each.kind, _words(each.title, origins.get(name)), nullable=each.optional)
        for name, each in feed.columns.items()
    ]
    return dg.TableSchema(columns=columns)


def entity_schema(entity: type[Entity]) -> dg.TableSchema:
    """The fused columns with title and the feeds that speak about each."""
    origins = _origins_in_words(entity_lineage(entity))
    columns = [
        _column(name, each.kind, _words(each.title, origins.get(name)), nullable=name != entity.identifier)
        for name, each in entity.attributes.items()
    ]
    return dg.TableSchema(columns=columns)


def disputes_schema(entity: type[Entity]) -> dg.TableSchema:
    """The columns of an entity's disputes."""
    identifier = entity.attributes[entity.identifier].title
    titles = {entity.identifier: identifier, "column": "列", "won_by": "采信数源", "value": "采信值",
              "won_record": "采信数源的记录", "lost_by": "落选数源", "lost_value": "落选值",
              "lost_record": "落选数源的记录"}  # fmt: skip
    days = {"won_since": "采信行自何日如此", "lost_since": "落选行自何日如此"}
    return dg.TableSchema(
        columns=[
            *(dg.TableColumn(name, "String", title) for name, title in titles.items()),
            *(dg.TableColumn(name, "Date", title) for name, title in days.items()),
        ]
    )


def review_schema() -> dg.TableSchema:
    """The columns of an entity's review list."""
    titles = {"feed": "数源", "file": "批次文件", "row": "行号", "record": "记录", "found": "标识所写", "rule": "原因",
              "candidates": "候选实体"}  # fmt: skip
    return dg.TableSchema(columns=[dg.TableColumn(name, "String", title) for name, title in titles.items()])


def product_schema(product: type[Product]) -> dg.TableSchema:
    """The promised columns with title, unit, level, meaning, code list and what each is made of."""
    origins = _origins_in_words(product_lineage(product))
    columns = [
        _column(
            name,
            each.kind,
            _words(each.title, each.unit, each.level, each.meaning, origins[name]),
            nullable=not each.required,
        )
        for name, each in product.fields.items()
    ]
    return dg.TableSchema(columns=columns)


def _origins_in_words(lineage: dg.TableColumnLineage) -> dict[str, str]:
    """The column lineage as text: Dagster's open-source UI keeps it and does not draw it."""
    return {
        name: "← " + ", ".join(f"{dep.asset_key.path[-1]}.{dep.column_name}" for dep in deps)
        for name, deps in lineage.deps_by_column.items()
    }


def _column(name: str, kind: Kind, words: str, *, nullable: bool) -> dg.TableColumn:
    description = _words(words, f"代码表 {kind.code_list}" if kind.code_list else None)
    return dg.TableColumn(name, str(kind.dtype), description, constraints=dg.TableColumnConstraints(nullable=nullable))


def _words(*words: str | None) -> str:
    return "；".join(word for word in words if word)


def standard_lineage(feed: type[Feed]) -> dg.TableColumnLineage:
    """Each standard column from the source column it is read from."""
    landed = dg.AssetKey(["landed", feed.key])
    read = {name: [dg.TableColumnDep(landed, column.source)] for name, column in feed.columns.items() if column.source}
    placed = {
        f"{front}{name}": [dg.TableColumnDep(landed, source) for source in place.sources]
        for front, place in feed.places().items()
        for name in PLACED
    }
    return dg.TableColumnLineage(read | placed)


def entity_lineage(entity: type[Entity]) -> dg.TableColumnLineage:
    """Each fused column from the column of that name in every feed that has it and describes the entity."""
    spoken = {
        name: [
            dg.TableColumnDep(dg.AssetKey(["standard", feed.key]), name)
            for feed in entity.described_by()
            if tells(feed, name)
        ]
        for name in entity.attributes
    }
    return dg.TableColumnLineage({name: deps for name, deps in spoken.items() if deps})


def product_lineage(product: type[Product]) -> dg.TableColumnLineage:
    """Each promised column from what its declaration names, else from the fused column of the same name."""
    feeds = feeds_behind(product)
    return dg.TableColumnLineage(
        {name: _origins(product, feeds, name, field.of) for name, field in product.fields.items()}
    )


def _origins(
    product: type[Product], feeds: list[type[Feed]], name: str, of: tuple[str, ...]
) -> list[dg.TableColumnDep]:
    columns = of or (f"{product.entity}.{name}",)
    return [dep for each in columns for dep in _origin(product, feeds, *each.split(".", 1))]


def _origin(product: type[Product], feeds: list[type[Feed]], table: str, column: str) -> list[dg.TableColumnDep]:
    """The assets that have a column; what is told of deliveries is told of every feed behind the product.

    The day that counts as today and what places are called come from no asset.
    """
    if table in ACCOUNTS:
        room = "quarantine" if table == "quarantine" else "standard"
        return [dg.TableColumnDep(dg.AssetKey([room, feed.key]), column) for feed in feeds]
    if table == "objections":
        return [dg.TableColumnDep(dg.AssetKey([table]), column)]
    if table in HOUSE_TABLES:
        return []
    room = "fused" if table == product.entity else "disputes" if table == "disputes" else "standard"
    return [dg.TableColumnDep(dg.AssetKey([room, product.entity if room != "standard" else table]), column)]


def table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> dg.MarkdownMetadataValue:
    """A small table as Markdown; a dash where it is empty."""
    names = list(columns)
    lines = ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    if not lines:
        return dg.MetadataValue.md("—")
    return dg.MetadataValue.md("\n".join(["| " + " | ".join(names) + " |", "|" + " --- |" * len(names), *lines]))


def words(things: Iterable[object]) -> dg.TextMetadataValue:
    """Several things in one line, which Dagster shows without a click; a dash where there is none."""
    return dg.MetadataValue.text("; ".join(map(str, things)) or "—")


def _cell(value: object) -> str:
    return str("" if value is None else value).replace("|", "\\|").replace("\n", " ")
