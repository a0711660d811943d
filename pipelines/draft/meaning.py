"""Which meaning each column of a delivery has: names and content together, no meaning given twice. No file is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from pipelines.draft.words import Word, likeness

LEAST = 0.3
# Kinds that content always shows: a name alone does not make them.
_SHOWN = {"day", "month", "year", "money", "price", "area", "count", "longitude", "latitude", "url", "credit_code",
          "organisation_code", "taxpayer_id", "registration_number", "permit_number", "division"}  # fmt: skip
_AGREES = 0.3
_CONTRADICTS = 0.6
# What content may show under another name: an identifier is text too, a count may be an amount.
_COMPATIBLE = {
    "text": {"name", "code", "count", "certificate_number", "organisation", "url"},
    "name": {"organisation", "text"},
    "organisation": {"name", "text"},
    "money": {"count", "number", "quotient"},
    "area": {"count", "number", "quotient"},
    "count": {"number"},
    "price": {"money", "count", "number", "quotient"},
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


Content = Mapping[str, frozenset[str] | None]


@dataclass(frozen=True)
class Meant:
    """A column's meaning, the known name it was recognised by, how sure, and why in a few words.

    `denied` says that the column is called so, but its content is of no kind that goes with it.
    """

    meaning: str
    word: Word
    score: float
    why: str
    denied: bool = False


def meanings(content: Content, words: Iterable[Word]) -> dict[str, Meant]:
    """Give each header at most one meaning and each meaning at most one header, the likeliest pair first.

    `content` has for each header the kinds that its values fit, empty where they fit none, None without values.
    In a family of feeds whose meanings are known, what is left is given where one header and one meaning of a
    kind remain. All else stays open.
    """
    family = _family(content, list(words))
    known = family or list(words)
    scored = [each for header, kinds in content.items() for each in _named(header, kinds, known)]
    order = list(content)
    ranked = sorted(scored, key=lambda each: (-each[0], order.index(each[1]), known.index(each[2])))
    given = dict[str, Meant]()
    for score, header, word in ranked:
        if header not in given and word.meaning not in {meant.meaning for meant in given.values()}:
            denied = score < likeness(header, word.name)
            given[header] = Meant(word.meaning, word, score, _why(header, word), denied)
    return given | (_left_over(content, known, given) if family else {})


def _named(header: str, kinds: frozenset[str] | None, known: list[Word]) -> list[tuple[float, str, Word]]:
    """The words that a header may mean, with score; none that is less like it than one that its content contradicts."""
    told = [(likeness(header, word.name), _score(header, kinds, word), word) for word in known]
    denied = max((alike for alike, score, _ in told if score < alike), default=0.0)
    return [(score, header, word) for alike, score, word in told if score >= LEAST and alike >= denied]


def _family(content: Content, words: list[Word]) -> list[Word]:
    """The words of the family (`open_data_portal.ningbo` is of open_data_portal) that uses half of the headers."""
    families = sorted({_family_of(source) for word in words for source in word.sources} - {""})
    for family in families:
        own = [word for word in words if family in map(_family_of, word.sources)]
        if 2 * len({word.name for word in own} & set(content)) >= len(content):
            return own
    return []


def _family_of(source: str) -> str:
    return source.partition(".")[0] if "." in source else ""


def _score(header: str, kinds: frozenset[str] | None, word: Word) -> float:
    """How like the names are; content that agrees adds to it, content that contradicts takes from it."""
    alike = likeness(header, word.name)
    if alike < LEAST or kinds is None:
        return alike
    if word.kind in kinds:
        return alike + _AGREES
    fits = kinds & _COMPATIBLE.get(word.kind, set()) if kinds else word.kind not in _SHOWN
    return alike if fits else alike - _CONTRADICTS


def _why(header: str, word: Word) -> str:
    said = "" if "general" in word.sources else f" in {word.sources[0]}"
    return f"named {word.name}{said}" if likeness(header, word.name) == 1 else f"name like {word.name}{said}"


def _left_over(content: Content, known: list[Word], given: dict[str, Meant]) -> dict[str, Meant]:
    """By elimination: the only column without a meaning whose values are of the only kind without a column."""
    taken = {meant.meaning for meant in given.values()}
    rest = sorted((word for word in known if word.meaning not in taken), key=lambda word: (word.kind, word.meaning))
    found = dict[str, Meant]()
    for kind, same in groupby(rest, key=lambda word: word.kind):
        candidates = list(same)
        headers = [header for header, kinds in content.items() if header not in given and kind in (kinds or ())]
        if len(headers) == 1 and len({word.meaning for word in candidates}) == 1 and headers[0] not in found:
            word = candidates[0]
            found[headers[0]] = Meant(word.meaning, word, _AGREES, f"the only {kind} left")
    return found
