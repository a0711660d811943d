"""Which version's snapshot a county's version stands on, and its rows read from there. Publishes nothing."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipelines.disk.store import put_parquet
from pipelines.promises.promised import contract_behind
from pipelines.shipping.where import store_url
from schemas.manifest import File, Manifest, read_manifest
from schemas.snapshot import CHANGE, folded, parts, since, titles_of

# A version has snapshots of its own where so large a part of its rows has changed since the last ones, or where so
# many versions stand on those: whoever begins to read then has few files to read, and little to write was saved.
MOST_CHANGED = 1 / 8
MOST_VERSIONS = 32


def chain(folder: Path, manifest: Manifest) -> list[Manifest]:
    """The versions from the one whose snapshots a version stands on up to itself; itself alone where it has its own."""
    if manifest.base is None:
        return [manifest]
    before = (folder / "manifests" / f"{version:06d}.json" for version in range(manifest.base, manifest.version))
    return [*(read_manifest(file) for file in before), manifest]


def rows_of(
    folder: Path, manifest: Manifest, level: str, key: Sequence[str],
    columns: Sequence[str] | None = None, among: pl.DataFrame | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The rows of a version's view, or of its `origin`, sorted by `key`: all columns, or some with the key's among.

    `among`, of one of the key's columns, are those whose rows are wanted; all where it is not given.
    """
    base, steps = parts(chain(folder, manifest), level)
    told = None if columns is None else list(dict.fromkeys([*key, *columns]))
    changed = (_read(folder, step, told and [CHANGE, *told], among) for step in steps)
    rows = folded(_read(folder, base, told, among), changed, key)
    return rows if columns is None else rows.select(columns)


def _read(folder: Path, file: File, columns: list[str] | None, among: pl.DataFrame | None) -> pl.LazyFrame:
    rows = pl.scan_parquet(folder / file.path)
    if among is not None:
        rows = rows.filter(pl.col(among.columns[0]).is_in(among.to_series().implode()))
    return rows if columns is None else rows.select(columns)


def stands_on(folder: Path, before: Manifest, contract_sha256: str, changed: int, rows: int) -> int | None:
    """The version whose snapshots the next one stands on; None where it is to have its own.

    `changed` are the rows by which the next version's widest view differs from `before`, `rows` all that it has.
    """
    if before.contract_sha256 != contract_sha256:
        return None
    known = chain(folder, before)
    widest = list(before.views)[-1]
    steps = [step.rows for each in known[1:] if (step := since(each, widest)) is not None]
    is_much = sum(steps) + changed > MOST_CHANGED * rows
    return None if is_much or len(known) >= MOST_VERSIONS else known[0].version


def write_snapshot(folder: Path, manifest: Manifest, level: str, key: Sequence[str]) -> File:
    """Write the snapshot of a view whole, where the version has none of its own; the same bytes as if it had one."""
    base, _ = parts(chain(folder, manifest), level)
    rows = rows_of(folder, manifest, level, key)
    return put_parquet(rows, folder / level, "snapshot", folder, titles_of(folder / base.path))


def main() -> int:
    """`python -m pipelines.fold COUNTY`: write the served snapshots of a county whole, and say where they lie."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.fold", description="Write a county's snapshots whole.")
    parser.add_argument("county")
    supply = Path(os.environ.get("JUBIAN_HOME", "var/demo")) / "supply"
    folders = [pointer.parent for pointer in sorted((supply / parser.parse_args().county).glob("*/manifest.json"))]
    for folder in folders:
        manifest = read_manifest(folder / "manifest.json")
        key = contract_behind(manifest, folder).grain
        for level, view in manifest.views.items():
            file = view.snapshot or write_snapshot(folder, manifest, level, key)
            print(f"{manifest.title} {manifest.product}, {level}: {folder / file.path}")
    if not folders:
        print(f"Nothing is published below {supply} for this county. Run `make run` first.")
    elif (url := store_url()) is not None:
        print(f"They lie on this machine alone and are not shipped to {url}; the gateway makes them for whoever asks.")
    return 0 if folders else 1


if __name__ == "__main__":
    raise SystemExit(main())
