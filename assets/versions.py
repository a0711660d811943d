"""Data versions: what two materializations share when they hold the same data. Nothing is materialized here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import dagster as dg
import polars as pl

from pipelines.disk.hashed import sha256_of

VERSION_TAG = "dagster/data_version"


def of_words(words: Iterable[str]) -> str:
    """The version of things that their names tell apart."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


def of_tables(tables: Iterable[pl.DataFrame]) -> str:
    """The version of tables by their rows; columns of lists are not written."""
    return of_words(table.write_csv() for table in tables)


def of_files(files: Iterable[Path]) -> str:
    """The version of files by their bytes."""
    return of_words(sha256_of(file) for file in files)


def last(instance: dg.DagsterInstance, key: dg.AssetKey) -> str | None:
    """The version that an asset was last materialized with; None where it never was."""
    record = instance.get_latest_data_version_record(key)
    told = record.asset_materialization if record else None
    return (told.tags or {}).get(VERSION_TAG) if told else None


def provenance(instance: dg.DagsterInstance, inputs: Iterable[dg.AssetKey]) -> dict[str, str]:
    """The tags by which a materialization says what versions of its inputs it was made from.

    Dagster writes them itself for whole assets, not for partitions that are reported one by one.
    """
    told = {"dagster/data_version_is_user_provided": "true"}
    for key in inputs:
        record = instance.get_latest_data_version_record(key)
        if record is not None:
            name = key.to_user_string()
            told[f"dagster/input_data_version/{name}"] = last(instance, key) or ""
            told[f"dagster/input_event_pointer/{name}"] = str(record.storage_id)
    return told
