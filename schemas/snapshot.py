"""What a version's snapshot is: the last one written whole, and the changes since. Says which rows, in which bytes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from schemas.manifest import File, Manifest

# Delta's own names and words, so that its clients read a change file as it is.
CHANGE, CAUSE = "_change_type", "_cause"
INSERT, UPDATE, DELETE = "insert", "update_postimage", "delete"

ORIGIN = "origin"

# Of changes in one table, how late they are among those since a snapshot.
STEP = "step@"

# So many rows of a file lie together; all of most counties' do.
_ROW_GROUP = 262_144


def parts(chain: Sequence[Manifest], level: str) -> tuple[File, list[File]]:
    """The snapshot that a version stands on and the changes since, in order; `chain` leads from the one to the other.

    `level` is a view, or `origin`. Raises ValueError for a chain that does not begin with a snapshot.
    """
    base = whole(chain[0], level)
    if base is None:
        raise ValueError(f"version {chain[0].version} of {chain[0].product} has no snapshot of {level}")
    return base, [step for each in chain[1:] if (step := since(each, level)) is not None]


def versions_behind(manifest: Manifest) -> range:
    """The versions before it that a version is read from: the one whose snapshots it stands on, and those since; none
    where it has its own."""
    return range(manifest.version if manifest.base is None else manifest.base, manifest.version)


def whole(manifest: Manifest, level: str) -> File | None:
    """The snapshot that a version has of its own; None where it stands on an earlier one."""
    return manifest.origin if level == ORIGIN else manifest.views[level].snapshot


def since(manifest: Manifest, level: str) -> File | None:
    """The changes since the version before."""
    return manifest.origin_changes if level == ORIGIN else manifest.views[level].changes


def files(manifest: Manifest) -> list[File]:
    """Every file that a version names, each once."""
    named = [each for level in (*manifest.views, ORIGIN) for each in (whole(manifest, level), since(manifest, level))]
    return list({each.path: each for each in named if each is not None}.values())


def folded(base: pl.LazyFrame, steps: Iterable[pl.LazyFrame], key: Sequence[str]) -> pl.DataFrame:
    """The rows that a base and the changes since give, sorted by `key`; the base itself where nothing has changed."""
    told = [step.with_columns(pl.lit(number, pl.UInt16).alias(STEP)) for number, step in enumerate(steps)]
    return led(base, pl.concat(told), key) if told else base.collect()


def led(base: pl.LazyFrame, told: pl.LazyFrame, key: Sequence[str]) -> pl.DataFrame:
    """The same of changes in one table, of which STEP says how late they are.

    Of a key that several name the latest alone count, so that a month's are laid on at once and not day by day.
    """
    latest = told.filter(pl.col(STEP) == pl.col(STEP).max().over(key)).drop(STEP).collect()
    return _laid_on(base, latest.lazy(), key)


def apply(old: pl.DataFrame, changes: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """A snapshot with changes applied: what a subscriber does to go from one version to the next."""
    return _laid_on(old.lazy(), changes.lazy(), key)


def _laid_on(rows: pl.LazyFrame, changes: pl.LazyFrame, key: Sequence[str]) -> pl.DataFrame:
    kept = rows.join(changes.select(key), on=key, how="anti")
    put = changes.filter(pl.col(CHANGE) != DELETE).drop(CHANGE, CAUSE, strict=False)
    return pl.concat([kept, put]).sort(key).collect()


def parquet(table: pl.DataFrame, titles: dict[str, str]) -> bytes:
    """The one way in which a published table is written; `titles` by column stand in the file's own words.

    The same rows give the same bytes. Left to itself Polars parts them as they happen to lie in memory.
    """
    stream = io.BytesIO()
    table.write_parquet(stream, compression="zstd", statistics=True, row_group_size=_ROW_GROUP, metadata=titles)
    return stream.getvalue()


def titles_of(file: Path) -> dict[str, str]:
    """The titles that a published file bears, in the order of its columns, in which they are written."""
    titles = pl.read_parquet_metadata(file)
    return {name: titles[name] for name in pl.read_parquet_schema(file) if name in titles}
