"""Whether the version before and what is told of its changes give the version. Reads no file."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.checking.walked import Released
from pipelines.compare import ADDED
from schemas.contract import Contract
from schemas.snapshot import CHANGE, INSERT, apply

_ANOTHER = "the version before and the changes give another snapshot"


def changed(version: Released, level: str, before: Mapping[str, pl.DataFrame] | None) -> list[str]:
    """Whether the version before and the changes give the snapshot; a line that opens has nothing before it.

    Of a version that the changes lead to they do: it is they that are asked whether they name what was there.
    """
    contract, changes, rows = version.contract, version.changes[level], version.rows[level]
    types = rows.schema
    if changes.columns != [*ADDED, *types] or list(changes.schema.items())[len(ADDED) :] != list(types.items()):
        return ["the changes have other columns or types than the snapshot"]
    if before is None or level not in before:
        return _opened(contract, changes, rows)
    old = before[level]
    if any(types.get(name, dtype) != dtype for name, dtype in old.schema.items()):
        return ["the version before has other types"]
    is_same = version.is_led_to or _is_led(_in_columns(old, types), changes, rows, contract)
    there, lacking = _named_wrongly(changes, old, contract)
    return [*([] if is_same else [_ANOTHER]), *_misnamed(there, lacking)]


def _opened(contract: Contract, changes: pl.DataFrame, snapshot: pl.DataFrame) -> list[str]:
    """Whether changes that nothing is before are the snapshot, each row of it new; wide tables are joined with none."""
    made = changes.select(snapshot.columns)
    is_same = made.equals(snapshot) or made.sort(contract.grain).equals(snapshot.sort(contract.grain))
    lacking = changes.filter(pl.col(CHANGE) != INSERT).height
    return [*([] if is_same else [_ANOTHER]), *_misnamed(0, lacking)]


def _is_led(old: pl.DataFrame, changes: pl.DataFrame, rows: pl.DataFrame, contract: Contract) -> bool:
    return apply(old, changes, contract.grain).equals(rows.sort(contract.grain))


def _in_columns(old: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """A snapshot in later columns: one that it lacked is null, one that went is left out."""
    if old.columns == schema.names():
        return old
    there = set(old.columns)
    lacking = [pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in there]
    return old.with_columns(lacking).select(schema.names())


def _named_wrongly(changes: pl.DataFrame, old: pl.DataFrame, contract: Contract) -> tuple[int, int]:
    """How many rows are told as new that were there, and as changed or gone that were not."""
    if changes.is_empty():
        return 0, 0
    told, known = changes.select(*contract.grain, CHANGE), old.select(contract.grain)
    there = told.join(known, on=contract.grain, how="semi").filter(pl.col(CHANGE) == INSERT).height
    lacking = told.join(known, on=contract.grain, how="anti").filter(pl.col(CHANGE) != INSERT).height
    return there, lacking


def _misnamed(there: int, lacking: int) -> list[str]:
    told = f"{there} rows are told as new that were there, {lacking} as changed or gone that were not"
    return [told] if there + lacking else []
