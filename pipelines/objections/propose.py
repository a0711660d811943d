"""Correction proposals: whose word stands in a cell that is objected to, and the correction that would mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from pipelines.correct import row_key
from pipelines.dictionary import Mappings
from pipelines.disk.fused import present
from pipelines.disk.landed import ROWS
from pipelines.disk.layers import layers_of, rows_of_one, table_of_one
from pipelines.disk.tables import batches
from pipelines.objections.raised import made_of
from pipelines.objections.written import as_written
from pipelines.overlays.edition import class_for
from pipelines.shelf import whole
from schemas.entity import Entity, all_entities
from schemas.feed import Column, Feed
from schemas.objection import Objection
from schemas.product import Field, Product, all_products
from schemas.standard import PLACED


@dataclass(frozen=True)
class Proposal:
    """What one department is asked to mend: a cell of its own record, and the clock.

    `new` are the texts by which the department would say what the county holds to be right: one where that is
    certain, else `expected` says how it writes, or that several records add up. `since` is the day of the delivery
    that says `old`.
    """

    objection: str
    feed: type[Feed]
    key: str
    column: str
    old: str
    new: tuple[str, ...]
    expected: str
    since: date
    due: date

    def to_paste(self, today: date) -> str:
        """The row as it is shown: its basis is refused until the department's letter stands in it."""
        return self.row(max(today, self.since), f"异议 {self.objection}，<复函>")

    def row(self, known: date, basis: str) -> str:
        """The row of mappings/corrections.csv to paste; what a person must fill in stands in <>."""
        new = self.new[0] if len(self.new) == 1 else f"<{' or '.join(self.new) or self.expected}>"
        cells = [self.feed.key, self.key, self.column, self.old, new, f"{self.since}", f"{known}", basis]
        return pl.DataFrame([cells], orient="row").write_csv(include_header=False).strip()


def due(objection: Objection, asked: list[Proposal]) -> date:
    """The day by which all have to answer; without a department that is asked, a feed's usual time counts."""
    usual = date.fromisoformat(objection.raised) + timedelta(days=Feed.answers_within)
    return max((each.due for each in asked), default=usual)


def proposals(objection: Objection, mappings: Mappings, home: Path) -> list[Proposal]:
    """What each department whose word stands in the cell is asked to mend, by feed, key and column.

    Where no department says anything, those are asked that know the entity and could say it. Nothing where the
    product or its row is gone, or where no department's word alone can change the cell, as it is with what is made by
    province.
    """
    product = class_objected_to(objection)
    entity = all_entities().get(product.entity) if product else None
    if product is None or entity is None or product.is_made_by_province():
        return []
    field = product.fields[objection.column]
    asked = _Asked(objection, entity, str(objection.key.get(product.identifier)), home)
    told = [
        proposal
        for each in sorted(made_of(product, objection.column))
        for feed, attribute in _speakers(asked, each)
        for proposal in _of_feed(asked, field, feed, attribute, mappings)
    ]
    return list({(each.feed.key, each.key, each.column): each for each in told}.values())


def class_objected_to(objection: Objection) -> type[Product] | None:
    """The class that has the column: the product as the county received it when it objected, or the core.

    The day on which it objected stands for the as-of day of what it had before it. A column that the county omits by
    now is still the departments' word. None where neither has the column.
    """
    core = all_products().get(objection.product)
    if core is None:
        return None
    classes = (class_for(core, objection.county, date.fromisoformat(objection.raised)), whole(core))
    return next((each for each in classes if objection.column in each.fields), None)


@dataclass(frozen=True)
class _Asked:
    """An objection beside the entity that it is about, `one` of its kind, and the home where that was fused."""

    objection: Objection
    entity: type[Entity]
    one: str
    home: Path

    def table(self, name: str) -> pl.DataFrame:
        """What values, origin or disputes say about the entity."""
        return table_of_one(layers_of(self.entity, self.home), name, self.one)

    def rows(self, feed: type[Feed]) -> pl.DataFrame:
        """A feed's identified rows about the entity."""
        return rows_of_one(layers_of(self.entity, self.home), feed.key, self.one)


def _speakers(asked: _Asked, made_of: str) -> Iterator[tuple[type[Feed], str]]:
    """The feeds whose word stands in the cell, each with the attribute that it tells."""
    table, name = made_of.split(".", 1)
    feeds = {feed.key: feed for feed in asked.entity.feeds()}
    if table == "disputes":
        yield from ((feeds[key], about) for key, about in _parties(asked))
    elif table in feeds:
        yield feeds[table], name
    elif name == asked.entity.identifier:
        yield from ((feed, feed.identity) for feed in feeds.values())
    elif table == asked.entity.key:
        described = [feed.key for feed in asked.entity.described_by()]
        yield from ((feeds[key], name) for key in _winner(asked, name) or described)


