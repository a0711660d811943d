"""Comparison, by key: what was inserted, updated or deleted between two snapshots, and for which cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from schemas.snapshot import CAUSE, CHANGE, DELETE, INSERT, UPDATE

ADDED = (CHANGE, CAUSE)
# Beside the columns of rows while they are compared.
_WAS, _IS, _HAD, _FLAG = "was@", "differs@", "had@", "flag@"

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
        updated = self.now.filter(self.differs.select(_any(self.differs.columns)).to_series())
        return pl.concat([each.select(self.key) for each in (self.inserted, self.deleted, updated)])


def difference(old: pl.DataFrame, new: pl.DataFrame, key: Key) -> Difference:
    """Compare two snapshots with the same columns, both sorted by key and with one row a key."""
    if old.is_empty():
        return Difference(key, new, old, old, old, old.drop(key).cast(pl.Boolean))
    one, other = old.lazy(), new.lazy()
    was, now, inserted, deleted = pl.collect_all(
        [
            one.join(other.select(key), on=key, how="semi", maintain_order="left"),
            other.join(one.select(key), on=key, how="semi", maintain_order="left"),
            other.join(one.select(key), on=key, how="anti", maintain_order="left"),
            one.join(other.select(key), on=key, how="anti", maintain_order="left"),
        ]
    )
    values = [name for name in new.columns if name not in key]
    # Side by side in one pass: a county's few changes would else cost a query a column.
    pairs = pl.concat(
        [now.lazy().select(values), was.lazy().select(pl.col(values).name.prefix(_WAS))], how="horizontal"
    )
    differs = pairs.select(pl.col(name).ne_missing(pl.col(_WAS + name)) for name in values).collect()
    return Difference(key, inserted, deleted, was, now, differs)


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
    is_first = found.was.is_empty() and found.deleted.is_empty()
    parts = [_marked(found.inserted.lazy(), INSERT, columns, pl.lit(value=False))]
    if not is_first:
        values = [name for name in columns if name not in found.key]
        parts.append(_updated(found, columns, values, flag))
        parts.append(_marked(found.deleted.lazy(), DELETE, columns, pl.lit(value=False)))
    caused = _caused(pl.concat(parts), causes)
    if flag is not None:
        caused = caused.with_columns(pl.when(_FLAG).then(pl.lit(flag.cause)).otherwise(CAUSE).alias(CAUSE))
    told = caused.select(pl.col(*ADDED, *columns))
    return (told if is_first else told.sort(found.key)).collect()


def _updated(found: Difference, columns: Sequence[str], values: list[str], flag: Flag | None) -> pl.LazyFrame:
    """The rows of which one of the values is another, marked where nothing but the flag has turned."""
    now, differs = found.now.lazy().select(columns), found.differs.lazy()
    if flag is None or flag.column not in values:
        rows = pl.concat([now, differs.select(_any(values).alias(_IS))], how="horizontal")
        return _marked(rows.filter(_IS), UPDATE, columns, pl.lit(value=False))
    others = [name for name in values if name != flag.column]
    turned = differs.select(_any(values).alias(_IS), (~_any(others)).alias(_FLAG))
    had = found.was.lazy().select(pl.col(flag.column).is_not_null().alias(_HAD))
    rows = pl.concat([now, turned, had], how="horizontal")
    return _marked(rows.filter(_IS), UPDATE, columns, pl.col(_FLAG) & pl.col(_HAD))


def _marked(rows: pl.LazyFrame, change: str, columns: Sequence[str], flagged: pl.Expr) -> pl.LazyFrame:
    return rows.select(pl.lit(change).alias(CHANGE), pl.col(columns), flagged.alias(_FLAG))


def _caused(rows: pl.LazyFrame, causes: Causes) -> pl.LazyFrame:
    if isinstance(causes, str):
        return rows.with_columns(pl.lit(causes).alias(CAUSE))
    known = [name for name in causes.columns if name != "cause"]
    told = causes.lazy().rename({"cause": CAUSE})
    return rows.join(told, on=known, how="left", maintain_order="left")


def told_by_type(found: Difference) -> pl.DataFrame:
    """The changes in all columns with no cause: `_change_type`, then the columns, sorted by key."""
    return changes(found, found.inserted.columns, "").drop(CAUSE)


def _any(names: Sequence[str]) -> pl.Expr:
    return pl.any_horizontal(pl.lit(value=False), *names).alias("any")


def compare(old: pl.DataFrame, new: pl.DataFrame, key: Key, causes: Causes) -> pl.DataFrame:
    """The changes that lead from `old` to `new` in all columns."""
    return changes(difference(old, new, key), new.columns, causes)
