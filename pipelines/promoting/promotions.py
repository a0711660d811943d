"""`python -m pipelines.promoting.promotions`: what several counties built alike, and the edit that promotes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines.command import command
from pipelines.overlays.form import says_the_same
from pipelines.overlays.read import all_faults, wishes
from pipelines.promoting.alike import Built, Candidate, Evidence, candidates
from pipelines.promoting.promoted import family_file, family_key
from pipelines.tags.catalogue import whole
from schemas import here
from schemas.measure import Days
from schemas.overlay import Overlay, Taken

_TAGS = "enterprise_tags"


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
    if (why := _not_by_a_family(first)) is not None:
        yield f"  {why}"
        return
    if candidate.others:
        yield (
            "  First these need another name or title, for they say something else and their counties would be held: "
            f"{', '.join(map(_called, candidate.others))}"
        )
    yield (
        f"  To make it core, write schemas/tags/{family_key(first.own)}.py so, a case of it worked by hand in "
        f"tests/tags/test_families.py, step the version of {_TAGS}, `make contracts`:"
    )
    yield from (f"    {line}" for line in family_file(first).splitlines())
    yield (
        "  Lines of that name in overlays are then spent: by them the next release knows the rule for the same and "
        "steps a patch, so take them out after it. Others keep their own names."
    )


def _not_by_a_family(built: Built) -> str | None:
    """Why no family makes it core; None where one does."""
    if isinstance(built.own.rule, Taken):
        return f"It is a column of a feed: make it an attribute of the entity and a field of {_TAGS}."
    if isinstance(built.own.rule, Days):
        return "It counts days, which the core leaves out, for every row would change every day: it stays as it is."
    named = sorted(key for key, tag in whole().tags.items() if says_the_same(built.own, tag, whole()))
    return f"The core has it already, as {', '.join(named)}: it stays as it is." if named else None


def _called(built: Built) -> str:
    return f"{built.name} {built.own.title}"


def in_words(evidence: Evidence) -> str:
    """One pair's evidence."""
    same = "the same expression" if evidence.is_same_expression else "other expressions"
    values = "too few rows to compare" if evidence.agree is None else f"values agree by {evidence.agree:.1%}"
    pair = f"{evidence.one.name} and {evidence.other.name}"
    return f"{pair}: {same}, {evidence.shared:.0%} of source columns shared, {values} ({evidence.rows:,} rows known)"


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
