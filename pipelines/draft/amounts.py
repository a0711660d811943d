"""Numbers with a unit: written behind each number, in the header, or shown by two decimals. No identifier, no day."""

from __future__ import annotations

import re

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.draft.fits import CERTAIN, Fit
from pipelines.draft.share import share
from pipelines.laid_out import quoted
from schemas.kinds import MONEY, narrowed
from schemas.units import sizes_of

# What stands before 元 makes another unit of it; 万 alone in a header may be of anything.
_ABROAD = "[美日韩欧港澳加新]|澳大利亚|加拿大|新加坡|新西兰|香港|澳门"
_MONEY = rf"(?:[0-9十百千万亿兆]|{_ABROAD})*元|[十百千万亿]*(?:英镑|美金|港币)|(?<=[(（\[【])[十百千万亿]+(?=[)）\]】])"
_UNIT = rf"({_MONEY})(?:[/,，、]\w+)?\s*[)）\]】]?$"
_SAYS_NO_SIZE = "人民币"
_AREA_MARKS = ("m2", "平方米", "㎡")
_MARKED = r"^[\d.,]*\d\s*([^\d\s.,][^\d]{0,3}\d?)$"
# No count is written with either.
_POINT_OR_COMMA = r"[.,]\d"
# Behind an amount they say no currency: yuan.
_YUAN = ("万", "万元")
AMOUNT = r"^([\d.,]+)\s*\(?\s*万"
CURRENCY = r"^[\d.,]+\s*\(?\s*(万.*?)\)?$"
_CENTS = r"^-?[\d,]+\.\d{2}$"


def unit_in(header: str) -> str | None:
    """The unit of money that a header names, whole: 万元 of 营业收入（万元）, 千元 and 万美元 where it says so."""
    found = re.search(_UNIT, header.replace(_SAYS_NO_SIZE, ""))
    return found[1] if found else None


def marked(values: pl.Series) -> list[Fit]:
    """Numbers with the same mark behind each, such as 4375套 or 89.5m²."""
    text = values.alias("text").to_frame().select(narrowed(pl.col("text"))).to_series()
    marks = text.str.extract(_MARKED, 1).drop_nulls()
    if marks.len() < CERTAIN * text.len() or not marks.len():
        return []
    mark = str(marks.mode(maintain_order=True)[0])
    marking = int(marks.eq(mark).sum()) / text.len()
    if marking < CERTAIN or mark.startswith(("万", "亿", "元", "(", "-", "/", ":")):
        return []
    kind, name = _measured(mark, text)
    return [Fit(kind, f"followed_by({quoted(mark)}, {name})", marking, f"{marking:.1%} are numbers with {mark} behind")]


def _measured(mark: str, text: pl.Series) -> tuple[str, str]:
    """The kind of the numbers before a mark, and how it is declared: one with decimals, and they are no count."""
    if mark in _AREA_MARKS:
        return "area", "AREA"
    return ("quotient", "QUOTIENT") if text.str.contains(_POINT_OR_COMMA).any() else ("count", "COUNT")


def in_ten_thousands(values: pl.Series, mappings: Mappings) -> list[Fit]:
    """Amounts whose unit stands behind each of them, such as 300(万元人民币); 3万吨 is none."""
    behind = _behind(values)
    told = share(behind.is_not_null())
    if told < CERTAIN or (share(behind.is_in(_YUAN)) < CERTAIN and currency(values, mappings) is None):
        return []
    return [Fit("money", "MONEY", told, f"{told:.1%} are amounts with 万 behind")]


def currency(values: pl.Series, mappings: Mappings) -> str | None:
    """How the kind of the currencies behind the amounts is declared, where a dictionary has them; yuan needs none."""
    behind = _behind(values).drop_nulls()
    if behind.is_in(_YUAN).all():
        return None
    rows = mappings.codes.filter(pl.col("list") == "currency")
    sources = rows.group_by("source", maintain_order=True).agg("code").iter_rows()
    found = (source for source, codes in sources if share(behind.is_in(codes)) >= CERTAIN)
    return next((f'code("currency", source="{source}")' for source in found), None)


def _behind(values: pl.Series) -> pl.Series:
    """What stands behind each amount from 万 on; null where it does not stand there."""
    return values.alias("text").to_frame().select(narrowed(pl.col("text")).str.extract(CURRENCY, 1)).to_series()


def unit_of(header: str, values: pl.Series) -> tuple[str | None, str]:
    """The unit of money and why; None where the header tells one that is not known, or neither it nor cents tell."""
    if unit := unit_in(header):
        return unit if unit in sizes_of(MONEY) else None, f"the header says {unit}"
    cents = share(values.str.contains(_CENTS))
    return ("元", f"{cents:.0%} have two decimals, as yuan do") if cents >= CERTAIN else (None, "no unit is written")
