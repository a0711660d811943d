"""Comparison, by key: what was inserted, updated or deleted between two snapshots, and for which cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from schemas.snapshot import CAUSE, CHANGE, DELETE, INSERT, UPDATE

ADDED = (CHANGE, CAUSE)

Key = tuple[str, ...]
# One cause for all changes, or a table of some columns of the key and `cause`.
Causes = str | pl.DataFrame


@dataclass(frozen=True)
class Flag:
    """A column that turns for a cause of its own; where a snapshot did not have it yet, its coming is none."""

    column: str
    cause: str


@dataclass(frozen=True)
class Difference:
    """Two snapshots side by side: rows that only one of them has, and those of one key as they were and are.

    All are in the order of the key. `was` and `now` have the same keys; `differs` says of each of their columns but
    the key whether it is another.
    """

    key: Key
    inserted: pl.DataFrame
    deleted: pl.DataFrame
    was: pl.DataFrame
    now: pl.DataFrame
    differs: pl.DataFrame

    @property
    def changed(self) -> pl.DataFrame:
        """The keys of all that differs in any column."""
        updated = self.now.filter(_any(self.differs, self.differs.columns))
        return pl.concat([each.select(self.key) for each in (self.inserted, self.deleted, updated)])


def difference(old: pl.DataFrame, new: pl.DataFrame, key: Key) -> Difference:
    """Compare two snapshots with the same columns, both sorted by key and with one row a key."""
    if old.is_empty():
        return Difference(key, new, old, old, old, old.drop(key).cast(pl.Boolean))
    was = old.join(new.select(key), on=key, how="semi", maintain_order="left")
    now = new.join(old.select(key), on=key, how="semi", maintain_order="left")
    differs = [now[name].ne_missing(was[name]).alias(name) for name in new.columns if name not in key]
    inserted = new.join(old, on=key, how="anti", maintain_order="left")
    deleted = old.join(new, on=key, how="anti", maintain_order="left")
    return Difference(key, inserted, deleted, was, now, pl.DataFrame(differs))


def below(found: Difference, column: str, level: str) -> Difference:
    """The same difference between what of both snapshots is not above a level; a row may go above it or come down."""
    was, now = found.was[column] <= level, found.now[column] <= level
    inserted, deleted = (each.filter(pl.col(column) <= level) for each in (found.inserted, found.deleted))
    return Difference(
        found.key,
        _together(inserted, found.now.filter(now & ~was), found.key),
        _together(deleted, found.was.filter(was & ~now), found.key),
        found.was.filter(was & now),
        found.now.filter(was & now),
        found.differs.filter(was & now),
    )


def _together(rows: pl.DataFrame, more: pl.DataFrame, key: Key) -> pl.DataFrame:
    """Rows in order of their key, with a few more of them."""
    return rows if more.is_empty() else pl.concat([rows, more]).sort(key)


def changes(found: Difference, columns: Sequence[str], causes: Causes, flag: Flag | None = None) -> pl.DataFrame:
    """The changes in some columns, sorted by key, each with its cause.

    Gives `_change_type` (insert, update_postimage, delete), `_cause`, then the columns: new values, or the last
    ones of a deleted row. Rows in which nothing but the `flag` has turned have its cause.
    """
    if found.was.is_empty() and found.deleted.is_empty():
        return _marked(found.inserted.select(columns), INSERT, causes).select(*ADDED, *columns)
    values = [name for name in columns if name not in found.key]
    updated = _any(found.differs, values)
    parts = [
        _marked(found.inserted.select(columns), INSERT, causes),
        _marked(found.now.filter(updated).select(columns), UPDATE, causes),
        _marked(found.deleted.select(columns), DELETE, causes),
    ]
    if flag is not None and flag.column in values:
        turned = ~_any(found.differs, [name for name in values if name != flag.column])
        only = (turned & found.was[flag.column].is_not_null()).filter(updated)
        parts[1] = parts[1].with_columns(pl.when(only).then(pl.lit(flag.cause)).otherwise(CAUSE).alias(CAUSE))
    return pl.concat([each.select(*ADDED, *columns) for each in parts]).sort(found.key)


def told_by_type(found: Difference) -> pl.DataFrame:
    """The changes in all columns with no cause: `_change_type`, then the columns, sorted by key."""
    return changes(found, found.inserted.columns, "").drop(CAUSE)


def _any(differs: pl.DataFrame, names: Sequence[str]) -> pl.Series:
    return differs.select(pl.any_horizontal(pl.lit(value=False), *names).alias("any")).to_series()


def _marked(rows: pl.DataFrame, change: str, causes: Causes) -> pl.DataFrame:
    marked = rows.with_columns(pl.lit(change).alias(CHANGE))
    if isinstance(causes, str):
        return marked.with_columns(pl.lit(causes).alias(CAUSE))
    known = [name for name in causes.columns if name != "cause"]
    return marked.join(causes.rename({"cause": CAUSE}), on=known, how="left")


def compare(old: pl.DataFrame, new: pl.DataFrame, key: Key, causes: Causes) -> pl.DataFrame:
    """The changes that lead from `old` to `new` in all columns."""
    return changes(difference(old, new, key), new.columns, causes)
