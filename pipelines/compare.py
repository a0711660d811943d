"""Comparison, by key: what was inserted, updated or deleted between two snapshots of one view, and for which cause."""

from __future__ import annotations

import polars as pl

ADDED = ("change", "cause")


def compare(old: pl.DataFrame, new: pl.DataFrame, key: str, causes: pl.DataFrame) -> pl.DataFrame:
    """The changes that lead from `old` to `new`, sorted by key.

    Both have the same columns and one row a key; `causes` has `key` and `cause` for every key of either.
    Gives `change` (insert, update, delete), `cause`, then the columns: new values, or the last ones of a
    deleted row.
    """
    parts = [_marked(new.join(old, on=key, how="anti"), "insert")]
    if not old.is_empty():
        parts += [_marked(_updated(old, new, key), "update"), _marked(old.join(new, on=key, how="anti"), "delete")]
    changes = pl.concat(parts).join(causes, on=key, how="left")
    return changes.select(*ADDED, *new.columns).sort(key)


def _marked(rows: pl.DataFrame, change: str) -> pl.DataFrame:
    return rows.with_columns(pl.lit(change).alias("change"))


def _updated(old: pl.DataFrame, new: pl.DataFrame, key: str) -> pl.DataFrame:
    values = [name for name in new.columns if name != key]
    if not values:
        return new.head(0)
    both = new.join(old, on=key, how="inner", suffix="@old")
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}@old")) for name in values)
    return both.filter(differs).select(new.columns)


def causes(old_hashes: pl.DataFrame, new_hashes: pl.DataFrame, key: str, decided: str) -> pl.DataFrame:
    """Each key's cause: `source` where the landed rows behind it differ or are new or gone, else `decided`.

    Both tables have the key and `source_hash`; `decided` names what else changed since (dictionary, place …).
    """
    both = old_hashes.join(new_hashes, on=key, how="full", coalesce=True, suffix="@new")
    same = pl.col("source_hash").eq_missing(pl.col("source_hash@new"))
    cause = pl.when(same).then(pl.lit(decided)).otherwise(pl.lit("source"))
    return both.select(key, cause.alias("cause"))


def apply(old: pl.DataFrame, changes: pl.DataFrame, key: str) -> pl.DataFrame:
    """A snapshot with changes applied: what a subscriber does to go from one version to the next."""
    kept = old.join(changes.select(key), on=key, how="anti")
    put = changes.filter(pl.col("change") != "delete").select(old.columns)
    return pl.concat([kept, put]).sort(key)
