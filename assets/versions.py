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
    materialization = record.asset_materialization if record else None
    return (materialization.tags or {}).get(VERSION_TAG) if materialization else None


def recent(instance: dg.DagsterInstance, key: dg.AssetKey) -> set[str]:
    """The versions under which an asset was last materialized and last observed."""
    events = [each.asset_materialization or each.asset_observation for each in _last_events(instance, key)]
    return {tags[VERSION_TAG] for each in events if each and VERSION_TAG in (tags := each.tags or {})}


def last_metadata(instance: dg.DagsterInstance, key: dg.AssetKey, name: str) -> str:
    """What is last told of an asset under a name, made or observed; an empty text where nothing is."""
    newest = max(_last_events(instance, key), key=lambda each: each.storage_id, default=None)
    event = newest and (newest.asset_materialization or newest.asset_observation)
    value = event.metadata.get(name) if event else None
    return str(value.value) if value else ""


def _last_events(instance: dg.DagsterInstance, key: dg.AssetKey) -> list[dg.EventLogRecord]:
    """The last materialization and the last observation of an asset."""
    materialized = instance.fetch_materializations(key, limit=1).records
    observed = instance.fetch_observations(key, limit=1).records
    return [*materialized, *observed]


def provenance(instance: dg.DagsterInstance, inputs: Iterable[dg.AssetKey]) -> dict[str, str]:
    """The tags by which a materialization says what versions of its inputs it was made from.

    Dagster writes them itself for whole assets, not for partitions that are reported one by one.
    """
    tags = {"dagster/data_version_is_user_provided": "true"}
    for key in inputs:
        record = instance.get_latest_data_version_record(key)
        if record is not None:
            name = key.to_user_string()
            tags[f"dagster/input_data_version/{name}"] = last(instance, key) or ""
            tags[f"dagster/input_event_pointer/{name}"] = str(record.storage_id)
    return tags
