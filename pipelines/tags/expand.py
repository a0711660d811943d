"""A family's members as tags without their sources: bands by their cuts, codes by their lists. Nothing is reckoned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.meaning.codes import code_names
from pipelines.tags.wording import between, counted, short
from schemas.condition import Condition, Holds, OneOf, Under, within
from schemas.kinds import FLAG, Kind
from schemas.measure import RATIO, Measure
from schemas.tag import Bands, Branches, Codes, Flag, Member, Number, Rolls, Words

INDUSTRY = "gbt4754_2017"
_YEARS = "年"
_TOO_COARSE = "；只知较粗一级时为空"


@dataclass(frozen=True)
class Named:
    """What is known of a column or a number that members speak of."""

    title: str
    unit: str | None
    kind: Kind


@dataclass(frozen=True)
class Drafted:
    """A tag before its sources and its level are known."""

    key: str
    title: str
    meaning: str
    kind: Kind
    unit: str | None
    rule: Condition | Measure


def expanded(member: Member, known: Mapping[str, Named], mappings: Mappings) -> Iterator[Drafted]:
    """The tags of one member; `known` are the columns and the numbers that any family declares."""
    match member:
        case Number():
            yield Drafted(member.key, member.title, member.meaning, member.kind, member.unit, member.rule)
        case Flag():
            yield _flag(member.key, member.title, member.meaning, member.when)
        case Bands():
            yield from _bands(member, known[member.of])
        case Codes():
            yield from _codes(member, known[member.of].title, code_names(mappings, member.code_list))
        case Words(of, title, words):
            told = known[of].title
            yield from (_flag(key, title.format(word=word), f"{told}为{word}", OneOf(of, (word,)))
                        for key, word in words.items())  # fmt: skip
        case Rolls(of, title, words):
            told = known[of].title
            yield from (_flag(key, title.format(word=word), f"{told}列有{word}，未列入即为否", Holds(of, word))
                        for key, word in words.items())  # fmt: skip
        case Branches():
            yield from _branches(member, code_names(mappings, INDUSTRY))


def _flag(key: str, title: str, meaning: str, when: Condition) -> Drafted:
    return Drafted(key, title, meaning, FLAG, None, when)


def _bands(member: Bands, of: Named) -> Iterator[Drafted]:
    say = counted if of.kind.dtype == pl.Int64() and of.unit != _YEARS else between
    # Only a ratio is said in per cent.
    unit = of.unit or (None if of.kind is RATIO else "")
    bounds = list(pairwise((None, *member.cuts, None)))
    told = [say(low, high, unit) for low, high in bounds]
    for (low, high), label, bound in zip(bounds, member.labels or told, told, strict=True):
        key = f"{member.key}_{short(low, high, unit)}"
        yield _flag(key, f"{member.title}{label}", f"{of.title}{bound}", within(member.of, low, high))


def _codes(member: Codes, told: str, listed: pl.DataFrame) -> Iterator[Drafted]:
    asked = listed.filter(pl.col("level").is_in(member.ranks)).select("code", "name", "parent")
    for code, name, parent in asked.iter_rows():
        title, meaning = member.title.format(name=name), f"{told}为{code}{name}{_TOO_COARSE if parent else ''}"
        yield _flag(f"{member.key}_{code.lower()}", title, meaning, OneOf(member.of, _below(listed, code)))


def _below(listed: pl.DataFrame, code: str) -> tuple[str, ...]:
    """The code and all that lie below it."""
    children = listed.filter(pl.col("parent") == code)["code"]
    return (code, *(each for child in children for each in _below(listed, child)))


def _branches(member: Branches, listed: pl.DataFrame) -> Iterator[Drafted]:
    for code, name in listed.filter(pl.col("level") == member.rank).select("code", "name").iter_rows():
        title = member.title.format(code=code, name=name)
        meaning = f"行业代码（GB/T 4754-2017）属{code}{name}{_TOO_COARSE}"
        yield _flag(f"{member.key}_{code.lower()}", title, meaning, Under((code,)))
