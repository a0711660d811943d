"""Units of measure and their size in the standard unit; a unit that is not here is refused."""

from __future__ import annotations

from schemas.kinds import Kind

_SIZES = {"元": 1, "万元": 10_000, "亿元": 100_000_000, "人": 1, "万人": 10_000, "千瓦时": 1, "万千瓦时": 10_000,
          "套": 1, "平方米": 1, "万平方米": 10_000}  # fmt: skip


def size_in_standard(kind: Kind) -> int:
    """How many standard units one unit of the source is; 1 for kinds without a unit."""
    if kind.unit is None:
        return 1
    if kind.unit not in _SIZES:
        raise ValueError(f"Unit '{kind.unit}' of kind {kind.name} is not known; add it to pipelines/units.py.")
    return _SIZES[kind.unit]
