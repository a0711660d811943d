"""Which version's snapshot a county's version stands on, and its rows read from there, of one county or of several.

Publishes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from pipelines.disk.store import put_parquet
from pipelines.promises.versions import numbered
from schemas.manifest import File, Manifest, NoFile, manifest_file
from schemas.snapshot import CHANGE, STEP, led, parts, since, titles_of, versions_behind

# A version has snapshots of its own where so large a part of its rows has changed since the last ones, or where so
# many versions stand on those: whoever begins to read then has few files to read, and little to write was saved.
MOST_CHANGED = 1 / 8
MOST_VERSIONS = 32

# Of rows of several counties, whose a row is: the county's place among them.
AT = "at@"
_FILE = "file@"


def chain(folder: Path, manifest: Manifest) -> list[Manifest]:
    """The versions from the one whose snapshots a version stands on up to itself; itself alone where it has its own.

    Raises NoManifest where one of them is lost.
    """
    before = (manifest_file(folder, version) for version in versions_behind(manifest))
    return [*map(numbered, before), manifest]


def require_files(folder: Path, known: Sequence[Manifest], level: str) -> None:
    """Raises NoFile where one is lost or cut short that a version's view, or its `origin`, is read from."""
    base, steps = parts(known, level)
    for file in (base, *steps):
        lies = folder / file.path
        size = lies.stat().st_size if lies.exists() else None
        if size != file.size:
            raise NoFile(lies, "no file" if size is None else f"{size:,} bytes of {file.size:,}")


def rows_of(
    folder: Path, manifest: Manifest, level: str, key: Sequence[str],
    columns: Sequence[str] | None = None, among: pl.DataFrame | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The rows of a version's view, or of its `origin`, sorted by `key`: all columns, or some with the key's among.

    `among`, of one of the key's columns, are those whose rows are wanted; all where it is not given.
    """
    rows = rows_of_each([(folder, chain(folder, manifest))], level, key, columns, among).drop(AT)
    return rows if columns is None else rows.select(columns)


def rows_of_each(
    versions: Sequence[tuple[Path, Sequence[Manifest]]], level: str, key: Sequence[str],
    columns: Sequence[str] | None = None, among: pl.DataFrame | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The same of several counties' versions, each its folder and chain, one after another: AT says whose a row is.

    All are read at once, so that a hundred counties' few rows of a month cost two queries, not one a county and day.
    """
    told = [(at, folder, *parts(known, level)) for at, (folder, known) in enumerate(versions)]
    names = None if columns is None else list(dict.fromkeys([*key, *columns]))
    rows = _read({folder / file.path: (at, 0) for at, folder, file, _ in told}, names, among).drop(STEP)
    changed = {
        folder / file.path: (at, number)
        for at, folder, _, steps in told for number, file in enumerate(steps) if file.rows
    }  # fmt: skip
    if not changed:
        return rows.collect()
    return led(rows, _read(changed, names and [CHANGE, *names], among), key if len(versions) == 1 else (AT, *key))


def _read(files: Mapping[Path, tuple[int, int]], columns: list[str] | None, among: pl.DataFrame | None) -> pl.LazyFrame:
    """The rows of files, each with what is said of its file as AT and STEP.

    A file that says the same on two days is one: what it said first, it has said again later.
    """
    rows = pl.scan_parquet(list(files), include_file_paths=_FILE)
    if among is not None:
        rows = rows.filter(pl.col(among.columns[0]).is_in(among.to_series().implode()))
    said = [
        pl.col(_FILE).replace_strict({str(file): told[place] for file, told in files.items()}, return_dtype=pl.UInt16)
        .alias(name) for place, name in enumerate((AT, STEP))
    ]  # fmt: skip
    return rows.with_columns(said).drop(_FILE) if columns is None else rows.select(*columns, *said)


def base_for(known: Sequence[Manifest], contract_sha256: str, changed: int, rows: int) -> int | None:
    """The version whose snapshots the next one stands on; None where it is to have its own.

    `known` is the chain of the version before, `changed` are the rows by which the next one's widest view differs from
    it, `rows` all that it has.
    """
    if known[-1].contract_sha256 != contract_sha256:
        return None
    widest = list(known[-1].views)[-1]
    steps = [step.rows for each in known[1:] if (step := since(each, widest)) is not None]
    is_much = sum(steps) + changed > MOST_CHANGED * rows
    return None if is_much or len(known) >= MOST_VERSIONS else known[0].version


def write_snapshot(folder: Path, manifest: Manifest, level: str, key: Sequence[str]) -> File:
    """Write the snapshot of a view whole, where the version has none of its own; the same bytes as if it had one.

    Raises NoManifest or NoFile where what it is made of is lost or cut short.
    """
    known = chain(folder, manifest)
    require_files(folder, known, level)
    base, _ = parts(known, level)
    rows = rows_of_each([(folder, known)], level, key).drop(AT)
    return put_parquet(rows, folder / level, "snapshot", folder, titles_of(folder / base.path))
