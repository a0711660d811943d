"""Numbers with a unit: written behind each number, in the header, or shown by two decimals. No identifier, no day."""

from __future__ import annotations

import re

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.draft.codes import coded
from pipelines.draft.fits import CERTAIN, Fit
from pipelines.draft.share import share
from schemas.kinds import narrowed

_AREA_MARKS = ("m2", "平方米", "㎡")
_MARKED = r"^[\d.,]+\s*(\D[^\d]{0,3}\d?)$"
_TEN_THOUSANDS = r"^[\d.,]+\s*\(?\s*万"
AMOUNT = r"^([\d.,]+)\s*\(?\s*万"
CURRENCY = r"^[\d.,]+\s*\(?\s*(万.*?)\)?$"
_CENTS = r"^-?[\d,]+\.\d{2}$"


def unit_in(header: str) -> str | None:
    """The unit of money that a header names: 营业收入（万元）."""
    found = re.search(r"(亿元|万元|元)\s*[)）\]】]?$", header)
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
    kind, name = ("area", "AREA") if mark in _AREA_MARKS else ("count", "COUNT")
    return [Fit(kind, f'followed_by("{mark}", {name})', marking, f"{marking:.1%} are numbers with {mark} behind")]


def in_ten_thousands(values: pl.Series) -> list[Fit]:
    """Amounts whose unit stands behind each of them, such as 300(万元人民币)."""
    text = values.alias("text").to_frame().select(narrowed(pl.col("text"))).to_series()
    behind = share(text.str.contains(_TEN_THOUSANDS))
    return [Fit("money", "MONEY", behind, f"{behind:.1%} are amounts with 万 behind")] if behind >= CERTAIN else []


def currency(values: pl.Series, mappings: Mappings) -> str | None:
    """How the kind of the currencies behind the amounts is declared, where a dictionary has them."""
    text = values.alias("text").to_frame().select(narrowed(pl.col("text")).str.extract(CURRENCY, 1)).to_series()
    found = [each for each in coded(text.drop_nulls(), mappings) if each.code_list == "currency"]
    return found[0].declared if found else None


def unit_of(header: str, values: pl.Series) -> tuple[str | None, str]:
    """The unit of money and why; None where neither header nor cents tell."""
    if unit := unit_in(header):
        return unit, f"the header says {unit}"
    cents = share(values.str.contains(_CENTS))
    return ("元", f"{cents:.0%} have two decimals, as yuan do") if cents >= CERTAIN else (None, "no unit is written")
