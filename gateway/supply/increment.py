"""The changes over several versions as one file: what a county that was away applies at once. Knows no recipient."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from gateway.refused import malformed
from gateway.settings import Settings
from gateway.supply.described import contract, contract_file
from gateway.supply.made import Lying, asked_within, keep, kept, made_of
from gateway.supply.released import freed_of, major_of, path_of, released, view_of
from gateway.supply.turns import in_turn
from schemas.manifest import Manifest
from schemas.retention import Freed
from schemas.snapshot import CAUSE, CHANGE, DELETE, INSERT, STEP, UPDATE, parquet

# Of each view so many are kept, those that end in the newest versions; whoever wants another waits until it is made.
_KEPT = 8
# One that was asked for within so many seconds may be about to be opened.
_SPARED = 60
# The first of a key's changes; no product's column can be called so.
_FIRST = "first@"


def increment(settings: Settings, county: str, product: str, level: str, first: int, last: int) -> Lying:
    """The file of the changes that lead from the version before `first` to `last`.

    Of one version it is the released file itself; of several a net one is made once and kept in the state folder.
    """
    manifest = released(settings.supply, county, product, last)
    _refuse_two_lines(settings.supply, manifest, first)
    _refuse_freed(settings.supply, manifest, level, first)
    if first == last:
        file = view_of(manifest, level).changes
        return Lying(path_of(settings.supply, manifest, file), file)
    folder = settings.state / "increments" / county / product / level
    name = f"{first}-{last}-{made_of(manifest, level)[:16]}"
    if (lying := kept(folder, name, folder)) is not None:
        return lying
    # What it is made of is brought first: nobody waits for a store while the others wait for him.
    _steps(settings.supply, manifest, level, first)
    keys(settings.supply, manifest)
    with in_turn(f"The increment {first}-{last} of {product}/{level}"):
        return kept(folder, name, folder) or _made(settings, manifest, level, first, folder / name)


def _made(settings: Settings, manifest: Manifest, level: str, first: int, file: Path) -> Lying:
    made = keep(parquet(_net(settings.supply, manifest, level, first), {}), file.parent, file.name, file.parent)
    _let_go(file.parent, freed_of(settings.supply / manifest.county / manifest.product))
    return made


def _let_go(folder: Path, gone: Freed) -> None:
    """Remove increments that nobody asks for now: those that begin before what is kept, and all but the newest."""
    spans = {file: _span(file) for file in folder.glob("*.parquet")}
    newest = sorted(spans, key=lambda file: spans[file][::-1])[-_KEPT:]
    for old in spans:
        if (old not in newest or spans[old][0] < gone.oldest) and not asked_within(old, _SPARED):
            old.unlink(missing_ok=True)


def _span(file: Path) -> tuple[int, int]:
    """The versions that an increment begins and ends with."""
    first, last, _ = file.name.split("-", 2)
    return int(first), int(last)


def _refuse_two_lines(supply: Path, manifest: Manifest, first: int) -> None:
    """A version line begins with nothing before it, so that no change leads from one into the next."""
    other = released(supply, manifest.county, manifest.product, first)
    if major_of(other) != major_of(manifest):
        lines = f"{manifest.product}_v{major_of(other)} and _v{major_of(manifest)}"
        advice = f"take the snapshot of {manifest.version}"
        raise malformed(f"Versions {first} and {manifest.version} are on two version lines ({lines}); {advice}.")


def _refuse_freed(supply: Path, manifest: Manifest, level: str, first: int) -> None:
    """An increment that was made before its first changes were freed is not given either."""
    begins = released(supply, manifest.county, manifest.product, first)
    if level in begins.views:
        path_of(supply, begins, view_of(begins, level).changes)


def _net(supply: Path, manifest: Manifest, level: str, first: int) -> pl.DataFrame:
    steps = _steps(supply, manifest, level, first)
    parts = [pl.read_parquet(file).with_columns(pl.lit(version).alias(STEP)) for version, file in steps.items()]
    schema = pl.read_parquet_schema(steps[manifest.version])
    columns = {name: dtype for name, dtype in schema.items() if name not in (CHANGE, CAUSE)}
    return net(parts, keys(supply, manifest), columns)


def _steps(supply: Path, manifest: Manifest, level: str, first: int) -> dict[int, Path]:
    """The change files of a view by their versions, of those that have it."""
    versions = range(first, manifest.version + 1)
    manifests = (released(supply, manifest.county, manifest.product, each) for each in versions)
    return {each.version: path_of(supply, each, each.views[level].changes) for each in manifests if level in each.views}


def keys(supply: Path, manifest: Manifest) -> list[str]:
    """The columns that tell one row from another, from the contract that the version was released under."""
    return list(contract(contract_file(supply, manifest)).grain)


def net(parts: list[pl.DataFrame], key: list[str], columns: dict[str, pl.DataType]) -> pl.DataFrame:
    """Changes as one change a key, in the columns of the last version; STEP says of each how late it is.

    A row that came and went is not told. One that was there before and has changed is an update, whatever it
    went through; its causes are joined by +.
    """
    rows = pl.concat([each for each in parts if each.width], how="diagonal_relaxed")
    last = (
        rows.sort(STEP, maintain_order=True)
        .group_by(key, maintain_order=True)
        .agg(
            pl.all().exclude(CAUSE, STEP).last(),
            pl.col(CHANGE).first().alias(_FIRST),
            pl.col(CAUSE).str.split("+").explode().unique(maintain_order=True).str.join("+"),
        )
    )
    was_there = pl.col(_FIRST) != INSERT
    is_gone = pl.col(CHANGE) == DELETE
    change = pl.when(is_gone).then(pl.lit(DELETE)).when(was_there).then(pl.lit(UPDATE)).otherwise(pl.lit(INSERT))
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in columns.items() if name not in last.columns]
    kept = last.with_columns(change.alias(CHANGE), *missing).filter(was_there | ~is_gone)
    return kept.select(CHANGE, CAUSE, *(pl.col(name).cast(dtype) for name, dtype in columns.items())).sort(key)
