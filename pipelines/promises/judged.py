"""Whether the rows of what is published are as their contracts promise, all counties of a version in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.fold import rows_of
from pipelines.overlays.edition import class_for
from pipelines.promises.conform import faults_of_rows
from pipelines.promises.promised import Lost, contract_behind
from pipelines.promises.versions import label, versions
from schemas.contract import Contract
from schemas.manifest import Manifest
from schemas.product import Product


@dataclass(frozen=True)
class Released:
    """One version of a county's product with its contract and the rows of its widest view."""

    folder: Path
    manifest: Manifest
    contract: Contract
    rows: pl.DataFrame


def rows_that_break(product: type[Product], folders: list[Path], codes: Mapping[str, pl.Series]) -> list[str]:
    """What is wrong with the rows of each version that can be read; the widest view holds them all."""
    chains = [(folder, versions(folder, 0)[1]) for folder in folders]
    longest = max((len(chain) for _, chain in chains), default=0)
    faults: list[str] = []
    for place in range(longest):
        found = (_released(chain[place], folder) for folder, chain in chains if place < len(chain))
        faults += _judged_at_once(product, [each for each in found if each is not None], codes)
    return faults


def _released(manifest: Manifest, folder: Path) -> Released | None:
    """A version's rows; None where its contract or its file cannot be read, which is told elsewhere."""
    try:
        contract = contract_behind(manifest, folder)
        rows = rows_of(folder, manifest, max(manifest.views), contract.grain)
        return Released(folder, manifest, contract, rows)
    except (Lost, OSError, ValueError, pl.exceptions.PolarsError):
        return None


def _judged_at_once(product: type[Product], parts: list[Released], codes: Mapping[str, pl.Series]) -> list[str]:
    """All counties' rows of one contract and form in one pass; county by county only where it finds anything."""
    alike: dict[object, list[Released]] = {}
    for each in parts:
        alike.setdefault((each.manifest.contract_sha256, tuple(each.rows.schema.items())), []).append(each)
    return [fault for some in alike.values() for fault in _judged_alike(product, some, codes)]


def _judged_alike(product: type[Product], parts: list[Released], codes: Mapping[str, pl.Series]) -> list[str]:
    """A county's own contract is judged by the class that its overlay makes."""
    contract = parts[0].contract
    judge = product if contract.core is None else class_for(product, parts[0].manifest.county)
    hold = not faults_of_rows(contract, judge, pl.concat([each.rows for each in parts]), codes)
    told = [(each, [] if hold else faults_of_rows(each.contract, judge, each.rows, codes)) for each in parts]
    return [fault for each, faults in told for fault in _told(each, [*faults, *_elsewhere(each.manifest, each.rows)])]


def _told(each: Released, faults: list[str]) -> list[str]:
    return [f"{label(each.folder)}: version {each.manifest.version}: {fault}" for fault in faults]


def _elsewhere(manifest: Manifest, rows: pl.DataFrame) -> list[str]:
    if "county" not in rows.columns:
        return []
    count = rows.filter(pl.col("county").ne_missing(manifest.county)).height
    return [f"county: {count} rows of another county"] if count else []
