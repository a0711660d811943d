"""The last releases of a product with their changes by cause, as numbers and as a drawing. Knows no recipient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.supply.counted import Changes, counted
from gateway.supply.released import Line, released
from schemas.manifest import Manifest

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
    """One version: its day, how many rows changed in which way, and those by cause, drawn.

    `rows` and `changes` are None where they cannot be told of the view, as of a version that is freed.
    """

    version: int
    as_of: str
    contract: str
    rows: int | None
    changes: dict[str, int] | None
    causes: dict[str, int]
    bars: tuple[Bar, ...]


def versions(supply: Path, lines: list[Line]) -> list[Manifest]:
    """Every version of these lines, the newest first."""
    manifests = [released(supply, line.county, line.product, each.version) for line in lines for each in line.moments]
    return manifests[::-1]


def history(supply: Path, some: Sequence[Manifest], among: list[Manifest], most: str) -> list[Release]:
    """Some of the versions as the widest view up to a level has them; bars beside the greatest that is no first one."""
    greatest = max((_changed(each, most) for each in among if each.version > 1), default=0)
    return [_release(supply, each, most, greatest) for each in some]


def _changed(manifest: Manifest, most: str) -> int:
    """How many rows of the widest view up to a level have changed."""
    return max((view.changes.rows for level, view in manifest.views.items() if level <= most), default=0)


def _release(supply: Path, manifest: Manifest, most: str, greatest: int) -> Release:
    counts = counted(supply, manifest, most)
    causes = _by_cause(counts.changes or {})
    changes = None if counts.changes is None else {name: sum(each.values()) for name, each in counts.changes.items()}
    bars = _bars(causes, max(1, greatest or sum(causes.values())))
    return Release(manifest.version, manifest.as_of, manifest.contract_version, counts.rows, changes, causes, bars)


def _by_cause(changes: Changes) -> dict[str, int]:
    """Rows by cause, whatever was done to them, the most first."""
    by_cause: dict[str, int] = {}
    for causes in changes.values():
        for cause, rows in causes.items():
            by_cause[cause] = by_cause.get(cause, 0) + rows
    return dict(sorted(by_cause.items(), key=lambda each: (-each[1], each[0])))


def _bars(causes: dict[str, int], most: int) -> tuple[Bar, ...]:
    """Pieces side by side; a first version is as wide as the drawing, and nothing is too small to be seen."""
    scale = _WIDTH / max(most, sum(causes.values()))
    x, bars = 0, list[Bar]()
    for cause, rows in causes.items():
        width = max(3, round(rows * scale))
        bars.append(Bar(cause.split("+")[0], rows, x, min(width, max(0, _WIDTH - x))))
        x += width
    return tuple(bars)
