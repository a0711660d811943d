"""Whether what feeds declare is there and reads as it should: their columns, entity, code lists, days and headers."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterator
from dataclasses import astuple, dataclass
from typing import get_args

import polars as pl

from pipelines.dictionary import Mappings
from pipelines.promises.declaration import LIST, Declaration, titled_alike
from schemas.entity import all_entities
from schemas.feed import Csv, Due, Feed, Format, all_feeds
from schemas.kinds import Kind
from schemas.rooms import file_of
from schemas.standard import placed_columns

_DELIVERS = ("snapshot", "increment")
_TEXTS = (("title", "用水客户"), ("department", "water"), ("department_title", "杭州市水务集团有限公司"))
# What a draft says of whom it cannot know.
_DRAFTED = {"department": "open", "department_title": "待定"}
_HEADER = "a source column of its declaration"


@dataclass(frozen=True)
class _Known:
    """What feeds may name: the code lists, each with the standards from which a dictionary translates into it.

    And the names that their tables may not have, as others do.
    """

    lists: Collection[str]
    sources: dict[str, frozenset[str]]
    taken: Collection[str]


def misdeclared_feeds(mappings: Mappings, lists: Collection[str], taken: Collection[str]) -> list[str]:
    """What is wrong with the declarations of feeds, in words; no table of theirs may be called as one that is taken."""
    told = mappings.codes.group_by("list").agg(pl.col("source").unique())
    known = _Known(lists, {name: frozenset(sources) for name, sources in told.iter_rows()}, taken)
    faults = [fault for feed in all_feeds().values() for fault in _of_feed(Declaration(feed), known)]
    return faults or [*titled_alike(all_feeds()), *_of_departments()]


def _of_departments() -> Iterator[str]:
    """A department that two of its feeds title differently: contracts would name it by either."""
    first: dict[str, type[Feed]] = {}
    for feed in all_feeds().values():
        other = first.setdefault(feed.department, feed)
        if feed.department_title != other.department_title:
            expected = f"'{other.department_title}', as {file_of(other)} titles {feed.department}"
            todo = "Write it alike, or give this department a key of its own."
            yield Declaration(feed).fault("department_title", f"'{feed.department_title}'", expected, todo)


def _of_feed(declared: Declaration[Feed], known: _Known) -> Iterator[str]:
    yield from declared.misspelt()
    yield from declared.lacking(*_TEXTS)
    yield from _of_draft(declared)
    yield from declared.titled(declared.of.columns)
    yield from _of_key(declared, known)
    yield from _of_arrival(declared)
    yield from _of_rows(declared)
    yield from _of_entity(declared)
    yield from _of_parts(declared)
    yield from _of_headers(declared)
    for name, column in declared.of.columns.items():
        yield from _of_codes(declared, name, column.kind, known)


def _of_draft(declared: Declaration[Feed]) -> Iterator[str]:
    """What nobody has written yet in place of a draft's words."""
    examples = dict(_TEXTS)
    for name, drafted in _DRAFTED.items():
        if getattr(declared.of, name, None) == drafted:
            todo = f'Write {name} = "{examples[name]}", or whoever it is.'
            yield declared.fault(name, f"'{drafted}', as a draft has it", "who delivers this feed", todo)


def _of_key(declared: Declaration[Feed], known: _Known) -> Iterator[str]:
    key = declared.of.key
    if key in known.taken:
        todo = "Give the class, and its file, another name."
        yield declared.fault("key", f"'{key}'", "a name that no entity, product or table of ours has", todo)


def _of_arrival(declared: Declaration[Feed]) -> Iterator[str]:
    """When and in what form it arrives."""
    feed = declared.of
    if not isinstance(getattr(feed, "due", None), Due):
        yield declared.fault("due", "none", "daily(…), monthly(…) or yearly(…)", 'Write due = monthly(5, "08:00").')
    if not isinstance(getattr(feed, "arrives", None), get_args(Format)):
        expected = "one of " + ", ".join(f"{each.__name__}(…)" for each in get_args(Format))
        yield declared.fault("arrives", "none", expected, "Write arrives = Csv().")
    yield from _of_encoding(declared)
    delivers = getattr(feed, "delivers", None)
    yield from declared.unknown("delivers", [delivers], _DELIVERS, "one of " + ", ".join(_DELIVERS))


