"""Comparison, by key: what was inserted, updated or deleted between two snapshots of one view, and for which cause."""

from __future__ import annotations

import polars as pl

# Delta's own name and words for it, so that its clients read a change file as it is.
ADDED = ("_change_type", "_cause")
INSERT, UPDATE, DELETE = "insert", "update_postimage", "delete"

Key = tuple[str, ...]


def compare(old: pl.DataFrame, new: pl.DataFrame, key: Key, causes: pl.DataFrame) -> pl.DataFrame:
    """The changes that lead from `old` to `new`, sorted by key.

    Both have the same columns and one row a key; `causes` has some columns of the key and `cause`, for every
    key of either. Gives `_change_type` (insert, update_postimage, delete), `_cause`, then the columns: new
    values, or the last ones of a deleted row.
    """
    parts = [_marked(new.join(old, on=key, how="anti"), INSERT)]
    if not old.is_empty():
        parts += [_marked(_updated(old, new, key), UPDATE), _marked(old.join(new, on=key, how="anti"), DELETE)]
    known = [name for name in causes.columns if name != "cause"]
    changes = pl.concat(parts).join(causes.rename({"cause": ADDED[1]}), on=known, how="left")
    return changes.select(*ADDED, *new.columns).sort(key)


def _marked(rows: pl.DataFrame, change: str) -> pl.DataFrame:
    return rows.with_columns(pl.lit(change).alias(ADDED[0]))


def _updated(old: pl.DataFrame, new: pl.DataFrame, key: Key) -> pl.DataFrame:
    values = [name for name in new.columns if name not in key]
    if not values:
        return new.head(0)
    both = new.join(old, on=key, how="inner", suffix="@old")
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}@old")) for name in values)
    return both.filter(differs).select(new.columns)


def apply(old: pl.DataFrame, changes: pl.DataFrame, key: Key) -> pl.DataFrame:
    """A snapshot with changes applied: what a subscriber does to go from one version to the next."""
    kept = old.join(changes.select(key), on=key, how="anti")
    put = changes.filter(pl.col(ADDED[0]) != DELETE).select(old.columns)
    return pl.concat([kept, put]).sort(key)
