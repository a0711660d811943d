"""A county's versions read one after the other, each from what the one before it has. Judges none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.promises.promised import contract_behind
from pipelines.releasing.fold import rows_of
from schemas.contract import Contract
from schemas.manifest import Manifest
from schemas.snapshot import apply


@dataclass(frozen=True)
class Released:
    """A version as it lies: its contract, and of each view the changes as they were written and the rows.

    One that `is_led_to` has no snapshot of its own: its rows are those of the version before with its changes applied.
    """

    folder: Path
    manifest: Manifest
    contract: Contract
    changes: Mapping[str, pl.DataFrame]
    rows: Mapping[str, pl.DataFrame]
    is_led_to: bool

    @property
    def widest(self) -> str:
        """The view that holds all rows and columns."""
        return max(self.rows)


def released(manifest: Manifest, contract: Contract, folder: Path, last: Released | None) -> Released:
    """A version's rows: made of those of the one before where both stand on the same snapshots, else read whole.

    To fold each of a chain from its snapshot would cost with the square of its length.

    Raises OSError, ValueError or PolarsError where something of it cannot be read.
    """
    changes = {level: pl.read_parquet(folder / view.changes.path) for level, view in manifest.views.items()}
    if last is not None and _leads_to(last.manifest, manifest):
        rows = {level: _applied(last.rows[level], told, contract) for level, told in changes.items()}
        return Released(folder, manifest, contract, changes, rows, is_led_to=True)
    rows = {level: rows_of(folder, manifest, level, contract.grain) for level in changes}
    return Released(folder, manifest, contract, changes, rows, is_led_to=False)


def rows_before(manifest: Manifest, last: Released | None, folder: Path) -> Mapping[str, pl.DataFrame]:
    """The rows of the version before by view: as it was read, else read now. Raises Lost too."""
    if last is not None:
        return last.rows
    grain = contract_behind(manifest, folder).grain
    return {level: rows_of(folder, manifest, level, grain) for level in manifest.views}


def _leads_to(before: Manifest, manifest: Manifest) -> bool:
    """Whether a version stands on what the one before it is, or stands on itself."""
    return (
        manifest.base is not None
        and manifest.base in (before.base, before.version)
        and (manifest.version, manifest.contract_sha256) == (before.version + 1, before.contract_sha256)
        and manifest.views.keys() <= before.views.keys()
    )


def _applied(rows: pl.DataFrame, changes: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    return rows if changes.is_empty() else apply(rows, changes, contract.grain)