def _of_encoding(declared: Declaration[Feed]) -> Iterator[str]:
    arrives = getattr(declared.of, "arrives", None)
    if isinstance(arrives, Csv):
        try:
            codecs.lookup(arrives.encoding)
        except LookupError:
            todo = "Write utf-8 or gb18030, or another that Python knows."
            yield declared.fault("arrives, its encoding", f"'{arrives.encoding}'", "an encoding that is known", todo)


def _of_rows(declared: Declaration[Feed]) -> Iterator[str]:
    """What tells its rows from one another, and which of them is the newest."""
    feed = declared.of
    faults = [*declared.listed("grain")]
    column, stands = f"a standard column of {feed.key}", [*feed.columns, *placed_columns(feed)]
    yield from faults or declared.unknown("grain", feed.grain, stands, column)
    if getattr(feed, "grain", None) == ():
        yield declared.fault("grain", "none", "at least one column", "Name those that tell its rows from one another.")
    if feed.newest is not None:
        yield from declared.unknown("newest", [feed.newest], stands, column)
    if feed.dated is not None:
        days = [name for name, each in feed.columns.items() if each.kind.dtype == pl.Date()]
        yield from declared.unknown("dated", [feed.dated], days, f"a column of {feed.key} that holds days")


def _of_entity(declared: Declaration[Feed]) -> Iterator[str]:
    """Whose rows they are, and whether what describes it can be fused with what other feeds say."""
    feed = declared.of
    if feed.entity is None:
        return
    entities = all_entities()
    yield from declared.unknown("entity", [feed.entity], entities, "None, or an entity of schemas/entities/")
    identity = getattr(feed, "identity", None)
    yield from declared.unknown(
        "identity", [identity], feed.columns, f"a column of {feed.key} that says whose row it is"
    )
    if not feed.describes or feed.entity not in entities:
        return
    entity = entities[feed.entity]
    for name in sorted(feed.columns.keys() & entity.attributes.keys() - {entity.identifier}):
        found, expected = (_said(each[name].kind) for each in (feed.columns, entity.attributes))
        if found != expected:
            as_fused = f"{expected}, as {entity.key}.{name} is fused of every feed's column of that name"
            yield declared.fault(name, found, as_fused, "Read it as that, or name the column otherwise.")


def _said(kind: Kind) -> str:
    """What values of a kind are, in words: what may be fused is said alike."""
    what = f"the kind {kind.name}" if kind.code_list is None else f"a code of {kind.code_list}"
    return f"{what} ({kind.dtype})"


def _of_parts(declared: Declaration[Feed]) -> Iterator[str]:
    """The standard columns that its places, its panel and its listing name."""
    feed = declared.of
    told = {"place.town": feed.place.town} if feed.place else {}
    told |= {f"elsewhere['{name}'].town": place.town for name, place in feed.elsewhere.items()}
    panel, listing = feed.panel, feed.lists
    if panel is not None:
        told |= {"panel.period": panel.period, "panel.member": panel.member}
        told |= {f"panel, its {name}": name for name in (*panel.by, *panel.sums)}
    if listing is not None:
        told |= {f"lists, its {name}": name for name in astuple(listing)}
    for attribute, name in told.items():
        if name is not None:
            yield from declared.unknown(attribute, [name], feed.columns, f"a column of {feed.key}")


def _of_headers(declared: Declaration[Feed]) -> Iterator[str]:
    """The source columns that may be absent, and the other names that they bear."""
    feed = declared.of
    faults = [fault for attribute in ("nulls", "ignored", "may_lack") for fault in declared.listed(attribute)]
    if faults:
        yield from faults
        return
    headers = feed.headers()
    yield from declared.unknown("may_lack", feed.may_lack, headers, _HEADER)
    for other, name in feed.aliases.items():
        if other in headers:
            todo = f"Write the department's other header first: {{'{name}': '{other}'}}."
            yield declared.fault("aliases", f"'{other}', which is declared", "a header that is not declared", todo)
        else:
            yield from declared.unknown(f"aliases, its '{other}'", [name], headers, _HEADER)


def _of_codes(declared: Declaration[Feed], name: str, kind: Kind, known: _Known) -> Iterator[str]:
    """Its code list, and the standard in which the department writes it."""
    if kind.code_list is None:
        return
    faults = [*declared.unknown(f"{name}, its code list", [kind.code_list], known.lists, LIST)]
    yield from faults
    if kind.source is not None and not faults:
        sources = known.sources.get(kind.code_list, frozenset())
        what = f"a source that mappings/codes/{kind.code_list}.csv translates"
        yield from declared.unknown(f"{name}, its source", [kind.source], sources, what)
