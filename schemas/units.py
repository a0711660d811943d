"""Units of measure and their size in a kind's own unit; a unit that is not here is refused. No kind stands here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import polars as pl

from schemas.kinds import Kind
from schemas.rooms import Misdeclared

# By a kind's own unit. ㎡ is read in NFKC form, m2.
_SIZES: dict[str, dict[str, Decimal]] = {
    "人": {"人": Decimal(1), "万人": Decimal(10_000)},
    # Enterprises declare to the statistics office in 千元.
    "元": {"元": Decimal(1), "千元": Decimal(1_000), "万元": Decimal(10_000), "百万元": Decimal(1_000_000),
           "亿元": Decimal(100_000_000)},
    "平方米": {"平方米": Decimal(1), "万平方米": Decimal(10_000), "m2": Decimal(1)},
    # 1 亩 is 10,000/15 square metres, so that a square metre is 0.0015 亩 to the last digit.
    "亩": {"亩": Decimal(1), "平方米": Decimal("0.0015"), "m2": Decimal("0.0015"), "公顷": Decimal(15)},
    "千瓦时": {"千瓦时": Decimal(1), "kWh": Decimal(1), "度": Decimal(1),
               "万千瓦时": Decimal(10_000), "万kWh": Decimal(10_000)},
    "立方米": {"立方米": Decimal(1), "方": Decimal(1), "m3": Decimal(1), "万立方米": Decimal(10_000)},
}  # fmt: skip
# What a kind may count that has no unit of its own, each by itself.
_COUNTERS = (
    "个", "件", "份", "位", "户", "家", "所", "处", "套", "宗", "幢", "座", "批", "条", "次", "起", "趟", "辆", "项",
)  # fmt: skip
_COUNTED = _SIZES["人"] | dict.fromkeys(_COUNTERS, Decimal(1))
_SIZE = pl.Decimal(18, 6)


def sizes_of(kind: Kind) -> Mapping[str, Decimal]:
    """The units in which a kind may be written, each with its size in the kind's own."""
    return _SIZES.get(kind.unit, {kind.unit: Decimal(1)}) if kind.unit else _COUNTED


def in_unit(kind: Kind, unit: str) -> Kind:
    """The same kind, written by the feed in another unit. Raises Misdeclared for one that is not known."""
    if unit not in sizes_of(kind):
        raise Misdeclared(
            f"found the unit '{unit}' of the kind {kind.name}; expected one of {', '.join(sizes_of(kind))}. "
            f"Write one of these, or add it to {'_SIZES' if kind.unit else '_COUNTERS'} in schemas/units.py."
        )
    return replace(kind, unit=unit, size=sizes_of(kind)[unit])


def as_standard(kind: Kind) -> Kind:
    """The same kind as its values are once they are standard: in its own unit, whatever the feed writes them in.

    A unit with its size tells which that is: 平方米 of 1 is an area's, of 0.0015 that of land in 亩.
    """
    own = next((own for own, sizes in _SIZES.items() if kind.unit and sizes.get(kind.unit) == kind.size), kind.unit)
    return replace(kind, unit=own, size=Decimal(1))


def with_unit(kind: Kind) -> Kind:
    """A kind that is written with its unit behind it, in any unit that is known of it: `12.5 万千瓦时`, `3.5亩`."""
    sizes = sizes_of(kind)

    def read(text: pl.Expr) -> pl.Expr:
        amount, unit = (text.str.extract(r"^([+-]?[\d.,]+)\s*([^\d\s].*)$", part) for part in (1, 2))
        return kind.read(amount) * unit.replace_strict(sizes, default=None, return_dtype=_SIZE)

    return replace(kind, read=read, expected=f"{kind.expected}, and its unit: {', '.join(sizes)}")
