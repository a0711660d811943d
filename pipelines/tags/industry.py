"""The industry standard as intervals: every code is the run of its classes, so that lying under is two comparisons."""

from __future__ import annotations

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.meaning.codes import code_names
from pipelines.methods.conditions import Span
from pipelines.tags.expand import INDUSTRY

_DIVISION = 2


def spans(mappings: Mappings) -> dict[str, Span]:
    """The first and the last class of every code, classes being counted from 0 in the order of the standard."""
    listed = code_names(mappings, INDUSTRY)
    children = dict(listed.group_by("parent").agg(pl.col("code").sort()).iter_rows())
    held: dict[str, Span] = {}
    after = 0
    for section in children[""]:
        after = _count(section, after, children, held)
    return held


def _count(code: str, first: int, children: dict[str, list[str]], held: dict[str, Span]) -> int:
    """Hold a code and all below it, from class `first` on; gives the class after them."""
    below = children.get(code, [])
    after = first if below else first + 1
    for child in below:
        after = _count(child, after, children, held)
    held[code] = (first, after - 1)
    return after


def located(code: pl.Expr, held: dict[str, Span]) -> list[pl.Expr]:
    """Three columns of an industry code: its first and last class, and its division where it is that fine."""
    whole = list(held)
    divisions = [each[:_DIVISION] if each[0].isdigit() else None for each in whole]
    told = {"first": [held[each][0] for each in whole], "last": [held[each][1] for each in whole]}
    ends = [
        code.replace_strict(whole, numbers, default=None, return_dtype=pl.UInt16).alias(f"industry/{end}")
        for end, numbers in told.items()
    ]
    return [
        *ends,
        code.replace_strict(whole, divisions, default=None, return_dtype=pl.String).alias("industry/division"),
    ]
