"""The tag catalogue: every family expanded, each tag with its sources and level, in steps that rest on those before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache

from pipelines.dictionary import Mappings, current
from pipelines.methods.conditions import Above, Recoded, Span
from pipelines.tags.data import Datum, known_data
from pipelines.tags.declared import misdeclared
from pipelines.tags.expand import Drafted, Named, expanded
from pipelines.tags.industry import spans
from pipelines.tags.levels import above
from pipelines.tags.recoded import recoded
from schemas.condition import Condition, names
from schemas.measure import Measure, reckoned_from
from schemas.mendable import Mendable
from schemas.product import OBJECTED
from schemas.tag import Family, Number, Tag, all_families


class CatalogueError(Mendable):
    """Families that cannot be one catalogue; the message names family and tag, what was found and what to do."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Every tag by key in the order of families, the data they may rest on, and the steps in which they are made.

    The tags of a step rest on columns and on tags of steps before it.
    """

    tags: dict[str, Tag]
    data: dict[str, Datum]
    spans: dict[str, Span]
    above: dict[str, Above]
    recoded: dict[str, Recoded]
    steps: tuple[tuple[str, ...], ...]

    def told(self, name: str) -> Tag | Datum:
        """A tag or a column by its name. Raises KeyError for what is neither."""
        return self.tags.get(name) or self.data[name]

    def coarse(self, column: str) -> set[str]:
        """The codes of a column's list under which others lie."""
        return {code for over in self.above.get(column, {}).values() for code in over}


@cache
def whole() -> Catalogue:
    """The catalogue of every declared family over the project's own mappings, made once a process."""
    return catalogue(all_families(), current())


def catalogue(families: tuple[Family, ...], mappings: Mappings) -> Catalogue:
    """Expand families to tags.

    Raises CatalogueError for a key or title that two tags share, a key that is a column's, a name that is neither
    column nor tag, tags that rest on one another, and members that cannot be expanded or asked.
    """
    data = known_data()
    core = Catalogue({}, data, spans(mappings), above(data.values(), mappings), recoded(data.values(), mappings), ())
    return extended(core, families, mappings)


def extended(core: Catalogue, families: tuple[Family, ...], mappings: Mappings) -> Catalogue:
    """A catalogue with more families behind it, of flags and numbers that rest on it or on one another.

    Raises CatalogueError as `catalogue` does. A title of the core's may come again: overlays have held what it says
    against the core's.
    """
    known = _known(core, families)
    if faults := misdeclared(families, known, core.spans, mappings):
        raise CatalogueError("\n".join(faults))
    drafts = [(family, draft) for family in families for each in family.members
              for draft in expanded(each, known, mappings)]  # fmt: skip
    _refuse_twins(drafts, core)
    rules = {key: (tag.family, named(tag.rule)) for key, tag in core.tags.items()}
    rules |= {draft.key: (family.key, named(draft.rule)) for family, draft in drafts}
    depths = {key: depth for depth, step in enumerate(core.steps, start=1) for key in step}
    for _, draft in drafts:
        _depth(draft.key, rules, core.data, depths, ())
    tags = core.tags | {draft.key: _tag(family, draft, rules, core.data) for family, draft in drafts}
    steps = tuple(tuple(key for key in tags if depths[key] == depth) for depth in range(1, 1 + max(depths.values())))
    return replace(core, tags=tags, steps=steps)


def only(whole: Catalogue, names: Iterable[str]) -> Catalogue:
    """The catalogue of some tags and of those that they rest on; names that are columns need none."""
    kept = {each for name in names for each in needs(name, whole)}
    steps = (tuple(key for key in step if key in kept) for step in whole.steps)
    return replace(
        whole, tags={key: tag for key, tag in whole.tags.items() if key in kept}, steps=tuple(filter(None, steps))
    )


def needs(name: str, known: Catalogue) -> Iterator[str]:
    """The tags by which one is made, itself among them; none for a column."""
    if name in known.tags:
        yield name
        for each in named(known.tags[name].rule):
            yield from needs(each, known)


def named(rule: Condition | Measure) -> tuple[str, ...]:
    """The columns and tags that a rule rests on."""
    return reckoned_from(rule) if isinstance(rule, Measure) else names(rule)


def _known(core: Catalogue, families: tuple[Family, ...]) -> dict[str, Named]:
    """The columns, the tags that there are already, and the numbers that any of the families declares."""
    numbers = {each.key: each for family in families for each in family.members if isinstance(each, Number)}
    told = core.data | core.tags | numbers
    return {name: Named(each.title, each.unit, each.kind) for name, each in told.items()}


def _refuse_twins(drafts: list[tuple[Family, Drafted]], core: Catalogue) -> None:
    keys = dict.fromkeys([*core.data, OBJECTED.name], "a column")
    keys |= {key: f"of tag {key} in family {tag.family}" for key, tag in core.tags.items()}
    titles: dict[str, str] = {}
    for family, draft in drafts:
        for word, seen in ((draft.key, keys), (draft.title, titles)):
            if word in seen:
                raise CatalogueError(f"Family {family.key}, tag {draft.key}: '{word}' is {seen[word]} already; "
                                     "give this one another.")  # fmt: skip
            seen[word] = f"of tag {draft.key} in family {family.key}"


_Rules = dict[str, tuple[str, tuple[str, ...]]]


def _depth(key: str, rules: _Rules, data: dict[str, Datum], depths: dict[str, int], above: tuple[str, ...]) -> int:
    """0 for a column; else one more than the deepest that it rests on."""
    if key in depths or key in data:
        return depths.get(key, 0)
    if key in above:
        raise CatalogueError(f"Tag {key} rests on itself by {' → '.join((*above, key))}; cut the circle.")
    if key not in rules:
        near = get_close_matches(key, [*data, *rules], n=3)
        raise CatalogueError(f"Tag {above[-1]} of family {rules[above[-1]][0]}: found '{key}', expected a column or a "
                             f"tag{near and '; near ones are ' + ', '.join(near)}. Declare it in schemas/awaited/ "
                             "or mend the name.")  # fmt: skip
    depths[key] = 1 + max(_depth(each, rules, data, depths, (*above, key)) for each in rules[key][1])
    return depths[key]


def _tag(family: Family, draft: Drafted, rules: _Rules, data: dict[str, Datum]) -> Tag:
    of = tuple(dict.fromkeys(_sources(draft.key, rules)))
    return Tag(
        key=draft.key, title=draft.title, meaning=draft.meaning, kind=draft.kind, unit=draft.unit,
        level=max(data[name].level for name in of), since=family.since, family=family.key, of=of, rule=draft.rule,
    )  # fmt: skip


def _sources(key: str, rules: _Rules) -> Iterator[str]:
    for name in rules[key][1]:
        if name in rules:
            yield from _sources(name, rules)
        else:
            yield name
