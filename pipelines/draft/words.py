"""What a column's name may mean: likeness to known names, in Chinese, in initials or in English. No content."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

import polars as pl

from schemas.feed import Feed

_GENERAL = "general"
_INITIALS = {2: 0.6, 3: 0.75}
_LONG_INITIALS = 0.9
_ALIKE = 0.9
# Ends of abbreviations that say only what sort of field it is: 代码, 名称, 编号, 日期.
_ENDS = ("dm", "mc", "bh", "rq", "lx")
# English words that say only what sort of field it is.
_SAY_LITTLE = frozenset({"name", "code", "no", "type", "date", "value", "raw", "id", "total", "other"})


@dataclass(frozen=True)
class Word:
    """A name that somebody gives to a column: what it means, of what kind that is, who says so."""

    name: str
    meaning: str
    kind: str
    code_list: str = ""
    sources: tuple[str, ...] = (_GENERAL,)


def words_of(vocabulary: pl.DataFrame) -> list[Word]:
    """The vocabulary as words."""
    columns = vocabulary.select("name", "meaning", "kind", "code_list", "source").iter_rows()
    return [Word(name, meaning, kind, code_list, tuple(source)) for name, meaning, kind, code_list, source in columns]


def declared_words(feeds: Iterable[type[Feed]]) -> list[Word]:
    """What feeds that are declared call their columns, by source column and by title."""
    return [
        Word(name, column.name, column.kind.name, column.kind.code_list or "", (feed.key,))
        for feed in feeds
        for column in feed.columns.values()
        for name in dict.fromkeys((column.source, column.title))
        if name and not name.endswith("（原文）")
    ]


def said_by_others(words: Iterable[Word], source: str) -> list[Word]:
    """The words that are known without this source."""
    others = ((word, tuple(each for each in word.sources if each != source)) for word in words)
    return [replace(word, sources=sources) for word, sources in others if sources]


def likeness(header: str, name: str) -> float:
    """How alike a header and a known name are, from 0 to 1; 1 only where they are the same."""
    one, other = plain(header), plain(name)
    if one == other:
        return 1.0
    if one.isascii() and other.isascii():
        return _ALIKE * _shared(_tokens(header) - _SAY_LITTLE, _tokens(name) - _SAY_LITTLE)
    if one.isascii() != other.isascii():
        latin, chinese = (one, other) if one.isascii() else (other, one)
        return _by_initials(latin, chinese)
    return _ALIKE * _by_characters(one, other)


@lru_cache(maxsize=1 << 14)
def plain(name: str) -> str:
    """A name without unit, brackets, punctuation and case."""
    bare = re.sub(r"[(（\[【].*?[)）\]】]", "", name)
    return re.sub(r"[\W_]", "", bare).lower() or name.lower()


@lru_cache(maxsize=1 << 14)
def _tokens(name: str) -> frozenset[str]:
    """permitNo, permit_no and `permit no` are permit and no; number is written no."""
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
    short = {"number": "no", "num": "no", "time": "date", "longitude": "lng", "latitude": "lat"}
    return frozenset(short.get(part, part) for part in re.split(r"[\W_]+", parts) if part)


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def _by_initials(latin: str, chinese: str) -> float:
    """NSRSBH is 纳税人识别号, HY_DM 行业 with 代码 behind; short ones say little."""
    sought = initials(chinese)
    bare = next((latin[:-2] for end in _ENDS if latin.endswith(end) and len(latin) > len(end) + 1), latin)
    for found, worth in ((latin, 1.0), (bare, 0.9)):
        if found == sought and len(found) > 1:
            return worth * _INITIALS.get(len(found), _LONG_INITIALS)
    return 0.0


@lru_cache(maxsize=1 << 14)
def initials(chinese: str) -> str:
    """The first letter of every syllable: nsrsbh for 纳税人识别号."""
    from pypinyin import Style, lazy_pinyin  # a third of a second, and only needed where names are abbreviated

    letters = cast("list[str]", cast(Any, lazy_pinyin)(chinese, style=Style.FIRST_LETTER))
    return "".join(letters).lower()


def _by_characters(one: str, other: str) -> float:
    """Shared characters and pairs; the end of a Chinese name, its head noun, counts once more."""
    pairs = _shared(_grams(one, 2), _grams(other, 2))
    singles = _shared(_grams(one, 1), _grams(other, 1))
    ends = 1.0 if one[-2:] == other[-2:] else 0.0
    return (2 * pairs + singles + ends) / 4


@lru_cache(maxsize=1 << 14)
def _grams(text: str, length: int) -> frozenset[str]:
    return frozenset(text[at : at + length] for at in range(len(text) - length + 1))
