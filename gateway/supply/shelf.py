"""What a county finds on its shelf: products, versions, files and freshness, read from the manifests alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from schemas.manifest import Manifest, View, read_manifest
from schemas.store import is_store


def shelf(supply: Path, county: str) -> list[Manifest]:
    """The manifests that are served to one county, by product; empty where nothing has been released."""
    pointers = sorted((supply / county).glob("*/manifest.json"))
    return [read_manifest(pointer) for pointer in pointers]


def described(where: str, manifest: Manifest) -> Iterator[str]:
    """A manifest in lines for a person: what it is, how fresh, what changed, where, and how to open it.

    `where` is the folder or the URL below which it is released.
    """
    folder = f"{where}/{manifest.county}/{manifest.product}"
    yield f"{manifest.title} {manifest.product}  {manifest.county_name} {manifest.county}"
    yield f"  version {manifest.version}, contract {manifest.contract_version}"
    yield f"  {manifest.rows} rows as of {manifest.as_of}"
    yield f"  changes: {_changes(manifest)}"
    for absence in manifest.missing:
        yield f"  missing: {absence.title} ({absence.feed}): {absence.reason}"
    for level, view in manifest.views.items():
        yield f"  {level}: {_files(folder, view)}"
    widest = list(manifest.views.values())[-1].snapshot
    if widest is None:
        written = f"make snapshot COUNTY={manifest.county}"
        yield f"  stands on version {manifest.base}; write it whole and see where it lies: {written}"
    else:
        yield f"  open it: {_opening(f'{folder}/{widest.path}')}"


def _opening(file: str) -> str:
    """What to type in Python: DuckDB reads no store before it has downloaded what speaks S3, Polars does by AWS_*."""
    if is_store(file):
        return f"polars.scan_parquet('{file}').head(5).collect()"
    return f"duckdb.sql(\"FROM '{file}' LIMIT 5\")"


def _files(folder: str, view: View) -> str:
    """The view's snapshot, or its changes where it stands on an earlier one."""
    file = view.snapshot or view.changes
    return f"{folder}/{file.path} ({file.size:,} bytes)"


def _changes(manifest: Manifest) -> str:
    counts = [
        f"{count} {change} by {cause}" for change, causes in manifest.changes.items() for cause, count in causes.items()
    ]
    return ", ".join(counts) or "none"
