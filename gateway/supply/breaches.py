"""Which promises to a county are broken at a moment: data that are late, and data that are held back. Tells nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from gateway.supply.promise import freshness
from gateway.supply.standing import stands
from schemas.manifest import Manifest

# What is due on a day is released in the night after it.
_NIGHT = timedelta(days=1)


@dataclass(frozen=True)
class Breach:
    """A promise that is broken: `about` is the same as long as it is, `words` say in Chinese what and what to do."""

    about: str
    words: str


def breaches(supply: Path, manifest: Manifest, at: datetime) -> Iterator[Breach]:
    """The promises of a served product that are broken at a moment; a feed is late once the night after it was due has
    passed without it."""
    here = stands(supply, manifest)
    if here.held:
        yield Breach(f"held/{manifest.version}", here.held)
    for each in freshness(manifest, here.behind, at - _NIGHT):
        if each.late:
            whose = f"（{each.department}）" if each.department else ""
            yield Breach(f"late/{each.feed}/{each.as_of or ''}", f"{each.title}{whose}：{each.words}")
