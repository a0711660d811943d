"""What a delivery's columns are: content and name together, each guess with its evidence. Nothing is written here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from keyword import iskeyword

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.draft.amounts import in_ten_thousands, marked, unit_of
from pipelines.draft.codes import Coded, coded, listed_names
from pipelines.draft.fits import CERTAIN, SERIAL_DAYS, Fit, fits, shares
from pipelines.draft.meaning import Meant, meanings
from pipelines.draft.share import share
from pipelines.draft.whereabouts import is_province, places
from pipelines.draft.words import Word
from schemas.feed import column, optional, taken_names

_LOOKED_AT = 5_000
NULLS = ("", "N/A", "NA", "null", "NULL", "None", "-", "--", "/", "\\N", "暂无", "无", "未知", "0000-00-00")
_EXAMPLES, _LONGEST = 3, 12
_PERSONAL = ("person", "telephone")
_PLACE = ("division", "division_name", "city")
# Kinds that content alone is never sure of, by how the name's kind is declared.
_BY_NAME = {"money": "MONEY", "price": "MONEY", "area": "AREA", "count": "COUNT", "address": "ADDRESS", "name": "NAME"}
_NUMBERS = ("number", "count", "quotient")
_MEASURED = ("money", "price", "area")
# How a declaration calls for a column; what kinds it calls for, its guesses say.
_VERBS = (column.__name__, optional.__name__)
_CALLED = re.compile(r"[a-z]\w*(?=\()")
_CODE_NAME = re.compile(r"(?:代码|编码|编号|号|_?(?:code|dm|bm|bh|id))$", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """A source column's values as they were looked at, and what they can be by themselves.

    `values` has no nulls; `nulls` are the spellings of nothing that stood among them, `lacking` the share of empty.
    """

    header: str
    values: pl.Series
    lacking: float
    nulls: tuple[str, ...]
    fits: tuple[Fit, ...]
    codes: tuple[Coded, ...]

    @property
    def kinds(self) -> frozenset[str]:
        """The vocabulary's words for what it can be; what chance does not bring about leaves no other choice."""
        strong = [fit.kind for fit in self.fits if fit.share > 1 or fit.kind in _PLACE]
        found = strong or [fit.kind for fit in self.fits]
        return frozenset([*found, *(["code"] if self.codes else [])])

    @property
    def content(self) -> frozenset[str] | None:
        """The same, None where there is no value to tell."""
        return self.kinds if self.values.len() else None


@dataclass(frozen=True)
class Guess:
    """One source column as the draft takes it.

    `part` is column, place or ignored; `declared` the kind as a declaration writes it. `open` says what is not
    known and what was found instead; it is empty where nothing is left open.
    """

    header: str
    name: str
    title: str
    part: str
    kind: str
    declared: str
    evidence: str
    open: str = ""
    unit: str | None = None
    take: str | None = None
    lacking: float = 0.0


