"""Which meaning each column of a delivery has: names and content together, no meaning given twice. No file is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from pipelines.draft.words import Word, likeness

LEAST = 0.3
_AGREES = 0.3
_CONTRADICTS = 0.6
# What content may show under another name: an identifier is text too, a count may be an amount.
_COMPATIBLE = {
    "text": {"name", "code", "count", "certificate_number", "organisation", "url"},
    "name": {"organisation", "text"},
    "organisation": {"name", "text"},
    "money": {"count", "number"},
    "area": {"count", "number"},
    "count": {"number"},
    "price": {"count", "number"},
    "day": {"month"},
    "year": {"count"},
    "code": {"count", "number"},
    "place": {"division", "division_name", "city"},
    "city": {"division_name"},
    "serial": {"count"},
    "telephone": {"person"},
    "certificate_number": {"number"},
    "registration_number": {"number"},
}


@dataclass(frozen=True)
class Meant:
    """A column's meaning, the known name it was recognised by, how sure, and why in a few words."""

    meaning: str
    word: Word
    score: float
    why: str


def meanings(content: Mapping[str, frozenset[str]], words: Iterable[Word]) -> dict[str, Meant]:
    """Give each header at most one meaning and each meaning at most one header, the likeliest pair first.

    `content` has for each header the kinds that its values fit, empty where they tell nothing.
    What is left is given where one header and one meaning of a kind remain; the rest stays open.
    """
    known = list(words)
    scored = [
        (score, header, word)
        for header, kinds in content.items()
        for word in known
        if (score := _score(header, kinds, word)) >= LEAST
    ]
    order = list(content)
    ranked = sorted(scored, key=lambda each: (-each[0], order.index(each[1]), known.index(each[2])))
    given = dict[str, Meant]()
    for score, header, word in ranked:
        if header not in given and word.meaning not in {meant.meaning for meant in given.values()}:
            given[header] = Meant(word.meaning, word, score, _why(header, word))
    return given | _left_over(content, known, given)


def _score(header: str, kinds: frozenset[str], word: Word) -> float:
    """How like the names are; content that agrees adds to it, content that contradicts takes from it."""
    alike = likeness(header, word.name)
    if alike < LEAST or not kinds:
        return alike
    if word.kind in kinds:
        return alike + _AGREES
    return alike if kinds & _COMPATIBLE.get(word.kind, set()) else alike - _CONTRADICTS


def _why(header: str, word: Word) -> str:
    return f"named {word.name}" if likeness(header, word.name) == 1 else f"name like {word.name}"


def _left_over(
    content: Mapping[str, frozenset[str]], known: list[Word], given: dict[str, Meant]
) -> dict[str, Meant]:
    """By elimination: the only column without a meaning whose values are of the only kind without a column."""
    taken = {meant.meaning for meant in given.values()}
    rest = sorted((word for word in known if word.meaning not in taken), key=lambda word: (word.kind, word.meaning))
    found = dict[str, Meant]()
    for kind, same in groupby(rest, key=lambda word: word.kind):
        candidates = list(same)
        headers = [header for header, kinds in content.items() if header not in given and kind in kinds]
        if len(headers) == 1 and len({word.meaning for word in candidates}) == 1 and headers[0] not in found:
            word = candidates[0]
            found[headers[0]] = Meant(word.meaning, word, _AGREES, f"the only {kind} left")
    return found
