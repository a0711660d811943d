"""Variables of the environment that nothing here reads, though they are called almost like one that is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from schemas.here import REPOSITORY

# A letter too few, too many, another one or two that have changed places.
_ALIKE = 0.85


def misspelt(names: Iterable[str]) -> Iterator[str]:
    """A line for each such name: what it may be meant to be."""
    read = _read()
    for name in sorted(set(names) - read):
        near = get_close_matches(name.upper(), sorted(read), n=1, cutoff=_ALIKE)
        if near:
            yield f"Left alone: the variable {name}; expected {near[0]}"


def _read() -> set[str]:
    """Those of deploy/jubian.env, which lists all that the code reads, and the address of each feed's API."""
    file = REPOSITORY / "deploy" / "jubian.env"
    listed = re.findall(r"^#?(JUBIAN_\w+)=", file.read_text(), re.MULTILINE) if file.exists() else []
    feeds = (REPOSITORY / "schemas" / "feeds").glob("[!_]*.py")
    return {*listed, *(f"JUBIAN_{each.stem.upper()}_URL" for each in feeds)}