def look(rows: pl.DataFrame, mappings: Mappings) -> dict[str, Column]:
    """Every column of a delivery by its header; of a long one, rows spread evenly over it are looked at."""
    step = max(1, rows.height // _LOOKED_AT)
    taken = rows.drop("row", strict=False).gather_every(step)
    return {header: _look(taken[header], mappings) for header in taken.columns}


def _look(texts: pl.Series, mappings: Mappings) -> Column:
    present = texts.drop_nulls().str.strip_chars()
    values = present.filter(~present.is_in(NULLS))
    nulls = sorted(set(present.filter(present.is_in(NULLS) & (present != "")).unique()))
    lacking = 1 - values.len() / max(1, texts.len())
    if not values.len():
        return Column(texts.name, values, lacking, tuple(nulls), (), ())
    located = places(values, mappings)
    found = [*located, *marked(values), *in_ten_thousands(values, mappings), *fits(shares(values))]
    return Column(texts.name, values, lacking, tuple(nulls), tuple(found), tuple(coded(values, mappings)))


def recognise(columns: Mapping[str, Column], words: list[Word], mappings: Mappings) -> list[Guess]:
    """A guess for every column in the order of the delivery; names are unique and can stand in a declaration."""
    meant = meanings({header: column.content for header, column in columns.items()}, words)
    titles = _titles(words)
    guesses = [
        _guess(column, meant.get(header), place, titles, mappings)
        for place, (header, column) in enumerate(columns.items(), 1)
    ]
    return _apart(guesses, _taken(guesses))


def _guess(column: Column, meant: Meant | None, place: int, titles: dict[str, str], mappings: Mappings) -> Guess:
    header = column.header
    name = meant.meaning if meant else _own_name(header, place)
    title = _title(header, meant, titles)
    base = Guess(header, name, title, "column", "text", "TEXT", "", lacking=column.lacking)
    if (ignored := _ignored(column, meant)) is not None:
        return replace(base, part="ignored", evidence=ignored)
    why = meant.why if meant else ""
    guess = _of_kind(column, meant, base, mappings)
    told = ", ".join(part for part in (guess.evidence, why) if part)
    asked = "; ".join(part for part in (guess.open, _unsure(column, meant, guess.kind)) if part)
    return replace(guess, evidence=told, open=asked)


def _unsure(column: Column, meant: Meant | None, kind: str) -> str:
    """What a column's name leaves open: what it means, or why it is called what its content is not."""
    if meant is None:
        return f"meaning unknown; {_examples(column)}"
    differs = meant.denied and kind != meant.word.kind
    return f"called {meant.word.kind}, read as {kind}; {_examples(column)}" if differs else ""


def _titles(words: list[Word]) -> dict[str, str]:
    """A Chinese name of each meaning, and of each meaning as one source has it."""
    chinese = [word for word in reversed(words) if not word.name.isascii()]
    own = {f"{word.meaning} {source}": word.name for word in chinese for source in word.sources}
    return {word.meaning: word.name for word in chinese} | own


def _title(header: str, meant: Meant | None, titles: dict[str, str]) -> str:
    """The header itself where it is Chinese; else the Chinese name that it was recognised by, or one of its meaning."""
    if not header.isascii() or meant is None:
        return header
    same = titles.get(f"{meant.meaning} {meant.word.sources[0]}") or titles.get(meant.meaning, header)
    return same if meant.word.name.isascii() else meant.word.name


def _ignored(column: Column, meant: Meant | None) -> str | None:
    """Why a column is better left out; None where it is not."""
    kind = meant.word.kind if meant else ""
    personal = next((fit.evidence for fit in column.fits if fit.kind == "person"), None)
    if personal or kind in _PERSONAL:
        return f"personal: {personal or (meant.why if meant else '')}"
    if not column.values.len():
        return "empty in every row"
    if is_province(column.values):
        return "nothing but the province"
    if kind == "serial" or (column.kinds & {"count"} and _counts_up(column.values)):
        return "counts the rows"
    return None


def _counts_up(values: pl.Series) -> bool:
    """Whether the values are 1, 2, 3 …, or every so manieth of them."""
    numbers = values.cast(pl.Int64, strict=False)
    steps = numbers.diff().drop_nulls()
    return values.len() > 1 and numbers[0] == 1 and steps.len() == values.len() - 1 and set(steps) <= {max(1, steps[0])}


def _of_kind(column: Column, meant: Meant | None, base: Guess, mappings: Mappings) -> Guess:
    """The kind that content shows; where content leaves a choice, the one that the name means."""
    word = meant.word if meant else None
    best = column.fits[0] if column.fits else None
    if best and best.kind in _PLACE and not (best.kind == "division" and best.declared):
        return replace(base, part="place", kind=best.kind, evidence=best.evidence, take=best.take)
    if best and best.share > 1:
        return replace(base, kind=best.kind, declared=best.declared, evidence=best.evidence)
    if (code := _code(column, word)) is not None:
        return replace(base, kind="code", declared=code.declared, evidence=code.evidence)
    if word and (serial := _serial_day(column, word)):
        return replace(base, kind="day", declared="EXCEL_DAY", evidence=serial)
    if best is None or best.kind in ("organisation", "url"):
        return _of_words(column, word, base, best, mappings)
    return _number(column, word, base, best) if best.kind in _NUMBERS else _as_fit(column, word, base, best)


def _as_fit(column: Column, word: Word | None, base: Guess, best: Fit) -> Guess:
    if best.kind == "money":
        return replace(base, kind="money", declared="MONEY", unit="万元", evidence=best.evidence)
    if best.kind == "name" and word and word.kind in ("address", "text"):
        return replace(base, kind=word.kind, declared="ADDRESS" if word.kind == "address" else "TEXT")
    return replace(base, kind=best.kind, declared=best.declared, evidence=best.evidence)


def _code(column: Column, word: Word | None) -> Coded | None:
    """The vocabulary that content shows, or of those that chance could show the one that the name means."""
    named = [each for each in column.codes if word and word.code_list == each.code_list]
    sure = [each for each in column.codes if not each.by_chance]
    return next(iter([*(each for each in named if each in sure), *sure, *named]), None)


def _serial_day(column: Column, word: Word) -> str:
    """Spreadsheets' day numbers are told from other numbers by their size and the column's name only."""
    serial = share(column.values.str.contains(SERIAL_DAYS))
    return f"{serial:.1%} are day numbers of a spreadsheet" if word.kind == "day" and serial >= CERTAIN / 2 else ""


def _of_words(column: Column, word: Word | None, base: Guess, best: Fit | None, mappings: Mappings) -> Guess:
    """Free text: the name says which sort, and a code list's names say that a dictionary is wanted."""
    told = best.evidence if best else ""
    if word and word.kind in ("address", "name", "organisation"):
        return replace(base, kind=word.kind, declared=_BY_NAME.get(word.kind, "NAME"), evidence=told)
    if word and word.kind == "certificate_number" and not column.values.str.contains(r"[^0-9A-Za-z\s-]").any():
        return replace(base, kind="certificate_number", declared="CERTIFICATE_NUMBER", evidence="letters and digits")
    if code_list := listed_names(column.values, mappings):
        wanted = f'names of {code_list}: a dictionary and code("{code_list}", source=…) would translate them'
        return replace(base, evidence=told, open=wanted)
    return replace(base, evidence=told)


def _number(column: Column, word: Word | None, base: Guess, best: Fit) -> Guess:
    """Money, area, a count: the name decides; without it a number without decimals is a count, any other open."""
    if best.declared.startswith("followed_by"):
        return _with_mark(word, base, best)
    if word and word.kind in ("money", "price"):
        unit, why = unit_of(column.header, column.values)
        asked = "" if unit else f"{why}; the unit of money is not known and yuan is assumed"
        declared = replace(base, kind="money", declared="MONEY", evidence=f"{best.evidence}, {why}", open=asked)
        return replace(declared, unit=None if unit in (None, "元") else unit)
    if word and word.kind == "area":
        return replace(base, kind="area", declared="AREA", evidence=best.evidence)
    if word and word.kind in ("text", "certificate_number", "registration_number"):
        return replace(base, evidence=best.evidence)
    if _CODE_NAME.search(column.header) or (word is None and _names_rows(column.values)):
        return replace(base, evidence="numbers that name something, by the header or because they hardly repeat")
    if best.kind == "count":
        return replace(base, kind="count", declared="COUNT", evidence=best.evidence, take=best.take)
    decimals = share(column.values.str.contains(r"\.\d"))
    asked = f"{decimals:.0%} have decimals: money, an area or a share" if decimals else "long numbers"
    return replace(base, evidence=best.evidence, open=asked)


def _with_mark(word: Word | None, base: Guess, best: Fit) -> Guess:
    """Numbers are read with their mark; an amount or an area with another mark than its unit's is left open."""
    asked = f"called {word.kind}, of which the mark is no unit" if word and word.kind in _MEASURED else ""
    return replace(base, kind=best.kind, declared=best.declared, evidence=best.evidence, open=asked)


def _names_rows(values: pl.Series) -> bool:
    """Whether long numbers hardly ever come twice, as numbers do that name what the row is of."""
    return values.n_unique() > CERTAIN * values.len() and float(values.str.len_chars().mean() or 0) >= 5  # pyright: ignore[reportArgumentType]


def _examples(column: Column) -> str:
    distinct = column.values.unique(maintain_order=True)
    return f"{distinct.len():,} different values: {'、'.join(map(_beginning, distinct.head(_EXAMPLES)))}"


def _beginning(text: str) -> str:
    """A value on one line, and a mark where it goes on."""
    cut = "…" if len(text) > _LONGEST else ""
    return text[:_LONGEST].replace("\n", " ") + cut


def _own_name(header: str, place: int) -> str:
    """A header in Latin letters is a name of itself; any other column is numbered."""
    spelt = "".join(character if character.isalnum() else "_" for character in header.lower()).strip("_")
    return spelt if header.isascii() and spelt.isidentifier() else f"column_{place}"


def _taken(guesses: list[Guess]) -> set[str]:
    """What every feed, row and place has of its own, and what the draft calls."""
    called = {name for guess in guesses for name in _CALLED.findall(guess.declared)}
    return {*taken_names([""]), *_VERBS, *called}


def _apart(guesses: list[Guess], taken: set[str]) -> list[Guess]:
    """Names that would be given twice, or are taken or Python's, have their column's number behind."""
    told = list[Guess]()
    for place, guess in enumerate(guesses, 1):
        name = guess.name if guess.name not in taken and not iskeyword(guess.name) else f"{guess.name}_{place}"
        taken.add(name)
        told.append(replace(guess, name=name))
    return told
