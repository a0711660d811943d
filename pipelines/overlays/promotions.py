"""`python -m pipelines.overlays.promotions`: what several counties built alike, and the edit that promotes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path

from pipelines.command import command
from pipelines.overlays.alike import Built, Candidate, Evidence, candidates
from pipelines.overlays.own import member_of
from pipelines.overlays.read import all_faults, wishes
from schemas import here
from schemas.overlay import Overlay
from schemas.tag import Number

_TAGS = "enterprise_tags"
_ROOMS = ("condition", "measure")


def found(supply: Path) -> list[Candidate]:
    """The candidates among the overlays of all counties, over what is served below `supply`."""
    return candidates(overlays(), supply)


def overlays() -> list[Overlay]:
    """What counties add to the product of tags."""
    return [each.overlays[_TAGS] for each in wishes().values() if _TAGS in each.overlays]


def told(candidate: Candidate) -> Iterator[str]:
    """A candidate in lines for a person: who built it, the evidence, and the file that makes it core."""
    yield f"{len(candidate.counties)} counties built alike: {', '.join(_called(each) for each in candidate.built)}"
    yield from (f"  {in_words(each)}" for each in candidate.evidence)
    first = candidate.built[0]
    if member_of(first.own) is None:
        yield f"  It is a column of a feed: make it an attribute of the entity and a field of {_TAGS}."
        return
    yield f"  To make it core, write schemas/tags/{first.own.key}.py so, step the version of {_TAGS}, `make contracts`:"
    yield from (f"    {line}" for line in family_file(first).splitlines())
    yield "  Lines of that name in overlays are then spent, and may be taken out; others keep their own names."


def _called(built: Built) -> str:
    return f"{built.name} {built.own.title}"


def in_words(evidence: Evidence) -> str:
    """One pair's evidence."""
    same = "the same expression" if evidence.is_same_expression else "other expressions"
    values = "too few rows to compare" if evidence.agree is None else f"values agree by {evidence.agree:.1%}"
    pair = f"{evidence.one.name} and {evidence.other.name}"
    return f"{pair}: {same}, {evidence.shared:.0%} of source columns shared, {values} ({evidence.rows:,} rows known)"


def family_file(built: Built) -> str:
    """The family that makes a county's tag core: the same key, title, meaning and rule, so that no value changes."""
    member, tag = member_of(built.own), built.tag
    assert member is not None and tag is not None
    words = [f"{name}={getattr(member, name)!r}" for name in (each.name for each in fields(member)) if name != "kind"]
    if isinstance(member, Number):
        words.append(f"kind={'RATIO' if member.kind.name == 'ratio' else 'QUANTITY'}")
    rule = repr(member)
    imports = [line for room in _ROOMS for line in _imports(room, rule)]
    numbered = ["from schemas.measure import RATIO, QUANTITY"] if isinstance(member, Number) else []
    day = tag.since
    return "\n".join(
        [f'"""{built.own.title}: counties built it alike, so that it is core."""', "", "from datetime import date", "",
         *imports, *numbered, f"from schemas.tag import Family, {type(member).__name__}", "",
         f"{built.own.key.upper()} = Family(",
         f'    "{built.own.key}", {built.own.title!r}, "县级自定标签的县", {built.own.title + "有哪些？"!r},',
         f"    date({day.year}, {day.month}, {day.day}),", f"    ({type(member).__name__}({', '.join(words)}),),", ")"]
    )  # fmt: skip


def _imports(room: str, rule: str) -> list[str]:
    """What of a room of declarations a rule names."""
    declared = vars(import_module(f"schemas.{room}"))
    named = sorted(set(re.findall(r"\b([A-Z][A-Za-z]+)\(", rule)))
    names = [name for name in named if getattr(declared.get(name), "__module__", "") == f"schemas.{room}"]
    return [f"from schemas.{room} import {', '.join(names)}"] if names else []


@command
def main() -> int:
    """Print the faults of all overlays and what may be promoted; 1 where any file is faulty."""
    home = here.home()
    faults, promising = all_faults(), found(home / "supply")
    print("\n".join(faults) or f"{len(wishes())} counties have an overlay, all in order.")
    for candidate in promising:
        print("\n" + "\n".join(told(candidate)))
    if not promising:
        print("No two counties have built anything alike.")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
