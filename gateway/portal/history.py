"""The last releases of a product with their changes by cause, as numbers and as a drawing. Knows no recipient."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.supply.released import Line, released

# The drawing's width in its own units.
_WIDTH = 240


@dataclass(frozen=True)
class Bar:
    """One piece of a drawing: the cause's key, its rows, where it begins and how wide it is."""

    cause: str
    rows: int
    x: int
    width: int


@dataclass(frozen=True)
class Release:
    """One version: its day, how many rows changed in which way, and those by cause, drawn."""

    version: int
    as_of: str
    contract: str
    rows: int
    changes: dict[str, int]
    causes: dict[str, int]
    bars: tuple[Bar, ...]


def history(supply: Path, lines: list[Line]) -> list[Release]:
    """Every kept version, the newest first; bars beside the greatest that is no first version."""
    versions = [released(supply, line.county, line.product, each.version) for line in lines for each in line.moments]
    counted = [(each, _by_cause(each.changes)) for each in versions]
    most = max((sum(causes.values()) for each, causes in counted if each.version > 1), default=0)
    return [
        Release(each.version, each.as_of, each.contract_version, each.rows,
                {change: sum(told.values()) for change, told in each.changes.items()},
                causes, _bars(causes, max(1, most or sum(causes.values()))))
        for each, causes in reversed(counted)
    ]  # fmt: skip


def _by_cause(changes: dict[str, dict[str, int]]) -> dict[str, int]:
    """Rows by cause, whatever was done to them, the most first."""
    told: dict[str, int] = {}
    for causes in changes.values():
        for cause, rows in causes.items():
            told[cause] = told.get(cause, 0) + rows
    return dict(sorted(told.items(), key=lambda each: (-each[1], each[0])))


def _bars(causes: dict[str, int], most: int) -> tuple[Bar, ...]:
    """Pieces side by side; a first version is as wide as the drawing, and nothing is too small to be seen."""
    scale = _WIDTH / max(most, sum(causes.values()))
    x, told = 0, list[Bar]()
    for cause, rows in causes.items():
        width = max(3, round(rows * scale))
        told.append(Bar(cause.split("+")[0], rows, x, min(width, max(0, _WIDTH - x))))
        x += width
    return tuple(told)
