"""Whether the rows of what is published are as their contracts promise, those of many counties in one pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.checking.conform import faults_of_rows, faults_of_values
from pipelines.checking.walked import Released
from pipelines.compare import ADDED
from pipelines.overlays.edition import class_for
from pipelines.promises.promised import Lost, contract_behind
from pipelines.promises.versions import label, versions
from pipelines.releasing.fold import AT, rows_of
from schemas.contract import Contract
from schemas.manifest import Manifest
from schemas.product import Product
from schemas.snapshot import CHANGE, DELETE


@dataclass(frozen=True)
class Asked:
    """Rows of a version whose contract is asked of them: all that it has, or those that no version before it had."""

    folder: Path
    manifest: Manifest
    contract: Contract
    rows: pl.DataFrame


def asked_of(version: Released) -> Asked:
    """What there is to ask of a version; the rows that stood under the same contract were asked of the one before."""
    rows = version.rows[version.widest]
    if version.is_led_to:
        rows = version.changes[version.widest].filter(pl.col(CHANGE) != DELETE).drop(ADDED)
    return Asked(version.folder, version.manifest, version.contract, rows)


def rows_that_break(product: type[Product], asked: Sequence[Asked], lists: Mapping[str, pl.DataFrame]) -> list[str]:
    """What is wrong with the rows of each version; all in one pass, and whole those of counties alone that show any."""
    alike: dict[tuple[int, str], list[Asked]] = {}
    for each in asked:
        alike.setdefault((each.manifest.version, each.manifest.contract_sha256), []).append(each)
    doubted = [each for some in alike.values() if not _hold(product, some, lists) for each in some]
    broken = {each.folder for each in doubted if not _hold(product, [each], lists)}
    return [fault for folder in sorted(broken) for fault in _one_by_one(product, folder, lists)]


def _hold(product: type[Product], parts: Sequence[Asked], lists: Mapping[str, pl.DataFrame]) -> bool:
    """Whether all rows of one contract are as it promises; each county has a row once."""
    first = parts[0]
    if any(each.rows.schema != first.rows.schema or _elsewhere(each.manifest, each.rows) for each in parts):
        return False
    rows = pl.concat([each.rows.with_columns(pl.lit(at, pl.UInt16).alias(AT)) for at, each in enumerate(parts)])
    if set(first.contract.grain) - set(rows.columns) or rows.select(AT, *first.contract.grain).is_duplicated().any():
        return False
    return not faults_of_values(first.contract, _class_behind(first, product), rows, lists)


def _one_by_one(product: type[Product], folder: Path, lists: Mapping[str, pl.DataFrame]) -> list[str]:
    """What is wrong with the rows of each of a county's versions that can be read."""
    kept = versions(folder)[1]
    whole = [each for manifest in kept if (each := _whole(manifest, folder)) is not None]
    return [fault for each in whole for fault in _told(each, _class_behind(each, product), lists)]


def _whole(manifest: Manifest, folder: Path) -> Asked | None:
    """All rows of a version; None where its contract, its file or its key cannot be read, which is told elsewhere."""
    try:
        contract = contract_behind(manifest, folder)
        rows = rows_of(folder, manifest, max(manifest.views), contract.grain)
        return Asked(folder, manifest, contract, rows) if rows.schema.keys() >= set(contract.grain) else None
    except (Lost, OSError, ValueError, pl.exceptions.PolarsError):
        return None


def _told(each: Asked, judge: type[Product], lists: Mapping[str, pl.DataFrame]) -> list[str]:
    faults = [*faults_of_rows(each.contract, judge, each.rows, lists), *_elsewhere(each.manifest, each.rows)]
    return [f"{label(each.folder)}: version {each.manifest.version}: {fault}" for fault in faults]


def _class_behind(each: Asked, product: type[Product]) -> type[Product]:
    """The class whose rules a contract names; of a county's own contract that which its overlay made on that day."""
    if each.contract.core is None:
        return product
    return class_for(product, each.manifest.county, date.fromisoformat(each.manifest.as_of))


def _elsewhere(manifest: Manifest, rows: pl.DataFrame) -> list[str]:
    if "county" not in rows.columns:
        return []
    count = rows["county"].ne_missing(manifest.county).sum()
    return [f"county: {count} rows of another county"] if count else []
