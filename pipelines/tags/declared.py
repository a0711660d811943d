"""Whether what families of tags declare can be expanded and asked: columns, codes, cuts, labels. Expands nothing."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from string import Formatter

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.meaning.codes import code_names, codes_of
from pipelines.methods.conditions import Span
from pipelines.near import near
from pipelines.tags.expand import INDUSTRY, Named
from schemas.condition import Atom, Compare, Ends, Holds, Is, Known, OneOf, Under, atoms
from schemas.kinds import Kind
from schemas.measure import Given
from schemas.tag import Bands, Branches, Codes, Family, Flag, Member, Number, Rolls, Words

# What each question may be asked of, in words.
_ASKED_OF = {Compare: "a number", Is: "a yes or no", OneOf: "a text", Holds: "a text", Ends: "a text"}
_NUMBER, _TEXT = "a number", "a text"


@dataclass(frozen=True)
class Scope:
    """What families may name: columns and numbers by their names, the industry's codes, the lists of the mappings."""

    known: Mapping[str, Named]
    spans: Mapping[str, Span]
    mappings: Mappings
    rolls: frozenset[str]

    @cached_property
    def codes(self) -> dict[str, list[str]]:
        """The codes of each list."""
        listed = codes_of(self.mappings).group_by("list").agg(pl.col("code").unique())
        return dict(listed.iter_rows())

    def ranks(self, code_list: str) -> list[int]:
        """The levels that a code list has."""
        return code_names(self.mappings, code_list)["level"].unique().sort().to_list()


def misdeclared(
    families: Iterable[Family], known: Mapping[str, Named], spans: Mapping[str, Span], mappings: Mappings
) -> list[str]:
    """What is wrong with members of families, in words. Names that a rule rests on are followed by the catalogue."""
    declared = [(family, member) for family in families for member in family.members]
    rolls = frozenset(member.of for _, member in declared if isinstance(member, Rolls))
    scope = Scope(known, spans, mappings, rolls)
    return [
        f"Family {family.key}, {type(member).__name__} {_called(member)}, {fault}"
        for family, member in declared
        for fault in _of_member(member, scope)
    ]


def _called(member: Member) -> str:
    return f"of {member.of}" if isinstance(member, Words | Rolls) else member.key


def _of_member(member: Member, scope: Scope) -> Iterator[str]:
    yield from _texts(member)
    match member:
        case Bands(of=of):
            yield from _column("of", of, _NUMBER, scope)
            yield from _cuts(member)
        case Codes(of=of, code_list=listed, title=title, ranks=ranks):
            yield from _column("of", of, _TEXT, scope)
            yield from _list(listed, ranks, scope)
            yield from _places(title, ("name",))
        case Words(of=of, title=title) | Rolls(of=of, title=title):
            yield from _column("of", of, _TEXT, scope)
            yield from _places(title, ("word",))
        case Branches(title=title, rank=rank):
            yield from _ranks("rank", (rank,), INDUSTRY, scope)
            yield from _places(title, ("code", "name"))
        case Flag(when=when):
            yield from (fault for atom in atoms(when) for fault in _of_atom("when", atom, scope))
        case Number(rule=Given(when=when)):
            yield from (fault for atom in atoms(when) for fault in _of_atom("rule", atom, scope))
        case Number():
            pass


def _texts(member: Member) -> Iterator[str]:
    """A title or meaning that says nothing."""
    told = {"title": member.title} | ({"meaning": member.meaning} if isinstance(member, Flag | Number) else {})
    for attribute, text in told.items():
        if not text.strip():
            yield _fault(attribute, repr(text), "a text", "Say it in Chinese.")


def _fault(attribute: str, found: str, expected: str, todo: str) -> str:
    return f"{attribute}: found {found}; expected {expected}. {todo}"


def _unknown(attribute: str, names: Iterable[str], known: Collection[str], what: str) -> Iterator[str]:
    for name in names:
        if name not in known:
            yield _fault(attribute, f"'{name}'", what, near(name, known))


def _is_of(kind: Kind, what: str) -> bool:
    if what == _NUMBER:
        return kind.dtype.is_numeric()
    return kind.dtype == (pl.String() if what == _TEXT else pl.Boolean())


def _column(attribute: str, name: str, what: str, scope: Scope) -> Iterator[str]:
    """A column that nobody declares, or one of another kind."""
    yield from _unknown(attribute, [name], scope.known, "a column or a number of a family")
    if name in scope.known and not _is_of(scope.known[name].kind, what):
        yield _fault(attribute, f"{name}, which is {scope.known[name].kind.title}", what, "Name another.")


def _cuts(member: Bands) -> Iterator[str]:
    cuts, labels = member.cuts, member.labels
    if not cuts or list(cuts) != sorted({*cuts}) or not all(map(math.isfinite, cuts)):
        yield _fault("cuts", f"{cuts}", "numbers, each above the one before", "Put them in order.")
    if labels and len(labels) != len(cuts) + 1:
        todo = "Name each band, lowest first, or none."
        yield _fault("labels", f"{len(labels)} of them", f"{len(cuts) + 1}, one more than there are cuts", todo)


def _list(name: str, ranks: tuple[int, ...], scope: Scope) -> Iterator[str]:
    faults = [*_unknown("code_list", [name], scope.codes, "a list of mappings/lists/")]
    yield from faults or _ranks("ranks", ranks, name, scope)


def _ranks(attribute: str, ranks: tuple[int, ...], code_list: str, scope: Scope) -> Iterator[str]:
    there = scope.ranks(code_list)
    for rank in ranks:
        if rank not in there:
            yield _fault(attribute, f"{rank}", f"a level of {code_list}: {', '.join(map(str, there))}", "Mend it.")


def _places(title: str, may: tuple[str, ...]) -> Iterator[str]:
    told = [name for _, name, _, _ in Formatter().parse(title) if name is not None]
    for name in told:
        if name not in may:
            expected = " or ".join(f"{{{each}}}" for each in may)
            yield _fault("title", f"the place {{{name}}}", expected, "Mend the place.")


def _of_atom(attribute: str, atom: Atom, scope: Scope) -> Iterator[str]:
    """A question that its column cannot be asked, or that no value would answer with yes."""
    if isinstance(atom, Under):
        yield from _unknown(attribute, atom.codes, scope.spans, "a code of GB/T 4754-2017")
    if isinstance(atom, Under | Known) or atom.name not in scope.known:
        return
    faults = [*_column(attribute, atom.name, _ASKED_OF[type(atom)], scope)]
    yield from faults
    if isinstance(atom, OneOf) and not faults:
        yield from _words(attribute, atom, scope)


def _words(attribute: str, atom: OneOf, scope: Scope) -> Iterator[str]:
    if atom.name in scope.rolls:
        yield _fault(attribute, f"OneOf of {atom.name}, whose cells join several words", "Holds", "Ask each by Holds.")
    code_list = scope.known[atom.name].kind.code_list
    if code_list is not None:
        yield from _unknown(attribute, atom.words, scope.codes.get(code_list, ()), f"a code of {code_list}")