def _winner(asked: _Asked, name: str) -> list[str]:
    """The feed from which an attribute of the entity came; none where no feed says anything.

    The numbers of origin count the feeds that describe the entity.
    """
    described = {feed.key for feed in asked.entity.described_by()}
    origin, feeds = asked.table("origin"), [each for each in present(asked.entity, asked.home) if each in described]
    return [] if origin.is_empty() else [feeds[number - 1] for number in origin[name].drop_nulls()]


def _parties(asked: _Asked) -> list[tuple[str, str]]:
    """Feed and column of both sides of the entity's disputes, or of those about the column that the row names."""
    about = asked.objection.key.get("column")
    disputes = asked.table("disputes")
    if disputes.is_empty():
        return []
    mine = disputes if about is None else disputes.filter(pl.col("column") == about)
    return [(feed, name) for name, *sides in mine.select("column", "won_by", "lost_by").iter_rows() for feed in sides]


def _of_feed(
    asked: _Asked, field: Field, feed: type[Feed], attribute: str, mappings: Mappings
) -> Iterator[Proposal]:  # fmt: skip
    """A proposal for each record of the feed about the entity and each source column of the attribute."""
    records = asked.rows(feed)
    if records.is_empty():
        return
    raised = date.fromisoformat(asked.objection.raised)
    ordered = records.sort("as_of", "delivery", "row").select("hash", "delivery", "as_of")
    for text, delivery, as_of in ordered.iter_rows():
        landed = _landed(asked.home / "landed" / feed.key, delivery, text)
        for source, column in _sources(feed, attribute):
            parts = records.height if column and _is_of_all(asked.entity, feed, column) else 1
            yield Proposal(
                objection=asked.objection.id, feed=feed, key=landed.select(row_key(feed)).item(), column=source,
                old=landed[source][0] or "", expected=_expected(feed, column, parts),
                new=_new(asked.objection.right, field, column, feed, mappings, as_of) if parts == 1 else (),
                since=as_of, due=raised + timedelta(days=feed.answers_within),
            )  # fmt: skip


def _is_of_all(entity: type[Entity], feed: type[Feed], column: Column) -> bool:
    """Whether what stands in the cell is reckoned from the column in all the feed's records about the entity.

    So it is of a feed that does not describe the entity, such as one of years, but for the column that says whose
    record it is.
    """
    told = entity.attributes.get(column.name)
    if not feed.describes:
        return column.name != feed.identity
    return told is not None and told.is_summed


def _new(
    right: str, field: Field, column: Column | None, feed: type[Feed], mappings: Mappings, on: date
) -> tuple[str, ...]:  # fmt: skip
    return () if column is None else as_written(right, field, column, feed, mappings, on)


def _expected(feed: type[Feed], column: Column | None, parts: int) -> str:
    """How the department writes it; what several records make is right by whichever of them it corrects."""
    if column is None:
        return f"the place as {feed.department} writes it"
    if parts > 1:
        return f"{parts} records make up {column.name}: which to correct and to what is the department's to say"
    return column.kind.expected


def _sources(feed: type[Feed], attribute: str) -> list[tuple[str, Column | None]]:
    """The source columns that an attribute is read from, with their declaration where one column is."""
    column = feed.columns.get(attribute)
    if column is not None:
        return [(column.source, column)] if column.source else []
    if feed.place is None or attribute not in PLACED:
        return []
    return [(source, None) for source in feed.place.sources if source != feed.place.written]


def _landed(folder: Path, delivery: str, text: int) -> pl.DataFrame:
    """The landed row by the hash of its text. It lies with the delivery that brought it first: that may be another than
    the one whose row it is, and where that one is freed, any that says the same stands for it."""
    landed = (each.name for each in folder.iterdir() if each.suffix != ".part")
    names = sorted(landed, key=lambda name: (name != delivery, name < delivery, name))
    found = (_rows(batches(folder / name / ROWS), pl.col("hash") == text) for name in names)
    return next((each.head(1) for each in found if each.height), pl.DataFrame())


def _rows(files: list[Path], which: pl.Expr) -> pl.DataFrame:
    """The rows of some files that are meant; none where there is no file."""
    return pl.scan_parquet(files).filter(which).collect() if files else pl.DataFrame()
