"""A condition as it stands in a policy's file, read against the catalogue. Knows nothing of files and versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, cast

import polars as pl

from pipelines.near import near
from pipelines.policies.amounts import amount, written_so
from pipelines.policies.fault import Wrong
from pipelines.tags.catalogue import Catalogue
from pipelines.tags.expand import INDUSTRY
from pipelines.tags.wording import digits
from schemas import condition as ask
from schemas.condition import Compare, Condition, Holds, Is, Not, OneOf, Sign, Under
from schemas.kinds import Kind
from schemas.measure import RATIO
from schemas.product import OBJECTED

_JOINTS: dict[str, Callable[[tuple[Condition, ...]], Condition]] = {"all": ask.All, "any": ask.Any}
_SIGNS: tuple[Sign, ...] = ("at_least", "more_than", "at_most", "less_than")
_LOWER = ("at_least", "more_than")
_SHOWN = 5
_FORMS = "all, any, not, tag, column or industry"


@dataclass(frozen=True)
class Vocabulary:
    """What conditions may name: the catalogue, the codes of lists, and the words that columns are known to have.

    `rolls` are the columns that join several words by `;`.
    """

    catalogue: Catalogue
    codes: dict[str, dict[str, str]]
    words: dict[str, frozenset[str]]
    rolls: frozenset[str]


@dataclass(frozen=True)
class _Subject:
    """What a comparison is about."""

    name: str
    kind: Kind
    unit: str | None


def condition(node: Any, at: str, known: Vocabulary) -> Condition:
    """The condition that plain values say.

    Raises Wrong for the first place that says nothing or speaks of what is not known.
    """
    if not isinstance(node, dict) or not node:
        raise Wrong(at, str(cast(Any, node)), f"a condition: {_FORMS}", "Write it as a key and its value.")
    said = cast(dict[str, Any], node)
    form = next((key for key in ("all", "any", "not", "industry", "tag", "column") if key in said), None)
    if form is None:
        raise Wrong(at, "、".join(map(str, said)), _FORMS, near(str(next(iter(said))), _FORMS.split(", ")))
    if form in ("tag", "column"):
        return _held(said, form, at, known)
    if len(said) > 1:
        raise Wrong(at, "、".join(map(str, said)), f"{form} alone", "Join the conditions by all or any.")
    if form == "not":
        return Not(condition(said["not"], f"{at}.not", known))
    return _industry(said, at, known) if form == "industry" else _joined(said[form], form, at, known)


def _joined(parts: Any, form: str, at: str, known: Vocabulary) -> Condition:
    if not isinstance(parts, list) or not parts:
        raise Wrong(f"{at}.{form}", str(cast(Any, parts)), "a list of conditions", "Write each behind a dash.")
    listed = enumerate(cast(list[Any], parts), start=1)
    return _JOINTS[form](tuple(condition(part, f"{at}.{form}[{number}]", known) for number, part in listed))


def _industry(said: dict[str, Any], at: str, known: Vocabulary) -> Condition:
    codes = _words(said["industry"], f"{at}.industry")
    for code in codes:
        if code not in known.catalogue.spans:
            raise Wrong(f"{at}.industry", code, "a code of GB/T 4754-2017", near(code, known.catalogue.spans))
    return Under(codes)


def _held(said: dict[str, Any], form: str, at: str, known: Vocabulary) -> Condition:
    """What is asked of one tag or column: several questions in one are all asked."""
    subject, asks = _subject(said[form], form, at, known), {key: said[key] for key in said if key != form}
    if not asks:
        if subject.kind.name != "flag":
            raise Wrong(
                at, f"{subject.name} alone", f"a comparison, for it is {subject.kind.title}", _todo(subject.kind)
            )
        return Is(subject.name)
    parts = tuple(_question(subject, key, value, f"{at}.{key}", known) for key, value in asks.items())
    _refuse_empty(parts, at)
    return parts[0] if len(parts) == 1 else ask.All(parts)


def _refuse_empty(parts: tuple[Condition, ...], at: str) -> None:
    """Raise Wrong where no value lies between the bounds, as where at_least and at_most have changed places."""
    bounds = [each for each in parts if isinstance(each, Compare)]
    low = max(((each.value, each.sign == "more_than") for each in bounds if each.sign in _LOWER), default=None)
    high = min(((each.value, each.sign == "at_most") for each in bounds if each.sign not in _LOWER), default=None)
    if low and high and (low[0] > high[0] or (low[0] == high[0] and (low[1] or not high[1]))):
        said = "、".join(f"{each.sign} {digits(each.value)}" for each in bounds)
        raise Wrong(at, said, "bounds between which a value can lie", "Nobody would ever fit; mend them.")


def _subject(name: Any, form: str, at: str, known: Vocabulary) -> _Subject:
    held = known.catalogue.tags if form == "tag" else known.catalogue.data
    name = one_name(name, f"{at}.{form}", f"a {form} of the catalogue")
    if name not in held:
        titles = {each.title: key for key, each in held.items()}
        by_title = f" By its title it is {titles[name]}." if name in titles else ""
        todo = _unasked(name) or _other_form(name, form, known) or near(name, held) + by_title
        raise Wrong(f"{at}.{form}", f"'{name}'", f"a {form} of the catalogue", todo)
    return _Subject(name, held[name].kind, held[name].unit)


def _unasked(name: str) -> str:
    return "No rule can ask it: a release tells it of rows that are made." if name == OBJECTED.name else ""


def _other_form(name: str, form: str, known: Vocabulary) -> str:
    other, held = ("column", known.catalogue.data) if form == "tag" else ("tag", known.catalogue.tags)
    return f"It is a {other}: write {{{other}: {name}, …}}." if name in held else ""


def _question(subject: _Subject, key: str, value: Any, at: str, known: Vocabulary) -> Condition:
    if key in _SIGNS:
        return _comparison(subject, key, value, at)
    if key in ("one_of", "holds") and subject.kind.dtype == pl.String():
        _hold_form(subject.name, key, at, known.rolls)
    if key == "one_of":
        return _one_of(subject, _words(value, at), at, known)
    if key == "holds":
        return Holds(subject.name, _told(subject, (_word(value, at),), at, known)[0])
    raise Wrong(at, key, f"one of {', '.join(_SIGNS)}, one_of, holds", near(key, [*_SIGNS, "one_of", "holds"]))


def _one_of(subject: _Subject, words: tuple[str, ...], at: str, known: Vocabulary) -> Condition:
    _refuse_names(subject.name, words, at, known)
    told = OneOf(subject.name, _told(subject, words, at, known))
    if subject.name == Under.name:
        _refuse_above(words, at, known)
    elif subject.kind.code_list != INDUSTRY:
        _refuse_without_below(subject.name, words, at, known)
    return told


def _refuse_names(name: str, words: tuple[str, ...], at: str, known: Vocabulary) -> None:
    """Codes are asked, not their names: a coarser code has another name, and so has a county that was renamed."""
    coded = known.catalogue.data.get(name.removesuffix("_name"))
    if not name.endswith("_name") or coded is None or coded.kind.code_list is None:
        return
    codes = known.codes.get(coded.kind.code_list, {})
    close = [each for word in words for each in get_close_matches(word, codes.values(), n=1, cutoff=0.5)]
    asked = [code for code, title in codes.items() if title in close]
    written = f"{{column: {coded.column}, one_of: {asked}}}"
    so = f"{{industry: {asked}}}" if coded.kind.code_list == INDUSTRY else written
    todo = f"Did you mean {so}, {'、'.join(close)}?" if close else "Mend the word."
    raise Wrong(at, f"one_of on {name}, the names of {coded.column}", f"the codes of {coded.column}", todo)


def _refuse_above(words: tuple[str, ...], at: str, known: Vocabulary) -> None:
    """A code above others is never that of an enterprise whose class is known, which would be a firm no."""
    above = known.catalogue.coarse(Under.name)
    for word in words:
        if word in above:
            todo = f"Write {{industry: {[*words]}}}."
            raise Wrong(at, f"'{word}', under which others lie", "a class of GB/T 4754-2017", todo)


def _refuse_without_below(name: str, words: tuple[str, ...], at: str, known: Vocabulary) -> None:
    """Of whom a code lies below the one that is asked, the answer would be a firm no."""
    every = known.catalogue.above.get(name, {})
    below = sorted(code for code, over in every.items() if code not in words and not {*over}.isdisjoint(words))
    if below:
        word = next(word for word in words if word in every[below[0]])
        some = "、".join(below[:_SHOWN]) + (" …" if len(below) > _SHOWN else "")
        todo = f"Write one_of: {[*words, *below]}, or the codes below alone."
        raise Wrong(at, f"'{word}', under which {some} lie", "a code with all that lie below it", todo)


def _hold_form(name: str, key: str, at: str, rolls: frozenset[str]) -> None:
    """A cell of several words is never one of them, and a cell of one word would say no where it is empty."""
    if key == "one_of" and name in rolls:
        todo = f"Write holds with one word; join several by any: [{{column: {name}, holds: …}}, …]."
        raise Wrong(at, f"one_of on {name}, whose cells join several words", "holds", todo)
    if key == "holds" and name not in rolls:
        expected = f"one_of, or a column whose cells join several words: {', '.join(sorted(rolls))}"
        raise Wrong(at, f"holds on {name}, whose cells have one word", expected, "Write one_of with a list.")


def _comparison(subject: _Subject, sign: Sign, value: Any, at: str) -> Condition:
    if not subject.kind.dtype.is_numeric():
        raise Wrong(at, f"a bound on {subject.name}, which is {subject.kind.title}", "a number", _todo(subject.kind))
    ratio = subject.kind is RATIO
    bound = amount(value, subject.unit, ratio=ratio)
    if bound is None:
        raise Wrong(at, f"'{value}'", written_so(subject.unit, ratio=ratio), _written(subject.unit, ratio=ratio))
    return Compare(subject.name, sign, bound)


def _told(subject: _Subject, words: tuple[str, ...], at: str, known: Vocabulary) -> tuple[str, ...]:
    """The words, each among the codes of the column's list, or among those that tags know of the column."""
    if subject.kind.dtype != pl.String():
        raise Wrong(
            at, f"words for {subject.name}, which is {subject.kind.title}", "a text or a code", _todo(subject.kind)
        )
    codes = known.codes.get(subject.kind.code_list or "", {})
    may_be: Iterable[str] = codes or known.words.get(subject.name, words)
    for word in words:
        if word not in may_be:
            named = next((code for code, name in codes.items() if name == word), None)
            todo = near(word, may_be) if named is None else f"Write its code, '{named}'."
            raise Wrong(at, f"'{word}'", f"a word that {subject.name} may have", todo)
    return words


def _word(value: Any, at: str) -> str:
    if not isinstance(value, str):
        raise Wrong(at, str(value), "one text", "Write a single word, without brackets; join several by all or any.")
    return value


def one_name(said: Any, at: str, what: str) -> str:
    """What plain values name. Raises Wrong where they are no text."""
    if not isinstance(said, str):
        raise Wrong(at, repr(said), f"one text, {what}", "Write a single name, without brackets.")
    return said


def _words(value: Any, at: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(word, str) for word in cast(list[Any], value)):
        raise Wrong(at, str(cast(Any, value)), "a list of texts", "Put a code between quotation marks.")
    return tuple(cast(list[str], value))


def _written(unit: str | None, *, ratio: bool) -> str:
    if ratio:
        return "Write it without quotation marks, or as per cent."
    return "Write the amount with its unit." if unit else "Write the number alone, without a unit or quotation marks."


def _todo(kind: Kind) -> str:
    if kind.dtype.is_temporal():
        return "A day cannot be asked: ask a number that rests on it, such as {column: age_years, at_least: 3年}."
    if kind.name == "flag":
        return "Name a flag without a comparison."
    return "Use at_least, more_than, at_most or less_than." if kind.dtype.is_numeric() else "Use one_of or holds."
