"""What killed runs have left half written in a home, which no run takes up again. Frees nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines.retention.freeing import Free

ROOM = "half written"
_ROOMS = ("landed", "refused", "standard", "places", "identity", "fused")
# What another folder was about to replace: the next run gives it its name again.
_REPLACED = ".last.part"


def half_written(home: Path) -> Iterator[Free]:
    """Every file and folder below `home` that has not got its name; told only while no run is at work there."""
    found = sorted(path for room in _ROOMS for path in (home / room).rglob("*.part"))
    for path in (each for each in found if not each.name.endswith(_REPLACED)):
        name = path.relative_to(home)
        if not any(folder.suffix == ".part" for folder in name.parents):
            yield Free(ROOM, name.as_posix(), (path,))
