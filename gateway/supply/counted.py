"""How many rows a view of a version has, and how many changed, how and why: what whoever has no wider one is told.

A manifest counts its widest view, in which are rows and changes that a narrower one has not. Knows no recipient.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeVar

import polars as pl
from polars.exceptions import PolarsError

from gateway.refused import Refused, tell_damaged
from gateway.supply.described import contract, contract_file
from gateway.supply.folded import chain
from gateway.supply.released import path_of, released, view_of
from schemas.manifest import Manifest, NoManifest
from schemas.snapshot import CAUSE, CHANGE
from schemas.store import Refuses

# Rows by change (insert, update, delete) and cause, as a manifest has them.
Changes = dict[str, dict[str, int]]
One = TypeVar("One")


@dataclass(frozen=True)
class Counted:
    """What is counted of a view; None where what would say it is freed, or cannot be read just now."""

    rows: int | None
    changes: Changes | None


def counted(supply: Path, manifest: Manifest, most: str) -> Counted:
    """What a version counts in its widest view up to a level, whichever of its views `manifest` still tells of."""
    whole = released(supply, manifest.county, manifest.product, manifest.version)
    below = [each for each in whole.views if each <= most]
    if len(below) == len(whole.views):
        return Counted(whole.rows, whole.changes)
    if not below:
        return Counted(None, None)
    arguments = (supply, whole, below[-1])
    return Counted(_readable(partial(_rows, *arguments)), _readable(partial(_changes, *arguments)))


def _readable(count: Callable[[], One]) -> One | None:
    """What is counted; a file that is lost keeps back the figure that it says, and nothing else."""
    try:
        return count()
    except (Refused, Refuses):
        return None
    except (FileNotFoundError, NoManifest, PolarsError) as error:
        tell_damaged(str(error).splitlines()[0])
        return None


def _rows(supply: Path, manifest: Manifest, level: str) -> int:
    """The rows of a view: of the snapshot that the version stands on, and what its changes since put and took."""
    if contract(contract_file(supply, manifest)).row_level is None:
        return manifest.rows
    first, *since = chain(supply, manifest)
    own = view_of(first, level).snapshot
    assert own is not None
    return own.rows + sum(_more(_changes(supply, each, level)) for each in since)


def _more(changes: Changes) -> int:
    put, took = (sum(changes.get(each, {}).values()) for each in ("insert", "delete"))
    return put - took


def _changes(supply: Path, manifest: Manifest, level: str) -> Changes:
    file = view_of(manifest, level).changes
    return _by_cause(path_of(supply, manifest, file)) if file.rows else {}


@lru_cache(maxsize=1 << 14)
def _by_cause(file: Path) -> Changes:
    """Counted once: a change file never changes under its name."""
    told_as = pl.col(CHANGE).str.strip_suffix("_postimage").alias("change")
    counts = pl.scan_parquet(file).group_by(told_as, CAUSE).len().sort("change", CAUSE).collect()
    by_cause = Changes()
    for change, cause, rows in counts.iter_rows():
        by_cause.setdefault(change, {})[cause] = rows
    return by_cause
