"""What a code that met no dictionary row may mean: proposals with reasons, for a person to judge. Maps nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.meaning.codes import code_names, translation

MOST = 3
# Shared pairs of characters, of all pairs of both names: 其他有限责任公司 and 有限责任公司(其他) share four fifths.
_ALIKE = 0.5
_SHORTEST_PREFIX = 2


@dataclass(frozen=True)
class Suggestion:
    """A code of the list that may be meant, its name, and why."""

    standard: str
    name: str
    reason: str


def suggest(code: str, code_list: str, source: str, mappings: Mappings, on: date) -> tuple[Suggestion, ...]:
    """Up to three targets in `code_list` for a code that a source wrote on a day, the likeliest kind of reason first.

    Where the source's own codes are a list of ours, the code is sought by what that list calls it too.
    """
    rows = mappings.codes.filter(pl.col("list") == code_list, pl.col("standard") != "")
    listed = code_names(mappings, code_list)
    names = dict(listed.select("code", "name").iter_rows())
    called = dict(code_names(mappings, source).select("code", "name").iter_rows()).get(code)
    own = translation(mappings, code_list, source, on)
    told: dict[str, Suggestion] = {}
    for standard, reason in (
        *_on_another_day(code, rows.filter(pl.col("source") == source)),
        *_spelt_otherwise(code, own),
        *_with_something_around_it(code, own),
        *_of_another_source(code, rows.filter(pl.col("source") != source)),
        *(_by_name(called, names, f"{source} calls it {called}, ") if called else ()),
        *_of_its_siblings(code, own, listed),
        *(_by_name(code, names, "its name is ") if not called else ()),
        *_by_digits(code, names),
    ):
        told.setdefault(standard, Suggestion(standard, names.get(standard, ""), reason))
    return tuple(told.values())[:MOST]


def left_out(code: str, code_list: str, source: str, mappings: Mappings, on: date) -> str | None:
    """Why a code is left without a meaning on purpose, in the words of its row; None where nobody decided so."""
    rows = mappings.codes.filter(
        pl.col("list") == code_list, pl.col("source") == source, pl.col("code") == code, pl.col("since") <= on
    ).sort("since", "known")
    return rows["basis"][-1] if rows.height and rows["standard"][-1] == "" else None


def _on_another_day(code: str, own: pl.DataFrame) -> Iterator[tuple[str, str]]:
    for standard, since in own.filter(pl.col("code") == code).select("standard", "since").iter_rows():
        yield standard, f"it means this since {since}"


def _spelt_otherwise(code: str, own: pl.DataFrame) -> Iterator[tuple[str, str]]:
    for other, standard in own.select("code", "standard").iter_rows():
        if other != code and _plain(other) == _plain(code):
            yield standard, f"{other}, spelt otherwise, means this"


def _with_something_around_it(code: str, own: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """`C371` is 371 behind its section's letter, `5300` is 53 filled up with zeros."""
    cores = {re.sub(r"^[A-Z](?=\d)", "", code), re.sub(r"[0X]+$", "", code)} - {code, ""}
    for core, standard in own.filter(pl.col("code").is_in(sorted(cores))).select("code", "standard").iter_rows():
        yield standard, f"{core}, which it has with something before or after it, means this"


@lru_cache(maxsize=1 << 16)
def _plain(code: str) -> str:
    """A code without width, case, punctuation and leading zeros."""
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", code)).casefold().lstrip("0")


def _of_another_source(code: str, others: pl.DataFrame) -> Iterator[tuple[str, str]]:
    for source, standard in others.filter(pl.col("code") == code).select("source", "standard").iter_rows():
        yield standard, f"the source {source} means this by {code}"


def _of_its_siblings(code: str, own: pl.DataFrame, names: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """What all codes with the longest shared beginning mean, or the class above all that they mean."""
    parents = dict(names.select("code", "parent").iter_rows())
    for length in range(len(code) - 1, _SHORTEST_PREFIX - 1, -1):
        prefix = code[:length]
        siblings = own.filter(pl.col("code").str.starts_with(prefix), pl.col("code") != code)
        meant = set(siblings["standard"])
        if siblings.height > 1 and len(meant) == 1:
            yield meant.pop(), f"all {siblings.height} other codes that begin with {prefix} mean this"
        elif siblings.height > 1 and (above := _above(meant, parents)):
            yield above, f"all {siblings.height} other codes that begin with {prefix} mean a part of this"
        if siblings.height > 1:
            return


def _above(codes: set[str], parents: dict[str, str]) -> str | None:
    """The lowest class of the list that all codes lie in, if there is one."""
    lines = [_line(code, parents) for code in sorted(codes)]
    return next((each for each in lines[0] if all(each in line for line in lines)), None)


def _line(code: str, parents: dict[str, str]) -> list[str]:
    above = parents.get(code, "")
    return [code, *(_line(above, parents) if above else [])]


def _by_name(text: str, names: dict[str, str], told: str) -> Iterator[tuple[str, str]]:
    alike = {standard: _likeness(text, name) for standard, name in names.items()}
    for standard, likeness in sorted(alike.items(), key=lambda each: (-each[1], each[0]))[:MOST]:
        if likeness >= _ALIKE:
            yield standard, f"{told}{likeness:.0%} alike"


def _likeness(one: str, other: str) -> float:
    pairs, others = _pairs(one), _pairs(other)
    return 2 * len(pairs & others) / (len(pairs) + len(others)) if pairs and others else 0.0


@lru_cache(maxsize=1 << 16)
def _pairs(text: str) -> frozenset[str]:
    plain = _plain(text)
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


def _by_digits(code: str, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    if code in names:
        yield code, "the list has these digits, which is no proof: read both names"
